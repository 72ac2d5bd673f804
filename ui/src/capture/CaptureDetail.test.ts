import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CaptureDetail as Detail, HandshakeView, SignatureView } from '../bindings';
import { commandError, endpointView, MemoryBackend, vaultState } from '../backend/memory';
import { Keymap } from '../keys/keymap';
import { contextMap } from '../state/context';
import { Inbox } from '../state/inbox.svelte';
import { Router } from '../state/router.svelte';
import { Session } from '../state/session.svelte';
import { ToastQueue } from '../state/toasts.svelte';
import CaptureDetail from './CaptureDetail.svelte';

const HOSTILE = '<img src=x onerror=alert(1)>';
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

let backend: MemoryBackend;
let router: Router;
let toasts: ToastQueue;

beforeEach(() => {
	backend = new MemoryBackend();
	router = new Router();
	toasts = new ToastQueue();
});

async function show(captureId: string | null) {
	const session = await Session.open(backend);
	await session.start();
	const context = contextMap({ backend, session, router, toasts, inbox: new Inbox(backend, 0), keymap: new Keymap(false) });
	return render(CaptureDetail, { props: { captureId }, context });
}

function receive(body: string | Uint8Array, contentType: string, detail: Partial<Detail> = {}): string {
	const bytes = typeof body === 'string' ? bytesOf(body) : body;
	return backend.receive({ content_type: contentType, body_bytes: bytes.length }, { body: bytes, detail }).id;
}

const open = async (name: string): Promise<void> => userEvent.click(await screen.findByTestId(`tab-${name}`));

describe('the detail of a capture', () => {
	it('says what to do when nothing is selected', async () => {
		await show(null);
		expect(screen.getByTestId('detail').textContent).toContain('No capture selected');
	});

	it('says how long before the request the event happened, when the sender says so', async () => {
		const id = receive('{}', 'application/json');
		const { received_at } = (await backend.getCapture(id)).row;
		const { unmount } = await show(receive('{}', 'application/json', { event_at: received_at - 125_000 }));
		expect((await screen.findByTestId('event-at')).textContent).toMatch(/^event 2.min earlier$/);
		unmount();
		// A clock that is ahead says nothing worth a place.
		await show(receive('{}', 'application/json', { event_at: received_at + 125_000 }));
		expect(await screen.findByTestId('resend')).toBeTruthy();
		expect(screen.queryByTestId('event-at')).toBeNull();
	});

	it('says that a capture is gone, and offers to try again when it cannot be read', async () => {
		const { unmount } = await show('nowhere');
		expect(await screen.findByText(/does not exist any more/)).toBeTruthy();
		unmount();
		const id = receive('{}', 'application/json');
		const get = backend.getCapture.bind(backend);
		backend.getCapture = () => Promise.reject(commandError('store_unavailable', 'The disk is away.'));
		await show(id);
		expect(await screen.findByText('The disk is away.')).toBeTruthy();
		backend.getCapture = get;
		await userEvent.click(screen.getByText('Try again'));
		expect(await screen.findByTestId('resend')).toBeTruthy();
	});

	it('shows hostile text as text, everywhere', async () => {
		const row = backend.receive(
			{ event_type: HOSTILE, event_id: HOSTILE, target: `/${HOSTILE}`, badge: HOSTILE },
			{
				body: bytesOf(JSON.stringify({ [HOSTILE]: HOSTILE })),
				head: bytesOf(`POST /${HOSTILE} HTTP/1.1\r\n\r\n`),
				detail: { headers: [{ name: 'X-Evil', value: HOSTILE, lossy: false }] },
			},
		);
		const { container } = await show(row.id);
		await screen.findByRole('tree');
		for (const tab of ['headers', 'signature', 'deliveries', 'raw', 'body']) {
			await open(tab);
			await waitFor(() => expect(container.textContent).toContain(HOSTILE));
			expect(container.querySelector('img')).toBeNull();
		}
	});

	it('copies cURL, exports and goes to the composer', async () => {
		const id = receive('{}', 'application/json');
		await show(id);
		await userEvent.click(await screen.findByTestId('copy-curl'));
		expect(backend.clipboard).toContain('curl');
		expect(toasts.items.at(-1)?.text).toBe('cURL copied');
		await userEvent.click(screen.getByTestId('export'));
		expect(backend.exported).toEqual([id]);
		await userEvent.click(screen.getByTestId('edit-resend'));
		expect(router.screen).toEqual({ name: 'composer', captureId: id });
	});

	it('never shows the body of a capture that is no longer selected', async () => {
		const slow = receive('{"which":"first"}', 'application/json');
		const fast = receive('{"which":"second"}', 'application/json');
		let release = (): void => undefined;
		const body = backend.captureBody.bind(backend);
		backend.captureBody = async (id) => {
			if (id === slow) await new Promise<void>((resolve) => (release = resolve));
			return body(id);
		};
		const { rerender } = await show(slow);
		await screen.findByTestId('resend');
		await rerender({ captureId: fast });
		expect(await screen.findByText('"second"')).toBeTruthy();
		release();
		await new Promise((resolve) => setTimeout(resolve));
		expect(screen.queryByText('"first"')).toBeNull();
	});
});

