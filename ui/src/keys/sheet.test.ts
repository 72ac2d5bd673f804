import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryBackend } from '../backend/memory';
import { openWindow, type TestWindow } from '../state/testing';
import { ACTIONS } from './actions';
import ShortcutsSheet from './ShortcutsSheet.svelte';

let backend: MemoryBackend;
let shown: TestWindow;

beforeEach(async () => {
	backend = new MemoryBackend();
	shown = await openWindow(backend);
});
afterEach(() => shown.close());

const line = (label: string): HTMLElement => screen.getByText(label, { selector: 'dt' }).closest('.action') as HTMLElement;

describe('the shortcuts sheet', () => {
	it('has every action, runs of the same kind as one line', () => {
		render(ShortcutsSheet, { props: { open: true }, context: shown.context });
		const labels = new Set(screen.getAllByText(/./, { selector: 'dt' }).map((term) => term.textContent));
		for (const action of ACTIONS) expect(labels, action.id).toContain('series' in action ? action.series : action.label);
		expect(line('Endpoint 1 to 9').textContent?.replace(/\s+/g, ' ')).toContain('Ctrl 1');
		expect(line('Endpoint 1 to 9').textContent?.replace(/\s+/g, ' ')).toContain('Ctrl 9');
		expect(screen.queryByText('Endpoint 2')).toBeNull();
	});

	it('finds by words', async () => {
		render(ShortcutsSheet, { props: { open: true }, context: shown.context });
		await userEvent.type(screen.getByLabelText('Find a shortcut'), 'undo');
		expect(screen.getAllByText(/./, { selector: 'dt' }).map((term) => term.textContent)).toEqual(['Undo the last deletion']);
	});

	it('turns single keys off as a group and shows which those are', async () => {
		render(ShortcutsSheet, { props: { open: true }, context: shown.context });
		expect(within(line('Star on, off')).queryByText('(off)')).toBeNull();
		await userEvent.click(screen.getByTestId('single-keys'));
		expect(backend.preferences.single_keys).toBe(false);
		// The window takes it over from the preferences.
		shown.keymap.singleKeys.on = shown.session.preferences.single_keys;
		expect(await within(line('Star on, off')).findByText('(off)')).toBeTruthy();
		expect(within(line('Settings')).queryByText('(off)')).toBeNull();
	});
});
