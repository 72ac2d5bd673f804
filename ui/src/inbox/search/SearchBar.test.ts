import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryBackend } from '../../backend/memory';
import { openWindow, type TestWindow } from '../../state/testing';
import TopBar from '../TopBar.svelte';

let backend: MemoryBackend;
let window_: TestWindow;
/** Stands for the list, which the focus goes to. */
let list: HTMLElement;

const field = () => screen.getByTestId<HTMLInputElement>('search');
const suggested = () => screen.queryAllByTestId('suggestion').map((item) => item.textContent?.replace(/\s+/g, ' ').trim());

async function open(): Promise<void> {
	window_ = await openWindow(backend);
	render(TopBar, { props: { onshortcuts: () => undefined }, context: window_.context });
}

beforeEach(async () => {
	backend = new MemoryBackend();
	backend.receive({ provider: 'stripe', event_type: 'invoice.paid', verdict: 'valid' });
	backend.receive({ provider: 'stripe', event_type: 'invoice.paid', verdict: 'invalid' });
	backend.receive({ provider: 'github', event_type: 'push', verdict: 'valid' });
	list = document.createElement('div');
	list.dataset['pane'] = 'list';
	list.tabIndex = 0;
	document.body.append(list);
	await open();
});
afterEach(() => {
	window_.close();
	list.remove();
	vi.useRealTimers();
});

describe('the search field', () => {
	it('is a text field with its pieces behind it, letter for letter', async () => {
		await userEvent.type(field(), '-verdict:invalid  "push it"');
		expect(field().value).toBe('-verdict:invalid  "push it"');
		await waitFor(() => expect(screen.getByTestId('query-paint').querySelector('.phrase')).not.toBeNull());
		const paint = screen.getByTestId('query-paint');
		expect(paint.querySelector('.line')?.textContent).toBe(field().value);
		expect(paint.getAttribute('aria-hidden')).toBe('true');
		expect(paint.querySelector('.key')?.textContent).toBe('verdict:');
		expect(paint.querySelector('.value')?.textContent).toBe('invalid');
	});

	it('shows its own letters where paint could not follow them', async () => {
		await fireEvent.focus(field());
		await fireEvent.input(field(), { target: { value: 'event:\u202epaid' } });
		expect(screen.queryByTestId('query-paint')).toBeNull();
		// What cannot be seen in the field is named in the words below.
		await waitFor(() => expect(screen.getByTestId('query-reading').textContent).toContain('⟨U+202E⟩'));
	});

	it('says in words what is asked', async () => {
		await userEvent.type(field(), 'provider:stripe paid');
		await waitFor(() => expect(screen.getByTestId('query-reading').textContent).toBe('captures provider stripe, with “paid”'));
		const described = field().getAttribute('aria-describedby') ?? '';
		expect(document.getElementById(described)?.textContent).toContain('captures provider stripe');
		await waitFor(() => expect(window_.inbox.total).toBe(2));
	});

	it('marks what is wrong at its place, says it, and leaves the list alone', async () => {
		await userEvent.type(field(), 'paid');
		await waitFor(() => expect(window_.inbox.total).toBe(2));
		await userEvent.type(field(), ' colour:red');
		await waitFor(() => expect(screen.getByTestId('query-problem').textContent).toContain('No filter called colour.'));
		expect(screen.getByTestId('query-paint').querySelector('.wrong')?.textContent).toBe('colour');
		expect(field().getAttribute('aria-invalid')).toBe('true');
		expect(screen.queryByTestId('query-replace')).toBeNull();
		await userEvent.keyboard('{Enter}');
		expect(document.activeElement).toBe(field());
		expect([window_.inbox.total, window_.inbox.filter.query]).toEqual([2, 'paid']);
	});

	it('writes what was meant on a click', async () => {
		await userEvent.type(field(), 'provder:stripe');
		await userEvent.click(await screen.findByTestId('query-replace'));
		expect([field().value, field().selectionStart]).toEqual(['provider:stripe', 15]);
		expect(document.activeElement).toBe(field());
		await waitFor(() => expect(window_.inbox.total).toBe(2));
	});

	it('writes it with Tab, too, and then Tab goes on', async () => {
		await userEvent.type(field(), 'provder:stripe');
		await screen.findByTestId('query-replace');
		await userEvent.tab();
		expect([field().value, document.activeElement]).toEqual(['provider:stripe', field()]);
		await waitFor(() => expect(screen.queryByTestId('query-replace')).toBeNull());
		await userEvent.keyboard('{Escape}');
		field().focus();
		await userEvent.tab();
		expect(document.activeElement).not.toBe(field());
	});

	it('tells screen readers after a pause, not at every letter', async () => {
		vi.useFakeTimers();
		const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime.bind(vi) });
		await user.type(field(), 'provder:x');
		expect(screen.getByTestId('search-told').textContent).toBe('');
		await vi.advanceTimersByTimeAsync(1000);
		expect(screen.getByTestId('search-told').textContent).toBe('No filter called provder. Did you mean provider? Press Tab to write it.');
	});

	it('is cleared by its button, which leaves the focus in it', async () => {
		await userEvent.type(field(), 'colour:');
		await userEvent.click(screen.getByRole('button', { name: 'Clear search' }));
		expect([field().value, document.activeElement]).toEqual(['', field()]);
		expect(screen.queryByRole('button', { name: 'Clear search' })).toBeNull();
	});

	it('follows a filter that is set elsewhere, also while it has the focus', async () => {
		await userEvent.type(field(), 'paid');
		await window_.inbox.showQuery('verdict:invalid');
		await waitFor(() => expect(field().value).toBe('verdict:invalid'));
	});
});