describe('resending', () => {
	it('asks for a target once, keeps it, and shows the attempts', async () => {
		const id = receive('{}', 'application/json');
		await show(id);
		await userEvent.click(await screen.findByTestId('resend'));
		const field = await screen.findByTestId('resend-target');
		await userEvent.clear(field);
		await userEvent.type(field, 'localhost:3000');
		await userEvent.click(screen.getByTestId('resend-send'));
		expect(screen.getByText(/Only http and https/)).toBeTruthy();
		await userEvent.clear(field);
		await userEvent.type(field, 'http://localhost:3000/hooks');
		await userEvent.click(screen.getByTestId('resend-send'));
		expect(await screen.findByTestId('attempt-row')).toBeTruthy();
		expect(screen.getByTestId('tab-deliveries').getAttribute('aria-selected')).toBe('true');
		await waitFor(() => expect(backend.endpoints[0]?.target_url).toBe('http://localhost:3000/hooks'));
	});

	it('sends at once to a known target on this computer, and updates in place', async () => {
		backend.endpoints = [endpointView({ id: 'default', slug: 'default', target_url: 'http://localhost:3000/' })];
		const id = receive('{}', 'application/json');
		await show(id);
		await userEvent.click(await screen.findByTestId('resend'));
		const row = await screen.findByTestId('attempt-row');
		expect(row.dataset['result']).toBe('sending');
		const [delivery] = backend.deliveries;
		if (!delivery) throw new Error('nothing was sent');
		backend.deliveries = [
			{
				...delivery,
				state: 'failed',
				attempts: delivery.attempts.map((attempt) => ({
					...attempt,
					total_us: 12_000,
					status: 503,
					response_head: 'HTTP/1.1 503 Service Unavailable\r\nX-A: 1\r\n\r\n',
					response_text: HOSTILE,
				})),
			},
		];
		backend.notify({ kind: 'delivery', id: delivery.id, parent: id });
		await waitFor(() => expect(screen.getByTestId('attempt-row').dataset['result']).toBe('503'));
		expect(screen.getByTestId('attempt-row').textContent).toContain('Service Unavailable');
		expect(screen.getByLabelText('Response body').textContent).toContain(HOSTILE);
	});

	it('does not lose what is being typed when news arrives', async () => {
		const id = receive('{}', 'application/json');
		await show(id);
		await userEvent.click(await screen.findByTestId('resend'));
		const field = await screen.findByTestId<HTMLInputElement>('resend-target');
		await userEvent.clear(field);
		await userEvent.type(field, 'http://localhost:9');
		await backend.resendCapture(id, 'http://localhost:1/');
		await waitFor(() => expect(screen.getByTestId('tab-deliveries').textContent).toContain('1'));
		expect(screen.getByTestId<HTMLInputElement>('resend-target').value).toBe('http://localhost:9');
		await userEvent.keyboard('{Escape}');
		expect(screen.queryByTestId('resend-target')).toBeNull();
		expect(document.activeElement).toBe(screen.getByTestId('resend'));
	});

	it('names a remote target before anything is sent to it', async () => {
		backend.endpoints = [endpointView({ id: 'default', slug: 'default', target_url: 'https://hooks.example.com/' })];
		const id = receive('{}', 'application/json');
		await show(id);
		await userEvent.click(await screen.findByTestId('resend'));
		expect(await screen.findByText('This goes to hooks.example.com, not this computer.')).toBeTruthy();
		expect(backend.deliveries).toHaveLength(0);
		await userEvent.click(screen.getByTestId('resend-send'));
		expect(await screen.findByTestId('attempt-row')).toBeTruthy();
		// Agreed once, sent at once from then on.
		await userEvent.click(screen.getByTestId('resend'));
		await waitFor(() => expect(backend.deliveries).toHaveLength(2));
	});
});

