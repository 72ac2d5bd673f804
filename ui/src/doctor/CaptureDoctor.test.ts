import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Remedy } from '../bindings';
import { commandError, endpointView, MemoryBackend, providerInfo } from '../backend/memory';
import { bytesPart, changed, doctorView, finding, same } from '../backend/doctorExamples';
import type { Inbox } from '../state/inbox.svelte';
import type { Router } from '../state/router.svelte';
import type { ToastQueue } from '../state/toasts.svelte';
import { showSignature } from './testing';

const HOSTILE = '<img src=x onerror=alert(1)>';

let backend: MemoryBackend;
let router: Router;
let toasts: ToastQueue;
let inbox: Inbox;

beforeEach(() => {
	backend = new MemoryBackend();
	backend.endpoints = [endpointView({ id: 'default', slug: 'default' })];
	backend.providers = [providerInfo({ id: 'stripe', name: 'Stripe' })];
});
afterEach(() => void vi.useRealTimers());

const receive = () => backend.receive({ verdict: 'invalid', badge: 'No secret matches' }).id;

async function show(captureId: string) {
	const shown = await showSignature(backend, captureId);
	({ router, toasts, inbox } = shown);
	return shown;
}

const withActions = (...actions: Remedy[]) => doctorView({ diagnosis: { findings: [finding({ cause: 'secret.other', actions })] } });
const remedy = (kind: string) => screen.getAllByTestId('doctor-remedy').find((button) => button.dataset['kind'] === kind) as HTMLElement;

describe('when a cause is looked for', () => {
	it('is for signatures that do not hold, and no others', async () => {
		const handshake = { name: 'Ping', answered: true, signed: false, every_delivery: false, offered_secret: null, address: null, note: null };
		const valid = backend.receive({ verdict: 'valid' }).id;
		const unchecked = backend.receive({ verdict: 'not_checked' }).id;
		const ping = backend.receive({ verdict: 'unsigned' }, { detail: { handshake } }).id;
		const sick = (['invalid', 'config_error', 'unsigned'] as const).map((verdict) => backend.receive({ verdict }).id);
		const { rerender } = await show(valid);
		for (const captureId of [unchecked, ping, ...sick]) {
			await rerender({ captureId });
			await waitFor(() => expect(screen.queryByLabelText('Signature')).toBeTruthy());
			if (sick.includes(captureId)) await screen.findByTestId('doctor-nothing');
		}
		expect(backend.doctor.diagnosed).toEqual(sick);
	});

	it('says so only after a moment, and can be cancelled and begun again', async () => {
		backend.doctor.held = true;
		await show(receive());
		expect(screen.getByTestId('doctor-searching').textContent).toBe('');
		expect((await screen.findByRole('status')).textContent).toBe('Looking for the cause…');
		await userEvent.click(screen.getByTestId('doctor-cancel'));
		expect(screen.getByTestId('doctor-ended').textContent).toContain('was stopped');
		expect(backend.doctor.stops).toBe(1);
		backend.doctor.held = false;
		backend.doctor.found = withActions();
		await userEvent.click(screen.getByTestId('doctor-again'));
		expect(await screen.findByTestId('doctor-finding')).toBeTruthy();
	});

	it('ends when the tab is left or another capture is selected', async () => {
		backend.doctor.held = true;
		const first = receive();
		const second = receive();
		const { rerender } = await show(first);
		await waitFor(() => expect(backend.doctor.diagnosed).toEqual([first]));
		await userEvent.click(screen.getByTestId('tab-body'));
		await waitFor(() => expect(backend.doctor.stops).toBe(1));
		await userEvent.click(screen.getByTestId('tab-signature'));
		await waitFor(() => expect(backend.doctor.diagnosed).toEqual([first, first]));
		await rerender({ captureId: second });
		await waitFor(() => expect(backend.doctor.diagnosed).toEqual([first, first, second]));
		expect(backend.doctor.stops).toBe(2);
		backend.doctor.found = withActions();
		backend.doctor.release();
		expect(await screen.findByTestId('doctor-finding')).toBeTruthy();
	});

	it('says why it could not, with the verdict and the facts still there', async () => {
		backend.doctor.failure = commandError('store_unavailable', 'The disk is away.');
		await show(receive());
		expect((await screen.findByTestId('doctor-ended')).textContent).toContain('The disk is away.');
		expect(screen.getAllByText('No secret matches').length).toBeGreaterThan(0);
		backend.doctor.failure = null;
		await userEvent.click(screen.getByTestId('doctor-again'));
		expect(await screen.findByTestId('doctor-nothing')).toBeTruthy();
	});

	it('does not begin again for news about the same capture', async () => {
		const id = receive();
		await show(id);
		await screen.findByTestId('doctor-nothing');
		backend.notify({ kind: 'delivery', id: 'd', parent: id });
		await new Promise((resolve) => setTimeout(resolve, 20));
		expect(backend.doctor.diagnosed).toEqual([id]);
	});
});

