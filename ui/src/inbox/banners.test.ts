import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandError, healthView } from '../backend/examples';
import { MemoryBackend } from '../backend/memory';
import ListenerCard from '../rail/ListenerCard.svelte';
import { openWindow, type TestWindow } from '../state/testing';
import Banners from './Banners.svelte';

const HOSTILE = '<img src=x onerror=alert(1)>';

let backend: MemoryBackend;
let opened: TestWindow;

beforeEach(() => {
	backend = new MemoryBackend();
});
afterEach(() => opened.close());

async function show() {
	opened = await openWindow(backend);
	return render(Banners, { context: opened.context });
}

const press = (testid: string): Promise<void> => userEvent.click(screen.getByTestId(testid));

describe('the store', () => {
	it('says that nothing can be stored when it was opened for reading', async () => {
		backend.state.read_only = 'The folder cannot be written.';
		backend.state.store_problem = 'readonly database';
		await show();
		expect(screen.getByRole('alert').textContent).toContain('Opened for reading only');
		expect(screen.getByTestId('read-only').textContent).toContain('The folder cannot be written. Senders get 503');
		expect(screen.queryByTestId('store-problem')).toBeNull();
	});
});

describe('a database that was set aside', () => {
	beforeEach(() => {
		backend.storage.setAside = {
			path: `/home/ada/hookglass.db.corrupt-1 ${HOSTILE}`,
			at: 0,
			reason: 'database disk image is malformed',
			salvaged: null,
		};
	});

	it('is salvaged, and tells what came of it', async () => {
		backend.storage.readable = { captures: 18_201, endpoints: 6, deliveries: 1, lost: 3, notes: ['3 pages could not be read.'] };
		const { container } = await show();
		expect(screen.getByTestId('set-aside').textContent).toContain('database disk image is malformed');
		expect(screen.getByTestId('set-aside').textContent).toContain(HOSTILE);
		expect(container.querySelector('img')).toBeNull();
		await press('salvage');
		expect((await screen.findByTestId('salvaged')).textContent?.replace(/\s+/g, ' ')).toContain(
			'6 endpoints and 1 delivery as well. 3 could not be read.',
		);
		expect(screen.getByTestId('set-aside').textContent).toContain('18,201 captures read out of the damaged database');
		expect(screen.getByTestId('set-aside').textContent).toContain('3 pages could not be read.');
		expect(screen.queryByTestId('salvage')).toBeNull();
		await press('keep-aside');
		await waitFor(() => expect(screen.queryByTestId('set-aside')).toBeNull());
		expect(backend.storage.setAside).toBeNull();
	});

	it('shows that it is being read, and can be stopped', async () => {
		backend.storage.slow = true;
		await show();
		await press('salvage');
		expect(screen.getByTestId('salvage').getAttribute('aria-busy')).toBe('true');
		expect(screen.getByTestId('keep-aside').getAttribute('aria-disabled')).toBe('true');
		await press('salvage-stop');
		await waitFor(() => expect(screen.getByTestId('set-aside').textContent).toContain('Reading it was stopped.'));
		expect(screen.getByTestId('salvage').getAttribute('aria-busy')).toBeNull();
	});

	it('says what failed', async () => {
		backend.salvage = () => Promise.reject(commandError('internal', 'The file is gone.'));
		await show();
		await press('salvage');
		expect((await screen.findByRole('alert')).textContent).toContain('The file is gone.');
	});

	it('is kept aside without a word more', async () => {
		await show();
		await press('keep-aside');
		await waitFor(() => expect(screen.queryByTestId('set-aside')).toBeNull());
	});
});

describe('the TLS port', () => {
	beforeEach(async () => {
		backend.listening.taken.add('127.0.0.1:4666');
		await backend.setTls({ enabled: true, address: '127.0.0.1:4666', names: ['a.test'], own: null });
		await show();
	});

	it('offers a free port and keeps the certificate as it is', async () => {
		expect(screen.getByTestId('tls-not-open').textContent).toContain('Port 4666 is in use, so TLS is not open');
		await press('tls-free-port');
		await waitFor(() => expect(screen.queryByTestId('tls-not-open')).toBeNull());
		expect(backend.listening.tls.input).toEqual({ enabled: true, address: '127.0.0.1:4682', names: ['a.test'], own: null });
	});

	it('tries again, and leads to its settings', async () => {
		backend.listening.taken.clear();
		await press('tls-try-again');
		await waitFor(() => expect(screen.queryByTestId('tls-not-open')).toBeNull());
	});

	it('leads to its settings', async () => {
		await userEvent.click(screen.getByText('Open its settings'));
		expect(opened.router.screen).toEqual({ name: 'settings', section: 'tls' });
	});
});

describe('the listener card', () => {
	async function showCard() {
		opened = await openWindow(backend);
		render(ListenerCard, { props: { narrow: false }, context: opened.context });
	}

	it('turns red when the port is open but does not answer', async () => {
		backend.listening.healthNow = healthView({ probe: { at: 0, ok: false, took_us: 0, sentence: 'Nothing answered.' } });
		await showCard();
		expect(await screen.findByText('Not answering')).toBeTruthy();
		await press('health-trouble');
		expect(opened.router.screen).toEqual({ name: 'settings', section: 'health' });
	});

	it('shows the TLS address and counts warnings', async () => {
		await backend.setTls({ enabled: true, address: '127.0.0.1:4666', names: [], own: null });
		backend.listening.healthNow = healthView({ warnings: ['The disk is nearly full.', 'The clock went back.'] });
		await showCard();
		expect(screen.getByTestId('tls-listener-address').textContent).toBe('127.0.0.1:4666');
		await press('copy-tls-address');
		expect(backend.clipboard).toBe('https://127.0.0.1:4666');
		expect((await screen.findByTestId('health-trouble')).textContent).toContain('2 warnings');
		expect(screen.getByText('Listening')).toBeTruthy();
	});
});
