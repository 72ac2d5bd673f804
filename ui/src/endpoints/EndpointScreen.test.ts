import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EndpointInput, ProviderInfo } from '../bindings';
import { commandError, endpointView, MemoryBackend, providerInfo, secretView, vaultState } from '../backend/memory';
import { Keymap } from '../keys/keymap';
import { contextMap } from '../state/context';
import { Inbox } from '../state/inbox.svelte';
import { Router } from '../state/router.svelte';
import { Session } from '../state/session.svelte';
import { ToastQueue } from '../state/toasts.svelte';
import EndpointScreen from './EndpointScreen.svelte';

const provider = (id: string, name: string, official: boolean): ProviderInfo =>
	providerInfo({ id, name, official, tolerance_seconds: 300, docs: 'https://example.com/docs' });

let backend: MemoryBackend;
let router: Router;
let saved: EndpointInput[];

beforeEach(() => {
	backend = new MemoryBackend();
	backend.providers = [provider('github', 'GitHub', true), provider('stripe', 'Stripe', false)];
	router = new Router();
	saved = [];
	const save = backend.saveEndpoint.bind(backend);
	backend.saveEndpoint = (input) => {
		saved.push(input);
		return save(input);
	};
});

async function show(endpointId: string | null) {
	const session = await Session.open(backend);
	await session.start();
	const context = contextMap({
		backend,
		session,
		router,
		toasts: new ToastQueue(),
		inbox: new Inbox(backend, 0),
		keymap: new Keymap(false),
	});
	return render(EndpointScreen, { props: { endpointId }, context });
}

const press = (testid: string): Promise<void> => userEvent.click(screen.getByTestId(testid));