describe('a finding', () => {
	it('has its sentence, remedy and steps; a hint never looks like a proof', async () => {
		const hint = finding({ cause: 'secret.api_key', reproduced: false, badge: 'API key', sentence: 'It looks like an API key.', steps: [] });
		backend.doctor.found = doctorView({ diagnosis: { findings: [finding({ cause: 'secret.newline' }), hint] } });
		await show(receive());
		const first = await screen.findByTestId('doctor-finding');
		expect(first.textContent).toContain('The secret “main” ends with a line end');
		expect(first.textContent).toContain('Enter the secret again without the line end.');
		expect(within(first).getByRole('list', { name: 'What reproduces the signature' }).textContent).toContain('Take the line end away');
		expect(first.className).toContain('tone-accent');
		const others = screen.getByTestId('doctor-others');
		expect(others.textContent).toContain('Not proved');
		expect(others.textContent).not.toContain('Enter the secret again');
		const row = within(others).getByRole('button');
		row.focus();
		await userEvent.keyboard('{Enter}');
		expect(row.getAttribute('aria-expanded')).toBe('true');
		expect(others.textContent).toContain('Enter the secret again');

		cleanup();
		backend.doctor.found = doctorView({ diagnosis: { findings: [hint] } });
		await show(receive());
		const shown = await screen.findByTestId('doctor-finding');
		expect(shown.className).toContain('tone-neutral');
		expect(shown.textContent).toContain('Often the cause, not proved');
		await userEvent.click(within(shown).getByTestId('open-endpoint'));
		expect(router.screen).toEqual({ name: 'endpoint', id: 'default' });
	});

	it('says how many combinations failed when nothing is known', async () => {
		backend.doctor.found = doctorView({ diagnosis: { tried: 1486 } });
		await show(receive());
		const nothing = await screen.findByTestId('doctor-nothing');
		expect(nothing.textContent).toContain('None of 1,486 combinations matches');
		expect(nothing.textContent).toContain('Most often the secret belongs to another endpoint or account.');
		await userEvent.click(within(nothing).getByTestId('doctor-copy'));
		expect(backend.clipboard).toContain('No cause was found.');
	});

	it('offers to check again what holds by now', async () => {
		backend.doctor.found = doctorView({ verdict: { kind: 'valid', badge: 'Valid', sentence: 'The signature holds.', reason_code: null } });
		const id = receive();
		await show(id);
		expect((await screen.findByTestId('doctor-nothing')).textContent).toContain('The signature holds.');
		await userEvent.click(screen.getByTestId('doctor-recheck'));
		await waitFor(() => expect(backend.doctor.rechecked).toEqual([id]));
	});

	it('shows hostile text as text, everywhere', async () => {
		const hostile = finding({ cause: 'body.changed', badge: HOSTILE, sentence: HOSTILE, remedy: HOSTILE, steps: [HOSTILE], actions: [{ kind: 'change_provider', provider: 'x', name: HOSTILE }, { kind: 'set_public_url', url: `https://${HOSTILE}\u202e` }], raw_body_guide: true });
		backend.doctor.found = doctorView({
			diagnosis: { findings: [hostile, hostile], steps_tried: [{ what: HOSTILE, tried: 1, outcome: 'matches' }] },
			scheme: HOSTILE,
			provider_name: HOSTILE,
			received: [{ label: HOSTILE, value: HOSTILE }],
			computed: [{ label: HOSTILE, masked: HOSTILE, equal: false, can_reveal: true }],
			signed: [bytesPart(HOSTILE, same(HOSTILE)), bytesPart('body', changed('a\u202e'))],
			arrived: [bytesPart('body', changed(HOSTILE))],
		});
		backend.doctor.guides = [{ id: 'x', name: HOSTILE, language: HOSTILE, code: HOSTILE, note: HOSTILE }];
		const { container } = await show(receive());
		await screen.findByTestId('doctor-finding');
		await screen.findByLabelText(`Code for ${HOSTILE}`);
		expect(container.querySelector('img')).toBeNull();
		expect(screen.getByTestId('doctor-signed').textContent).toContain(HOSTILE);
		expect(screen.getByTestId('doctor-signed').textContent).toContain('RLO');
		expect(container.textContent).not.toContain('\u202e');
	});
});

