import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DraftInput, DraftView } from '../bindings';
import { commandError, MemoryBackend, providerInfo } from '../backend/memory';
import { Keymap } from '../keys/keymap';
import { contextMap } from '../state/context';
import { Inbox } from '../state/inbox.svelte';
import { Router } from '../state/router.svelte';
import { Session } from '../state/session.svelte';
import { ToastQueue } from '../state/toasts.svelte';
import Composer from './Composer.svelte';

let backend: MemoryBackend;
let sent: DraftInput[];
let keymap: Keymap;
let count = 0;

beforeEach(() => {
	backend = new MemoryBackend();
	keymap = new Keymap(false);
	sent = [];
	const send = backend.sendDraft.bind(backend);
	backend.sendDraft = (draft) => {
		sent.push(draft);
		return send(draft);
	};
	backend.providers = [
		providerInfo({ id: 'stripe', name: 'Stripe', monogram: 'S', hue: 243, signature_headers: ['Stripe-Signature'], tolerance_seconds: 300 }),
	];
});

/** Every test has its own capture: edits of a draft stay while the window is open. */
async function compose(draft: Partial<DraftView> = {}, body = '{"a": 1}') {
	count += 1;
	const { id } = backend.receive({ id: `draft-${count}` }, { body: new TextEncoder().encode(body) });
	const openDraft = backend.openDraft.bind(backend);
	backend.openDraft = async (capture) => ({
		...(await openDraft(capture)),
		headers: [
			{ name: 'Content-Type', value: 'application/json', lossy: false },
			{ name: 'Stripe-Signature', value: 't=1,v1=a', lossy: false },
		],
		resign: {
			provider: 'stripe',
			provider_name: 'Stripe',
			secrets: [{ id: 's1', label: 'Dashboard' }],
			original_unix_seconds: 1_795_444_324,
		},
		...draft,
	});
	const session = await Session.open(backend);
	await session.start();
	const context = contextMap({ backend, session, router: new Router(), toasts: new ToastQueue(), inbox: new Inbox(backend, 0), keymap });
	const result = render(Composer, { props: { captureId: id }, context });
	await screen.findByTestId('composer-send');
	if (draft.body_text !== null) await waitFor(() => expect(document.querySelector('.cm-content')).not.toBeNull());
	return { ...result, id };
}

const send = (): Promise<void> => userEvent.click(screen.getByTestId('composer-send'));

describe('the composer', () => {
	it('sends an untouched draft with the captured bytes, signed now, and shows the attempt', async () => {
		const { id } = await compose();
		await send();
		expect(sent[0]).toEqual({
			parent: id,
			method: 'POST',
			target_url: 'http://localhost:3000/',
			headers: [
				{ name: 'Content-Type', value: 'application/json' },
				{ name: 'Stripe-Signature', value: 't=1,v1=a' },
			],
			body_text: null,
			resign: { provider: 'stripe', secret: 's1', timestamp: { kind: 'now' }, id: 'keep' },
		});
		expect(await screen.findByTestId('attempt-row')).toBeTruthy();
	});

	it('sends what was edited', async () => {
		await compose();
		await userEvent.selectOptions(screen.getByTestId('composer-method'), 'PUT');
		const target = screen.getByTestId('composer-target');
		await userEvent.clear(target);
		await userEvent.type(target, 'http://127.0.0.1:4000/x');
		await userEvent.click(screen.getByTestId('composer-tab-headers'));
		await userEvent.click(screen.getByLabelText('Remove Content-Type'));
		await userEvent.click(screen.getByTestId('add-header'));
		await userEvent.type(screen.getByLabelText('Name of header 2'), 'X-New');
		await userEvent.type(screen.getByLabelText('Value of X-New'), 'yes');
		await userEvent.click(screen.getByRole('radio', { name: 'Original' }));
		await userEvent.click(screen.getByRole('radio', { name: 'New' }));
		await send();
		expect(sent[0]).toMatchObject({
			method: 'PUT',
			target_url: 'http://127.0.0.1:4000/x',
			headers: [
				{ name: 'Stripe-Signature', value: 't=1,v1=a' },
				{ name: 'X-New', value: 'yes' },
			],
			resign: { timestamp: { kind: 'at', unix_seconds: 1_795_444_324 }, id: 'new' },
		});
	});

	it('sends the formatted body, then the captured bytes again', async () => {
		await compose();
		await userEvent.click(screen.getByText('Format'));
		await send();
		expect(sent[0]?.body_text).toBe('{\n  "a": 1\n}');
		await userEvent.click(screen.getByText('Original bytes'));
		await send();
		expect(sent[1]?.body_text).toBeNull();
	});

	it('names the error in JSON and sends it all the same', async () => {
		await compose({}, '{"a": ,}');
		expect(await screen.findByText(/Not JSON: unexpected , at line 1, column 7/)).toBeTruthy();
		await send();
		expect(sent).toHaveLength(1);
	});

	it('says that a binary body goes unchanged', async () => {
		await compose({ body_text: null });
		expect(screen.getByText('Binary, sent unchanged')).toBeTruthy();
		await send();
		expect(sent[0]?.body_text).toBeNull();
	});

	it('asks before the first send to another computer, by name', async () => {
		await compose({ target_url: 'https://api.composer.example/x' });
		await send();
		expect(sent).toHaveLength(0);
		expect(screen.getByRole('alertdialog').textContent).toContain('api.composer.example');
		expect(document.activeElement?.textContent).toContain('Cancel');
		await userEvent.click(screen.getByText('Cancel'));
		expect(sent).toHaveLength(0);
		await send();
		await userEvent.click(screen.getByTestId('composer-confirm'));
		expect(sent).toHaveLength(1);
		await send();
		expect(sent).toHaveLength(2);
	});

	it('shows what the application refuses', async () => {
		await compose();
		backend.sendDraft = () => Promise.reject(commandError('invalid_input', 'The header name has a space.'));
		await send();
		expect((await screen.findByTestId('composer-error')).textContent).toContain('The header name has a space.');
	});

	it('keeps edits when it is left, until they are discarded', async () => {
		const { unmount, id } = await compose();
		await userEvent.clear(screen.getByTestId('composer-target'));
		await userEvent.type(screen.getByTestId('composer-target'), 'http://localhost:9/');
		unmount();
		const session = await Session.open(backend);
		const context = contextMap({ backend, session, router: new Router(), toasts: new ToastQueue(), inbox: new Inbox(backend, 0), keymap });
		render(Composer, { props: { captureId: id }, context });
		const target = await screen.findByTestId<HTMLInputElement>('composer-target');
		expect(target.value).toBe('http://localhost:9/');
		await userEvent.click(screen.getByTestId('discard-edits'));
		await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('composer-target').value).toBe('http://localhost:3000/'));
	});

	it('says so when the draft cannot be opened', async () => {
		const session = await Session.open(backend);
		const context = contextMap({ backend, session, router: new Router(), toasts: new ToastQueue(), inbox: new Inbox(backend, 0), keymap });
		render(Composer, { props: { captureId: 'nowhere' }, context });
		expect(await screen.findByText('This capture does not exist any more.')).toBeTruthy();
	});
});
