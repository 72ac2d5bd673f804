import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CaptureDetail as Detail } from '../bindings';
import { commandError } from '../backend/examples';
import { MemoryBackend, type MemoryCapture } from '../backend/memory';
import { openWindow, type TestWindow } from '../state/testing';
import CaptureDetail from './CaptureDetail.svelte';
import { MOST_SHOWN_BYTES, SHOWN_BYTES } from './largeBody';
import { momentsOf, momentTime, partOf } from './moments';
import { headLength } from './wire';

const HOSTILE = '<img src=x onerror=alert(1)>';
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

let backend: MemoryBackend;
let opened: TestWindow;

describe('the end of the head', () => {
	it.each([
		['GET / HTTP/1.1\r\nA: b\r\n\r\nbody\n\n', 'GET / HTTP/1.1\r\nA: b\r\n\r\n'],
		['GET / HTTP/1.1\nA: b\n\nbody', 'GET / HTTP/1.1\nA: b\n\n'],
		['GET / HTTP/1.1\r\nA: b\n\r\nbody', 'GET / HTTP/1.1\r\nA: b\n\r\n'],
		['no empty line\r\n', 'no empty line\r\n'],
		['', ''],
	])('is after the empty line of %j', (wire, head) => {
		expect(headLength(bytesOf(wire))).toBe(head.length);
	});
});

