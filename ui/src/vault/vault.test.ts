import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { VaultState } from '../bindings';
import { commandError, MemoryBackend, vaultState } from '../backend/memory';
import Banners from '../inbox/Banners.svelte';
import { Keymap } from '../keys/keymap';
import Rail from '../rail/Rail.svelte';
import { contextMap, type WindowContext } from '../state/context';
import { Inbox } from '../state/inbox.svelte';
import { Router } from '../state/router.svelte';
import { Session } from '../state/session.svelte';
import { ToastQueue } from '../state/toasts.svelte';
import { PLACES, troubleTitle, whereLine } from './describe';
import VaultSetting from './VaultSetting.svelte';

let backend: MemoryBackend;
let context: WindowContext;

beforeEach(() => {
	backend = new MemoryBackend();
});

async function open(state: Partial<VaultState>): Promise<void> {
	backend.state.vault = vaultState(state);
	const session = await Session.open(backend);
	await session.start();
	context = {
		backend,
		session,
		router: new Router(),
		toasts: new ToastQueue(),
		inbox: new Inbox(backend, 0),
		keymap: new Keymap(false),
	};
}

async function settings(state: Partial<VaultState>): Promise<void> {
	await open(state);
	render(VaultSetting, { context: contextMap(context) });
}

const press = (testid: string): Promise<void> => userEvent.click(screen.getByTestId(testid));
const field = (testid: string): HTMLInputElement => screen.getByTestId<HTMLInputElement>(testid);
const LOCKED = { place: 'passphrase', condition: 'locked', sealed: 2, problem: { code: 'locked', message: 'Locked.' } } as const;

describe('unlocking', () => {
	it('keeps a wrong passphrase in place with the focus, and goes on with the right one', async () => {
		backend.passphrase = 'correct horse';
		await settings(LOCKED);
		await press('vault-unlock');
		await waitFor(() => expect(document.activeElement).toBe(field('unlock-passphrase')));
		expect(field('unlock-passphrase').type).toBe('password');
		await userEvent.keyboard('correct horsE{Enter}');
		await waitFor(() => expect(screen.getByText('This is not the passphrase of the vault.')).toBeTruthy());
		expect(field('unlock-passphrase').value).toBe('correct horsE');
		expect(field('unlock-passphrase').getAttribute('aria-invalid')).toBe('true');
		expect(document.activeElement).toBe(field('unlock-passphrase'));
		await userEvent.keyboard('{Backspace}e{Enter}');
		await waitFor(() => expect(screen.queryByTestId('unlock-passphrase')).toBeNull());
		expect(screen.queryByTestId('vault-trouble')).toBeNull();
		expect(context.session.app.vault.condition).toBe('ready');
	});

	it('says that Caps Lock is on', async () => {
		backend.passphrase = 'correct horse';
		await settings(LOCKED);
		await press('vault-unlock');
		// One user throughout: a new one would have a keyboard of his own.
		const user = userEvent.setup();
		await user.type(field('unlock-passphrase'), 'a');
		expect(screen.queryByText('Caps Lock is on.')).toBeNull();
		await user.keyboard('{CapsLock}B');
		expect(screen.getByText('Caps Lock is on.')).toBeTruthy();
		await user.keyboard('{CapsLock}c');
		expect(screen.queryByText('Caps Lock is on.')).toBeNull();
	});

	it('says that it is at work and takes no second click meanwhile', async () => {
		await settings(LOCKED);
		let asked = 0;
		let answer: (state: VaultState) => void = () => undefined;
		backend.vaultUnlock = () => {
			asked += 1;
			return new Promise((resolve) => (answer = resolve));
		};
		await press('vault-unlock');
		await userEvent.type(field('unlock-passphrase'), 'x{Enter}');
		expect(screen.getByTestId('unlock-submit').getAttribute('aria-busy')).toBe('true');
		expect(screen.getByText(/takes a moment on purpose/)).toBeTruthy();
		await press('unlock-submit');
		expect(asked).toBe(1);
		answer(vaultState({ place: 'passphrase' }));
		await waitFor(() => expect(screen.queryByTestId('unlock-submit')).toBeNull());
	});

	it('does not keep what was typed once it is closed', async () => {
		await settings(LOCKED);
		await press('vault-unlock');
		await userEvent.type(field('unlock-passphrase'), 'half a pass');
		await userEvent.click(screen.getByText('Stay locked'));
		await press('vault-unlock');
		expect(field('unlock-passphrase').value).toBe('');
	});

	it('leaves a locked keychain to the system', async () => {
		await settings({ place: 'keychain', condition: 'locked', problem: { code: 'keychain_locked', message: 'Unlock it there.' } });
		expect(screen.queryByTestId('vault-unlock')).toBeNull();
		expect(screen.getByTestId('vault-trouble').textContent).toContain('Unlock it there.');
		backend.vaultRetry = () => Promise.resolve(vaultState({ place: 'keychain' }));
		await press('vault-retry');
		await waitFor(() => expect(screen.queryByTestId('vault-trouble')).toBeNull());
	});
});

