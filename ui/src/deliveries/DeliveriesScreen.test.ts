import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { commandError, MemoryBackend } from '../backend/memory';
import { Keymap } from '../keys/keymap';
import { contextMap } from '../state/context';
import { Inbox } from '../state/inbox.svelte';
import { Router } from '../state/router.svelte';
import { Session } from '../state/session.svelte';
import { ToastQueue } from '../state/toasts.svelte';
import DeliveriesScreen from './DeliveriesScreen.svelte';

let backend: MemoryBackend;
let router: Router;

beforeEach(() => {
	backend = new MemoryBackend();
	router = new Router();
	router.go({ name: 'deliveries' });
});

async function show() {
	const session = await Session.open(backend);
	await session.start();
	const inbox = new Inbox(backend, 0);
	const context = contextMap({ backend, session, router, toasts: new ToastQueue(), inbox, keymap: new Keymap(false) });
	return { ...render(DeliveriesScreen, { context }), inbox };
}

describe('the deliveries screen', () => {
	it('says what to do when nothing was sent', async () => {
		await show();
		expect(await screen.findByText('Nothing has been sent yet')).toBeTruthy();
	});

	it('says what failed and tries again', async () => {
		const list = backend.listDeliveries.bind(backend);
		const { unmount } = await show();
		unmount();
		backend.listDeliveries = (_, limit) =>
			limit === 200 ? Promise.reject(commandError('store_unavailable', 'The disk is away.')) : list(null, limit);
		await show();
		expect(await screen.findByText('The disk is away.')).toBeTruthy();
		backend.listDeliveries = list;
		await userEvent.click(screen.getByText('Try again'));
		expect(await screen.findByText('Nothing has been sent yet')).toBeTruthy();
	});

	it('lists them, follows notices, and shows attempts and the answer', async () => {
		const row = backend.receive({ event_type: '<b>evil</b>' });
		await backend.resendCapture(row.id, 'http://localhost:3000/a/b');
		const { container, inbox } = await show();
		const line = await screen.findByTestId('delivery-row');
		expect(line.textContent).toContain('<b>evil</b>');
		expect(container.querySelector('.event b')).toBeNull();
		expect(line.textContent).toContain(':3000/…/b');
		await userEvent.click(line);
		expect(screen.getByTestId('attempt-row').dataset['result']).toBe('sending');
		const [delivery] = backend.deliveries;
		if (!delivery) throw new Error('nothing was sent');
		backend.deliveries = [
			{
				...delivery,
				state: 'failed',
				attempts: delivery.attempts.map((attempt) => ({
					...attempt,
					total_us: 2000,
					error_kind: 'refused',
					error_message: 'Nothing listens on localhost:3000.',
				})),
			},
		];
		backend.notify({ kind: 'delivery', id: delivery.id, parent: row.id });
		await waitFor(() => expect(screen.getByTestId('attempt-row').dataset['result']).toBe('refused'));
		expect(screen.getByRole('img', { name: 'attempt 1: refused' })).toBeTruthy();
		expect(screen.getByText('No answer')).toBeTruthy();
		await userEvent.click(screen.getByText('Show capture'));
		expect(router.screen).toEqual({ name: 'inbox' });
		await waitFor(() => expect(inbox.selectedId).toBe(row.id));
	});

	it('is moved through by arrow keys', async () => {
		const row = backend.receive();
		await backend.resendCapture(row.id, 'http://localhost:1/');
		await backend.resendCapture(row.id, 'http://localhost:2/');
		await show();
		await screen.findAllByTestId('delivery-row');
		screen.getByRole('grid').focus();
		await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}');
		const selected = screen.getAllByTestId('delivery-row').map((line) => line.getAttribute('aria-selected'));
		expect(selected).toEqual(['false', 'true']);
	});
});