describe('the body', () => {
	it('is a tree whose nodes fold by key and pointer', async () => {
		await show(receive('{"id":12345678901234567890,"lines":[1,2]}', 'application/json'));
		const tree = await screen.findByRole('tree');
		expect(tree.textContent).toContain('12345678901234567890');
		expect(within(tree).getAllByRole('treeitem')).toHaveLength(7);
		tree.focus();
		await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}{ArrowLeft}');
		expect(within(tree).getAllByRole('treeitem')).toHaveLength(4);
		expect(tree.textContent).toContain('"lines": [ 2 items ]');
		await userEvent.keyboard('{ArrowRight}');
		expect(within(tree).getAllByRole('treeitem')).toHaveLength(7);
	});

	it('falls back to the source when it is not JSON, and copies exactly', async () => {
		const text = '{\n  "a": ,\n}';
		await show(receive(text, 'application/json'));
		expect(await screen.findByText('Not JSON: unexpected , at line 2, column 8')).toBeTruthy();
		expect(screen.queryByRole('tree')).toBeNull();
		await userEvent.click(screen.getByText('Go to it'));
		await userEvent.click(screen.getByTestId('copy-body'));
		expect(backend.clipboard).toBe(text);
	});

	it('is hex when it is binary, and a table when it is a form', async () => {
		const { rerender } = await show(receive(Uint8Array.from([0, 1, 0x41]), 'application/octet-stream'));
		expect((await screen.findByLabelText('Body, Hex')).textContent).toContain('00 01 41');
		await rerender({ captureId: receive('a=1&a=%F0%9F%98%80', 'application/x-www-form-urlencoded') });
		const table = await screen.findByRole('table', { name: 'Form fields' });
		expect(within(table).getAllByRole('rowheader').map((cell) => cell.textContent)).toEqual(['a', 'a']);
		expect(table.textContent).toContain('😀');
	});

	it('may be missing', async () => {
		await show(receive('', 'application/json', { headers: [{ name: 'Content-Length', value: '0', lossy: false }] }));
		expect(await screen.findByText('No body')).toBeTruthy();
		expect(screen.getByTestId('detail').textContent).toContain('Content-Length: 0');
	});

	it('draws only the rows near the view', async () => {
		const { container } = await show(receive(JSON.stringify(Array.from({ length: 5000 }, (_, index) => index)), 'application/json'));
		await screen.findByRole('tree');
		expect(container.querySelectorAll('[role=treeitem]').length).toBeLessThan(120);
	});

	it('makes characters visible that would reorder or hide text', async () => {
		await show(receive('{"a":"\u202Egnp.exe"}', 'application/json'));
		expect((await screen.findByRole('tree')).textContent).toContain('RLO');
		expect(screen.getByRole('tree').textContent).not.toContain('\u202E');
	});
});