describe('choosing a place', () => {
	it('offers four places with what each means, and a passphrase twice', async () => {
		const problem = { code: 'keychain_unavailable', message: 'The system keychain is not available (no bus).' };
		await settings({ condition: 'not_chosen', problem });
		await press('vault-choose');
		expect(screen.getByTestId('place-dialog').textContent).toContain('no bus');
		for (const choice of PLACES) expect(screen.getByText(choice.sentence)).toBeTruthy();
		await userEvent.type(field('new-passphrase'), 'short');
		await press('place-submit');
		expect(document.activeElement).toBe(field('new-passphrase'));
		expect(screen.getByText(/at least 8 characters/)).toBeTruthy();
		await userEvent.type(field('new-passphrase'), ' but longer');
		await userEvent.type(field('new-passphrase-again'), 'something else');
		await press('place-submit');
		expect(document.activeElement).toBe(field('new-passphrase-again'));
		expect(backend.state.vault.place).toBeNull();
		await userEvent.clear(field('new-passphrase-again'));
		await userEvent.type(field('new-passphrase-again'), 'short but longer');
		await press('place-submit');
		await waitFor(() => expect(backend.passphrase).toBe('short but longer'));
		expect(screen.queryByTestId('vault-not-chosen')).toBeNull();
	});

	it('is a matter of arrow keys', async () => {
		await settings({ condition: 'not_chosen' });
		await press('vault-choose');
		await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('place-passphrase')));
		await userEvent.keyboard('{ArrowDown}');
		expect(field('place-key_file').checked).toBe(true);
		await press('place-submit');
		await waitFor(() => expect(backend.state.vault.place).toBe('key_file'));
	});

	it('says that nothing was changed when it fails', async () => {
		await settings({ place: 'keychain', sealed: 3 });
		backend.vaultChoose = () => Promise.reject(commandError('vault_unavailable', 'The disk is full.'));
		await press('vault-choose');
		expect(screen.getByTestId('place-dialog').textContent).toContain('3 secrets move along');
		await press('place-memory');
		await press('place-submit');
		expect(await screen.findByText('Nothing was changed')).toBeTruthy();
		expect(screen.getByText('The disk is full.')).toBeTruthy();
		expect(context.session.app.vault.place).toBe('keychain');
	});

	it('changes a passphrase only with the present one', async () => {
		backend.passphrase = 'first words';
		await settings({ place: 'passphrase' });
		await press('vault-change-passphrase');
		await userEvent.type(field('present-passphrase'), 'wrong words');
		await userEvent.type(field('next-passphrase'), 'second words');
		await userEvent.type(field('next-passphrase-again'), 'second words');
		await press('change-passphrase-submit');
		await waitFor(() => expect(document.activeElement).toBe(field('present-passphrase')));
		expect(backend.passphrase).toBe('first words');
		await userEvent.clear(field('present-passphrase'));
		await userEvent.type(field('present-passphrase'), 'first words');
		await press('change-passphrase-submit');
		await waitFor(() => expect(backend.passphrase).toBe('second words'));
		await press('vault-lock');
		await waitFor(() => expect(screen.getByTestId('vault-trouble')).toBeTruthy());
	});
});

describe('a lost key', () => {
	it('is explained, and a new vault sets the secrets aside until they are restored', async () => {
		const problem = { code: 'key_file_missing', message: 'The key file is missing. Nothing was changed.' };
		await settings({ place: 'key_file', condition: 'key_lost', problem, sealed: 2 });
		expect(screen.getByTestId('vault-trouble').textContent).toContain('Nothing was changed.');
		await press('vault-start-new');
		expect(screen.getByTestId('place-dialog').textContent).toContain('Nothing is deleted');
		await press('place-keychain');
		await press('place-submit');
		await waitFor(() => expect(screen.getByTestId('vault-set-aside').textContent).toContain('2 secrets set aside'));
		await press('vault-restore');
		await press('restore-submit');
		await waitFor(() => expect(screen.queryByTestId('vault-set-aside')).toBeNull());
		expect(context.toasts.items.at(-1)?.text).toBe('2 secrets restored');
	});
});

describe('outside of Settings', () => {
	it('marks an unencrypted key for as long as it is used, in the wide and in the narrow rail', async () => {
		await open({ place: 'key_file', key_file: '/home/ada/vault-key-1.txt' });
		for (const narrow of [false, true]) {
			const { unmount } = render(Rail, { props: { narrow }, context: contextMap(context) });
			const mark = screen.getByTestId('unencrypted-mark');
			await userEvent.click(mark);
			expect(context.router.screen.name).toBe('settings');
			unmount();
		}
		await backend.vaultChoose({ place: 'memory' });
		render(Rail, { props: { narrow: false }, context: contextMap(context) });
		expect(screen.queryByTestId('unencrypted-mark')).toBeNull();
	});

	it('says what is locked above the list, and is quiet when no secret needs the key', async () => {
		backend.passphrase = 'correct horse';
		await open(LOCKED);
		const { unmount } = render(Banners, { context: contextMap(context) });
		expect(screen.getByTestId('vault-trouble').textContent).toContain('Secret locked');
		unmount();
		await open({ ...LOCKED, sealed: 0 });
		render(Banners, { context: contextMap(context) });
		expect(screen.queryByTestId('vault-trouble')).toBeNull();
	});

	it('has words for every state', () => {
		for (const place of [null, ...PLACES.map((choice) => choice.place)]) expect(whereLine(vaultState({ place }))).not.toBe('');
		for (const condition of ['locked', 'key_lost', 'unavailable'] as const) {
			expect(troubleTitle(vaultState({ place: 'keychain', condition }))).not.toBeNull();
		}
	});
});
