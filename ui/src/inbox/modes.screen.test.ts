import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { createRawSnippet } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryBackend } from '../backend/memory';
import { Layout } from '../state/layout.svelte';
import { openWindow, type TestWindow } from '../state/testing';
import InboxScreen from './InboxScreen.svelte';
import { MOST_ROWS } from './virtualWindow';

let backend: MemoryBackend;
let opened: TestWindow;
let layout: Layout;

const detail = createRawSnippet<[string]>((id) => ({ render: () => `<p data-testid="detail">${id()}</p>` }));

async function show(width_px = 1280): Promise<void> {
	opened = await openWindow(backend);
	layout = new Layout({ getItem: () => null, setItem: () => undefined });
	layout.measure(width_px, 16);
	render(InboxScreen, { props: { layout, detail, onshortcuts: () => undefined }, context: opened.context });
}

/** What is drawn, from the top. */
const drawn = (): string[] =>
	[...screen.getByTestId('capture-list').querySelectorAll<HTMLElement>('[data-testid=capture-row], [data-testid=group-row]')].map(
		(row) => row.dataset['captureId'] ?? row.getAttribute('aria-label') ?? '',
	);
const selected = (): string | null => opened.inbox.selectedId;
async function group(by: string): Promise<void> {
	await userEvent.click(screen.getByTestId('list-grouping'));
	await userEvent.click(screen.getByTestId(`group-by-${by}`));
	screen.getByTestId('capture-list').focus();
}

beforeEach(() => {
	backend = new MemoryBackend();
	vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(720);
});
afterEach(() => {
	opened.close();
	vi.restoreAllMocks();
});

describe('the compact table', () => {
	it('is a grid of one-line rows with columns, and still draws only a window', async () => {
		for (let count = 0; count < 500; count += 1) backend.receive({ event_type: 'invoice.paid' });
		await show();
		await userEvent.click(screen.getByTestId('list-rows'));
		const grid = screen.getByRole('grid', { name: 'Captures' });
		const rows = within(grid).getAllByTestId('capture-row');
		expect(rows.length).toBeGreaterThan(25);
		expect(rows.length).toBeLessThanOrEqual(MOST_ROWS);
		expect(rows[0]?.getAttribute('role')).toBe('row');
		expect(within(rows[0] as HTMLElement).getAllByRole('gridcell').length).toBeGreaterThan(3);
		expect(grid.getAttribute('aria-rowcount')).toBe('501');
		expect(grid.getAttribute('aria-activedescendant')).toBe(rows[0]?.id);
		expect(screen.getAllByRole('columnheader').map((head) => head.textContent)).toContain('Verdict');
		expect(grid.querySelector<HTMLElement>('.whole')?.style.height).toBe(`${200 * 28}px`);
		await userEvent.keyboard('jj');
		expect(selected()).toBe('capture-498');
		await userEvent.keyboard('{Shift>}c{/Shift}');
		expect(screen.getByRole('listbox', { name: 'Captures' })).toBeTruthy();
		expect(selected()).toBe('capture-498');
	});

	it('shows all columns when the list is wide, and may be made wider', async () => {
		vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(900);
		backend.receive({ target: '/stripe' });
		await show(1920);
		expect(layout.listMax_px).toBe(640);
		await userEvent.click(screen.getByTestId('list-rows'));
		expect(layout.listMax_px).toBe(1100);
		expect(screen.getAllByRole('columnheader').map((head) => head.textContent)).toEqual([
			'Time', 'Event', 'Verdict', 'Request', 'Answer', 'Size',
		]);
		expect(screen.getByTestId('capture-row').textContent).toContain('POST /stripe');
	});

	it('shows hostile text as text', async () => {
		backend.receive({ event_type: '<img src=x onerror=alert(1)>\u202e', badge: '<b>x</b>' });
		await show();
		await userEvent.click(screen.getByTestId('list-rows'));
		const row = screen.getByTestId('capture-row');
		expect(row.querySelector('img, b')).toBeNull();
		expect(row.textContent).toContain('<img src=x onerror=alert(1)>⟨U+202E⟩');
	});
});

