import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandError, MemoryBackend, providerInfo } from '../backend/memory';
import { listedIds, openApp, selectedIds } from '../appTesting';

const HOSTILE = '<img src=x onerror=alert(1)>\u202e';
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
let backend: MemoryBackend;

function receive(count: number): void {
	for (let number = 0; number < count; number += 1) backend.receive();
}

const row = (id: string): HTMLElement => screen.getAllByTestId('capture-row').find(({ dataset }) => dataset['captureId'] === id) as HTMLElement;
const toasts = (): string => screen.queryAllByTestId('toast').map((toast) => toast.textContent).join('\n');
const menu = (): HTMLElement => screen.getByTestId('capture-menu');

async function openMenuOf(id: string): Promise<void> {
	await fireEvent.contextMenu(row(id), { clientX: 40, clientY: 50 });
	await screen.findByRole('menu');
}

/** Chooses in the open menu with the keys alone. */
async function choose(...labels: string[]): Promise<void> {
	for (const [depth, label] of labels.entries()) {
		const line = (await within(menu()).findByText(label, { selector: '.label' })).closest('button') as HTMLElement;
		for (let step = 0; step < 20 && document.activeElement !== line; step += 1) await userEvent.keyboard('{ArrowDown}');
		expect(document.activeElement, label).toBe(line);
		await userEvent.keyboard(depth < labels.length - 1 ? '{ArrowRight}' : '{Enter}');
	}
}

beforeEach(() => {
	backend = new MemoryBackend();
	backend.providers = [providerInfo({ id: 'stripe', name: 'Stripe' })];
});
afterEach(() => vi.useRealTimers());

