import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { createRawSnippet } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandError, MemoryBackend, providerInfo, vaultState } from '../backend/memory';
import { CompareState } from '../compare/compareState.svelte';
import { Keymap } from '../keys/keymap';
import Rail from '../rail/Rail.svelte';
import SettingsScreen from '../settings/SettingsScreen.svelte';
import { contextMap, type WindowContext } from '../state/context';
import { Inbox } from '../state/inbox.svelte';
import { Layout } from '../state/layout.svelte';
import { Router } from '../state/router.svelte';
import { Session } from '../state/session.svelte';
import { ToastQueue } from '../state/toasts.svelte';
import InboxScreen from './InboxScreen.svelte';
import { MOST_ROWS } from './virtualWindow';

let backend: MemoryBackend;
let context: Required<WindowContext>;
let stop: () => void = () => undefined;

const detail = createRawSnippet<[string]>((id) => ({ render: () => `<p data-testid="detail">${id()}</p>` }));

/** The state of a window, wired as App.svelte does. */
async function open(): Promise<void> {
	const session = await Session.open(backend);
	const inbox = new Inbox(backend, session.app.latest_seq);
	const keymap = new Keymap(false);
	context = { backend, session, inbox, keymap, router: new Router(), toasts: new ToastQueue(), compare: new CompareState() };
	const forward = session.onNotice((notice) => inbox.take(notice));
	const onkeydown = (event: KeyboardEvent) => void keymap.press(event, event.timeStamp);
	window.addEventListener('keydown', onkeydown);
	await Promise.all([session.start(), inbox.reload()]);
	stop = () => {
		forward();
		session.close();
		window.removeEventListener('keydown', onkeydown);
	};
}

function showInbox(width_px = 1280): void {
	const storage = { getItem: () => null, setItem: () => undefined };
	const layout = new Layout(storage);
	layout.measure(width_px, 16);
	render(InboxScreen, { props: { layout, detail, onshortcuts: () => undefined }, context: contextMap(context) });
}

beforeEach(() => {
	backend = new MemoryBackend();
	// jsdom lays nothing out: the list is given the height of a common window.
	vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(720);
});
afterEach(() => stop());

