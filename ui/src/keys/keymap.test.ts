import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Keymap } from './keymap';

let keymap: Keymap;
let now_ms: number;

function press(key: string, init: KeyboardEventInit = {}, target: EventTarget = document.body): KeyboardEvent {
	const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init });
	Object.defineProperty(event, 'target', { value: target });
	keymap.press(event, now_ms);
	return event;
}

beforeEach(() => {
	keymap = new Keymap(false);
	now_ms = 0;
});
afterEach(() => document.body.replaceChildren());

describe('Keymap', () => {
	it('runs the bound action and takes the key', () => {
		const run = vi.fn();
		const release = keymap.bind('list.next', { run });
		expect(press('j').defaultPrevented).toBe(true);
		expect(press('ArrowDown').defaultPrevented).toBe(true);
		expect(run).toHaveBeenCalledTimes(2);
		release();
		expect(press('j').defaultPrevented).toBe(false);
	});

	it('waits 800 ms for the second key of a sequence', () => {
		const newest = vi.fn();
		const inbox = vi.fn();
		const invalid = vi.fn();
		keymap.bindAll({ 'list.newest': { run: newest }, 'go.inbox': { run: inbox }, 'list.next-invalid': { run: invalid } });
		press('g');
		press('g');
		expect(newest).toHaveBeenCalledOnce();
		press('g');
		now_ms += 800;
		press('i');
		expect(inbox).toHaveBeenCalledOnce();
		press('g');
		now_ms += 801;
		press('i');
		expect(inbox).toHaveBeenCalledOnce();
		expect(invalid).toHaveBeenCalledOnce();
	});

	it('keeps single keys out of text fields but lets chords through', () => {
		const input = document.createElement('input');
		document.body.append(input);
		const resend = vi.fn();
		keymap.bind('capture.resend', { run: resend });
		expect(press('r', {}, input).defaultPrevented).toBe(false);
		press('Enter', { ctrlKey: true }, input);
		expect(resend).toHaveBeenCalledOnce();
	});

	it('leaves Enter and the arrows to the control that has the focus', () => {
		const button = document.createElement('button');
		document.body.append(button);
		const open = vi.fn();
		keymap.bind('list.open', { run: open });
		press('Enter', {}, button);
		expect(open).not.toHaveBeenCalled();
		press('Enter');
		expect(open).toHaveBeenCalledOnce();
	});

	it('does nothing behind an open dialog or when another handler took the key', () => {
		const dialog = document.createElement('dialog');
		dialog.open = true;
		document.body.append(dialog);
		const run = vi.fn();
		keymap.bind('list.next', { run });
		press('j', {}, dialog);
		const taken = new KeyboardEvent('keydown', { key: 'j', cancelable: true });
		taken.preventDefault();
		keymap.press(taken, now_ms);
		expect(run).not.toHaveBeenCalled();
	});

	it('gives an open dialog the keys of its own scope, and no others', () => {
		const dialog = document.createElement('dialog');
		dialog.open = true;
		dialog.dataset['keys'] = 'compare';
		const field = document.createElement('input');
		dialog.append(field);
		document.body.append(dialog);
		const previous = vi.fn();
		const pause = vi.fn();
		keymap.bindAll({ 'compare.previous': { run: previous }, 'list.pause': { run: pause } });
		press('p', {}, dialog);
		// The focus fell back to the page behind, which is inert.
		press('p');
		press('F7', { shiftKey: true }, field);
		expect(previous).toHaveBeenCalledTimes(3);
		expect(press('p', {}, field).defaultPrevented).toBe(false);
		expect(pause).not.toHaveBeenCalled();
		dialog.remove();
	});

	it('respects a handler that is not ready', () => {
		const run = vi.fn();
		keymap.bind('list.pause', { run, enabled: () => false });
		expect(press('p').defaultPrevented).toBe(false);
		expect(run).not.toHaveBeenCalled();
	});

	it('reads ⌥ on macOS and other alphabets by the place of the key', () => {
		keymap = new Keymap(true);
		const copy = vi.fn();
		const next = vi.fn();
		keymap.bindAll({ 'capture.copy-id': { run: copy }, 'list.next': { run: next } });
		press('¥', { altKey: true, code: 'KeyY' });
		expect(copy).toHaveBeenCalledOnce();
		press('о', { code: 'KeyJ' });
		expect(next).toHaveBeenCalledOnce();
		press('j', { ctrlKey: true, code: 'KeyJ' });
		expect(next).toHaveBeenCalledOnce();
	});

	it('prints the caps of the platform', () => {
		expect(new Keymap(true).caps('capture.resend')).toEqual(['⌘', '⏎']);
		expect(new Keymap(false).caps('capture.resend')).toEqual(['Ctrl', '⏎']);
		expect(keymap.caps('list.newest')).toEqual(['G', 'G']);
	});

	it('leaves the chords of editing and the menu key to text fields', () => {
		const input = document.createElement('input');
		document.body.append(input);
		const run = vi.fn();
		keymap.bindAll({ 'capture.undo-delete': { run }, 'list.select-all': { run }, 'capture.menu': { run }, 'capture.delete': { run } });
		for (const [key, init] of [
			['z', { ctrlKey: true }],
			['a', { ctrlKey: true }],
			['F10', { shiftKey: true }],
			['ContextMenu', {}],
			['Backspace', {}],
		] as const) {
			expect(press(key, init, input).defaultPrevented, key).toBe(false);
			press(key, init);
		}
		expect(run).toHaveBeenCalledTimes(5);
	});

	it('lists what is bound, with what it would do now and why it cannot', () => {
		keymap.bindAll({
			'capture.delete': { run: () => undefined, label: () => 'Delete 3 captures' },
			'capture.note': { run: () => undefined, enabled: () => false, reason: () => 'No capture is selected.' },
			'list.pause': { run: () => undefined, enabled: () => false },
		});
		expect(keymap.bound().map(({ action, label, disabled }) => [action.id, label, disabled])).toEqual([
			['capture.note', 'Note and labels…', 'No capture is selected.'],
			['capture.delete', 'Delete 3 captures', null],
		]);
	});

	it('runs an action by its id, unless nothing can do it now', () => {
		const run = vi.fn();
		keymap.bindAll({ 'list.pause': { run }, 'capture.note': { run, enabled: () => false } });
		expect(keymap.run('list.pause')).toBe(true);
		expect(keymap.run('capture.note')).toBe(false);
		expect(keymap.run('capture.delete')).toBe(false);
		expect(run).toHaveBeenCalledOnce();
	});

	it('turns keys that type a character off together, and prints them no longer', () => {
		const run = vi.fn();
		keymap.bindAll({ 'list.next': { run }, 'go.inbox': { run }, 'go.shortcuts': { run }, 'capture.copy-curl': { run }, 'capture.resend': { run }, 'capture.delete': { run } });
		keymap.singleKeys.on = false;
		for (const key of ['j', 'g', 'i', '?', 'r']) expect(press(key).defaultPrevented, key).toBe(false);
		expect(press('Y', { shiftKey: true }).defaultPrevented).toBe(false);
		expect(run).not.toHaveBeenCalled();
		press('ArrowDown');
		press('Enter', { ctrlKey: true });
		press('Delete');
		expect(run).toHaveBeenCalledTimes(3);
		expect(keymap.caps('capture.star')).toEqual([]);
		expect(keymap.caps('list.next')).toEqual(['↓']);
		expect(keymap.caps('capture.resend')).toEqual(['Ctrl', '⏎']);
	});
});