describe('the endpoint screen', () => {
	it('makes an endpoint by typing', async () => {
		await show(null);
		await userEvent.type(screen.getByTestId('endpoint-slug'), 'stripe');
		await userEvent.type(screen.getByTestId('endpoint-provider'), 'Stripe{Enter}');
		await userEvent.type(screen.getByTestId('endpoint-secret'), 'whsec_hush');
		expect(screen.getByTestId<HTMLInputElement>('endpoint-secret').type).toBe('password');
		expect(screen.getByText('Community recipe, not confirmed by the vendor')).toBeTruthy();
		await press('endpoint-save');
		expect(saved[0]).toEqual({
			id: null,
			slug: 'stripe',
			provider: 'stripe',
			secrets: [{ id: null, label: 'Secret 1', value: 'whsec_hush' }],
			public_url: null,
			tolerance_seconds: null,
			target_url: null,
		});
		// What comes next is waiting for a request.
		await waitFor(() => expect(router.screen.name).toBe('inbox'));
	});

	it('is called after its provider until somebody types a name', async () => {
		await show(null);
		const slug = screen.getByTestId<HTMLInputElement>('endpoint-slug');
		await userEvent.type(screen.getByTestId('endpoint-provider'), 'GitHub{Enter}');
		await waitFor(() => expect(slug.value).toMatch(/^github/));
		await userEvent.clear(slug);
		await userEvent.type(slug, 'mine');
		await userEvent.type(screen.getByTestId('endpoint-provider'), 'Stripe{Enter}');
		expect(slug.value).toBe('mine');
	});

	it('finds a provider by its header, and takes none', async () => {
		await show(null);
		const field = screen.getByTestId<HTMLInputElement>('endpoint-provider');
		await userEvent.type(field, 'github-sig{Enter}');
		expect(field.value).toBe('GitHub');
		await userEvent.clear(field);
		await userEvent.type(field, 'no sig{Enter}');
		expect(field.value).toBe('No signature');
	});

	it('says beside the field what is wrong, before and after asking', async () => {
		await show(null);
		await press('endpoint-save');
		expect(saved).toHaveLength(0);
		expect(screen.getByText('A path name is needed, for example stripe.')).toBeTruthy();
		expect(document.activeElement).toBe(screen.getByTestId('endpoint-slug'));
		await userEvent.type(screen.getByTestId('endpoint-slug'), 'taken');
		backend.saveEndpoint = () =>
			Promise.reject(commandError('invalid_input', 'Another endpoint already has the path name “taken”. Choose another.'));
		await press('endpoint-save');
		await waitFor(() => expect(screen.getByTestId('endpoint-slug').getAttribute('aria-invalid')).toBe('true'));
		backend.saveEndpoint = () => Promise.reject(commandError('store_unavailable', 'The disk is full.'));
		await press('endpoint-save');
		expect(await screen.findByRole('alert')).toHaveProperty('textContent', expect.stringContaining('The disk is full.'));
	});

	it('keeps stored secrets unless they are replaced or removed, and never shows them', async () => {
		backend.endpoints = [
			endpointView({
				id: 'e1',
				slug: 'stripe',
				provider: 'stripe',
				secrets: [
					secretView({ id: 's1', label: 'Dashboard', masked: 'whsec_••••c3Zk' }),
					secretView({ id: 's2', label: 'CLI', masked: 'whsec_••••9f1e' }),
				],
			}),
		];
		await show('e1');
		expect(screen.getByText('whsec_••••c3Zk')).toBeTruthy();
		await userEvent.click(screen.getByLabelText('Remove Dashboard'));
		await userEvent.click(screen.getByText('Replace'));
		await userEvent.type(screen.getByTestId('endpoint-secret'), 'whsec_new');
		await press('endpoint-save');
		expect(saved[0]?.secrets).toEqual([{ id: 's2', label: 'CLI', value: 'whsec_new' }]);
	});

	it('tells when secrets live in memory only', async () => {
		backend.state.vault = vaultState({ place: 'memory' });
		await show(null);
		expect(screen.getByText('Secrets are kept only until Hookglass closes')).toBeTruthy();
	});

	it('asks where to keep the first secret when there is no keychain, and saves then', async () => {
		const problem = { code: 'keychain_unavailable', message: 'The system keychain is not available (none).' };
		backend.state.vault = vaultState({ condition: 'not_chosen', problem });
		await show(null);
		await userEvent.type(screen.getByTestId('endpoint-slug'), 'stripe');
		await userEvent.type(screen.getByTestId('endpoint-secret'), 'whsec_hush');
		await press('endpoint-save');
		expect(saved).toHaveLength(0);
		const dialog = screen.getByTestId('place-dialog');
		expect(dialog.textContent).toContain('The system keychain is not available (none).');
		// Closing it saves nothing, and Save asks again.
		await userEvent.click(screen.getByText('Cancel'));
		expect(saved).toHaveLength(0);
		await press('endpoint-save');
		await press('place-key_file');
		await press('place-submit');
		await waitFor(() => expect(saved).toHaveLength(1));
		expect(backend.state.vault.place).toBe('key_file');
	});

	it('unlocks before it saves a secret, and saves the rest without', async () => {
		backend.passphrase = 'correct horse';
		backend.state.vault = vaultState({ place: 'passphrase', condition: 'locked', sealed: 1 });
		backend.endpoints = [endpointView({ id: 'e1', slug: 'stripe', secrets: [secretView({ id: 's1', label: 'A', state: 'locked' })] })];
		await show('e1');
		expect(screen.getByTestId('secret-note').textContent).toContain('Locked.');
		await userEvent.type(screen.getByTestId('endpoint-target'), 'http://localhost:3000/');
		await press('endpoint-save');
		await waitFor(() => expect(saved).toHaveLength(1));
		await press('endpoint-add-secret');
		await userEvent.type(screen.getByTestId('endpoint-secret'), 'whsec_new');
		await press('endpoint-save');
		expect(saved).toHaveLength(1);
		await userEvent.type(screen.getByTestId('unlock-passphrase'), 'correct horse{Enter}');
		await waitFor(() => expect(saved).toHaveLength(2));
	});

	it('shows when each secret last matched, and which can go', async () => {
		const now = Date.now();
		backend.endpoints = [
			endpointView({
				id: 'e1',
				slug: 'stripe',
				secrets: [
					secretView({ id: 's1', label: 'Before', last_matched_at: now - 50 * 3600_000, matches: 9, superseded: true }),
					secretView({ id: 's2', label: 'After', last_matched_at: now - 185_000, matches: 2 }),
					secretView({ id: 's3', label: 'CLI' }),
					secretView({ id: 's4', label: 'Lost', state: 'enter_again', available: false }),
				],
			}),
		];
		await show('e1');
		const uses = screen.getAllByTestId('secret-use').map((use) => use.textContent?.replace(/\s+/gu, ' ').trim());
		expect(uses).toEqual(['last matched 2 d ago', 'last matched 3 min ago', 'never matched', 'never matched']);
		const notes = screen.getAllByTestId('secret-note').map((note) => note.textContent?.trim());
		expect(notes).toEqual([
			'A newer secret matches and this one no longer does. It can be removed.',
			'The value is gone. Enter it again.',
		]);
		expect(screen.getByText('Enter again')).toBeTruthy();
	});

	it('deletes after asking, and not the built-in one', async () => {
		backend.endpoints = [endpointView({ id: 'e1', slug: 'stripe' }), ...backend.endpoints];
		const { unmount } = await show('e1');
		await press('endpoint-delete');
		expect(backend.endpoints).toHaveLength(2);
		await press('endpoint-delete-confirm');
		await waitFor(() => expect(backend.endpoints).toHaveLength(1));
		unmount();
		await show('default');
		expect(screen.queryByTestId('endpoint-delete')).toBeNull();
	});

	it('takes a key with two halves as a text of several lines, pasted or from a file', async () => {
		backend.providers = [providerInfo({ id: 'sendgrid', name: 'SendGrid', key_kind: 'p256', secret_hint: '' })];
		backend.keyFile = '-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n';
		await show(null);
		await userEvent.type(screen.getByTestId('endpoint-provider'), 'SendGrid{Enter}');
		const field = await screen.findByTestId<HTMLTextAreaElement>('endpoint-secret');
		expect(field.tagName).toBe('TEXTAREA');
		expect(field.placeholder).toContain('PEM');
		await press('endpoint-key-file');
		await waitFor(() => expect(field.value).toBe(backend.keyFile));
		expect(field.className).not.toContain('concealed');
		backend.keyFile = '-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n';
		await press('endpoint-key-file');
		await waitFor(() => expect(field.className).toContain('concealed'));
		await press('endpoint-save');
		await waitFor(() => expect(saved[0]?.secrets[0]?.value).toBe(backend.keyFile));
	});

	it('makes a test key pair for a saved endpoint and shows the public half', async () => {
		backend.providers = [providerInfo({ id: 'sendgrid', name: 'SendGrid', key_kind: 'p256' })];
		const { unmount } = await show(null);
		await userEvent.type(screen.getByTestId('endpoint-provider'), 'SendGrid{Enter}');
		expect((await screen.findByTestId('endpoint-key-pair')).getAttribute('aria-disabled')).toBe('true');
		unmount();
		backend.endpoints = [
			endpointView({
				id: 'e1',
				slug: 'mail',
				provider: 'sendgrid',
				secrets: [secretView({ id: 's1', label: 'Vendor', masked: 'MFkw••••' })],
			}),
		];
		await show('e1');
		await press('endpoint-key-pair');
		expect((await screen.findByTestId('endpoint-public-key')).textContent).toContain('BEGIN PUBLIC KEY');
		await waitFor(() => expect(screen.getAllByTestId('endpoint-secret-label')).toHaveLength(2));
		await press('endpoint-copy-public-key');
		expect(backend.clipboard).toContain('BEGIN PUBLIC KEY');
		// What comes next keeps the new secret.
		await press('endpoint-save');
		await waitFor(() => expect(saved[0]?.secrets.map((secret) => secret.label)).toEqual(['Test key pair, made here', 'Vendor']));
	});

	it('says that an endpoint is gone', async () => {
		await show('nowhere');
		expect(screen.getByText('This endpoint does not exist any more')).toBeTruthy();
	});
});
