import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandError, MemoryBackend } from '../backend/memory';
import { openWindow, type TestWindow } from '../state/testing';
import Rail from './Rail.svelte';
import { placeAt } from './reorder';

let backend: MemoryBackend;
let window_: TestWindow;

const rows = () => screen.getAllByTestId('saved-filter');
const names = () => rows().map((row) => within(row).getAllByRole('button')[0]?.querySelector('.truncate')?.textContent);
const item = (name: string) => screen.getByRole('button', { name: new RegExp(`^${name}`) });
const stored = () => backend.search.filters.map(({ name }) => name);

async function open(): Promise<void> {
	window_ = await openWindow(backend);
	render(Rail, { props: { narrow: false }, context: window_.context });
	await waitFor(() => expect(item('Failures').textContent).toContain('1'));
}

beforeEach(async () => {
	backend = new MemoryBackend();
	backend.receive({ event_type: 'invoice.paid', verdict: 'valid' });
	backend.receive({ event_type: 'invoice.paid', verdict: 'invalid' });
	for (const [name, query] of [
		['Failures', 'verdict:invalid'],
		['Paid', 'event:invoice.paid'],
		['Pushes', 'event:push'],
	] as const) {
		await backend.saveFilter({ id: null, name, query });
	}
	backend.search.counted = [];
	await open();
});
afterEach(() => {
	window_.close();
	vi.useRealTimers();
});

describe('saved filters in the rail', () => {
	it('stand below the built-in ones with what they find', () => {
		expect(screen.getByTestId('filter-invalid')).toBeTruthy();
		expect(screen.getByTestId('filter-unsigned')).toBeTruthy();
		expect(names()).toEqual(['Failures', 'Paid', 'Pushes']);
		expect(rows().map((row) => row.querySelector('.count')?.textContent)).toEqual(['1', '2', '0']);
		expect(item('Paid').dataset['tip']).toBe('Paid, 2 captures: captures event invoice.paid');
	});

	it('put their text into the search, for all endpoints', async () => {
		await window_.inbox.showVerdict('valid');
		await userEvent.click(item('Failures'));
		await waitFor(() => expect(window_.inbox.filter).toEqual({ endpoint: null, verdict: null, query: 'verdict:invalid' }));
		expect(window_.inbox.searchText.text).toBe('verdict:invalid');
		expect(item('Failures').getAttribute('aria-current')).toBe('page');
		expect(screen.getByTestId('nav-inbox').getAttribute('aria-current')).toBeNull();
	});

	it('say "at least" where not all could be counted, and nothing where the text is not understood', async () => {
		for (let count = 0; count < 300; count += 1) backend.receive({ event_type: 'invoice.paid' });
		backend.search.countsTo = 140;
		backend.search.filters = backend.search.filters.map((filter) =>
			filter.name === 'Pushes' ? { ...filter, query: 'colour:red', reading: '' } : filter,
		);
		await window_.session.filters.load();
		await waitFor(() => expect(item('Paid').textContent).toContain('100+'));
		expect(item('Paid').dataset['tip']).toContain('at least 140 captures');
		await waitFor(() => expect(rows()[2]?.querySelector('.count')).toBeNull());
		expect(item('Pushes').dataset['tip']).toBe('Pushes, not understood by this version');
	});

	it('are counted one after the other, at most every two seconds while captures pour in', async () => {
		vi.useFakeTimers();
		let running = 0;
		let most = 0;
		const count = backend.countSearch.bind(backend);
		backend.countSearch = async (query) => {
			running += 1;
			most = Math.max(most, running);
			const view = await count(query);
			running -= 1;
			return view;
		};
		backend.search.counted = [];
		for (let arrived = 0; arrived < 59; arrived += 1) {
			backend.receive({ event_type: 'push' });
			await vi.advanceTimersByTimeAsync(100);
		}
		expect(most).toBe(1);
		// At once, after two and after four seconds.
		expect(backend.search.counted).toHaveLength(9);
		await vi.advanceTimersByTimeAsync(2000);
		expect(item('Pushes').textContent).toContain('59');
	});
});

