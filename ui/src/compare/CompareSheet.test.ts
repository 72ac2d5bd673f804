import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CaptureDetail } from '../bindings';
import { commandError } from '../backend/examples';
import { MemoryBackend } from '../backend/memory';
import { openWindow, type TestWindow } from '../state/testing';
import CompareSheet from './CompareSheet.svelte';
import { MOST_COMPARED_BYTES } from './compareLoad.svelte';

const HOSTILE = '<img src=x onerror=alert(1)>';
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

let backend: MemoryBackend;
let opened: TestWindow;

beforeEach(() => {
	backend = new MemoryBackend();
	vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(720);
});
afterEach(() => {
	opened.close();
	vi.restoreAllMocks();
});

function receive(body: string | Uint8Array, detail: Partial<CaptureDetail> = {}, row = {}): string {
	const bytes = typeof body === 'string' ? bytesOf(body) : body;
	return backend.receive({ body_bytes: bytes.length, ...row }, { body: bytes, detail, head: bytesOf('POST / HTTP/1.1\r\n\r\n') }).id;
}

async function compare(a: string, b: string) {
	opened = await openWindow(backend);
	const view = render(CompareSheet, { context: opened.context });
	opened.compare.compare(a, b);
	await screen.findByTestId('compare-summary');
	return view;
}

