import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import Menu from './Menu.svelte';
import type { MenuEntry } from './menu';

const HOSTILE = '<img src=x onerror=alert(1)>\u202e';
const run = vi.fn();
const onclose = vi.fn();
const onkey = vi.fn();
let opener: HTMLButtonElement;

const entries: MenuEntry[] = [
	{ id: 'resend', label: 'Resend', run: () => run('resend') },
	{
		id: 'copy',
		label: 'Copy',
		items: [
			{ id: 'curl', label: 'As cURL', run: () => run('curl') },
			{ id: 'body', label: 'Body', disabled: 'It has no body.', run: () => run('body') },
			{ id: 'raw', label: 'Raw request', run: () => run('raw') },
		],
	},
	'separator',
	{ id: 'star', label: 'Star', checked: true, run: () => run('star') },
	{ id: 'hostile', label: HOSTILE, detail: HOSTILE, run: () => run('hostile') },
];

function open(): void {
	opener.focus();
	render(Menu, { props: { entries, label: 'Actions', x: 10, y: 10, onclose } });
}

const focused = (): string => document.activeElement?.textContent?.trim() ?? '';

beforeEach(() => {
	vi.clearAllMocks();
	opener = document.createElement('button');
	opener.textContent = 'opener';
	document.body.append(opener);
	window.addEventListener('keydown', onkey);
});
afterEach(() => {
	window.removeEventListener('keydown', onkey);
	opener.remove();
});

describe('Menu', () => {
	it('walks with the arrows around the ends and with Home and End', async () => {
		open();
		expect(focused()).toBe('Resend');
		await userEvent.keyboard('{ArrowDown}{ArrowDown}');
		expect(focused()).toBe('Star');
		await userEvent.keyboard('{Home}{ArrowUp}');
		expect(focused()).toContain('<img');
		await userEvent.keyboard('{Home}{End}{ArrowDown}');
		expect(focused()).toBe('Resend');
	});

	it('finds a line by what is typed', async () => {
		open();
		await userEvent.keyboard('st');
		expect(focused()).toBe('Star');
	});

	it('walks through lines with the same letter', async () => {
		open();
		const menu = screen.getByRole('menu', { name: 'Actions' });
		const press = (key: string, timeStamp: number): void => {
			const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
			Object.defineProperty(event, 'timeStamp', { value: timeStamp });
			(document.activeElement ?? menu).dispatchEvent(event);
		};
		press('c', 10_000);
		expect(focused()).toBe('Copy');
		press('r', 20_000);
		expect(focused()).toBe('Resend');
	});

	it('opens a menu of a line and comes back', async () => {
		open();
		await userEvent.keyboard('{ArrowDown}');
		expect(document.activeElement?.getAttribute('aria-expanded')).toBe('false');
		await userEvent.keyboard('{ArrowRight}');
		expect(screen.getByRole('menu', { name: 'Copy' })).toBeTruthy();
		expect(focused()).toBe('As cURL');
		await userEvent.keyboard('{ArrowLeft}');
		expect(screen.queryByRole('menu', { name: 'Copy' })).toBeNull();
		expect(focused()).toBe('Copy');
		await userEvent.keyboard('{Enter}{Escape}');
		expect(focused()).toBe('Copy');
		expect(onclose).not.toHaveBeenCalled();
		await userEvent.keyboard(' {End}{Enter}');
		expect(run).toHaveBeenCalledExactlyOnceWith('raw');
		expect(onclose).toHaveBeenCalledOnce();
		expect(document.activeElement).toBe(opener);
	});

	it('says why a line cannot be chosen, and does not choose it', async () => {
		open();
		await userEvent.keyboard('{ArrowDown}{ArrowRight}{ArrowDown}{Enter}');
		const line = screen.getByTestId('menu-body');
		expect(document.activeElement).toBe(line);
		expect(line.getAttribute('aria-disabled')).toBe('true');
		expect(line.dataset['tip']).toBe('It has no body.');
		await userEvent.click(line);
		expect(run).not.toHaveBeenCalled();
	});

	it('is left by Esc, Tab and a click elsewhere, and gives the focus back', async () => {
		open();
		await userEvent.keyboard('{Escape}');
		expect(onclose).toHaveBeenCalledOnce();
		expect(document.activeElement).toBe(opener);
		open();
		await userEvent.keyboard('{Tab}');
		expect(onclose).toHaveBeenCalledTimes(2);
		expect(document.activeElement).toBe(opener);
		open();
		await userEvent.click(document.body);
		expect(onclose.mock.calls.length).toBeGreaterThanOrEqual(3);
	});

	it('keeps its keys from the window', async () => {
		open();
		await userEvent.keyboard('r{ArrowDown}{Escape}');
		expect(onkey).not.toHaveBeenCalled();
	});

	it('tells what is switched on, and shows hostile words as text', () => {
		open();
		expect(screen.getByRole('menuitemcheckbox', { name: 'Star', checked: true })).toBeTruthy();
		const line = screen.getByTestId('menu-hostile');
		expect(line.querySelector('img')).toBeNull();
		expect(line.textContent).toContain('<img src=x onerror=alert(1)>⟨U+202E⟩');
	});
});