describe('deleting', () => {
	it('deletes what is selected without a question and goes to the next row, with the keys alone', async () => {
		receive(4);
		await openApp(backend);
		await userEvent.keyboard('j');
		expect(selectedIds()).toEqual(['capture-3']);
		await userEvent.keyboard('{Backspace}');
		await waitFor(() => expect(listedIds()).toEqual(['capture-4', 'capture-2', 'capture-1']));
		expect(selectedIds()).toEqual(['capture-2']);
		expect(document.activeElement).toBe(screen.getByRole('listbox', { name: 'Captures' }));
		expect(screen.getByTestId('list-count').textContent?.trim()).toBe('3');
		await userEvent.keyboard('{Shift>}g{/Shift}{Delete}');
		// At the end there is no next one.
		await waitFor(() => expect(listedIds()).toEqual(['capture-4', 'capture-2']));
		expect(selectedIds()).toEqual(['capture-2']);
	});

	it('takes deletions back one after the other with Mod+z', async () => {
		receive(4);
		await openApp(backend);
		await userEvent.keyboard('j{Delete}');
		await waitFor(() => expect(listedIds()).toHaveLength(3));
		await userEvent.keyboard('{Shift>}j{/Shift}{Delete}');
		await waitFor(() => expect(listedIds()).toEqual(['capture-4']));
		expect(backend.annotations.deletions).toEqual([['capture-3'], ['capture-2', 'capture-1']]);
		await userEvent.keyboard('{Control>}z{/Control}');
		await waitFor(() => expect(listedIds()).toEqual(['capture-4', 'capture-2', 'capture-1']));
		await waitFor(() => expect(selectedIds()).toEqual(['capture-2', 'capture-1']));
		await userEvent.keyboard('{Control>}z{/Control}');
		await waitFor(() => expect(listedIds()).toEqual(['capture-4', 'capture-3', 'capture-2', 'capture-1']));
		await waitFor(() => expect(selectedIds()).toEqual(['capture-3']));
		// What the messages offered is done.
		expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull();
		await userEvent.keyboard('{Control>}z{/Control}');
		expect(listedIds()).toHaveLength(4);
	});

	it('offers Undo in a message, also for an earlier deletion', async () => {
		receive(3);
		await openApp(backend);
		await userEvent.keyboard('j{Delete}');
		await waitFor(() => expect(toasts()).toContain('1 capture deleted.'));
		await userEvent.keyboard('{Delete}');
		await waitFor(() => expect(listedIds()).toEqual(['capture-3']));
		const [first] = screen.getAllByRole('button', { name: 'Undo' });
		await userEvent.click(first as HTMLElement);
		await waitFor(() => expect(listedIds()).toEqual(['capture-3', 'capture-2']));
		expect(toasts()).toContain('1 capture brought back');
	});

	it('says that it is too late after ten minutes', async () => {
		receive(2);
		vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
		const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime.bind(vi) });
		await openApp(backend);
		await user.keyboard('{Delete}');
		await waitFor(() => expect(listedIds()).toHaveLength(1));
		vi.setSystemTime(Date.now() + 10 * 60 * 1000 + 1);
		const undo = vi.spyOn(backend, 'undoDelete');
		await user.keyboard('{Control>}z{/Control}');
		expect(undo).not.toHaveBeenCalled();
		expect(listedIds()).toHaveLength(1);
	});

	it('asks before more than a hundred go, and says how many', async () => {
		receive(101);
		await openApp(backend);
		await userEvent.keyboard('{Control>}a{/Control}{Delete}');
		const dialog = await screen.findByRole('dialog', { name: 'Delete 101 captures?' });
		expect(backend.captures).toHaveLength(101);
		await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }));
		expect(backend.captures).toHaveLength(101);
		await userEvent.keyboard('{Delete}');
		await userEvent.click(await screen.findByTestId('delete-confirm'));
		await waitFor(() => expect(backend.captures).toHaveLength(0));
		expect(toasts()).toContain('101 captures deleted.');
		await waitFor(() => expect(screen.queryByRole('dialog', { name: /Delete/ })).toBeNull());
	});

	it('deletes a hundred at once', async () => {
		receive(100);
		await openApp(backend);
		await userEvent.keyboard('{Control>}a{/Control}{Delete}');
		await waitFor(() => expect(backend.captures).toHaveLength(0));
	});

	it('says what went wrong and keeps the rows', async () => {
		receive(2);
		await openApp(backend);
		backend.deleteCaptures = () => Promise.reject(commandError('store_unavailable', 'The disk is full.'));
		await userEvent.keyboard('{Delete}');
		await waitFor(() => expect(toasts()).toContain('The capture was not deleted: The disk is full.'));
		expect(listedIds()).toHaveLength(2);
	});
});

describe('selecting several', () => {
	it('toggles with Ctrl and extends with Shift by the mouse', async () => {
		receive(6);
		await openApp(backend);
		const user = userEvent.setup();
		await user.click(row('capture-5'));
		await user.keyboard('{Control>}');
		await user.click(row('capture-3'));
		expect(selectedIds()).toEqual(['capture-5', 'capture-3']);
		await user.click(row('capture-5'));
		await user.keyboard('{/Control}');
		expect(selectedIds()).toEqual(['capture-3']);
		await user.keyboard('{Shift>}');
		await user.click(row('capture-1'));
		await user.keyboard('{/Shift}');
		expect(selectedIds()).toEqual(['capture-3', 'capture-2', 'capture-1']);
		expect(screen.getByTestId('selection-bar').textContent).toContain('3 selected');
	});

	it('selects all loaded rows with Mod+a and says that others are not', async () => {
		receive(250);
		await openApp(backend);
		await userEvent.keyboard('{Control>}a{/Control}');
		expect(screen.getByTestId('selection-bar').textContent).toContain('200 selected');
		expect(toasts()).toContain('200 loaded captures selected');
		expect(toasts()).toContain('of 250 that match');
		await userEvent.keyboard('{Escape}');
		expect(screen.queryByTestId('selection-bar')).toBeNull();
	});

	it('labels, exports and deletes from the bar', async () => {
		receive(3);
		await openApp(backend);
		await userEvent.keyboard('{Control>}a{/Control}');
		await userEvent.click(screen.getByTestId('label-selected'));
		await screen.findByRole('dialog', { name: 'Label 3 captures' });
		await userEvent.type(screen.getByTestId('label-input'), 'refund');
		await userEvent.click(screen.getByTestId('labels-on'));
		await waitFor(() => expect([...backend.annotations.labelled.values()].map((labels) => [...labels])).toEqual([['refund'], ['refund'], ['refund']]));
		await userEvent.click(screen.getByTestId('label-selected'));
		await userEvent.type(screen.getByTestId('label-input'), 'refund{Enter}');
		await userEvent.click(screen.getByTestId('labels-off'));
		await waitFor(() => expect([...backend.annotations.labelled.values()].every((labels) => labels.size === 0)).toBe(true));
		await userEvent.click(screen.getByTestId('export'));
		await waitFor(() => expect(backend.exported).toHaveLength(3));
		await userEvent.click(screen.getByTestId('delete-selected'));
		await waitFor(() => expect(backend.captures).toHaveLength(0));
	});
});