describe('the list', () => {
	it('tells a whole sentence per row and draws only a window of a long list', async () => {
		backend.providers = [
			providerInfo({ id: 'stripe', name: 'Stripe', monogram: 'S', hue: 244, tolerance_seconds: 300 }),
		];
		for (let count = 0; count < 1000; count += 1) backend.receive();
		backend.receive({
			provider: 'stripe',
			event_type: 'invoice.payment_failed',
			event_id: 'evt_1',
			verdict: 'invalid',
			badge: 'Other secret matches',
			answer_status: 500,
			received_at: new Date(2026, 10, 23, 14, 32, 7).getTime(),
		});
		await open();
		showInbox();
		const list = screen.getByRole('listbox', { name: 'Captures' });
		const rows = within(list).getAllByTestId('capture-row');
		expect(rows.length).toBeGreaterThan(14);
		expect(rows.length).toBeLessThanOrEqual(MOST_ROWS);
		expect(rows[0]?.getAttribute('aria-label')).toBe(
			'invoice.payment_failed, Stripe, invalid: Other secret matches, answered 500, 2.9\u202fKB, 14:32:07.',
		);
		expect(rows[0]?.getAttribute('aria-setsize')).toBe('1001');
		expect(rows[0]?.getAttribute('aria-posinset')).toBe('1');
		expect(list.getAttribute('aria-activedescendant')).toBe(rows[0]?.id);
	});

	it('shows hostile event types as text', async () => {
		backend.receive({ event_type: '<img src=x onerror=alert(1)>\u202e', target: '/<script>alert(1)</script>' });
		await open();
		showInbox();
		const row = screen.getByTestId('capture-row');
		expect(row.querySelector('img, script')).toBeNull();
		expect(row.textContent).toContain('<img src=x onerror=alert(1)>⟨U+202E⟩');
	});

	it('moves with j and k, extends with Shift and exports what is selected', async () => {
		for (let count = 0; count < 5; count += 1) backend.receive();
		await open();
		showInbox();
		await userEvent.keyboard('jj');
		expect(screen.getAllByRole('option', { selected: true }).map((row) => row.dataset['captureId'])).toEqual(['capture-3']);
		await userEvent.keyboard('{Shift>}j{/Shift}');
		const bar = screen.getByTestId('selection-bar');
		expect(bar.textContent).toContain('2 selected');
		expect(screen.queryByTestId('detail')).toBeNull();
		await userEvent.keyboard('x');
		await waitFor(() => expect(backend.exported).toEqual(['capture-3', 'capture-2']));
		expect(context.toasts.items[0]?.text).toBe('2 captures exported');
		await userEvent.keyboard('{Escape}');
		expect(screen.queryByTestId('selection-bar')).toBeNull();
	});

	it('compares two selected captures, the earlier one first, and one with the one before it', async () => {
		const family = [1, 3].map((seq) => ({ id: `capture-${seq}`, seq, received_at: seq, kind: seq === 1 ? null : ('retry' as const) }));
		backend.receive();
		backend.receive();
		backend.receive({}, { detail: { family } });
		await open();
		showInbox();
		await userEvent.keyboard('c');
		await waitFor(() => expect(context.compare.pair).toEqual({ a: 'capture-1', b: 'capture-3' }));
		context.compare.close();
		await userEvent.keyboard('j');
		await userEvent.keyboard('{Shift>}j{/Shift}');
		await userEvent.click(screen.getByTestId('compare-selected'));
		await waitFor(() => expect(context.compare.pair).toEqual({ a: 'capture-1', b: 'capture-2' }));
		context.compare.close();
		await userEvent.keyboard('{Escape}c');
		await waitFor(() => expect(context.toasts.items[0]?.text).toBe('Nothing to compare with'));
		expect(context.compare.pair).toBeNull();
	});

	it('lets new captures wait behind the pill once something was chosen', async () => {
		backend.receive();
		backend.receive();
		await open();
		showInbox();
		await userEvent.click(screen.getAllByTestId('capture-row')[1] as HTMLElement);
		backend.receive();
		const pill = await screen.findByTestId('new-pill');
		expect(pill.textContent).toContain('1 new');
		expect(screen.getAllByTestId('capture-row')).toHaveLength(2);
		await userEvent.click(pill);
		await waitFor(() => expect(screen.getAllByTestId('capture-row')).toHaveLength(3));
		expect(screen.queryByTestId('new-pill')).toBeNull();
	});

	it('searches as one types; Esc leaves the field, then clears', async () => {
		backend.receive({ event_type: 'invoice.paid' });
		backend.receive({ event_type: 'charge.refunded' });
		await open();
		showInbox();
		await userEvent.keyboard('/');
		const field = screen.getByTestId('search');
		expect(document.activeElement).toBe(field);
		await userEvent.keyboard('paid');
		await waitFor(() => expect(screen.getAllByTestId('capture-row')).toHaveLength(1));
		expect(screen.getByTestId('list-count').textContent).toContain('1 of 2');
		await userEvent.keyboard('{Escape}');
		expect(document.activeElement).not.toBe(field);
		expect(context.inbox.filter.query).toBe('paid');
		await userEvent.keyboard('{Escape}');
		await waitFor(() => expect(screen.getAllByTestId('capture-row')).toHaveLength(2));
		expect((field as HTMLInputElement).value).toBe('');
	});

	it('says how many of all it found, how long that took, and what was searched in part', async () => {
		for (let count = 0; count < 4; count += 1) backend.receive({ event_type: count === 0 ? 'push' : 'invoice.paid' });
		backend.search.partly = 2;
		await open();
		showInbox();
		expect(screen.queryByTestId('search-progress')).toBeNull();
		await context.inbox.setFilter({ query: 'paid' });
		await waitFor(() => expect(screen.getByTestId('list-count').textContent).toBe('3 of 4 captures'));
		expect(screen.getByTestId('search-answered').textContent).toMatch(/^answered in \d+\u202f(µs|ms)$/);
		expect(screen.getByTestId('searched-partly').textContent).toBe('bodies searched in their first 256\u202fKiB');
	});

	it('shows a slow search under way, and stops it after three seconds', async () => {
		for (let count = 0; count < 40; count += 1) backend.receive({ event_type: count % 10 === 0 ? 'invoice.paid' : 'push' });
		await open();
		showInbox();
		vi.useFakeTimers();
		backend.search.looksPerPage = 10;
		const read = backend.listCaptures.bind(backend);
		backend.listCaptures = async (...of) => {
			await new Promise((resolve) => setTimeout(resolve, 2000));
			return read(...of);
		};
		void context.inbox.setFilter({ query: 'paid' });
		await vi.advanceTimersByTimeAsync(2000);
		expect(screen.getByTestId('search-progress').textContent).toContain('Searching… 1 found so far');
		expect(screen.queryByTestId('search-stop')).toBeNull();
		await vi.advanceTimersByTimeAsync(3000);
		expect(screen.getByTestId('search-progress').textContent).toContain('Searching… 2 found so far');
		screen.getByTestId('search-stop').click();
		await vi.advanceTimersByTimeAsync(5000);
		expect(screen.getByTestId('search-progress').textContent).toContain('Stopped. 2 found so far');
		expect(screen.getAllByTestId('capture-row')).toHaveLength(2);
		screen.getByTestId('search-on').click();
		await vi.advanceTimersByTimeAsync(9000);
		expect(screen.getAllByTestId('capture-row')).toHaveLength(4);
		expect(screen.queryByTestId('search-on')).toBeNull();
		vi.useRealTimers();
	});

	it('tells rows apart from their number while that is being counted', async () => {
		for (let count = 0; count < 3000; count += 1) backend.receive();
		backend.search.countsTo = 250;
		await open();
		const read = backend.listCaptures.bind(backend);
		backend.listCaptures = (filter, beforeSeq, limit) =>
			beforeSeq === null ? read(filter, beforeSeq, limit) : new Promise(() => undefined);
		showInbox();
		void context.inbox.setFilter({ query: 'hello' });
		await waitFor(() => expect(screen.getByTestId('list-count').textContent).toBe('at least 250 of 3,000 captures'));
		expect(screen.getAllByTestId('capture-row')[0]?.getAttribute('aria-setsize')).toBe('-1');
	});

	it('opens the detail over the list in a narrow window and goes back', async () => {
		backend.receive();
		await open();
		showInbox(760);
		expect(screen.queryByTestId('detail')).toBeNull();
		await userEvent.keyboard('{Enter}');
		expect(screen.getByTestId('detail').textContent).toBe('capture-1');
		expect(screen.queryByRole('listbox')).toBeNull();
		await userEvent.keyboard('{Escape}');
		expect(screen.getByRole('listbox')).toBeTruthy();
	});
});