describe('comparing two captures', () => {
	it('says what is the same and what is not', async () => {
		await compare(receive('{"a":1}', {}, { badge: 'Valid' }), receive('{"a":2}', {}, { badge: 'Too old', target: '/other' }));
		const fact = (id: string): string => screen.getByTestId(`fact-${id}`).textContent ?? '';
		expect(fact('method')).toContain('same');
		expect(fact('target')).toMatch(/different.*\/hello.*\/other/);
		expect(fact('verdict')).toMatch(/different.*Valid.*Too old/);
		expect(fact('body')).toContain('other bytes of the same length');
	});

	it('compares JSON by path and goes through the differences by key', async () => {
		await compare(receive('{"id":"evt_1","n":1.0,"x":{"y":"old value"}}'), receive('{"id":"evt_2","n":1,"x":{"y":"new value"}}'));
		const diff = await screen.findByTestId('json-diff');
		expect(diff.textContent).toContain('same value, written differently');
		expect(screen.getByTestId('difference-place').textContent).toBe('3 differences');
		await userEvent.keyboard('n');
		expect(screen.getByTestId('difference-place').textContent).toBe('1 of 3');
		await userEvent.keyboard('{F7}{F7}');
		expect(screen.getByTestId('difference-place').textContent).toBe('3 of 3');
		const looked = screen.getByTestId('looked-at');
		expect(looked.textContent).toContain('x.y');
		expect([...looked.querySelectorAll('del')].map((mark) => mark.textContent)).toEqual(['old']);
		expect([...looked.querySelectorAll('ins')].map((mark) => mark.textContent)).toEqual(['new']);
		await userEvent.keyboard('{Shift>}{F7}{/Shift}p');
		expect(screen.getByTestId('difference-place').textContent).toBe('1 of 3');
	});

	it('counts ignored differences and shows them when asked', async () => {
		await compare(receive('{"id":"evt_1","a":1}'), receive('{"id":"evt_2","a":2}'));
		await screen.findByTestId('json-diff');
		await userEvent.click(screen.getByTestId('ignore-open'));
		await userEvent.click(screen.getByTestId('ignore-ids'));
		await waitFor(() => expect(screen.getByTestId('difference-place').textContent).toBe('1 difference'));
		expect(screen.getByText('1 ignored')).toBeTruthy();
		expect(screen.getByTestId('json-diff').textContent).not.toContain('evt_1');
		await userEvent.type(screen.getByTestId('ignore-path'), 'a{Enter}');
		expect((await screen.findByTestId('json-ignored')).textContent).toContain('All 2 differences are ignored.');
		await userEvent.type(screen.getByTestId('ignore-path'), 'a[[{Enter}');
		expect(screen.getByTestId('ignore-panel').textContent).toContain('Nothing is known by');
		await userEvent.click(screen.getByTestId('show-ignored'));
		expect((await screen.findByTestId('json-diff')).textContent).toContain('ignored');
	});

	it('does not take the keys of a text field', async () => {
		await compare(receive('{"a":1}'), receive('{"a":2}'));
		await screen.findByTestId('json-diff');
		await userEvent.click(screen.getByTestId('ignore-open'));
		await userEvent.type(screen.getByTestId('ignore-path'), 'np');
		expect((screen.getByTestId('ignore-path') as HTMLInputElement).value).toBe('np');
		expect(screen.getByTestId('difference-place').textContent).toBe('1 difference');
	});

	it('compares headers with order, letter case and repeated names', async () => {
		const header = (name: string, value: string) => ({ name, value, lossy: false });
		const a = receive('{}', { headers: [header('Host', 'a'), header('X-Sig', 't=1,v1=abc'), header('X-Old', '1')] });
		await compare(a, receive('{}', { headers: [header('X-Sig', 't=2,v1=abc'), header('host', 'a'), header('X-Two', '1'), header('X-Two', '2')] }));
		await userEvent.click(screen.getByTestId('compare-headers'));
		const rows = screen.getAllByTestId('header-row').map((row) => row.textContent ?? '');
		const row = (name: string): string => rows.find((text) => text.includes(name)) ?? '';
		expect(row('X-Sig')).toContain('changed');
		expect(row('host')).toContain('letter case, was Host');
		expect(rows.filter((text) => text.includes('moved from'))).toHaveLength(1);
		expect(row('X-Old')).toContain('removed');
		expect(row('X-Two')).toContain('added');
		expect(row('X-Two')).toContain('2 of this name');
	});

	it('compares text by lines and anything else by bytes', async () => {
		const [a, b] = [receive('one\ntwo\nthree', {}, { content_type: 'text/plain' }), receive('one\n2\nthree', {}, { content_type: 'text/plain' })];
		await compare(a, b);
		const lines = await screen.findByTestId('text-diff');
		expect([...lines.querySelectorAll('.removed, .added')].map((row) => row.textContent?.replace(/\s+/g, ' ').trim())).toEqual([
			'2 − removed two',
			'2 + added 2',
		]);
		await userEvent.click(screen.getByTestId('compare-by-bytes'));
		const bytes = await screen.findByTestId('byte-diff');
		expect(bytes.querySelectorAll('del').length).toBeGreaterThan(0);
		opened.compare.compare(receive(Uint8Array.from([0, 1, 2])), receive(Uint8Array.from([0, 9, 2])));
		await waitFor(() => expect(screen.getByTestId('byte-diff').textContent).toContain('00 09 02'));
	});

	it('compares what is not JSON after all by lines, and says so', async () => {
		await compare(receive('{"a":1'), receive('{"a":2}'));
		await screen.findByTestId('text-diff');
		expect(screen.getByTestId('compare').textContent).toContain('not valid JSON');
	});

	it('compares decoded bodies one after the other, and the raw bytes as sent', async () => {
		const gzip = (body: string, decoded: string) =>
			backend.receive({ body_bytes: body.length }, {
				body: bytesOf(body),
				head: bytesOf('POST / HTTP/1.1\r\n\r\n'),
				detail: { codings: ['gzip'] },
				decoded: { bytes: bytesOf(decoded) },
			}).id;
		await compare(gzip('\u0001x', '{"a":1}'), gzip('\u0001yz', '{"a":2}'));
		await screen.findByTestId('json-diff');
		expect(screen.getByTestId('compare').textContent).toContain('The content-codings were undone first');
		await userEvent.click(screen.getByTestId('compare-raw'));
		expect((await screen.findByTestId('byte-diff')).textContent).toContain('removed');
	});

	it('says that bodies are equal, white space only, or too large', async () => {
		const same = receive('{"a":1}');
		await compare(same, receive('{"a":1}'));
		expect(await screen.findByTestId('body-same')).toBeTruthy();
		opened.compare.compare(same, receive('{ "a": 1 }'));
		expect(await screen.findByTestId('json-same')).toBeTruthy();
		const bodies = vi.spyOn(backend, 'captureBody');
		opened.compare.compare(same, receive('{}', {}, { body_bytes: MOST_COMPARED_BYTES + 1 }));
		expect((await screen.findByTestId('body-refused')).textContent).toContain('are compared up to');
		expect(bodies).not.toHaveBeenCalled();
	});

	it('shows hostile text as text', async () => {
		const body = (value: string): string => JSON.stringify({ [HOSTILE]: value, '\u202e': 1 });
		const headers = [{ name: 'X-Evil', value: HOSTILE, lossy: false }];
		const { container } = await compare(receive(body(HOSTILE), {}, { event_id: HOSTILE }), receive(body('b'), { headers }, { event_id: 'x' }));
		const diff = await screen.findByTestId('json-diff');
		expect(diff.textContent).toContain(HOSTILE);
		await userEvent.click(screen.getByTestId('compare-headers'));
		expect(screen.getByTestId('header-diff').textContent).toContain(HOSTILE);
		expect(container.querySelector('img')).toBeNull();
	});

	it('closes with the sheet, drops what was read, and can be swapped', async () => {
		await compare(receive('{"a":1}'), receive('{"a":2}'));
		await screen.findByTestId('json-diff');
		const old = () => [...screen.getByTestId('json-diff').querySelectorAll('del')].map((mark) => mark.textContent);
		expect(old()).toEqual(['1']);
		await userEvent.click(screen.getByTestId('compare-swap'));
		await waitFor(() => expect(old()).toEqual(['2']));
		await userEvent.click(within(screen.getByTestId('compare')).getByLabelText('Close'));
		expect(opened.compare.pair).toBeNull();
		expect(screen.queryByTestId('json-diff')).toBeNull();
	});

	it('says when a capture is gone, and offers to try again when one cannot be read', async () => {
		const [a, b] = [receive('{"a":1}'), receive('{"a":2}')];
		await compare(a, b);
		opened.compare.compare(a, 'nowhere');
		expect(await screen.findByText(/does not exist any more/)).toBeTruthy();
		const read = vi.spyOn(backend, 'captureBody').mockRejectedValue(commandError('store_unavailable', 'The disk is away.'));
		opened.compare.compare(a, b);
		expect(await screen.findByText(/The disk is away/)).toBeTruthy();
		expect(read.mock.calls.length).toBeLessThan(3);
		read.mockRestore();
		await userEvent.click(screen.getByText('Try again'));
		expect(await screen.findByTestId('json-diff')).toBeTruthy();
	});
});
