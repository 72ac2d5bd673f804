import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { createRawSnippet } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import Button from './Button.svelte';
import CapturedText from './CapturedText.svelte';
import Combobox from './Combobox.svelte';
import Dialog from './Dialog.svelte';
import IconButton from './IconButton.svelte';
import ProviderTile from './ProviderTile.svelte';
import Segmented from './Segmented.svelte';
import SplitPane from './SplitPane.svelte';
import Tabs from './Tabs.svelte';
import TextField from './TextField.svelte';
import VerdictBadge from './VerdictBadge.svelte';

const text = (content: string) => createRawSnippet(() => ({ render: () => `<span>${content}</span>` }));

/** What a stranger may send where an event type or a badge is expected. */
const HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>\u202egnp.exe\u0000';

describe('hostile text', () => {
	it('stays text, and what it hides is shown', () => {
		const { container } = render(CapturedText, { text: HOSTILE });
		expect(container.querySelector('img, script')).toBeNull();
		const element = container.querySelector('bdi');
		expect(element?.textContent).toBe('<img src=x onerror="alert(1)"><script>alert(2)</script>⟨U+202E⟩gnp.exe␀');
		expect(element?.getAttribute('dir')).toBe('ltr');
	});

	it('cannot leave a verdict badge or a provider tile', () => {
		const badge = render(VerdictBadge, { verdict: 'invalid', text: HOSTILE });
		expect(badge.container.querySelector('img, script')).toBeNull();
		expect(badge.getByTestId('verdict').textContent).toContain('<img src=x');
		const tile = render(ProviderTile, { provider: { monogram: '<b>', hue: 10 } });
		expect(tile.container.querySelector('b')).toBeNull();
	});
});

describe('VerdictBadge', () => {
	it('always has an icon and words', () => {
		render(VerdictBadge, { verdict: 'unsigned', text: 'Unsigned' });
		const badge = screen.getByTestId('verdict');
		expect(badge.dataset['verdict']).toBe('unsigned');
		expect(badge.querySelector('svg')?.getAttribute('aria-hidden')).toBe('true');
		expect(badge.textContent).toContain('Unsigned');
	});
});

describe('Button', () => {
	it('stays focusable but ignores clicks when disabled, and says why', async () => {
		const onclick = vi.fn();
		render(Button, { children: text('Resend'), disabled: true, disabledReason: 'Nothing is selected.', onclick });
		const button = screen.getByRole('button', { name: 'Resend' });
		await userEvent.click(button);
		expect(onclick).not.toHaveBeenCalled();
		button.focus();
		expect(document.activeElement).toBe(button);
		expect(button.getAttribute('aria-disabled')).toBe('true');
		expect(button.dataset['tip']).toBe('Nothing is selected.');
	});

	it('does not submit twice while busy', async () => {
		const onclick = vi.fn();
		const { rerender } = render(Button, { children: text('Send'), onclick });
		await userEvent.click(screen.getByRole('button'));
		await rerender({ busy: true });
		await userEvent.click(screen.getByRole('button'));
		expect(onclick).toHaveBeenCalledOnce();
		expect(screen.getByRole('button').getAttribute('aria-busy')).toBe('true');
	});

	it('has a name when it is only an icon', () => {
		render(IconButton, { icon: 'copy', label: 'Copy address', caps: ['Y'] });
		const button = screen.getByRole('button', { name: 'Copy address' });
		expect(button.dataset['tip']).toBe('Copy address');
		expect(button.dataset['tipKeys']).toBe('Y');
	});
});

describe('Segmented', () => {
	it('is one tab stop; the arrows move and select', async () => {
		const onchange = vi.fn();
		render(Segmented, {
			label: 'Theme',
			value: 'dark',
			onchange,
			options: [
				{ value: 'system', label: 'System' },
				{ value: 'dark', label: 'Dark' },
				{ value: 'light', label: 'Light' },
			],
		});
		await userEvent.tab();
		expect(document.activeElement).toBe(screen.getByRole('radio', { name: 'Dark' }));
		await userEvent.keyboard('{ArrowRight}{ArrowRight}');
		expect(onchange.mock.calls).toEqual([['light'], ['system']]);
		expect(screen.getByRole('radio', { checked: true }).textContent).toContain('System');
	});
});