describe('the detail', () => {
	beforeEach(() => {
		backend = new MemoryBackend();
	});
	afterEach(() => opened.close());

	async function show(rest: Omit<MemoryCapture, 'row' | 'detail'> & { detail?: Partial<Omit<Detail, 'row'>> } = {}, row = {}) {
		const { id } = backend.receive({ body_bytes: rest.body?.length ?? 0, ...row }, rest);
		opened = await openWindow(backend);
		const view = render(CaptureDetail, { props: { captureId: id }, context: opened.context });
		await screen.findByTestId('resend');
		return view;
	}
	const open = (tab: string): Promise<void> => userEvent.click(screen.getByTestId(`tab-${tab}`));

	it('shows a chunked body as it was framed, and without the framing', async () => {
		await show({
			head: bytesOf('POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n'),
			body: bytesOf('hello'),
			framed: bytesOf('2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nX-Sum: 1\r\n\r\n'),
			detail: { framing: 'chunked', chunked_layout: 'kept', tls: 'TLS 1.3' },
		});
		expect(screen.getByTestId('protocol').textContent).toBe('HTTP/1.1 over TLS 1.3');
		await open('raw');
		const raw = await screen.findByLabelText('Request as received');
		expect(raw.textContent).toContain('2;a=b');
		expect(raw.textContent).toContain('X-Sum: 1');
		expect(screen.getByTestId('raw-meta').textContent).toContain('chunk framing 29\u202fB');
		await userEvent.click(screen.getByTestId('raw-body'));
		await waitFor(() => expect(screen.getByLabelText('Request as received').textContent).toContain('hello'));
		expect(screen.getByLabelText('Request as received').textContent).not.toContain('2;a=b');
		expect(screen.getByTestId('raw-meta').textContent).toContain('chunk framing taken off');
	});

	it('says that the framing was not kept, and offers no switch for what has none', async () => {
		const { unmount } = await show({ body: bytesOf('x'), detail: { framing: 'chunked', chunked_layout: 'not_kept' } });
		await open('raw');
		expect((await screen.findByText(/too large to keep/)).textContent).toContain('chunk framing');
		expect(screen.queryByTestId('raw-wire')).toBeNull();
		unmount();
		opened.close();
		await show({ body: bytesOf('plain body') });
		await open('raw');
		expect((await screen.findByLabelText('Request as received')).textContent).toContain('plain body');
		expect(screen.queryByTestId('raw-wire')).toBeNull();
	});

	it('says when the wire bytes cannot be read, and tries again', async () => {
		const wire = backend.captureWire.bind(backend);
		backend.captureWire = () => Promise.reject(commandError('store_unavailable', 'The disk is away.'));
		await show({ body: bytesOf('abc') });
		await open('raw');
		expect(await screen.findByText('The disk is away.')).toBeTruthy();
		backend.captureWire = wire;
		await userEvent.click(screen.getByText('Try again'));
		expect((await screen.findByLabelText('Request as received')).textContent).toContain('abc');
	});

	it('reads a large body only when it is asked for, and one that is too large not at all', async () => {
		const { unmount } = await show({ body: bytesOf('large indeed') }, { body_bytes: SHOWN_BYTES + 1, content_type: 'text/plain' });
		const read = vi.spyOn(backend, 'captureBody');
		expect(screen.getByTestId('large-body').textContent).toContain('26.2\u202fMB');
		await open('raw');
		expect((await screen.findByLabelText('Request as received')).textContent).not.toContain('large indeed');
		expect(read).not.toHaveBeenCalled();
		await userEvent.click(screen.getByTestId('show-large-body'));
		await waitFor(() => expect(screen.getByLabelText('Request as received').textContent).toContain('large indeed'));
		await open('body');
		expect((await screen.findByLabelText('Body, Source')).textContent).toContain('large indeed');
		unmount();
		opened.close();
		await show({ body: bytesOf('x') }, { body_bytes: MOST_SHOWN_BYTES + 1 });
		expect(screen.queryByTestId('show-large-body')).toBeNull();
		await userEvent.click(screen.getByTestId('copy-raw-command'));
		expect(backend.clipboard).toBe('hookglass captures show capture-2 --raw > request.bin');
	});

	it('shows trailers after the headers', async () => {
		const { container } = await show({ detail: { trailers: [{ name: 'X-Sum', value: HOSTILE, lossy: false }] } });
		await open('headers');
		const trailers = screen.getByRole('table', { name: 'Trailers in the order they came' });
		expect(within(trailers).getByText(HOSTILE)).toBeTruthy();
		expect(container.querySelector('img')).toBeNull();
		expect(screen.getByTestId('tab-headers').textContent).toContain('2');
	});

	it('says what was unusual, what it repeats, and that the answer was lost', async () => {
		const first = backend.receive();
		const { container } = await show(
			{
				detail: {
					flags: [
						{ code: 'bare_lf', title: 'Bare line feed', sentence: `A header line ends in LF alone. ${HOSTILE}` },
						{ code: 'no_host', title: 'No host', sentence: 'HTTP/1.1 wants one.' },
					],
					answer_delivered: false,
				},
			},
			{ duplicate: { kind: 'retry', times: 2, first: first.id, first_seq: first.seq, sentence: 'The sender tried again after 500.' } },
		);
		expect(screen.getByTestId('flags').textContent).toContain('Unusual on the wire: Bare line feed · No host');
		expect(screen.getAllByTestId('flag')[0]?.textContent).toContain(HOSTILE);
		expect(container.querySelector('img')).toBeNull();
		expect(screen.getByTestId('answer-lost').textContent).toContain('The sender was gone');
		expect(screen.getByTestId('marks').textContent).toContain('The sender tried again after 500.');
		await userEvent.click(screen.getByTestId('open-first'));
		await waitFor(() => expect(opened.inbox.selectedId).toBe(first.id));
	});

	it('has no marks where nothing is unusual', async () => {
		await show();
		expect(screen.queryByTestId('marks')).toBeNull();
	});

	it('stars, and follows a star that was set in the list', async () => {
		await show();
		const id = backend.captures[0]?.row.id ?? '';
		await userEvent.click(screen.getByTestId('star'));
		await waitFor(() => expect(screen.getByTestId('star').getAttribute('aria-pressed')).toBe('true'));
		expect(backend.captures[0]?.row.starred).toBe(true);
		await backend.setStar([id], false);
		opened.inbox.starsSet += 1;
		await waitFor(() => expect(screen.getByTestId('star').getAttribute('aria-pressed')).toBe('false'));
	});

	it('tells the moments and the family, and opens a member', async () => {
		const first = backend.receive({ event_id: 'evt_1' });
		await show(
			{
				detail: {
					head_us: 300,
					body_us: 1000,
					committed_us: 2000,
					answered_us: 2500,
					answer_delivered: false,
					tls: 'TLS 1.2',
					family: [
						{ id: first.id, seq: 1, received_at: first.received_at, kind: null },
						{ id: 'capture-2', seq: 2, received_at: first.received_at + 5000, kind: 'conflict' },
					],
				},
			},
			{ event_id: 'evt_1' },
		);
		await open('timeline');
		expect(screen.getByTestId('moment-committed').textContent).toContain('+ 2.0\u202fms');
		expect(screen.getByTestId('moment-answered').textContent).toContain('the sender was gone');
		expect(screen.getByTestId('timeline').textContent).toContain('TLS 1.2');
		const members = screen.getAllByTestId('family-member');
		expect(members.map((member) => member.getAttribute('aria-current'))).toEqual([null, 'true']);
		expect(members[1]?.textContent).toContain('conflict');
		await userEvent.click(members[0] as HTMLElement);
		await waitFor(() => expect(opened.inbox.selectedId).toBe(first.id));
	});

	it('shows what became of each member of the family, and compares with it', async () => {
		const first = backend.receive({ event_id: 'evt_1', answer_status: 503 });
		const family = [
			{ id: first.id, seq: 1, received_at: first.received_at, kind: null },
			{ id: 'capture-2', seq: 2, received_at: first.received_at + 5000, kind: 'retry' as const },
			{ id: 'capture-3', seq: 3, received_at: first.received_at + 305_000, kind: 'retry' as const },
		];
		backend.receive({ event_id: 'evt_1' });
		await show({ detail: { family } }, { event_id: 'evt_1' });
		await backend.resendCapture(first.id, 'http://localhost:3000/hooks');
		await open('timeline');
		const delivery = await screen.findByTestId('family-delivery');
		expect(delivery.textContent).toContain('resent');
		expect(delivery.textContent).toContain(':3000/hooks');
		const members = screen.getAllByTestId('family-member');
		expect(members[0]?.textContent).toContain('503');
		expect(members[2]?.textContent).toContain('5\u202fmin');
		await userEvent.click(screen.getByTestId('compare-first'));
		expect(opened.compare.pair).toEqual({ a: first.id, b: 'capture-3' });
		await userEvent.click(screen.getByTestId('compare-before'));
		expect(opened.compare.pair).toEqual({ a: 'capture-2', b: 'capture-3' });
		await userEvent.click(screen.getAllByTestId('compare-member')[1] as HTMLElement);
		expect(opened.compare.pair).toEqual({ a: 'capture-2', b: 'capture-3' });
	});

	it('says why there is no family', async () => {
		await show();
		await userEvent.keyboard('6');
		expect(screen.getByTestId('no-family').textContent).toContain('Without an event id');
	});
});