describe('suggestions', () => {
	it('are there as soon as the empty field has the focus, and do not hold Tab', async () => {
		await userEvent.keyboard('/');
		await waitFor(() => expect(suggested()).toHaveLength(5));
		expect(field().getAttribute('aria-expanded')).toBe('true');
		await userEvent.tab();
		expect(document.activeElement).not.toBe(field());
		expect(field().value).toBe('');
	});

	it('are real values with their numbers, chosen by arrow and Enter', async () => {
		await userEvent.type(field(), 'event:');
		await waitFor(() => expect(suggested()).toEqual(['invoice.paid 2 captures', 'push 1 captures']));
		await userEvent.keyboard('{ArrowDown}{ArrowDown}');
		const active = screen.getByRole('option', { selected: true });
		expect(active.textContent).toContain('push');
		expect(field().getAttribute('aria-activedescendant')).toBe(active.id);
		expect(within(screen.getByRole('listbox', { name: 'Suggestions' })).getAllByRole('option')).toHaveLength(2);
		await userEvent.keyboard('{Enter}');
		expect(field().value).toBe('event:push ');
		expect(document.activeElement).toBe(field());
		expect(suggested()).toEqual([]);
		await waitFor(() => expect(window_.inbox.filter.query).toBe('event:push'));
	});

	it('are taken with Tab, and a filter goes on with its values', async () => {
		await userEvent.type(field(), 'verd');
		await waitFor(() => expect(suggested()).toHaveLength(1));
		await userEvent.tab();
		expect(field().value).toBe('verdict:');
		await waitFor(() => expect(suggested()).toEqual(['valid 2 captures', 'invalid 1 captures']));
	});

	it('are taken with a click', async () => {
		await userEvent.type(field(), 'provider:');
		await waitFor(() => expect(suggested()).toHaveLength(2));
		await userEvent.click(screen.getAllByTestId('suggestion')[1] as HTMLElement);
		expect([field().value, document.activeElement]).toEqual(['provider:github ', field()]);
	});

	it('are text, whatever was captured', async () => {
		backend.receive({ event_type: '<img src=x onerror=alert(1)>\u202e' });
		await userEvent.type(field(), 'event:<');
		await waitFor(() => expect(suggested()[0]).toContain('<img src=x onerror=alert(1)>⟨U+202E⟩'));
		expect(screen.getByTestId('suggestions').querySelector('img')).toBeNull();
	});

	it('give way to Esc: first they close, then the field is left, and only the list clears', async () => {
		await userEvent.type(field(), 'paid event:');
		await waitFor(() => expect(suggested()).toHaveLength(2));
		await userEvent.keyboard('{Escape}');
		expect([suggested(), document.activeElement]).toEqual([[], field()]);
		await userEvent.keyboard('{Escape}');
		expect(document.activeElement).toBe(list);
		expect(field().value).toBe('paid event:');
	});

	it('leave Enter alone until one is chosen', async () => {
		await userEvent.type(field(), 'event:p');
		await waitFor(() => expect(suggested()).toHaveLength(2));
		await userEvent.keyboard('{Enter}');
		await waitFor(() => expect(document.activeElement).toBe(list));
		expect(window_.inbox.filter.query).toBe('event:p');
	});

	it('leave the keys of an input method alone, and do not search for half a character', async () => {
		await userEvent.type(field(), 'event:');
		await waitFor(() => expect(suggested()).toHaveLength(2));
		await fireEvent.compositionStart(field());
		await fireEvent.keyDown(field(), { key: 'ArrowDown', isComposing: true });
		await fireEvent.keyDown(field(), { key: 'Enter', keyCode: 229 });
		expect(screen.queryByRole('option', { selected: true })).toBeNull();
		backend.pagesRead = [];
		await fireEvent.input(field(), { target: { value: 'event:ｐ' } });
		expect(screen.queryByTestId('query-paint')).toBeNull();
		await fireEvent.compositionEnd(field());
		await waitFor(() => expect(backend.pagesRead[0]?.filter.query).toBe('event:ｐ'));
		expect(backend.pagesRead.filter(({ beforeSeq }) => beforeSeq === null)).toHaveLength(1);
		expect(screen.getByTestId('query-paint')).toBeTruthy();
	});
});