describe('Tabs', () => {
	it('moves with the arrows, Home and End, and labels the panel', async () => {
		render(Tabs, {
			label: 'Parts of the capture',
			selected: 'body',
			tabs: [
				{ id: 'body', label: 'Body' },
				{ id: 'headers', label: 'Headers', count: 13 },
				{ id: 'raw', label: 'Raw' },
			],
			panel: createRawSnippet<[string]>((id) => ({ render: () => `<p>${id()}</p>` })),
		});
		await userEvent.tab();
		await userEvent.keyboard('{ArrowRight}');
		const selected = screen.getByRole('tab', { selected: true });
		expect(selected.textContent).toContain('Headers');
		expect(screen.getByRole('tabpanel').getAttribute('aria-labelledby')).toBe(selected.id);
		await userEvent.keyboard('{End}');
		expect(screen.getByRole('tab', { selected: true }).textContent).toContain('Raw');
		await userEvent.keyboard('{ArrowRight}');
		expect(document.activeElement?.textContent).toContain('Body');
	});
});

describe('TextField', () => {
	it('ties the error to the field', () => {
		render(TextField, { value: 'localhst:3000', label: 'Target', error: '"localhst" does not resolve.' });
		const input = screen.getByLabelText('Target');
		expect(input.getAttribute('aria-invalid')).toBe('true');
		const described = document.getElementById(input.getAttribute('aria-describedby') ?? '');
		expect(described?.textContent).toBe('"localhst" does not resolve.');
	});
});

describe('Combobox', () => {
	const options = [
		{ value: 'github', label: 'GitHub', detail: 'X-Hub-Signature-256' },
		{ value: 'stripe', label: 'Stripe', detail: 'Stripe-Signature' },
		{ value: 'standard', label: 'Standard Webhooks', detail: 'webhook-signature' },
	];

	it('finds by any word and chooses with Enter', async () => {
		const onchange = vi.fn();
		render(Combobox, { options, value: null, label: 'Provider', onchange });
		const input = screen.getByRole('combobox', { name: 'Provider' });
		await userEvent.type(input, 'hub sig');
		expect(screen.getAllByRole('option').map((option) => option.dataset['value'])).toEqual(['github']);
		await userEvent.keyboard('{Enter}');
		expect(onchange).toHaveBeenCalledWith('github');
		expect((input as HTMLInputElement).value).toBe('GitHub');
		expect(screen.queryByRole('listbox')).toBeNull();
	});

	it('takes what is typed behind the shown value as a search, and a full name when the field is left', async () => {
		const onchange = vi.fn();
		render(Combobox, { options, value: 'stripe', label: 'Provider', onchange });
		const input = screen.getByRole<HTMLInputElement>('combobox', { name: 'Provider' });
		input.focus();
		// As a WebDriver types: the caret stands behind the text, and nothing was clicked.
		input.setSelectionRange(input.value.length, input.value.length);
		await userEvent.keyboard('github');
		expect(screen.getAllByRole('option').map((option) => option.dataset['value'])).toEqual(['github']);
		await userEvent.tab();
		expect(onchange).toHaveBeenCalledWith('github');
	});

	it('points at the active option and closes with Escape without choosing', async () => {
		const onchange = vi.fn();
		render(Combobox, { options, value: 'stripe', label: 'Provider', onchange });
		const input = screen.getByRole('combobox', { name: 'Provider' });
		await userEvent.click(input);
		await userEvent.keyboard('{ArrowDown}');
		const active = document.getElementById(input.getAttribute('aria-activedescendant') ?? '');
		expect(active?.dataset['value']).toBe('standard');
		await userEvent.keyboard('{Escape}');
		expect(screen.queryByRole('listbox')).toBeNull();
		expect(onchange).not.toHaveBeenCalled();
	});
});

describe('Dialog', () => {
	it('is named by its title and tells when it is closed', async () => {
		const onclose = vi.fn();
		render(Dialog, { open: true, title: 'Keyboard shortcuts', children: text('Keys'), onclose });
		const dialog = screen.getByRole('dialog', { name: 'Keyboard shortcuts' });
		expect((dialog as HTMLDialogElement).open).toBe(true);
		await userEvent.click(screen.getByRole('button', { name: 'Close' }));
		expect(onclose).toHaveBeenCalledOnce();
	});
});

describe('SplitPane', () => {
	it('is resized with the keyboard, within its bounds', async () => {
		const onresize = vi.fn();
		render(SplitPane, {
			size: 456,
			min: 320,
			max: 480,
			label: 'List width',
			onresize,
			first: text('list'),
			second: text('detail'),
		});
		const handle = screen.getByRole('separator', { name: 'List width' });
		handle.focus();
		await userEvent.keyboard('{ArrowLeft}{End}{ArrowRight}{Home}');
		expect(onresize.mock.calls.map(([size]) => size)).toEqual([440, 480, 480, 320]);
		expect(handle.getAttribute('aria-valuenow')).toBe('320');
	});
});
