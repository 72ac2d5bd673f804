import { EditorView } from '@codemirror/view';
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { commandError, endpointView, MemoryBackend, providerInfo } from '../backend/memory';
import type { Trial } from '../bindings';
import { Keymap } from '../keys/keymap';
import { contextMap } from '../state/context';
import { Inbox } from '../state/inbox.svelte';
import { Router, type RecipeSource } from '../state/router.svelte';
import { Session } from '../state/session.svelte';
import { ToastQueue } from '../state/toasts.svelte';
import { RecipeDrafts } from './drafts';
import ProvidersScreen from './ProvidersScreen.svelte';
import RecipeScreen from './RecipeScreen.svelte';
import { RecipeTrial } from './trial.svelte';

let backend: MemoryBackend;
let router: Router;
let toasts: ToastQueue;
let keymap: Keymap;
let session: Session;

beforeEach(async () => {
	localStorage.clear();
	backend = new MemoryBackend();
	backend.providers = [
		providerInfo({ id: 'acme', name: 'Acme', official: false }),
		providerInfo({ id: 'github', name: 'GitHub' }),
		providerInfo({ id: 'ours', name: 'Our sender', custom: true }),
	];
	router = new Router();
	toasts = new ToastQueue();
	keymap = new Keymap(false);
	session = await Session.open(backend);
});

function contextOf(): Map<unknown, unknown> {
	return contextMap({ backend, session, router, toasts, keymap, inbox: new Inbox(backend, 0) });
}

async function showList(id: string | null = null) {
	await session.start();
	return render(ProvidersScreen, { props: { id }, context: contextOf() });
}

async function showEditor(source: RecipeSource) {
	await session.start();
	return render(RecipeScreen, { props: { source }, context: contextOf() });
}

const press = (testid: string): Promise<void> => userEvent.click(screen.getByTestId(testid));
const rows = (): string[] => screen.getAllByTestId('provider-row').map((row) => row.dataset['provider'] ?? '');

async function editor(): Promise<EditorView> {
	const content = await screen.findByTestId('recipe-text');
	const view = EditorView.findFromDOM(content);
	if (!view) throw new Error('There is no editor.');
	return view;
}

async function write(text: string): Promise<void> {
	const view = await editor();
	view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}

describe('the list of providers', () => {
	it('shows one’s own first and says whose word each recipe is', async () => {
		await showList();
		expect(rows()).toEqual(['ours', 'acme', 'github']);
		const words = screen.getAllByRole('option').map((row) => row.getAttribute('aria-label'));
		expect(words).toEqual([
			'Our sender, your own recipe',
			'Acme, community recipe, not confirmed by the vendor',
			'GitHub, vendor’s own',
		]);
	});

	it('is searched by name, header and scheme, and says when nothing fits', async () => {
		await showList();
		const field = screen.getByTestId('provider-search');
		await userEvent.type(field, 'github-sig');
		expect(rows()).toEqual(['github']);
		await userEvent.clear(field);
		await userEvent.type(field, 'zzz');
		expect(screen.getByTestId('no-provider').textContent).toContain('3 providers, 0 with “zzz”');
		await userEvent.click(screen.getByText('Clear search'));
		expect(rows()).toHaveLength(3);
	});

	it('is narrowed by what recipes rest on', async () => {
		await showList();
		await press('origin-community');
		expect(rows()).toEqual(['acme']);
		backend.providers = backend.providers.filter((provider) => !provider.custom);
		backend.notify({ kind: 'providers' });
		await press('origin-custom');
		expect(await screen.findByText('You have no recipes yet')).toBeTruthy();
	});

	it('is walked with the arrow keys', async () => {
		await showList('ours');
		screen.getByRole('listbox').focus();
		await userEvent.keyboard('{ArrowDown}');
		expect(router.screen).toEqual({ name: 'providers', id: 'acme' });
		await userEvent.keyboard('{End}');
		expect(router.screen).toEqual({ name: 'providers', id: 'github' });
	});

	it('shows files that cannot be used and opens them to be mended', async () => {
		backend.broken = [
			{ problem: { file: 'torn.toml', line: 2, field: 'name', problem: 'expected a value' }, recipe_text: 'id = "torn"' },
		];
		await showList();
		const broken = screen.getByTestId('broken-provider');
		expect(broken.textContent).toContain('torn.toml is not used');
		expect(broken.textContent).toContain('Line 2, name: expected a value');
		await userEvent.click(broken);
		expect(router.screen).toEqual({ name: 'recipe', source: { kind: 'mend', file: 'torn.toml' } });
	});

	it('goes on with a recipe that was begun', async () => {
		new RecipeDrafts(localStorage).keep({ kind: 'new' }, 'id = "begun"');
		await showList();
		expect(screen.getByTestId('provider-new').textContent).toContain('Continue your recipe');
	});
});

