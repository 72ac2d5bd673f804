import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandError } from '../backend/examples';
import { MemoryBackend } from '../backend/memory';
import { MOST_ROWS } from '../inbox/virtualWindow';
import Rail from '../rail/Rail.svelte';
import { openWindow, type TestWindow } from '../state/testing';
import { bytesOfHex } from './describe';
import { REJECTED_PAGE_ROWS, RejectedFeed } from './rejectedFeed.svelte';
import RejectedScreen from './RejectedScreen.svelte';

const HOSTILE = '<img src=x onerror=alert(1)>';

let backend: MemoryBackend;
let opened: TestWindow | null;

beforeEach(() => {
	backend = new MemoryBackend();
	opened = null;
	// jsdom lays nothing out: the list is given the height of a common window.
	vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(720);
});
afterEach(() => opened?.close());

async function show(): Promise<TestWindow> {
	opened = await openWindow(backend);
	render(RejectedScreen, { context: opened.context });
	return opened;
}

describe('the rejected requests', () => {
	it('say what would stand here, and lead to the limits', async () => {
		const { router } = await show();
		expect((await screen.findByTestId('rejected-empty')).textContent).toContain('TLS was spoken to the plain port');
		expect(screen.queryByTestId('rejected-clear')).toBeNull();
		await userEvent.click(screen.getByText('Open the limits'));
		expect(router.screen).toEqual({ name: 'settings', section: 'limits' });
	});

	it('show the newest with its reason and its first bytes, as text', async () => {
		backend.listening.reject({ title: 'Older' });
		backend.listening.reject(
			{ title: `Bad ${HOSTILE}`, sentence: HOSTILE, client: '10.0.0.9:4', over_tls: true, times: 3 },
			`GET /${HOSTILE} HTTP/1.1\r\n\x16\x03`,
		);
		await show();
		const rows = await screen.findAllByTestId('rejected-row');
		expect(rows).toHaveLength(2);
		expect(rows[0]?.getAttribute('aria-label')).toMatch(/^Bad <img.*, from 10\.0\.0\.9:4, TLS port, 3 times, \d\d:\d\d:\d\d\.$/);
		expect(rows[0]?.getAttribute('aria-setsize')).toBe('2');
		const pane = screen.getByTestId('rejected-pane');
		expect(pane.querySelector('img')).toBeNull();
		expect(within(pane).getByTestId('rejected-text').textContent).toBe(`GET /${HOSTILE} HTTP/1.1\\x0d\\x0a\\x16\\x03`);
		expect(within(pane).getByLabelText('First bytes in hex').textContent).toContain('47 45 54 20 2f');
		await userEvent.click(within(pane).getByTestId('rejected-copy'));
		expect(backend.clipboard).toContain('\\x16\\x03');
		await userEvent.click(within(pane).getByTestId('rejected-copy-hex'));
		expect(backend.clipboard).toMatch(/^474554.*1603$/);
	});

	it('say that no byte came', async () => {
		backend.listening.reject({}, '');
		await show();
		expect((await screen.findByTestId('rejected-pane')).textContent).toContain('No byte came');
		expect(screen.queryByTestId('rejected-copy')).toBeNull();
	});

	it('are moved through by keys', async () => {
		for (let count = 0; count < 5; count += 1) backend.listening.reject({ title: `Reason ${count}` });
		await show();
		await screen.findAllByTestId('rejected-row');
		await userEvent.keyboard('jj');
		expect(within(screen.getByTestId('rejected-pane')).getByRole('heading', { level: 2 }).textContent).toBe('Reason 2');
		await userEvent.keyboard('k');
		screen.getByRole('listbox').focus();
		await userEvent.keyboard('{End}');
		const selected = screen.getByRole('option', { selected: true });
		expect(selected.textContent).toContain('Reason 0');
		expect(screen.getByRole('listbox').getAttribute('aria-activedescendant')).toBe(selected.id);
		await userEvent.keyboard('y');
		expect(backend.clipboard).toContain('GET / HTTP/1.1');
	});

	it('draw only a window of a long list and read older pages', async () => {
		for (let count = 0; count < 1000; count += 1) backend.listening.reject({ title: `Reason ${count}` });
		await show();
		expect((await screen.findAllByTestId('rejected-row')).length).toBeLessThanOrEqual(MOST_ROWS);
		expect(screen.getByTestId('rejected-count').textContent).toBe('1,000');
		await userEvent.keyboard('{Shift>}g{/Shift}');
		const heading = within(screen.getByTestId('rejected-pane')).getByRole('heading', { level: 2 });
		await waitFor(() => expect(heading.textContent).toBe('Reason 0'));
		expect(screen.getAllByTestId('rejected-row').length).toBeLessThanOrEqual(MOST_ROWS);
	});

	it('let new ones wait once something was chosen, and count the same thing where it stands', async () => {
		backend.listening.reject({ title: 'First' });
		backend.listening.reject({ title: 'Second' });
		await show();
		backend.listening.reject({ title: 'Third' });
		await waitFor(() => expect(screen.getAllByTestId('rejected-row')).toHaveLength(3));
		expect(screen.queryByTestId('rejected-new')).toBeNull();
		await userEvent.click(screen.getAllByTestId('rejected-row')[1] as HTMLElement);
		backend.listening.rejectedRows = backend.listening.rejectedRows.map((row) => (row.id === 2 ? { ...row, times: 9 } : row));
		backend.listening.reject({ title: 'Fourth' });
		const pill = await screen.findByTestId('rejected-new');
		expect(pill.textContent).toContain('1 new');
		expect(screen.getAllByTestId('rejected-row')).toHaveLength(3);
		expect(screen.getByTestId('rejected-pane').textContent).toContain('9 times');
		await userEvent.click(pill);
		await waitFor(() => expect(screen.getAllByTestId('rejected-row')).toHaveLength(4));
		expect(screen.queryByTestId('rejected-new')).toBeNull();
	});

	it('are cleared after a question', async () => {
		backend.listening.reject();
		await show();
		await userEvent.click(await screen.findByTestId('rejected-clear'));
		expect(screen.getByTestId('rejected-clear-dialog').textContent).toContain('1 entry');
		expect(backend.listening.rejectedRows).toHaveLength(1);
		await userEvent.click(screen.getByTestId('rejected-clear-confirm'));
		expect(await screen.findByTestId('rejected-empty')).toBeTruthy();
		expect(backend.listening.rejectedRows).toHaveLength(0);
	});

	it('keep the list when it cannot be cleared, and try again when it cannot be read', async () => {
		backend.listening.reject();
		const { toasts } = await show();
		await userEvent.click(await screen.findByTestId('rejected-clear'));
		backend.clearRejected = () => Promise.reject(commandError('store_unavailable', 'The disk is away.'));
		await userEvent.click(screen.getByTestId('rejected-clear-confirm'));
		await waitFor(() => expect(toasts.items.at(-1)?.text).toContain('The disk is away.'));
		expect(screen.getAllByTestId('rejected-row')).toHaveLength(1);
	});

	it('offer to read again after a failure', async () => {
		const list = backend.listRejected;
		backend.listRejected = () => Promise.reject(commandError('store_unavailable', 'The disk is away.'));
		await show();
		expect((await screen.findByTestId('rejected-error')).textContent).toContain('The disk is away.');
		backend.listRejected = list;
		await userEvent.click(screen.getByText('Try again'));
		expect(await screen.findByTestId('rejected-empty')).toBeTruthy();
	});
});