describe('groups', () => {
	it('are chosen by keyboard alone, and Esc leaves things as they are', async () => {
		backend.receive();
		await show();
		const opener = screen.getByTestId('list-grouping');
		opener.focus();
		await userEvent.keyboard('{Enter}{ArrowDown}{ArrowDown}{Enter}');
		expect(layout.listMode.grouping).toBe('provider');
		expect(document.activeElement).toBe(opener);
		expect(opener.getAttribute('aria-label')).toBe('Group by: Provider');
		await userEvent.keyboard('{Enter}{ArrowUp}{Escape}');
		expect(layout.listMode.grouping).toBe('provider');
		expect(screen.queryByRole('menu')).toBeNull();
		expect(document.activeElement).toBe(opener);
	});

	function receiveThree(): void {
		backend.receive({ endpoint: 'a', endpoint_slug: 'alpha' });
		backend.receive({ endpoint: 'b', endpoint_slug: 'beta' });
		backend.receive({ endpoint: 'a', endpoint_slug: 'alpha' });
	}

	it('put loaded rows under headers with counts, and the keys follow what is shown', async () => {
		receiveThree();
		await show();
		await group('endpoint');
		expect(drawn()).toEqual(['alpha, 2 captures', 'capture-3', 'capture-1', 'beta, 1 capture', 'capture-2']);
		expect(screen.getByRole('tree', { name: 'Captures' })).toBeTruthy();
		expect(screen.getByTestId('day').textContent).toContain('alpha');
		expect(selected()).toBe('capture-3');
		await userEvent.keyboard('j');
		expect(selected()).toBe('capture-1');
		await userEvent.keyboard('j');
		expect(selected()).toBe('capture-2');
		await userEvent.keyboard('{Shift>}kk{/Shift}');
		expect([...opened.inbox.selection.marked].sort()).toEqual(['capture-1', 'capture-2', 'capture-3']);
	});

	it('close and open with the arrow keys and by a click', async () => {
		receiveThree();
		await show();
		await group('endpoint');
		await userEvent.keyboard('{ArrowLeft}');
		expect(drawn()).toEqual(['alpha, 2 captures', 'beta, 1 capture', 'capture-2']);
		expect(selected()).toBe('capture-3');
		await userEvent.keyboard('{ArrowRight}');
		expect(drawn()).toHaveLength(5);
		await userEvent.click(screen.getAllByTestId('group-row')[1] as HTMLElement);
		expect(drawn()).toEqual(['alpha, 2 captures', 'capture-3', 'capture-1', 'beta, 1 capture']);
	});

	it('fold a retry family into one row that opens', async () => {
		backend.receive({ event_id: 'evt_1' });
		backend.receive({ event_id: 'evt_2' });
		backend.receive({ event_id: 'evt_1', duplicate: { kind: 'retry', times: 2, sentence: 'Retry.' } as never });
		await show();
		await group('event');
		expect(drawn()).toEqual(['capture-3', 'capture-2']);
		expect(screen.getByTestId('fold').textContent).toContain('×2');
		const [row] = screen.getAllByTestId('capture-row');
		expect(row?.getAttribute('aria-expanded')).toBe('false');
		await userEvent.keyboard('{ArrowRight}');
		expect(drawn()).toEqual(['capture-3', 'capture-1', 'capture-2']);
		await userEvent.keyboard('j');
		expect(selected()).toBe('capture-1');
		await userEvent.keyboard('{ArrowLeft}');
		expect(drawn()).toEqual(['capture-3', 'capture-2']);
		expect(selected()).toBe('capture-3');
		// A click on the mark opens it without selecting anything.
		await userEvent.click(screen.getAllByTestId('capture-row')[1] as HTMLElement);
		await userEvent.click(screen.getByTestId('fold'));
		expect(drawn()).toHaveLength(3);
		expect(selected()).toBe('capture-2');
	});

	it('open for a capture that is opened from elsewhere', async () => {
		backend.receive({ event_id: 'evt_1' });
		backend.receive({ event_id: 'evt_1' });
		await show();
		await group('event');
		expect(drawn()).toEqual(['capture-2']);
		await opened.inbox.openCapture('capture-1');
		await waitFor(() => expect(drawn()).toEqual(['capture-2', 'capture-1']));
	});

	it('say how many captures are put together when there are more', async () => {
		for (let count = 0; count < 1300; count += 1) backend.receive();
		await show();
		await group('provider');
		await waitFor(() => expect(screen.getByTestId('day').textContent).toContain('the newest'));
		expect(screen.getAllByTestId('capture-row').length).toBeLessThanOrEqual(MOST_ROWS);
		expect(screen.getByTestId('group-row').getAttribute('aria-label')).toContain('loaded');
	});

	it('take new captures in while nothing is chosen, and let them wait otherwise', async () => {
		receiveThree();
		await show();
		await group('endpoint');
		backend.receive({ endpoint: 'b', endpoint_slug: 'beta' });
		await waitFor(() => expect(drawn()[0]).toBe('beta, 2 captures'));
		await userEvent.keyboard('j');
		const before = drawn();
		backend.receive({ endpoint: 'a', endpoint_slug: 'alpha' });
		expect((await screen.findByTestId('new-pill')).textContent).toContain('1 new');
		expect(drawn()).toEqual(before);
	});
});
