import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandError, healthView, limitsView } from '../backend/examples';
import { MemoryBackend } from '../backend/memory';
import { openWindow, type TestWindow } from '../state/testing';
import SettingsScreen from './SettingsScreen.svelte';

const HOSTILE = '<img src=x onerror=alert(1)>';
const MIB = 1024 ** 2;

let backend: MemoryBackend;
let opened: TestWindow;

beforeEach(() => {
	backend = new MemoryBackend();
});
afterEach(() => opened.close());

async function show(section?: string) {
	opened = await openWindow(backend);
	return render(SettingsScreen, { props: { section }, context: opened.context });
}

const press = (testid: string): Promise<void> => userEvent.click(screen.getByTestId(testid));
const field = async (testid: string): Promise<HTMLInputElement> => screen.findByTestId<HTMLInputElement>(testid);

async function write(testid: string, text: string): Promise<void> {
	const input = await field(testid);
	await userEvent.clear(input);
	if (text !== '') await userEvent.type(input, text);
}

describe('the limits', () => {
	it('show what holds and what the defaults are, and are set at once', async () => {
		backend.listening.limits = limitsView({ body_bytes: 100 * MIB });
		await show();
		expect((await field('limit-body_bytes')).value).toBe('100');
		expect(screen.getByTestId<HTMLSelectElement>('limit-body_bytes-unit').value).toBe('MiB');
		expect(screen.getByTestId('limits').textContent).toContain('Default 25\u202fMiB');
		expect(screen.getByTestId('limits-save').getAttribute('aria-disabled')).toBe('true');
		await userEvent.selectOptions(screen.getByTestId('limit-body_bytes-unit'), 'KiB');
		await write('limit-first_byte_ms', '2.5');
		await write('limit-allowed_clients', '127.0.0.0/8{enter}fd00::/8');
		await press('limits-save');
		await waitFor(() => expect(backend.listening.limits.body_bytes).toBe(100 * 1024));
		expect(backend.listening.limits).toMatchObject({ first_byte_ms: 2500, allowed_clients: ['127.0.0.0/8', 'fd00::/8'] });
		await waitFor(() => expect(screen.getByTestId('limits-save').getAttribute('aria-disabled')).toBe('true'));
	});

	it('point at the field that cannot be read, and at the one the program refuses', async () => {
		await show();
		await write('limit-max_connections', 'many');
		await press('limits-save');
		const connections = await field('limit-max_connections');
		expect(connections.getAttribute('aria-invalid')).toBe('true');
		await waitFor(() => expect(document.activeElement).toBe(connections));
		await write('limit-max_connections', '100');
		await write('limit-body_bytes', '2 GiB');
		await press('limits-save');
		expect(await screen.findByText('Write a number from 1 KiB to 1 GiB.')).toBeTruthy();
		expect((await field('limit-body_bytes')).getAttribute('aria-invalid')).toBe('true');
		expect(connections.getAttribute('aria-invalid')).toBeNull();
		expect(backend.listening.limits).toEqual(limitsView());
	});

	it('say above the form what belongs to no field', async () => {
		await show();
		await write('limit-body_bytes', '30');
		backend.listening.refusal = commandError('internal', 'The preferences could not be written.');
		await press('limits-save');
		expect((await screen.findByRole('alert')).textContent).toContain('The preferences could not be written.');
	});

	it('go back to the defaults in the form first', async () => {
		backend.listening.limits = limitsView({ body_bytes: MIB, allowed_clients: ['10.0.0.0/8'] });
		await show();
		await field('limit-body_bytes');
		await press('limits-defaults');
		expect((await field('limit-body_bytes')).value).toBe('25');
		expect(backend.listening.limits.body_bytes).toBe(MIB);
		await press('limits-save');
		await waitFor(() => expect(backend.listening.limits).toEqual(limitsView({ allowed_clients: ['10.0.0.0/8'] })));
	});

	it('say when they cannot be read, and try again', async () => {
		const read = backend.listenerSettings;
		backend.listenerSettings = () => Promise.reject(commandError('store_unavailable', 'The disk is away.'));
		await show();
		const failed = await screen.findByTestId('settings-failed');
		expect(failed.textContent).toContain('The disk is away.');
		backend.listenerSettings = read;
		await userEvent.click(within(failed).getByText('Try again'));
		expect(await field('limit-body_bytes')).toBeTruthy();
	});
});