describe('the moments', () => {
	const detail = (part: Partial<Detail>): Detail =>
		({ row: { answer_status: 200, truncated: false }, head_us: 100, body_us: 200, committed_us: 900, answered_us: 1000, answer_delivered: true, ...part }) as Detail;

	it('are in order and end with the answer', () => {
		const moments = momentsOf(detail({}));
		expect(moments.map(({ id }) => id)).toEqual(['first-byte', 'head', 'body', 'committed', 'answered']);
		expect(moments.map(momentTime)).toEqual(['0', '+ 100\u202fµs', '+ 200\u202fµs', '+ 900\u202fµs', '+ 1.0\u202fms']);
		expect(moments.map((moment) => partOf(moment, moments))).toEqual([0, 0.1, 0.2, 0.9, 1]);
	});

	it('say what is not known and what was lost', () => {
		const unknown = momentsOf(detail({ committed_us: null, answered_us: null, answer_delivered: null }));
		expect(unknown.slice(3).map(({ note }) => note)).toEqual(['not recorded', 'not recorded']);
		expect(unknown.slice(3).map(momentTime)).toEqual(['—', '—']);
		const lost = momentsOf(detail({ answered_us: null, answer_delivered: false })).at(-1);
		expect(lost).toMatchObject({ tone: 'bad', note: 'the sender was gone', label: 'Answer 200 not delivered' });
	});
});
