import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { commandError, endpointView, MemoryBackend, providerInfo } from '../backend/memory';
import { listedIds, openApp, selectedIds } from '../appTesting';

const HOSTILE = '<img src=x onerror=alert(1)>\u202egnp';
let backend: MemoryBackend;

beforeEach(() => {
	backend = new MemoryBackend();
	backend.providers = [providerInfo({ id: 'stripe', name: 'Stripe', monogram: 'S', hue: 244 })];
	backend.endpoints = [
		endpointView({ id: 'default', slug: 'default', built_in: true }),
		endpointView({ id: 'e2', slug: 'stripe-billing', provider: 'stripe' }),
	];
	backend.receive({ event_type: 'invoice.paid', event_id: 'evt_1', endpoint: 'e2', endpoint_slug: 'stripe-billing', provider: 'stripe' });
	backend.receive({ event_type: 'charge.refunded', event_id: 'evt_2' });
	backend.receive({ event_type: 'customer.created', event_id: 'evt_3' });
});

const options = (): string[] => screen.getAllByTestId('palette-option').map((option) => option.dataset['entry'] ?? '');
const active = (): string | undefined => screen.getByTestId('palette').querySelector<HTMLElement>('[aria-selected=true]')?.dataset['entry'];
const isOpen = (): boolean => screen.getByTestId<HTMLDialogElement>('palette').open;

async function open(typed = ''): Promise<void> {
	await userEvent.keyboard('{Control>}k{/Control}');
	await screen.findByTestId('palette-input');
	if (typed !== '') await userEvent.keyboard(typed);
}