describe('the note', () => {
	it('is written and labelled with the keys alone, and shown in the head', async () => {
		receive(2);
		await openApp(backend);
		await screen.findByTestId('resend');
		await userEvent.keyboard('n');
		const text = await screen.findByTestId('note-text');
		await waitFor(() => expect(document.activeElement).toBe(text));
		await userEvent.keyboard('Ask Ada about this');
		screen.getByTestId('label-input').focus();
		await userEvent.keyboard('bug{Enter}billing{Enter}wrong{Enter}{Backspace}{Control>}{Enter}{/Control}');
		await waitFor(() => expect(backend.annotations.notes.get('capture-2')).toBe('Ask Ada about this'));
		await waitFor(() => expect([...(backend.annotations.labelled.get('capture-2') ?? [])]).toEqual(['bug', 'billing']));
		const strip = await screen.findByTestId('note-strip');
		expect(strip.textContent).toContain('Ask Ada about this');
		expect(strip.textContent).toContain('billing');
		await userEvent.click(strip);
		expect((await screen.findByTestId<HTMLTextAreaElement>('note-text')).value).toBe('Ask Ada about this');
		await userEvent.click(screen.getByRole('button', { name: 'Take bug off' }));
		await userEvent.click(screen.getByTestId('note-save'));
		await waitFor(() => expect([...(backend.annotations.labelled.get('capture-2') ?? [])]).toEqual(['billing']));
	});

	it('completes labels that are in use', async () => {
		receive(3);
		await backend.setLabel(['capture-1', 'capture-2'], 'refund', true);
		await backend.setLabel(['capture-1'], 'regression', true);
		await openApp(backend);
		await userEvent.keyboard('n');
		(await screen.findByTestId('label-input')).focus();
		await userEvent.keyboard('re');
		const list = await screen.findByRole('listbox', { name: 'Labels in use' });
		expect(within(list).getAllByRole('option').map((option) => option.getAttribute('aria-label'))).toEqual(['refund, on 2 captures', 'regression, on 1 capture']);
		await userEvent.keyboard('{ArrowDown}{ArrowDown}{Enter}');
		await userEvent.click(screen.getByTestId('note-save'));
		await waitFor(() => expect([...(backend.annotations.labelled.get('capture-3') ?? [])]).toEqual(['regression']));
	});

	it('is not lost by Esc, but by Cancel', async () => {
		receive(1);
		await openApp(backend);
		await userEvent.keyboard('n');
		await userEvent.type(await screen.findByTestId('note-text'), 'half a thought');
		screen.getByTestId<HTMLDialogElement>('note-dialog').close();
		await waitFor(() => expect(screen.queryByTestId('note-text')).toBeNull());
		expect(backend.annotations.notes.size).toBe(0);
		await userEvent.keyboard('n');
		expect((await screen.findByTestId<HTMLTextAreaElement>('note-text')).value).toBe('half a thought');
		expect(screen.getByText(/not saved yet/)).toBeTruthy();
		await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
		await userEvent.keyboard('n');
		expect((await screen.findByTestId<HTMLTextAreaElement>('note-text')).value).toBe('');
	});

	it('says what is wrong with a label and with a note, and keeps them', async () => {
		receive(1);
		await openApp(backend);
		await userEvent.keyboard('n');
		const input = await screen.findByTestId('label-input');
		await userEvent.type(input, 'a"b{Enter}');
		expect(screen.getByText('A label has no quotes and no line breaks.')).toBeTruthy();
		await userEvent.clear(input);
		backend.setNote = () => Promise.reject(commandError('store_unavailable', 'The disk is full.'));
		await userEvent.type(screen.getByTestId('note-text'), 'x');
		await userEvent.click(screen.getByTestId('note-save'));
		expect((await screen.findByRole('alert')).textContent).toContain('The disk is full.');
		expect(screen.getByTestId<HTMLTextAreaElement>('note-text').value).toBe('x');
	});

	it('shows hostile notes and labels as text', async () => {
		receive(1);
		backend.annotations.notes.set('capture-1', HOSTILE);
		backend.annotations.labelled.set('capture-1', new Set([HOSTILE]));
		await openApp(backend);
		const strip = await screen.findByTestId('note-strip');
		expect(strip.querySelector('img')).toBeNull();
		expect(strip.textContent).toContain('⟨U+202E⟩');
		await userEvent.click(strip);
		const dialog = await screen.findByTestId('note-dialog');
		await within(dialog).findByTestId('label-remove');
		expect(dialog.querySelector('img')).toBeNull();
	});
});