describe('remedies', () => {
	const SIMPLE: [Remedy, string][] = [
		[{ kind: 'add_secret', label: 'cli' }, 'Add secret to endpoint'],
		[{ kind: 'replace_secret', label: 'main' }, 'Mend the endpoint’s secret'],
		[{ kind: 'use_once', label: 'cli' }, 'Use once and re-check'],
		[{ kind: 'set_public_url', url: 'https://a.example/hook' }, 'Set public URL'],
		[{ kind: 'change_provider', provider: 'github', name: 'GitHub' }, 'Change to GitHub'],
	];

	it.each(SIMPLE)('%o is one click', async (action, label) => {
		backend.doctor.found = withActions(action);
		const id = receive();
		await show(id);
		await screen.findByTestId('doctor-finding');
		if (action.kind === 'set_public_url') expect(screen.getByText(action.url)).toBeTruthy();
		const button = remedy(action.kind);
		expect(button.textContent).toContain(label);
		button.focus();
		await userEvent.keyboard('{Enter}');
		await waitFor(() => expect(backend.doctor.applied).toEqual([{ id, remedy: action }]));
		expect(toasts.items.at(-1)?.text).toBe('Added to default. This capture is valid now.');
		// The capture and its row are read again, and the doctor is not needed any more.
		await waitFor(() => expect(screen.queryByTestId('doctor-finding')).toBeNull());
		expect(screen.getByTestId('doctor-treated').textContent).toContain('Added to default.');
		await waitFor(() => expect(inbox.pages.row(0)?.badge).toBe('Valid'));
	});

	it('ask before the tolerance is raised, and say what that means', async () => {
		const action: Remedy = { kind: 'raise_tolerance', seconds: 900 };
		backend.doctor.found = withActions(action);
		await show(receive());
		await screen.findByTestId('doctor-finding');
		await userEvent.click(remedy('raise_tolerance'));
		const dialog = screen.getByTestId('doctor-raise');
		expect(dialog.textContent?.replace(/\s+/g, ' ')).toContain('up to 15 min old. Whoever recorded a request can send it again for that long');
		await userEvent.click(within(dialog).getByText('Cancel'));
		expect(backend.doctor.applied).toEqual([]);
		await userEvent.click(remedy('raise_tolerance'));
		await userEvent.click(screen.getByTestId('doctor-raise-confirm'));
		await waitFor(() => expect(backend.doctor.applied.map((one) => one.remedy)).toEqual([action]));
	});

	it('lead through the composer when the body is restored', async () => {
		backend.doctor.found = withActions({ kind: 'restore_body' });
		const captureId = receive();
		await show(captureId);
		await screen.findByTestId('doctor-finding');
		await userEvent.click(remedy('restore_body'));
		expect(router.screen).toEqual({ name: 'composer', captureId, restored: 'send' });
		await userEvent.click(remedy('restore_body_draft'));
		expect(router.screen).toEqual({ name: 'composer', captureId, restored: 'open' });
		expect(backend.doctor.applied).toEqual([]);
	});

	it('look again when something else is wrong, too', async () => {
		backend.doctor.found = withActions({ kind: 'use_once', label: '' });
		backend.doctor.outcome = { verdict: { kind: 'invalid', badge: 'Too old', sentence: 'It is too old.', reason_code: null }, sentence: 'Checked with it. It is too old.' };
		const id = receive();
		await show(id);
		await screen.findByTestId('doctor-finding');
		await userEvent.click(remedy('use_once'));
		await waitFor(() => expect(backend.doctor.diagnosed).toEqual([id, id]));
		expect(await screen.findByTestId('doctor-finding')).toBeTruthy();
	});

	it('that fail change nothing and say why', async () => {
		backend.doctor.found = withActions({ kind: 'add_secret', label: '' });
		await show(receive());
		await screen.findByTestId('doctor-finding');
		backend.doctor.failure = commandError('vault_locked', 'The vault is locked.');
		await userEvent.click(remedy('add_secret'));
		await waitFor(() => expect(toasts.items.at(-1)?.text).toBe('Nothing was changed: The vault is locked.'));
		expect(screen.getByTestId('doctor-finding')).toBeTruthy();
		expect(screen.queryByTestId('doctor-treated')).toBeNull();
	});

	it('are followed by checking the others, not before and only once', async () => {
		backend.doctor.found = { ...withActions({ kind: 'add_secret', label: 'cli' }), alike: 3 };
		const id = receive();
		await show(id);
		await screen.findByTestId('doctor-finding');
		const early = screen.getByTestId('doctor-recheck');
		expect(early.textContent).toContain('Re-check 3 like this');
		expect(early.dataset['tip']).toContain('Mend the cause first');
		await userEvent.click(early);
		expect(backend.doctor.rechecked).toEqual([]);
		await userEvent.click(remedy('add_secret'));
		const late = await within(await screen.findByTestId('doctor-treated')).findByTestId('doctor-recheck');
		expect(screen.getAllByTestId('doctor-recheck')).toEqual([late]);
		await userEvent.click(late);
		await waitFor(() => expect(backend.doctor.rechecked).toEqual([id]));
		expect(toasts.items.at(-1)?.text).toBe('4 captures checked again, 4 valid now');
		await waitFor(() => expect(screen.queryByTestId('doctor-recheck')).toBeNull());
		expect(screen.getByTestId('doctor-treated').textContent).toContain('4 captures, 4 valid now');
	});

	it('stay known while other tabs and captures are looked at', async () => {
		backend.doctor.found = { ...withActions({ kind: 'add_secret', label: 'cli' }), alike: 1 };
		const first = receive();
		const second = receive();
		const { rerender } = await show(first);
		await screen.findByTestId('doctor-finding');
		await userEvent.click(remedy('add_secret'));
		await screen.findByTestId('doctor-treated');
		await rerender({ captureId: second });
		await screen.findByTestId('doctor-finding');
		expect(screen.queryByTestId('doctor-treated')).toBeNull();
		await rerender({ captureId: first });
		expect((await screen.findByTestId('doctor-treated')).textContent).toContain('One other capture has the same cause.');
	});
});