describe('the TLS port', () => {
	it('is opened, and shows its certificate and how to trust it', async () => {
		await show();
		expect((await screen.findByTestId('no-certificate')).textContent).toContain('no certificate yet');
		await press('tls-enabled');
		await userEvent.type(screen.getByTestId('tls-names'), 'hooks.example.test');
		await press('tls-apply');
		await waitFor(() => expect(screen.getByTestId('tls-state').textContent).toContain('listening'));
		expect(backend.listening.tls.input).toEqual({ enabled: true, address: '127.0.0.1:4666', names: ['hooks.example.test'], own: null });
		expect(screen.getByTestId('fingerprint').textContent).toMatch(/^9F:2C:41:AB:/);
		expect(screen.getByTestId('certificate').textContent).toContain('localhost, 127.0.0.1, ::1');
		expect(screen.getByTestId('trust').textContent).toContain('--cacert');
		await userEvent.click(screen.getByRole('button', { name: 'Copy the fingerprint' }));
		expect(backend.clipboard).toMatch(/^9F:2C/);
		await press('export-certificate');
		await waitFor(() => expect(opened.toasts.items.at(-1)).toMatchObject({ text: 'Certificate exported', detail: '/home/ada/hookglass.pem' }));
	});

	it('takes one’s own pair by the file dialog', async () => {
		await show();
		await userEvent.click(await screen.findByTestId('tls-own'));
		await press('tls-apply');
		expect(screen.getByText('Choose the PEM file of the certificate.')).toBeTruthy();
		await press('tls-certificate-choose');
		backend.listening.pemFile = null;
		await press('tls-key-choose');
		expect((await field('tls-key')).value).toBe('');
		await write('tls-key', '/home/ada/tls/key.pem');
		backend.listening.refusal = commandError('invalid_input', 'key_path: the key does not belong to the certificate.');
		await press('tls-apply');
		await waitFor(() => expect(screen.getByTestId('tls-key').getAttribute('aria-invalid')).toBe('true'));
		await press('tls-apply');
		await waitFor(() =>
			expect(backend.listening.tls.input.own).toEqual({ certificate_path: '/home/ada/tls/server.pem', key_path: '/home/ada/tls/key.pem' }),
		);
	});

	it('says why it is not open, and what is wrong with the certificate', async () => {
		backend.listening.taken.add('127.0.0.1:4666');
		backend.listening.tls = { ...backend.listening.tls, problem: `It has expired. ${HOSTILE}` };
		const { container } = await show();
		await screen.findByTestId('tls-problem');
		await press('tls-enabled');
		await press('tls-apply');
		expect((await screen.findByTestId('tls-stopped')).textContent).toContain('Another program holds 127.0.0.1:4666');
		expect(screen.getByTestId('tls-problem').textContent).toContain(HOSTILE);
		expect(container.querySelector('img')).toBeNull();
	});
});

describe('retention', () => {
	it('asks before it deletes more, and keeps starred captures', async () => {
		await show();
		expect((await screen.findByTestId('retention-last-run')).textContent).toContain('Every capture is kept');
		await write('retention-all-age', '30');
		await press('retention-all-save');
		const dialog = await screen.findByTestId('retention-confirm-dialog');
		expect(dialog.textContent).toContain('At most 30 days for all captures');
		expect(dialog.textContent).toContain('Starred captures are kept');
		expect(backend.storage.rules.all.max_age_days).toBeNull();
		await press('retention-confirm');
		await waitFor(() => expect(backend.storage.rules.all.max_age_days).toBe(30));
		// Keeping more needs no question.
		await write('retention-all-age', '');
		await press('retention-all-save');
		await waitFor(() => expect(backend.storage.rules.all.max_age_days).toBeNull());
	});

	it('is set for one endpoint', async () => {
		await show();
		await userEvent.click((await screen.findAllByTestId('retention-open'))[0] as HTMLElement);
		await write('retention-endpoint-captures', '500');
		await press('retention-endpoint-save');
		await userEvent.click(await screen.findByTestId('retention-confirm'));
		await waitFor(() => expect(screen.getByTestId('retention-rule').textContent).toBe('At most 500 captures'));
		expect(backend.storage.rules.endpoints).toEqual([
			{ endpoint: 'default', rule: { max_age_days: null, max_captures: 500, max_bytes: null } },
		]);
		// Without limits of its own it follows those for all again.
		await press('retention-follow');
		await waitFor(() => expect(screen.getByTestId('retention-rule').textContent).toBe('As for all'));
		expect(backend.storage.rules.endpoints).toEqual([]);
	});

	it('tells what the rules did while the screen is open', async () => {
		backend.storage.rules = { ...backend.storage.rules, all: { max_age_days: 30, max_captures: null, max_bytes: null } };
		await show();
		const line = await screen.findByTestId('retention-last-run');
		expect(line.textContent).toContain('Nothing has been deleted');
		backend.storage.rules = { ...backend.storage.rules, last_run: { at: Date.now(), deleted: 3 } };
		backend.notify({ kind: 'deleted' });
		await waitFor(() => expect(screen.getByTestId('retention-last-run').textContent).toContain('Deleted 3 captures'));
	});

	it('points at what cannot be read, and says what the last run did', async () => {
		backend.storage.rules = {
			all: { max_age_days: 30, max_captures: null, max_bytes: null },
			endpoints: [],
			last_run: { at: Date.now() - 3 * 3_600_000, deleted: 1204 },
		};
		await show();
		expect((await screen.findByTestId('retention-last-run')).textContent).toMatch(/Deleted 1,204 captures 3.h ago/);
		await write('retention-all-bytes', 'much');
		await press('retention-all-save');
		expect((await field('retention-all-bytes')).getAttribute('aria-invalid')).toBe('true');
		expect(screen.queryByTestId('retention-confirm')).toBeNull();
	});
});