describe('the menu of a capture', () => {
	it('opens with Shift+F10 beside the row and with the button in the head, and gives the focus back', async () => {
		receive(2);
		await openApp(backend);
		await screen.findByTestId('resend');
		const list = screen.getByRole('listbox', { name: 'Captures' });
		list.focus();
		await userEvent.keyboard('{Shift>}{F10}{/Shift}');
		expect(await screen.findByRole('menu', { name: /Actions on POST \/hello/ })).toBeTruthy();
		await userEvent.keyboard('{Escape}');
		expect(screen.queryByTestId('capture-menu')).toBeNull();
		expect(document.activeElement).toBe(list);
		await userEvent.click(screen.getByTestId('capture-more'));
		expect(await screen.findByRole('menu')).toBeTruthy();
		expect(screen.getByTestId('capture-more').getAttribute('aria-expanded')).toBe('true');
	});

	it('selects the row it is opened on, and is about all that are selected when that row is one', async () => {
		receive(4);
		await openApp(backend);
		await openMenuOf('capture-2');
		expect(selectedIds()).toEqual(['capture-2']);
		expect(within(menu()).getByText('Edit & resend')).toBeTruthy();
		await userEvent.keyboard('{Escape}{Shift>}j{/Shift}');
		await openMenuOf('capture-1');
		expect(selectedIds()).toEqual(['capture-2', 'capture-1']);
		expect(within(menu()).queryByText('Edit & resend')).toBeNull();
		await choose('Delete 2');
		await waitFor(() => expect(listedIds()).toEqual(['capture-4', 'capture-3']));
	});

	it.each([
		['As cURL', 'curl -X POST http://127.0.0.1:4665/in?x=1'],
		['Body', '{"a":1}'],
		['URL', 'http://127.0.0.1:4665/in?x=1'],
		['Event id', 'evt_1'],
		['Headers', 'X-A: 1\nX-A: 2\n'],
		['Raw request', 'POST /in?x=1 HTTP/1.1\r\nX-A: 1\r\n\r\n{"a":1}'],
	])('copies %s', async (label, expected) => {
		backend.receive(
			{ target: '/in?x=1', event_id: 'evt_1', body_bytes: 7 },
			{
				body: bytesOf('{"a":1}'),
				head: bytesOf('POST /in?x=1 HTTP/1.1\r\nX-A: 1\r\n\r\n'),
				detail: { headers: [{ name: 'X-A', value: '1', lossy: false }, { name: 'X-A', value: '2', lossy: false }] },
			},
		);
		await openApp(backend);
		await openMenuOf('capture-1');
		await choose('Copy', label);
		await waitFor(() => expect(backend.clipboard).toBe(expected));
	});

	it('copies bytes that are not text as Base64 and says so', async () => {
		backend.receive({ body_bytes: 3 }, { body: new Uint8Array([0xff, 0, 1]) });
		await openApp(backend);
		await openMenuOf('capture-1');
		await choose('Copy', 'Body');
		await waitFor(() => expect(backend.clipboard).toBe('/wAB'));
		expect(toasts()).toContain('Body copied as Base64');
	});

	it.each([
		['Provider', 'provider:stripe'],
		['Event', 'event:"a b"'],
		['Endpoint', 'endpoint:default'],
		['Verdict', 'verdict:invalid'],
		['Path', 'path:/in'],
	])('filters by %s', async (label, term) => {
		backend.receive({ provider: 'stripe', event_type: 'a b', verdict: 'invalid', target: '/in?x=1' });
		await openApp(backend);
		await openMenuOf('capture-1');
		await choose('Filter by', label);
		await waitFor(() => expect(backend.pagesRead.at(-1)?.filter.query).toBe(term));
	});

	it('sends again, also when the capture has just been selected by the menu', async () => {
		receive(2);
		backend.endpoints = backend.endpoints.map((endpoint) => ({ ...endpoint, target_url: 'http://localhost:3000/hooks' }));
		await openApp(backend);
		await openMenuOf('capture-1');
		await choose('Resend');
		await waitFor(() => expect(backend.deliveries.map(({ parent, target_url }) => [parent, target_url])).toEqual([['capture-1', 'http://localhost:3000/hooks']]));
	});

	it('puts labels on and off', async () => {
		receive(2);
		await backend.setLabel(['capture-1'], 'bug', true);
		await openApp(backend);
		await openMenuOf('capture-2');
		await userEvent.keyboard('label{ArrowRight}');
		const line = await screen.findByRole('menuitemcheckbox', { name: /bug/ });
		expect(line.getAttribute('aria-checked')).toBe('false');
		await userEvent.click(line);
		await waitFor(() => expect(backend.annotations.labelled.get('capture-2')?.has('bug')).toBe(true));
		await openMenuOf('capture-2');
		await userEvent.keyboard('label{ArrowRight}');
		await userEvent.click(await screen.findByRole('menuitemcheckbox', { name: /bug/, checked: true }));
		await waitFor(() => expect(backend.annotations.labelled.get('capture-2')?.has('bug')).toBe(false));
	});

	it('begins an endpoint from a capture', async () => {
		backend.receive({ provider: 'stripe', target: '/Billing/hooks?x' });
		await openApp(backend);
		await openMenuOf('capture-1');
		await choose('Create endpoint from this capture');
		expect((await screen.findByTestId<HTMLInputElement>('endpoint-slug')).value).toBe('billing');
		await userEvent.click(screen.getByTestId('endpoint-save'));
		await waitFor(() => expect(backend.endpoints.at(-1)).toMatchObject({ slug: 'billing', provider: 'stripe' }));
	});

	it('shows hostile captures as text', async () => {
		backend.receive({ event_type: HOSTILE, provider: HOSTILE, endpoint_slug: HOSTILE, target: `/${HOSTILE}` });
		await openApp(backend);
		await openMenuOf('capture-1');
		await userEvent.keyboard('filter by{ArrowRight}');
		await screen.findByTestId('menu-filter-event');
		expect(menu().querySelector('img')).toBeNull();
		expect(screen.getByTestId('menu-filter-event').textContent).toContain('⟨U+202E⟩');
	});

	it('asks for another target with Shift+r', async () => {
		receive(1);
		await openApp(backend);
		await screen.findByTestId('resend');
		await userEvent.keyboard('{Shift>}r{/Shift}');
		await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('resend-target')));
	});
});
