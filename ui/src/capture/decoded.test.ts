import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { readDecodedBody } from '../backend/decodedBody';
import { charsetView, decodedView } from '../backend/examples';
import { commandError, MemoryBackend, type MemoryCapture } from '../backend/memory';
import type { DecodedNote, DecodedView } from '../bindings';
import { Keymap } from '../keys/keymap';
import { contextMap } from '../state/context';
import { Inbox } from '../state/inbox.svelte';
import { Router } from '../state/router.svelte';
import { Session } from '../state/session.svelte';
import { ToastQueue } from '../state/toasts.svelte';
import CaptureDetail from './CaptureDetail.svelte';
import { decodedLine } from './coding';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
/** The beginning of any gzip data; what it holds, the memory back end is told. */
const PACKED = Uint8Array.from([0x1f, 0x8b, 8, 0]);

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

function receive(decoded: string | Uint8Array, view: Partial<DecodedView> = {}, detail: MemoryCapture['detail'] = {}): string {
	const bytes = typeof decoded === 'string' ? bytesOf(decoded) : decoded;
	return backend.receive(
		{ content_type: 'application/json', body_bytes: PACKED.length },
		{ body: PACKED, decoded: { bytes, view }, detail: { codings: ['gzip'], ...detail } },
	).id;
}

const note = (kind: DecodedNote['kind'], title: string, sentence: string): DecodedNote => ({ kind, title, sentence });
const line = async (): Promise<string> => (await screen.findByTestId('coding-line')).textContent;