describe('the feed of rejected requests', () => {
	const page = async (feed: RejectedFeed) => {
		await feed.reload();
		return feed.rows.length;
	};

	it('reads page after page and ends', async () => {
		for (let count = 0; count < 2 * REJECTED_PAGE_ROWS + 1; count += 1) backend.listening.reject();
		const feed = new RejectedFeed(backend);
		expect(await page(feed)).toBe(REJECTED_PAGE_ROWS);
		await feed.goOldest();
		expect(feed.rows).toHaveLength(2 * REJECTED_PAGE_ROWS + 1);
		expect(feed.selected?.id).toBe(1);
		await feed.loadOlder();
		expect(feed.rows).toHaveLength(2 * REJECTED_PAGE_ROWS + 1);
	});

	it('begins anew when more than a page is new, so that there is no gap', async () => {
		backend.listening.reject();
		const feed = new RejectedFeed(backend);
		await page(feed);
		feed.selectAt(0);
		for (let count = 0; count < REJECTED_PAGE_ROWS + 5; count += 1) backend.listening.reject();
		feed.take({ kind: 'rejected', total: 106 });
		await vi.waitFor(() => expect(feed.waiting).toBe(REJECTED_PAGE_ROWS));
		await feed.goNewest();
		expect(feed.rows.map((row) => row.id)).toEqual(Array.from({ length: REJECTED_PAGE_ROWS }, (_, at) => 106 - at));
	});

	it('is empty when the list was cleared elsewhere', async () => {
		backend.listening.reject();
		const feed = new RejectedFeed(backend);
		await page(feed);
		feed.selectAt(0);
		await backend.clearRejected();
		feed.take({ kind: 'rejected', total: 0 });
		await vi.waitFor(() => expect(feed.rows).toHaveLength(0));
		expect(feed.selected).toBeNull();
	});
});

describe('the rail', () => {
	it('has the entry only while there are any, or while it is shown', async () => {
		opened = await openWindow(backend);
		render(Rail, { props: { narrow: false }, context: opened.context });
		expect(screen.queryByTestId('nav-rejected')).toBeNull();
		backend.listening.reject();
		backend.listening.reject();
		const item = await screen.findByTestId('nav-rejected');
		expect(item.textContent).toContain('2');
		await userEvent.click(item);
		expect(opened.router.screen).toEqual({ name: 'rejected' });
		await backend.clearRejected();
		await waitFor(() => expect(screen.getByTestId('nav-rejected').textContent?.trim()).toBe('Rejected'));
		expect(item.getAttribute('aria-current')).toBe('page');
		opened.router.go({ name: 'inbox' });
		await waitFor(() => expect(screen.queryByTestId('nav-rejected')).toBeNull());
	});
});

describe('bytes in hex', () => {
	it('are read as far as they are digits', () => {
		expect([...bytesOfHex('00ff 10')]).toEqual([0, 255, 16]);
		expect([...bytesOfHex('0a1')]).toEqual([10]);
		expect([...bytesOfHex('0azz')]).toEqual([10]);
		expect(bytesOfHex('')).toHaveLength(0);
	});
});
