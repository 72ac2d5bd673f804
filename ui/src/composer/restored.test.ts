import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DraftInput, DraftView } from '../bindings';
import { endpointView, MemoryBackend } from '../backend/memory';
import { Keymap } from '../keys/keymap';
import { contextMap } from '../state/context';
import { Inbox } from '../state/inbox.svelte';
import { Router } from '../state/router.svelte';
import { Session } from '../state/session.svelte';
import { ToastQueue } from '../state/toasts.svelte';
import Composer from './Composer.svelte';
import { restoredEdit } from './restored';

let backend: MemoryBackend;
let router: Router;
let sent: DraftInput[];
let count = 0;

beforeEach(() => {
	backend = new MemoryBackend();
	router = new Router();
	sent = [];
	const send = backend.sendDraft.bind(backend);
	backend.sendDraft = (draft) => {
		sent.push(draft);
		return send(draft);
	};
});

/** Every test has its own capture: edits of a draft stay while the window is open. */
async function compose(restored: 'open' | 'send', target_url: string | null = 'http://localhost:3000/hook') {
	count += 1;
	const { id } = backend.receive({ id: `restored-${count}` }, { body: new TextEncoder().encode('{"as":"it arrived"}') });
	backend.endpoints = [endpointView({ id: 'default', slug: 'default', target_url })];
	const open = backend.openDraft.bind(backend);
	backend.openDraft = async (capture) => ({ ...(await open(capture)), target_url: target_url ?? 'http://localhost:3000/' });
	const session = await Session.open(backend);
	await session.start();
	router.go({ name: 'composer', captureId: id, restored });
	const context = contextMap({ backend, session, router, toasts: new ToastQueue(), inbox: new Inbox(backend, 0), keymap: new Keymap(false) });
	const result = render(Composer, { props: { captureId: id, restored }, context });
	return { ...result, id, context };
}

describe('a draft with its body restored', () => {
	it('opens as an edit of the capture, which can be discarded', async () => {
		const { id } = await compose('open');
		expect(await screen.findByText('1 edit')).toBeTruthy();
		await waitFor(() => expect(document.querySelector('.cm-content')?.textContent).toContain('{"restored":true}'));
		expect(sent).toEqual([]);
		expect(router.screen).toEqual({ name: 'composer', captureId: id });
		await userEvent.click(screen.getByTestId('composer-send'));
		await waitFor(() => expect(sent.map((draft) => draft.body_text)).toEqual(['{"restored":true}']));
		await userEvent.click(screen.getByTestId('discard-edits'));
		await waitFor(() => expect(document.querySelector('.cm-content')?.textContent).toContain('it arrived'));
		await userEvent.click(screen.getByTestId('composer-send'));
		await waitFor(() => expect(sent.at(-1)?.body_text).toBeNull());
	});

	it('is sent at once where the endpoint has a target here, and once only', async () => {
		const { unmount, id, context } = await compose('send');
		await waitFor(() => expect(sent).toMatchObject([{ parent: id, body_text: '{"restored":true}', target_url: 'http://localhost:3000/hook' }]));
		unmount();
		const again = router.screen;
		expect(again).toEqual({ name: 'composer', captureId: id });
		render(Composer, { props: { captureId: id }, context });
		await screen.findByText('1 edit');
		await waitFor(() => expect(document.querySelector('.cm-content')?.textContent).toContain('{"restored":true}'));
		expect(sent).toHaveLength(1);
		expect(backend.doctor.restored).toEqual([id]);
	});

	it('waits for a target, and for a yes to one on another computer', async () => {
		const { unmount } = await compose('send', null);
		await screen.findByText('1 edit');
		expect(sent).toEqual([]);
		unmount();
		await compose('send', 'https://restored.example.com/');
		expect(await screen.findByTestId('composer-confirm')).toBeTruthy();
		expect(sent).toEqual([]);
	});

	it('is not opened when the body is no text', async () => {
		backend.doctor.restoredBody = null;
		await compose('open');
		expect(await screen.findByText(/is not text or is too long for the editor/)).toBeTruthy();
	});
});

describe('what a restored draft begins with', () => {
	const draft: DraftView = {
		parent: 'c',
		title: '',
		method: 'POST',
		target_url: 'http://localhost:3000/',
		headers: [
			{ name: 'Content-Type', value: 'a', lossy: false },
			{ name: 'X-Two', value: '1', lossy: false },
			{ name: 'x-two', value: '2', lossy: false },
		],
		body_bytes: 2,
		body_text: '{}',
		resign: null,
	};

	it('keeps the place of every captured header', () => {
		const headers = [
			{ name: 'content-type', value: 'b', lossy: false },
			{ name: 'X-TWO', value: '1', lossy: false },
			{ name: 'New', value: '3', lossy: false },
		];
		const { edit } = restoredEdit(draft, { ...draft, headers, body_text: '{} ' });
		expect(edit.headers.map((header) => header.key)).toEqual([0, 1, 5]);
		expect(edit.bodyText).toBe('{} ');
	});

	it('always sends the restored text of a body that arrived as no text', () => {
		const { draft: base, edit } = restoredEdit({ ...draft, body_text: null }, draft);
		expect(edit.bodyText).toBe('{}');
		expect(base.body_text).not.toBe(edit.bodyText);
	});
});