describe('a body with a content-encoding', () => {
	it('is shown decoded, and as received on request', async () => {
		await show(receive('{"hello":"world"}'));
		expect((await screen.findByRole('tree')).textContent).toContain('"world"');
		expect(await line()).toBe('Decoded from gzip · 4\u202fB → 17\u202fB');
		await userEvent.click(screen.getByTestId('copy-body'));
		expect(backend.clipboard).toBe('{"hello":"world"}');
		expect(toasts.items.at(-1)?.text).toBe('Decoded body copied');

		await userEvent.click(screen.getByTestId('body-received'));
		expect((await screen.findByLabelText('Body, Hex')).textContent).toContain('1F 8B 08 00'.toLowerCase());
		expect(await line()).toBe('As received, in gzip · 4\u202fB');
		await userEvent.click(screen.getByTestId('body-decoded'));
		expect((await screen.findByRole('tree')).textContent).toContain('"world"');
	});

	it('keeps what was chosen for the next capture', async () => {
		const { rerender } = await show(receive('{"first":1}'));
		await screen.findByRole('tree');
		await userEvent.click(screen.getByTestId('body-received'));
		await screen.findByLabelText('Body, Hex');
		let decodings = 0;
		const decode = backend.captureDecoded.bind(backend);
		backend.captureDecoded = (id) => {
			decodings += 1;
			return decode(id);
		};
		await rerender({ captureId: receive('{"second":2}') });
		expect(await screen.findByLabelText('Body, Hex')).toBeTruthy();
		expect(decodings).toBe(0);
	});

	it('says where it was cut and leads to the limit', async () => {
		const sentence = 'There is more than the limit on the size of a decoded view allows.';
		await show(receive('{"a":', { notes: [note('size_limit', 'Cut at 25 MiB', sentence)] }));
		const callout = await screen.findByTestId('coding-size_limit');
		expect(callout.textContent).toContain(`Cut at 25 MiB`);
		expect(callout.textContent).toContain(sentence);
		expect(callout.textContent).toContain('“Decoded view size” in Settings, Limits');
		await userEvent.click(screen.getByTestId('coding-setting'));
		expect(router.screen).toEqual({ name: 'settings', section: 'limits-views' });
	});

	it('says at which byte it is broken, and shows what came before', async () => {
		const broken = note('broken', 'The gzip data is broken', 'It cannot be decoded from byte 1234 of the body on. What came before is shown.');
		await show(receive('{"a":1', { notes: [broken] }));
		expect((await screen.findByTestId('coding-broken')).textContent).toContain('from byte 1234 of the body on');
		expect(screen.queryByTestId('coding-setting')).toBeNull();
		expect((await screen.findByLabelText('Body, Source')).textContent).toContain('{"a":1');
		await userEvent.click(screen.getByTestId('body-received'));
		await waitFor(() => expect(screen.queryByTestId('coding-broken')).toBeNull());
	});

	it('is shown as received when nothing could be decoded, which is said', async () => {
		const none = note('broken', 'This is no gzip data', 'Byte 0 of the body does not begin as gzip data does.');
		const { rerender } = await show(receive('', { notes: [none] }));
		expect((await screen.findByTestId('coding-broken')).textContent).toContain('The body is shown as received.');
		expect((await screen.findByLabelText('Body, Hex')).textContent).toContain('1f 8b');
		expect(screen.getByTestId('body-received').getAttribute('aria-checked')).toBe('true');
		// One may look at the nothing, too.
		await userEvent.click(screen.getByTestId('body-decoded'));
		expect(await screen.findByText('Nothing of the body could be decoded.')).toBeTruthy();

		const unknown = note('still_coded', '“compress” is not known', 'The body is shown as received.');
		await rerender({ captureId: receive(PACKED, { undone: [], notes: [unknown] }, { codings: ['compress'] }) });
		expect((await screen.findByTestId('coding-still_coded')).textContent).toContain('“compress” is not known');
		expect(await line()).toBe('Nothing decoded · 4\u202fB');
	});

	it('is read in the charset of what came out', async () => {
		const latin = Uint8Array.from([0x63, 0x61, 0x66, 0xe9]);
		const { rerender } = await show(receive(latin, { charset: charsetView({ name: 'windows-1252', source: 'content_type' }) }));
		expect((await screen.findByLabelText('Body, Source')).textContent).toContain('café');
		expect(screen.getByTestId('detail').textContent).toContain('WINDOWS-1252');
		await rerender({ captureId: receive('text', { charset: charsetView({ unknown: 'klingon' }) }) });
		expect((await screen.findByTestId('unknown-charset')).textContent).toBe(
			'The charset “klingon” is not known, so the text is read as UTF-8.',
		);
	});

	it('stays as received in the other tabs, which say so', async () => {
		await show(receive('{"hello":"world"}'));
		await screen.findByRole('tree');
		await userEvent.click(screen.getByTestId('tab-signature'));
		expect(screen.getByTestId('signed-as-received').textContent).toContain('came in gzip. Signatures are over the bytes as received');
		await userEvent.click(screen.getByTestId('tab-raw'));
		await waitFor(() => expect(screen.getByTestId('raw-meta').textContent).toContain('body 4\u202fB · in gzip, as signed'));
		expect(screen.getByLabelText('Request as received').textContent).not.toContain('world');
	});

	it('ends a decoding that nobody waits for any more, before another begins', async () => {
		const slow = receive('{"which":"first"}');
		const next = receive('{"which":"second"}');
		const order: string[] = [];
		let release = (): void => undefined;
		const decode = backend.captureDecoded.bind(backend);
		const stop = backend.stopDecoding.bind(backend);
		backend.captureDecoded = async (id) => {
			order.push(id);
			if (id === slow) {
				await new Promise<void>((resolve) => (release = resolve));
				throw commandError('cancelled', 'Decoding the body was ended.');
			}
			return decode(id);
		};
		backend.stopDecoding = async () => {
			order.push('stop');
			release();
			return stop();
		};
		const { rerender } = await show(slow);
		await waitFor(() => expect(order).toEqual([slow]));
		await rerender({ captureId: next });
		expect(await screen.findByText('"second"')).toBeTruthy();
		expect(order).toEqual([slow, 'stop', next]);
		expect(screen.queryByText(/was ended/)).toBeNull();
	});

	it('says why it could not be decoded, and tries again', async () => {
		const decode = backend.captureDecoded.bind(backend);
		backend.captureDecoded = () => Promise.reject(commandError('store_unavailable', 'The disk is away.'));
		await show(receive('{"a":1}'));
		expect(await screen.findByText('The disk is away.')).toBeTruthy();
		backend.captureDecoded = decode;
		await userEvent.click(screen.getByText('Try again'));
		expect(await screen.findByRole('tree')).toBeTruthy();
	});
});

it('a body without one has neither the switch nor the line', async () => {
	await show(backend.receive({ body_bytes: 2 }, { body: bytesOf('{}') }).id);
	await screen.findByRole('tree');
	expect(screen.queryByTestId('coding-line')).toBeNull();
	expect(screen.queryByTestId('body-decoded')).toBeNull();
});

it('names every coding that was undone', () => {
	const view = decodedView({ undone: ['br', 'gzip'], body_bytes: 1200, decoded_bytes: 5300 });
	expect(decodedLine(view)).toBe('Decoded from br, then gzip · 1.2\u202fKB → 5.3\u202fKB');
});

it('takes apart what the program sends in one', () => {
	const json = bytesOf(JSON.stringify(decodedView({ decoded_bytes: 4 })));
	const sent = new Uint8Array([...bytesOf('body'), ...json, json.length, json.length >> 8, 0, 0]);
	const { bytes, view } = readDecodedBody(sent.buffer);
	expect(new TextDecoder().decode(bytes)).toBe('body');
	expect(view.decoded_bytes).toBe(4);
});