describe('the store', () => {
	it('is checked, and says what was found', async () => {
		await show();
		await press('check-integrity');
		expect((await screen.findByText('The database is sound')).closest('[role=status]')?.textContent).toContain('412');
		backend.storage.integrity = { ok: false, problems: [`row 5 missing from index ${HOSTILE}`], took_ms: 10, bytes: 5 };
		await press('check-integrity');
		expect(await screen.findByText('1 problem found')).toBeTruthy();
		expect(screen.getByTestId('problems').textContent).toContain(HOSTILE);
		expect(screen.getByTestId('problems').querySelector('img')).toBeNull();
	});

	it('lets go of many problems', async () => {
		backend.storage.integrity = { ok: false, problems: Array.from({ length: 5000 }, (_, at) => `problem ${at}`), took_ms: 10, bytes: 5 };
		await show();
		await press('check-integrity');
		expect((await screen.findByTestId('problems')).querySelectorAll('li')).toHaveLength(100);
		expect(screen.getByText('and 4,900 more')).toBeTruthy();
	});

	it('can be stopped, keeps other work waiting, and goes on while another screen is shown', async () => {
		backend.storage.slow = true;
		const { unmount } = await show();
		await press('check-integrity');
		expect(screen.getByTestId('check-integrity').getAttribute('aria-busy')).toBe('true');
		expect(screen.getByTestId('back-up').getAttribute('aria-disabled')).toBe('true');
		unmount();
		render(SettingsScreen, { context: opened.context });
		expect(screen.getByTestId('check-integrity').getAttribute('aria-busy')).toBe('true');
		await press('storage-stop');
		expect((await screen.findByTestId('integrity-result')).textContent).toContain('was stopped');
	});

	it('is backed up; a closed dialog is no outcome, a failure is told', async () => {
		await show();
		await press('back-up');
		expect((await screen.findByTestId('backup-result')).textContent).toContain('/home/ada/hookglass.backup');
		backend.storage.backup = null;
		await press('back-up');
		await waitFor(() => expect(screen.getByTestId('backup-result').textContent?.trim()).toBe(''));
		backend.backUp = () => Promise.reject(commandError('internal', 'The disk is full.'));
		await press('back-up');
		expect((await screen.findByTestId('backup-result')).textContent).toContain('The disk is full.');
	});
});

describe('the health', () => {
	it('tells what was measured, and probes on request', async () => {
		backend.listening.healthNow = healthView({ captures_per_minute: 12, queue_depth: 3, warnings: [`The clock went back. ${HOSTILE}`] });
		const { container } = await show('health');
		expect((await screen.findByTestId('health-probe')).textContent).toContain('answered in 420\u202fµs');
		expect(screen.getByTestId('health-rate').textContent).toContain('12 captures');
		expect(screen.getByTestId('health-queue').textContent).toContain('3 captures');
		expect(screen.getByTestId('health-commit').textContent).toContain('2\u202fms');
		expect(screen.getByTestId('health-warning').textContent).toContain(HOSTILE);
		expect(container.querySelector('img')).toBeNull();
		backend.listening.healthNow = healthView({ probe: { at: 0, ok: false, took_us: 0, sentence: 'Nothing answered.' } });
		await press('health-check');
		await waitFor(() => expect(screen.getByTestId('health-probe').textContent).toContain('Nothing answered.'));
		expect(backend.listening.probes).toBe(1);
	});

	it('says when it cannot be read', async () => {
		backend.health = () => Promise.reject(commandError('internal', 'It did not answer.'));
		await show();
		expect((await screen.findByTestId('health-failed')).textContent).toContain('It did not answer.');
	});
});