describe('the states of the list', () => {
	it('shows the address and a command before anything has arrived, then the first capture', async () => {
		await open();
		showInbox();
		expect(screen.getByTestId('first-run').textContent).toContain('http://127.0.0.1:4665');
		await userEvent.click(screen.getByTestId('first-run-copy'));
		expect(backend.clipboard).toBe('http://127.0.0.1:4665');
		await userEvent.click(screen.getByRole('button', { name: 'Copy the command' }));
		expect(backend.clipboard).toBe(`curl -d '{"hello":"webhook"}' http://127.0.0.1:4665/hello`);
		backend.receive();
		await waitFor(() => expect(screen.getByTestId('detail').textContent).toBe('capture-1'));
	});

	it('says how many were searched when nothing matches', async () => {
		backend.receive();
		await open();
		await context.inbox.setFilter({ query: 'zzz', verdict: 'invalid' });
		showInbox();
		expect(screen.getByTestId('no-match').textContent?.replace(/\s+/g, ' ')).toContain('1 capture, 0 invalid with zzz.');
		await userEvent.click(screen.getByTestId('clear-search'));
		expect(context.inbox.filter.query).toBe('');
	});

	it('counts what an endpoint took when nothing of it matches', async () => {
		backend.receive();
		backend.receive();
		backend.receive({ endpoint: 'other' });
		await open();
		await context.inbox.setFilter({ endpoint: 'default', query: 'zzz' });
		showInbox();
		expect(screen.getByTestId('no-match').textContent?.replace(/\s+/g, ' ')).toContain('2 captures, 0 on default with zzz.');
	});

	it('says that a search was stopped before anything was found', async () => {
		for (let count = 0; count < 30; count += 1) backend.receive();
		backend.search.looksPerPage = 10;
		await open();
		const read = backend.listCaptures.bind(backend);
		let isHeld = true;
		backend.listCaptures = (...of) => (isHeld && of[1] !== null ? new Promise(() => undefined) : read(...of));
		void context.inbox.setFilter({ query: 'zzz' });
		await waitFor(() => expect(context.inbox.feed.searching).toBe(true));
		showInbox();
		context.inbox.feed.stop();
		await waitFor(() => expect(screen.getByTestId('stopped').textContent).toContain('before all of 30 captures'));
		isHeld = false;
		await userEvent.click(screen.getByRole('button', { name: 'Search on' }));
		await waitFor(() => expect(screen.getByTestId('no-match')).toBeTruthy());
	});

	it('offers to read again after a failure', async () => {
		backend.receive();
		await open();
		backend.failure = commandError('store_unavailable', 'The database is locked by another program.');
		await context.inbox.reload();
		showInbox();
		expect(screen.getByTestId('load-error').textContent).toContain('The database is locked by another program.');
		backend.failure = null;
		await userEvent.click(screen.getByTestId('retry'));
		await waitFor(() => expect(screen.getAllByTestId('capture-row')).toHaveLength(1));
	});
});