describe('a provider', () => {
	it('shows scheme, exact content, evidence and recipe as text', async () => {
		backend.providers = [
			providerInfo({
				id: 'acme',
				name: '<b>Acme</b>\u202e',
				official: false,
				docs: 'https://example.com/docs',
				evidence: [{ kind: 'other people’s code or articles', official: false, source: 'npm acme-hooks 1.0' }],
			}),
		];
		await showList('acme');
		expect(await screen.findByRole('heading', { level: 2 })).toHaveProperty('textContent', '<b>Acme</b>⟨U+202E⟩');
		expect(screen.getByText('{timestamp}.{body}')).toBeTruthy();
		expect(screen.getByText('Community recipe, not confirmed by the vendor')).toBeTruthy();
		expect(screen.getByText('npm acme-hooks 1.0')).toBeTruthy();
		expect(screen.getByTestId('provider-recipe').textContent).toContain('id = "acme"');
		// The address is copied, never opened.
		expect(document.querySelector('a[href]')).toBeNull();
		await userEvent.click(screen.getByLabelText('Copy the address'));
		expect(backend.clipboard).toBe('https://example.com/docs');
	});

	it('tells how it tries again and which sample events there are, as far as that is known', async () => {
		backend.providers = [providerInfo({ id: 'acme', name: 'Acme' })];
		const { unmount } = await showList('acme');
		expect(await screen.findByTestId('provider-recipe')).toBeTruthy();
		expect(screen.queryByTestId('provider-behaviour')).toBeNull();
		expect(screen.queryByTestId('provider-samples')).toBeNull();
		unmount();
		backend.samples.set('acme', [{ event: 'invoice.paid', title: 'An invoice was paid' }]);
		backend.retry = {
			text: 'After 1 and 5 min.',
			attempts: 3,
			delays_seconds: [60, 300],
			total_seconds: 360,
			timeout_seconds: 10,
			success: ['2xx'],
			stops_on: ['410'],
			source: 'acme.example docs',
			official: false,
		};
		await showList('acme');
		const behaviour = await screen.findByTestId('provider-behaviour');
		for (const text of ['After 1 and 5 min.', '10 s', '2xx', '410', 'acme.example docs', 'not confirmed']) {
			expect(behaviour.textContent).toContain(text);
		}
		expect(screen.getByTestId('provider-samples').textContent).toContain('An invoice was paid');
	});

	it('is duplicated when it comes with the application, and edited or deleted when it is one’s own', async () => {
		const { unmount } = await showList('github');
		expect(await screen.findByTestId('provider-duplicate')).toBeTruthy();
		expect(screen.queryByTestId('provider-edit')).toBeNull();
		expect(screen.queryByTestId('provider-delete')).toBeNull();
		await press('provider-duplicate');
		expect(router.screen).toEqual({ name: 'recipe', source: { kind: 'copy', id: 'github' } });
		unmount();
		await showList('ours');
		await userEvent.click(await screen.findByTestId('provider-delete'));
		await press('provider-delete-confirm');
		await waitFor(() => expect(backend.providers.map((provider) => provider.id)).toEqual(['acme', 'github']));
		expect(router.screen).toEqual({ name: 'providers', id: null });
	});

	it('is not deleted while an endpoint uses it', async () => {
		backend.endpoints = [endpointView({ id: 'e1', slug: 'mine', provider: 'ours' })];
		await showList('ours');
		await userEvent.click(await screen.findByTestId('provider-delete'));
		expect(screen.getByTestId('provider-delete-dialog').textContent).toContain('mine uses it');
		await press('provider-delete-confirm');
		expect(backend.providers).toHaveLength(3);
	});

	it('says when it is gone', async () => {
		await showList('nobody');
		expect(await screen.findByText('This provider does not exist any more.')).toBeTruthy();
	});
});