describe('the expected signature', () => {
	const value = 'e6bd0011223344556677b4b2';

	async function reveal(): Promise<void> {
		await show(receive());
		await screen.findByTestId('doctor-nothing');
		expect(screen.getByTestId('doctor-computed').textContent).toContain('differs');
		expect(screen.queryByText(value)).toBeNull();
		await userEvent.click(screen.getByTestId('doctor-reveal'));
		await screen.findByText(value);
	}

	it('is masked until it is asked for, can be copied, and is masked again after ten seconds', async () => {
		vi.useFakeTimers({ shouldAdvanceTime: true });
		await reveal();
		const ring = screen.getByTestId('doctor-reveal').querySelector('.left');
		const before = Number(ring?.getAttribute('stroke-dashoffset'));
		await userEvent.click(screen.getByLabelText('Copy this signature'));
		expect(backend.clipboard).toBe(value);
		await vi.advanceTimersByTimeAsync(5000);
		expect(Number(ring?.getAttribute('stroke-dashoffset'))).toBeGreaterThan(before);
		expect(screen.getByRole('timer').getAttribute('aria-live')).toBe('off');
		await vi.advanceTimersByTimeAsync(5000);
		expect(screen.queryByText(value)).toBeNull();
		expect(screen.getByTestId('doctor-reveal').textContent).toContain('Reveal expected');
	});

	it('is masked when the window loses the focus, by the button, and when the tab is left', async () => {
		await reveal();
		await fireEvent.blur(window);
		expect(screen.queryByText(value)).toBeNull();
		await userEvent.click(screen.getByTestId('doctor-reveal'));
		await screen.findByText(value);
		await userEvent.click(screen.getByTestId('doctor-reveal'));
		expect(screen.queryByText(value)).toBeNull();
		await userEvent.click(screen.getByTestId('doctor-reveal'));
		await screen.findByText(value);
		await userEvent.click(screen.getByTestId('tab-body'));
		await userEvent.click(screen.getByTestId('tab-signature'));
		await screen.findByTestId('doctor-nothing');
		expect(screen.queryByText(value)).toBeNull();
	});
});