describe('the port is in use', () => {
	beforeEach(async () => {
		backend.receive();
		backend.takenAddresses.add('127.0.0.1:4665');
		await backend.listenOn('127.0.0.1:4665');
		await open();
		showInbox();
	});

	it('offers a free port as the first step', async () => {
		const banner = screen.getByRole('alert');
		expect(banner.textContent).toContain('Port 4665 is in use, so nothing can be received');
		await userEvent.click(screen.getByTestId('use-free-port'));
		expect(backend.listener).toMatchObject({ state: 'listening', address: '127.0.0.1:4681' });
		await waitFor(() => expect(screen.queryByTestId('listener-stopped')).toBeNull());
	});

	it('tries again, and takes a port that is typed in', async () => {
		await userEvent.click(screen.getByTestId('try-again'));
		expect(screen.getByTestId('listener-stopped')).toBeTruthy();
		await userEvent.click(screen.getByTestId('choose-port'));
		await userEvent.type(screen.getByTestId('port'), '70000{Enter}');
		expect(screen.getByText('Write a number from 1 to 65535, for example 4665.')).toBeTruthy();
		await userEvent.clear(screen.getByTestId('port'));
		await userEvent.type(screen.getByTestId('port'), '5000{Enter}');
		await waitFor(() => expect(backend.listener.address).toBe('127.0.0.1:5000'));
	});
});

describe('the rail', () => {
	it('shows where to send, copies it, and turns red when nothing listens', async () => {
		await open();
		render(Rail, { props: { narrow: false }, context: contextMap(context) });
		expect(screen.getByTestId('listener-address').textContent).toBe('127.0.0.1:4665');
		await userEvent.click(screen.getByTestId('copy-address'));
		expect(backend.clipboard).toBe('http://127.0.0.1:4665');
		backend.takenAddresses.add('127.0.0.1:4665');
		await backend.listenOn('127.0.0.1:4665');
		expect(await screen.findByText('Not listening')).toBeTruthy();
		expect(screen.getByText('in use')).toBeTruthy();
	});

	it('filters by endpoint and by verdict, and counts new invalid captures', async () => {
		await backend.saveEndpoint({
			id: null,
			slug: 'stripe',
			provider: null,
			secrets: [],
			public_url: null,
			tolerance_seconds: null,
			target_url: null,
			setup_text: { kind: 'keep' },
		});
		const id = backend.endpoints[1]?.id ?? '';
		await open();
		render(Rail, { props: { narrow: false }, context: contextMap(context) });
		backend.receive({ endpoint: id, verdict: 'invalid' });
		expect(await screen.findByText('1 invalid')).toBeTruthy();
		await userEvent.click(screen.getByRole('button', { name: /^stripe/ }));
		expect(context.inbox.filter.endpoint).toBe(id);
		await waitFor(() => expect(screen.queryByText('1 invalid')).toBeNull());
		await userEvent.click(screen.getByTestId('filter-invalid'));
		expect(context.inbox.filter).toEqual({ endpoint: null, verdict: 'invalid', query: '' });
		await userEvent.click(screen.getByTestId('new-endpoint'));
		expect(context.router.screen).toEqual({ name: 'endpoint', id: null });
	});
});

describe('settings', () => {
	it('keeps the theme and the address, and says where secrets are', async () => {
		backend.state.vault = vaultState({ condition: 'not_chosen', problem: { code: 'keychain_no_answer', message: 'No keychain answered.' } });
		await open();
		render(SettingsScreen, { context: contextMap(context) });
		await userEvent.click(screen.getByTestId('theme-light'));
		expect(backend.preferences.theme).toBe('light');
		expect(screen.getByTestId('vault').textContent).toContain('No keychain answered.');
		await userEvent.clear(screen.getByTestId('listen-port'));
		await userEvent.type(screen.getByTestId('listen-port'), '4700');
		await userEvent.click(screen.getByTestId('listen-apply'));
		await waitFor(() => expect(backend.preferences.listen).toBe('127.0.0.1:4700'));
		expect(context.session.app.listener.address).toBe('127.0.0.1:4700');
	});

	it('puts a choice back when it could not be kept', async () => {
		await open();
		render(SettingsScreen, { context: contextMap(context) });
		backend.failure = commandError('internal', 'The preferences could not be written.');
		await userEvent.click(screen.getByTestId('notify-all'));
		await waitFor(() => expect(context.toasts.items[0]?.text).toContain('The preferences could not be written.'));
		expect(context.session.preferences.notify_on).toBe('invalid');
	});
});