describe('the recipe editor', () => {
	it('says line, field and problem while one types, and saves what can be read', async () => {
		await showEditor({ kind: 'new' });
		await write('name = "No id"');
		await waitFor(() => expect(screen.getByTestId('recipe-status').textContent).toContain('Line 1, id: missing field `id`'));
		await waitFor(() => expect(document.querySelector('.cm-lintRange-error')).toBeTruthy());
		await write('id = "fresh"');
		await waitFor(() => expect(screen.getByTestId('recipe-status').textContent).toContain('Reads as'));
		expect(document.querySelector('.cm-lintRange-error')).toBeNull();
		await press('recipe-save');
		await waitFor(() => expect(backend.recipes.get('fresh')).toBe('id = "fresh"'));
		expect(await screen.findByText('Saved')).toBeTruthy();
		// From here on it is that recipe's editor: saving again is an edition and no second recipe.
		await write('id = "fresh" # again');
		await press('recipe-save');
		await waitFor(() => expect(backend.recipes.get('fresh')).toBe('id = "fresh" # again'));
		expect(backend.providers.filter((provider) => provider.id === 'fresh')).toHaveLength(1);
	});

	it('checks the newest capture at once, and another with a secret that is kept nowhere', async () => {
		backend.receive({ event_type: 'order.made', target: '/a' });
		backend.receive({ event_type: 'order.paid', target: '/b' });
		const trial: Partial<Trial> = {
			verdict: { kind: 'valid', badge: 'Valid', sentence: 'The signature matches.', reason_code: null },
			event_type: 'order.paid',
			received: [{ label: 'v1', value: 'c0ffee' }],
			signed_parts: [
				{ name: 'timestamp', text: '1700000000', bytes: 10 },
				{ name: 'separator', text: '.', bytes: 1 },
				{ name: 'body', text: '{}', bytes: 2 },
			],
		};
		backend.trial = trial;
		await showEditor({ kind: 'edit', id: 'ours' });
		await waitFor(() => expect(backend.trials.at(-1)).toMatchObject({ capture: 'capture-2', replaces: 'ours', secret: null }));
		expect((await screen.findByTestId('trial-verdict')).textContent).toContain('The signature matches.');
		const signed = screen.getByTestId('trial-signed');
		expect(signed.textContent).toContain('13 B, exactly as hashed'.replace(' B', '\u202fB'));
		expect(within(signed).getByLabelText('Signed bytes, text').textContent).toBe('1700000000.{}');
		const secret = screen.getByTestId<HTMLInputElement>('trial-secret');
		expect(secret.type).toBe('password');
		await userEvent.type(secret, 'CANARY');
		await waitFor(() => expect(backend.trials.at(-1)?.secret).toBe('CANARY'));
		await write('id = "ours" # edited');
		await userEvent.type(screen.getByTestId('trial-capture'), 'order.made{Enter}');
		await waitFor(() => expect(backend.trials.at(-1)).toMatchObject({ capture: 'capture-1', recipe_text: 'id = "ours" # edited' }));
		expect(JSON.stringify({ ...localStorage })).not.toContain('CANARY');
	});

	it('says what to do when there is no capture or the trial fails', async () => {
		await showEditor({ kind: 'new' });
		expect((await screen.findByTestId('trial-empty')).textContent).toContain('http://127.0.0.1:4665');
		backend.tryProvider = () => Promise.reject(commandError('not_found', 'This capture does not exist any more.'));
		await write('id = "x"');
		await waitFor(() => expect(screen.getByTestId('recipe-status').textContent).toContain('Not tried: This capture does not exist'));
	});

	it('keeps edits that were not saved until they are discarded', async () => {
		const first = await showEditor({ kind: 'edit', id: 'ours' });
		await write('id = "ours" # half done');
		expect(await screen.findByText('Not saved')).toBeTruthy();
		await press('recipe-close');
		expect(router.screen).toEqual({ name: 'providers', id: 'ours' });
		first.unmount();

		const second = await showEditor({ kind: 'edit', id: 'ours' });
		expect((await editor()).state.doc.toString()).toBe('id = "ours" # half done');
		expect(screen.getByTestId('recipe-resumed')).toBeTruthy();
		await press('recipe-discard');
		await press('recipe-discard-confirm');
		expect((await editor()).state.doc.toString()).toBe('id = "ours"\nname = "ours"\n');
		second.unmount();
		await showEditor({ kind: 'edit', id: 'ours' });
		expect((await editor()).state.doc.toString()).toBe('id = "ours"\nname = "ours"\n');
		expect(screen.queryByTestId('recipe-resumed')).toBeNull();
	});

	it('says why it was not saved, and keeps what was typed', async () => {
		await showEditor({ kind: 'copy', id: 'github' });
		expect((await editor()).state.doc.toString()).toContain('github-mine');
		backend.saveProvider = () => Promise.reject(commandError('store_unavailable', 'The disk is full.'));
		await press('recipe-save');
		expect((await screen.findByTestId('recipe-failure')).textContent).toContain('The disk is full.');
		expect((await editor()).state.doc.toString()).toContain('github-mine');
	});

	it('explains the language beside the recipe', async () => {
		await showEditor({ kind: 'new' });
		await userEvent.click(await screen.findByTestId('recipe-guide'));
		await waitFor(() => expect(screen.getByTestId('recipe-guide-sheet').textContent).toContain('Each file here is one provider.'));
	});

	it('saves with the keyboard', async () => {
		await showEditor({ kind: 'copy', id: 'github' });
		await editor();
		keymap.press(new KeyboardEvent('keydown', { key: 's', code: 'KeyS', ctrlKey: true }), 0);
		await waitFor(() => expect(backend.recipes.has('github-mine')).toBe(true));
	});

	it('mends a broken file and deletes one', async () => {
		backend.broken = [{ problem: { file: 'torn.toml', line: 1, field: '', problem: 'x' }, recipe_text: 'nonsense' }];
		const first = await showEditor({ kind: 'mend', file: 'torn.toml' });
		expect((await editor()).state.doc.toString()).toBe('nonsense');
		await press('recipe-delete');
		await press('recipe-delete-confirm');
		await waitFor(() => expect(backend.broken).toHaveLength(0));
		first.unmount();
		await showEditor({ kind: 'mend', file: 'torn.toml' });
		expect(await screen.findByText(/torn.toml is in order by now or gone/)).toBeTruthy();
	});
});

describe('a trial', () => {
	it('drops answers to older texts', async () => {
		const answers: ((trial: Trial) => void)[] = [];
		const empty: Trial = {
			problem: null,
			provider: null,
			facts: [],
			verdict: null,
			event_type: null,
			event_id: null,
			received: [],
			signed_parts: [],
		};
		const trial = new RecipeTrial({ tryProvider: () => new Promise((resolve) => answers.push(resolve)) });
		const input = { recipe_text: '1', replaces: null, capture: null, secret: null };
		trial.request(input);
		await waitFor(() => expect(answers).toHaveLength(1));
		trial.request({ ...input, recipe_text: '2' });
		await waitFor(() => expect(answers).toHaveLength(2));
		answers[1]?.({ ...empty, event_type: 'second' });
		answers[0]?.({ ...empty, event_type: 'first' });
		await waitFor(() => expect(trial.stale).toBe(false));
		expect(trial.state).toMatchObject({ kind: 'ready', trial: { event_type: 'second' } });
	});
});