describe('the signature', () => {
	const SIGNATURE: SignatureView = {
		sentence: 'No secret of this endpoint makes this signature.',
		reason_code: 'no_match',
		scheme: 'Stripe v1 · HMAC-SHA256 · hex',
		provider: 'stripe',
		provider_name: 'Stripe',
		received: [{ label: 'v1', value: '9038' }],
		signed_parts: [
			{ name: 'timestamp', text: '1795444327', bytes: 10 },
			{ name: 'separator', text: '.', bytes: 1 },
			{ name: 'body', text: '{"a":1}', bytes: 7 },
		],
		matched_secret: null,
	};

	it('says what was measured and shows the bytes that were hashed', async () => {
		const row = backend.receive(
			{ verdict: 'valid', badge: 'Valid', body_bytes: 7 },
			{ body: bytesOf('{"a":1}'), detail: { signature: { ...SIGNATURE, sentence: 'The signature holds.' } } },
		);
		await show(row.id);
		await open('signature');
		expect(screen.getByText('The signature holds.')).toBeTruthy();
		expect(screen.getByText('9038')).toBeTruthy();
		expect(screen.getByRole('group', { name: 'Signed bytes, text' }).textContent).toBe('1795444327.{"a":1}');
		await userEvent.click(screen.getByRole('radio', { name: 'Hex' }));
		expect(screen.getByLabelText('Signed bytes, hex').textContent).toContain('31 37 39 35');
		await userEvent.click(within(screen.getByRole('region', { name: 'Signed bytes' })).getByText('Copy'));
		expect(backend.clipboard).toBe('1795444327.{"a":1}');
	});

	const HANDSHAKE: HandshakeView = {
		name: 'Verification request',
		answered: true,
		signed: false,
		every_delivery: false,
		offered_secret: null,
		address: null,
		note: null,
	};

	it('says that a handshake was answered, and that nobody signs it', async () => {
		const row = backend.receive(
			{ verdict: 'unsigned', badge: 'No signature' },
			{ detail: { signature: { ...SIGNATURE, provider_name: 'Meta' }, handshake: { ...HANDSHAKE, note: `Any is accepted. ${HOSTILE}` } } },
		);
		const { container } = await show(row.id);
		await open('signature');
		const shown = screen.getByTestId('handshake').textContent;
		expect(shown).toContain('Handshake: Verification request, answered 200');
		expect(shown).toContain('Meta does not sign this request');
		expect(shown).toContain(HOSTILE);
		expect(container.querySelector('img')).toBeNull();
		expect(container.querySelector('.tone-warn, .tone-bad')).toBeNull();
		expect(screen.queryByTestId('use-offered-secret')).toBeNull();
	});

	it('does not call the answer to every delivery a handshake, nor a missing signature right', async () => {
		const handshake: HandshakeView = { ...HANDSHAKE, name: 'Required answer', every_delivery: true };
		await show(backend.receive({ verdict: 'unsigned' }, { detail: { handshake } }).id);
		await open('signature');
		const shown = screen.getByTestId('handshake').textContent;
		expect(shown).toContain('Required answer, answered 200');
		expect(shown).not.toMatch(/Handshake|does not sign/);
	});

	it('opens the vault before it takes a secret', async () => {
		backend.passphrase = 'correct horse';
		backend.state.vault = vaultState({ place: 'passphrase', condition: 'locked', sealed: 1 });
		const row = backend.receive({}, { detail: { handshake: { ...HANDSHAKE, offered_secret: 'new' } } });
		await show(row.id);
		await open('signature');
		await userEvent.click(screen.getByTestId('use-offered-secret'));
		expect(backend.endpoints[0]?.secrets).toHaveLength(0);
		await userEvent.type(screen.getByTestId('unlock-passphrase'), 'correct horse{Enter}');
		await waitFor(() => expect(backend.endpoints[0]?.secrets).toHaveLength(1));
	});

	it('shows a refusal as an answer, and not as a success', async () => {
		const note = 'The query parameter hub.verify_token is not the verify token entered here.';
		const row = backend.receive({ answer_status: 403 }, { detail: { handshake: { ...HANDSHAKE, note } } });
		const { container } = await show(row.id);
		await open('signature');
		expect(screen.getByTestId('handshake').textContent).toContain('Verification request, answered 403');
		expect(container.querySelector('.tone-ok')).toBeNull();
	});

	it('offers the secret that a handshake brings, once', async () => {
		const handshake: HandshakeView = { ...HANDSHAKE, name: 'Handshake', offered_secret: 'new' };
		const row = backend.receive({}, { detail: { handshake } });
		await show(row.id);
		await open('signature');
		await userEvent.click(screen.getByTestId('use-offered-secret'));
		await waitFor(() => expect(screen.queryByTestId('use-offered-secret')).toBeNull());
		expect(screen.getByTestId('handshake').textContent).toContain('The secret it brings is one of the endpoint’s.');
		expect(backend.endpoints[0]?.secrets).toHaveLength(1);
		expect(toasts.items.at(-1)?.text).toBe('Secret added');
	});

	it('says why a handshake was not answered, and shows the address to open', async () => {
		const address = 'https://sns.eu-west-1.amazonaws.com/?Token=1';
		const note = 'The right answer depends on the signature.';
		const handshake: HandshakeView = { ...HANDSHAKE, name: 'Ping', answered: false, signed: true, note, address };
		await show(backend.receive({}, { detail: { handshake } }).id);
		await open('signature');
		const shown = screen.getByTestId('handshake');
		expect(shown.textContent).toContain('Handshake: Ping, not answered');
		expect(shown.textContent).toContain(note);
		expect(shown.querySelector('a')).toBeNull();
		await userEvent.click(screen.getByTestId('copy-handshake-address'));
		expect(backend.clipboard).toBe(address);
	});

	it('leads to the endpoint when nothing was checked', async () => {
		await show(receive('{}', 'application/json'));
		await open('signature');
		await userEvent.click(screen.getByTestId('open-endpoint'));
		expect(router.screen).toEqual({ name: 'endpoint', id: 'default' });
	});
});