describe('saving the search', () => {
	it('is offered for a search that can be understood and is not saved yet', async () => {
		const button = screen.getByTestId('save-filter');
		expect(button.getAttribute('aria-disabled')).toBe('true');
		await userEvent.type(field(), 'verdict:invalid');
		await waitFor(() => expect(button.getAttribute('aria-disabled')).toBeNull());
		await userEvent.keyboard('{Control>}s{/Control}');
		const dialog = await screen.findByTestId('filter-dialog');
		await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('filter-name')));
		expect(within(dialog).getByTestId<HTMLInputElement>('filter-query').value).toBe('verdict:invalid');
		await waitFor(() => expect(screen.getByTestId('filter-reading').textContent).toBe('captures verdict invalid'));
		await userEvent.keyboard('{Enter}');
		expect(dialog.textContent).toContain('Give it a name.');
		await userEvent.keyboard('Failures{Enter}');
		await waitFor(() => expect(backend.search.filters).toMatchObject([{ name: 'Failures', query: 'verdict:invalid' }]));
		expect(window_.session.filters.items).toHaveLength(1);
		expect(button.dataset['tip']).toBe('Saved as “Failures”.');
	});

	it('does not save what cannot be understood', async () => {
		await userEvent.type(field(), 'paid');
		await waitFor(() => expect(screen.getByTestId('save-filter').getAttribute('aria-disabled')).toBeNull());
		await userEvent.click(screen.getByTestId('save-filter'));
		await userEvent.type(await screen.findByTestId('filter-name'), 'Broken');
		await userEvent.type(screen.getByTestId('filter-query'), ' colour:red');
		const dialog = screen.getByTestId('filter-dialog');
		await waitFor(() => expect(dialog.textContent).toContain('No filter called colour.'));
		await userEvent.click(screen.getByTestId('filter-save'));
		expect(backend.search.filters).toEqual([]);
		expect(screen.getByTestId('filter-query')).toBeTruthy();
	});
});