describe('the command palette', () => {
	it('lists what is bound with its keys, as a combobox over a listbox', async () => {
		await openApp(backend);
		await screen.findByTestId('resend');
		await open();
		const field = screen.getByRole('combobox', { name: /command/ });
		expect(document.activeElement).toBe(field);
		const list = document.getElementById(field.getAttribute('aria-controls') ?? '');
		expect(list?.getAttribute('role')).toBe('listbox');
		expect(within(list as HTMLElement).getByRole('group', { name: 'On this capture' })).toBeTruthy();
		const first = document.getElementById(field.getAttribute('aria-activedescendant') ?? '');
		expect(first?.getAttribute('aria-selected')).toBe('true');
		expect(options()).toEqual(expect.arrayContaining(['capture.resend', 'capture.edit', 'go.settings', 'new-endpoint', 'endpoint-e2']));
		// What no screen has bound is not there.
		expect(options()).not.toContain('composer.send');
		const line = screen.getAllByTestId('palette-option').find((option) => option.dataset['entry'] === 'capture.copy-id');
		expect(line?.textContent).toContain('Alt');
		expect(screen.getByTestId('palette-about').textContent).toContain('customer.created');
	});

	it('runs the best answer with Enter and goes away', async () => {
		await openApp(backend);
		await open('settings');
		expect(active()).toBe('go.settings');
		await userEvent.keyboard('{Enter}');
		expect(isOpen()).toBe(false);
		expect(await screen.findByRole('heading', { name: 'Settings' })).toBeTruthy();
	});

	it('is left with Esc and with its own key, and the focus is back where it was', async () => {
		await openApp(backend);
		const list = screen.getByRole('listbox', { name: 'Captures' });
		list.focus();
		await open('sta');
		await userEvent.keyboard('{Escape}');
		expect(isOpen()).toBe(false);
		expect(document.activeElement).toBe(list);
		await open();
		expect(screen.getByTestId<HTMLInputElement>('palette-input').value).toBe('');
		await userEvent.keyboard('{Control>}k{/Control}');
		expect(isOpen()).toBe(false);
		expect(document.activeElement).toBe(list);
	});

	it('stays open with Mod+Enter and shows what can be done now', async () => {
		await openApp(backend);
		await screen.findByTestId('resend');
		await open('>delete');
		expect(active()).toBe('capture.delete');
		await userEvent.keyboard('{Control>}{Enter}{/Control}');
		await waitFor(() => expect(listedIds()).toEqual(['capture-2', 'capture-1']));
		expect(isOpen()).toBe(true);
		await userEvent.clear(screen.getByTestId('palette-input'));
		await userEvent.keyboard('>undo');
		expect(active()).toBe('capture.undo-delete');
		expect(screen.getByTestId('palette').textContent).toContain('Undo: 1 capture deleted');
		await userEvent.keyboard('{Enter}');
		await waitFor(() => expect(listedIds()).toHaveLength(3));
	});

	it('shows what cannot run now with the reason, and does not run it', async () => {
		await openApp(backend);
		await open('>undo');
		const line = screen.getAllByTestId('palette-option').find((option) => option.dataset['entry'] === 'capture.undo-delete');
		expect(line?.getAttribute('aria-disabled')).toBe('true');
		expect(line?.textContent).toContain('Nothing was deleted in the last ten minutes.');
		await userEvent.keyboard('{Enter}');
		expect(isOpen()).toBe(true);
	});

	it('goes to an endpoint with #', async () => {
		await openApp(backend);
		await open('#str');
		expect(options()).toEqual(['endpoint-e2']);
		await userEvent.keyboard('{Enter}');
		await waitFor(() => expect(listedIds()).toEqual(['capture-1']));
	});

	it('looks for captures with @ and opens one', async () => {
		await openApp(backend);
		await open('@refunded');
		await waitFor(() => expect(options()).toEqual(['capture-capture-2']));
		await userEvent.keyboard('{Enter}');
		await waitFor(() => expect(selectedIds()).toEqual(['capture-2']));
	});

	it('puts captures behind everything else, and says what is wrong with a search', async () => {
		await openApp(backend);
		await open('refund');
		await waitFor(() => expect(options().at(-1)).toBe('capture-capture-2'));
		const list = backend.listCaptures.bind(backend);
		backend.listCaptures = () => Promise.reject(commandError('invalid_input', 'No filter is called colour.'));
		await userEvent.clear(screen.getByTestId('palette-input'));
		await userEvent.keyboard('@colour:red');
		expect((await screen.findByTestId('palette-problem')).textContent).toBe('No filter is called colour.');
		backend.listCaptures = list;
	});

	it('walks around the ends with the arrows', async () => {
		await openApp(backend);
		await open();
		const all = options();
		await userEvent.keyboard('{ArrowUp}');
		expect(active()).toBe(all.at(-1));
		await userEvent.keyboard('{ArrowDown}{ArrowDown}');
		expect(active()).toBe(all[1]);
		await userEvent.keyboard('{PageDown}{PageUp}');
		expect(active()).toBe(all[1]);
	});

	it('shows hostile words as text', async () => {
		backend.receive({ event_type: HOSTILE, event_id: HOSTILE, badge: HOSTILE });
		await openApp(backend);
		await open('@onerror');
		await waitFor(() => expect(options()).toEqual(['capture-capture-4']));
		const palette = screen.getByTestId('palette');
		expect(palette.querySelector('img')).toBeNull();
		expect(screen.getByTestId('palette-option').textContent).toContain('<img src=x onerror=alert(1)>⟨U+202E⟩gnp');
		expect(screen.getByTestId('palette-about').textContent).toContain('⟨U+202E⟩');
	});

	it('does not open over a dialog', async () => {
		await openApp(backend);
		await userEvent.keyboard('?');
		expect(await screen.findByLabelText('Find a shortcut')).toBeTruthy();
		screen.getByLabelText('Find a shortcut').focus();
		await userEvent.keyboard('{Control>}k{/Control}');
		expect(isOpen()).toBe(false);
	});
});

describe('keys of the window', () => {
	it('shows the endpoints with Mod and a digit', async () => {
		await openApp(backend);
		await userEvent.keyboard('{Control>}2{/Control}');
		await waitFor(() => expect(listedIds()).toEqual(['capture-1']));
		await userEvent.keyboard('{Control>}9{/Control}');
		expect(listedIds()).toEqual(['capture-1']);
	});

	it('turns single keys off and on from the palette, for good', async () => {
		await openApp(backend);
		await userEvent.keyboard('j');
		expect(selectedIds()).toEqual(['capture-2']);
		await open('>single keys');
		await userEvent.keyboard('{Enter}');
		await waitFor(() => expect(backend.preferences.single_keys).toBe(false));
		screen.getByRole('listbox', { name: 'Captures' }).focus();
		await userEvent.keyboard('j');
		expect(selectedIds()).toEqual(['capture-2']);
		await userEvent.keyboard('{ArrowDown}');
		expect(selectedIds()).toEqual(['capture-1']);
	});
});