describe('headers and raw', () => {
	it('keep order, case and duplicates, and mark what is not UTF-8', async () => {
		const headers = [
			{ name: 'X-b', value: '1', lossy: false },
			{ name: 'x-A', value: 'caf\uFFFD', lossy: true },
			{ name: 'X-b', value: '2', lossy: false },
		];
		await show(receive('{}', 'application/json', { headers }));
		await open('headers');
		const names = screen.getAllByRole('rowheader').map((cell) => cell.textContent);
		expect(names).toEqual(['X-b', 'x-A', 'X-b']);
		expect(screen.getByText('not UTF-8')).toBeTruthy();
		await userEvent.click(screen.getAllByLabelText('Copy value of X-b')[1] as HTMLElement);
		expect(backend.clipboard).toBe('2');
	});

	it('show the request as it came, line ends on demand', async () => {
		const row = backend.receive(
			{ body_bytes: 4 },
			{ body: bytesOf('a\r\nb'), head: bytesOf('POST /x HTTP/1.1\r\nHost: h\r\n\r\n') },
		);
		await show(row.id);
		await open('raw');
		const raw = await screen.findByLabelText('Request as received');
		expect(raw.textContent).toContain('POST /x HTTP/1.1');
		expect(raw.textContent).not.toContain('CR');
		await userEvent.click(screen.getByText('Show invisible characters'));
		expect(screen.getByLabelText('Request as received').textContent).toContain('CRLF');
	});
});