describe('changing them', () => {
	it('makes a new one out of the search that is there', async () => {
		window_.inbox.searchText.show('verdict:valid');
		await userEvent.click(screen.getByTestId('new-filter'));
		await userEvent.type(await screen.findByTestId('filter-name'), 'Good ones{Enter}');
		await waitFor(() => expect(names()).toEqual(['Failures', 'Paid', 'Pushes', 'Good ones']));
		await waitFor(() => expect(item('Good ones').textContent).toContain('1'));
	});

	it('renames one with F2', async () => {
		item('Paid').focus();
		await userEvent.keyboard('{F2}');
		const name = await screen.findByTestId<HTMLInputElement>('filter-name');
		await waitFor(() => expect(document.activeElement).toBe(name));
		expect(name.value).toBe('Paid');
		await userEvent.clear(name);
		await userEvent.type(name, 'Money{Enter}');
		await waitFor(() => expect(names()).toEqual(['Failures', 'Money', 'Pushes']));
		expect(backend.search.filters[1]).toMatchObject({ id: 'filter-2', query: 'event:invoice.paid' });
	});

	it('moves one by keyboard, says where it stands, and stops at the ends', async () => {
		item('Paid').focus();
		await userEvent.keyboard('{Alt>}{ArrowUp}{/Alt}');
		await waitFor(() => expect(stored()).toEqual(['Paid', 'Failures', 'Pushes']));
		await waitFor(() => expect(screen.getByTestId('filter-place').textContent).toBe('Paid, 1 of 3'));
		expect(document.activeElement).toBe(item('Paid'));
		await userEvent.keyboard('{Alt>}{ArrowUp}{/Alt}');
		expect(stored()).toEqual(['Paid', 'Failures', 'Pushes']);
		await userEvent.keyboard('{Alt>}{ArrowDown}{ArrowDown}{/Alt}');
		await waitFor(() => expect(stored()).toEqual(['Failures', 'Pushes', 'Paid']));
	});

	it('moves one by mouse, and a drag is no click', async () => {
		for (const [at, row] of rows().entries()) {
			vi.spyOn(row, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, at * 28, 200, 28));
		}
		const row = rows()[0] as HTMLElement;
		await fireEvent.pointerDown(row, { button: 0, clientY: 14 });
		await fireEvent.pointerMove(window, { clientY: 16 });
		expect(names()).toEqual(['Failures', 'Paid', 'Pushes']);
		await fireEvent.pointerMove(window, { clientY: 80 });
		expect(names()).toEqual(['Paid', 'Pushes', 'Failures']);
		await fireEvent.pointerUp(window, { clientY: 80 });
		await fireEvent.click(item('Failures'));
		await waitFor(() => expect(stored()).toEqual(['Paid', 'Pushes', 'Failures']));
		expect(window_.inbox.filter.query).toBe('');
	});

	it('puts them back when the order could not be kept', async () => {
		item('Paid').focus();
		backend.failure = commandError('store_unavailable', 'The disk is away.');
		await userEvent.keyboard('{Alt>}{ArrowUp}{/Alt}');
		await waitFor(() => expect(window_.toasts.items[0]?.text).toBe('The order was not kept: The disk is away.'));
		expect(names()).toEqual(['Failures', 'Paid', 'Pushes']);
	});

	it('deletes one, and undo puts it back where it was', async () => {
		item('Paid').focus();
		await userEvent.keyboard('{Delete}');
		await waitFor(() => expect(names()).toEqual(['Failures', 'Pushes']));
		await waitFor(() => expect(document.activeElement).toBe(item('Pushes')));
		const [toast] = window_.toasts.items;
		expect(toast?.text).toBe('Filter “Paid” deleted');
		toast?.action?.run();
		await waitFor(() => expect(names()).toEqual(['Failures', 'Paid', 'Pushes']));
		expect(backend.search.filters[1]).toMatchObject({ id: 'filter-2', name: 'Paid' });
		await waitFor(() => expect(item('Paid').textContent).toContain('2'));
	});

	it('has a menu for all of it', async () => {
		await userEvent.click(within(rows()[0] as HTMLElement).getByTestId('filter-more'));
		const menu = screen.getByRole('menu', { name: 'Failures' });
		const entries = within(menu).getAllByRole('menuitem');
		expect(entries.map((entry) => entry.textContent)).toEqual(['Rename…F2', 'Move upAlt↑', 'Move downAlt↓', 'DeleteDel']);
		await waitFor(() => expect(document.activeElement).toBe(entries[0]));
		expect(entries[1]?.getAttribute('aria-disabled')).toBe('true');
		await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}');
		await waitFor(() => expect(stored()).toEqual(['Paid', 'Failures', 'Pushes']));
		expect(screen.queryByRole('menu')).toBeNull();
	});

	it('closes the menu with Esc, back at its button, and does nothing', async () => {
		const button = within(rows()[1] as HTMLElement).getByTestId('filter-more');
		await userEvent.click(button);
		await waitFor(() => expect(document.activeElement?.getAttribute('role')).toBe('menuitem'));
		await userEvent.keyboard('{Escape}');
		expect(screen.queryByRole('menu')).toBeNull();
		expect(document.activeElement).toBe(button);
	});
});

it('finds the place of a dragged row among the others', () => {
	expect([0, 20, 50, 90].map((y) => placeAt(y, [14, 42, 70]))).toEqual([0, 1, 2, 3]);
});
