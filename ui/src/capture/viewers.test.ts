import { describe, expect, it } from 'vitest';
import { lossyText, readBody } from './bodyText';
import { Base64Lines, base64, HexLines, StackedLines } from './byteLines';
import { formFields } from './form';
import { visibleParts } from './invisible';
import { lastAtMost, lineStarts } from './lines';
import { RowMap } from './rows';
import { partTone, signedBytes } from './signedParts';
import { TextLines } from './textLines';
import { rowWindow, scrollTopFor } from './window';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (spans: { text: string }[]): string => spans.map((span) => span.text).join('');

describe('hex', () => {
	it('shows offset, bytes in two groups and ASCII', () => {
		const lines = new HexLines(Uint8Array.from([0x0a, 0x1e, ...bytesOf('evt_01HZQ76KY8'), 0x00, 0xff]));
		expect(lines.count).toBe(2);
		expect(textOf(lines.spansOf(0))).toBe('00000000  0a 1e 65 76 74 5f 30 31  48 5a 51 37 36 4b 59 38  ··evt_01HZQ76KY8');
		expect(textOf(lines.spansOf(1)).trimEnd()).toBe(`00000010  00 ff${' '.repeat(45)}··`);
		expect(lines.spansOf(1).some((span) => span.kind === 'faint' && span.text.startsWith('00'))).toBe(true);
	});

	it('has no row for no bytes', () => {
		expect(new HexLines(new Uint8Array()).count).toBe(0);
	});
});

describe('base64', () => {
	it('joins to what the platform decodes to the same bytes', () => {
		const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7919) & 255);
		const lines = new Base64Lines(bytes);
		let joined = '';
		for (let line = 0; line < lines.count; line += 1) {
			const text = textOf(lines.spansOf(line, 0, 76));
			expect(text.length).toBe(lines.lengthOf(line));
			joined += text;
		}
		expect(joined).toBe(base64(bytes));
		expect(Uint8Array.from(atob(joined), (character) => character.charCodeAt(0))).toEqual(bytes);
	});
});

describe('forms', () => {
	it('keep order, duplicates and the raw text', () => {
		expect(formFields('Body=Gr%C3%BC%C3%9Fe&a=1&a=2&empty=&flag&plus=a+b')).toMatchObject([
			{ name: 'Body', rawValue: 'Gr%C3%BC%C3%9Fe', value: 'Grüße', broken: false },
			{ name: 'a', value: '1' },
			{ name: 'a', value: '2' },
			{ name: 'empty', value: '' },
			{ name: 'flag', value: '' },
			{ name: 'plus', value: 'a b' },
		]);
	});

	it('show broken escapes and say so', () => {
		expect(formFields('a=100%&b=%FF%41')).toMatchObject([
			{ value: '100%', broken: true },
			{ value: '\uFFFDA', broken: true },
		]);
		expect(formFields('')).toEqual([]);
	});
});

describe('invisible characters', () => {
	it('are named, text around them stays', () => {
		expect(visibleParts('a\u202eb\u0000')).toEqual([
			{ text: 'a', mark: null },
			{ text: 'RLO', mark: 'RLO, U+202E' },
			{ text: 'b', mark: null },
			{ text: 'NUL', mark: 'NUL, U+0000' },
		]);
		expect(visibleParts('\u{E0041}')).toEqual([{ text: 'U+E0041', mark: 'U+E0041' }]);
	});

	it('leave ordinary text and other scripts alone', () => {
		for (const text of ['plain <b>', 'שלום', '日本語', '😀', 'tab\tstop']) {
			expect(visibleParts(text)).toEqual([{ text, mark: null }]);
		}
	});

	it('show spaces and line ends on demand', () => {
		expect(visibleParts(' \t\r\n', true).map((part) => part.text)).toEqual(['·', '→\t', 'CR', 'LF']);
	});
});

describe('lines of text', () => {
	it('start after line feeds', () => {
		expect([...lineStarts('a\nbb\n\nc')]).toEqual([0, 2, 5, 6]);
		expect([...lineStarts('a\n')]).toEqual([0]);
		expect([...lineStarts('')]).toEqual([0]);
	});

	it('drop their ends, but keep a lone carriage return', () => {
		const lines = new TextLines('a\r\nb\rc\n');
		expect(textOf(lines.spansOf(0, 0, 9))).toBe('a');
		expect(textOf(lines.spansOf(1, 0, 9))).toBe('b\rc');
		expect(textOf(new TextLines('a\r\n', { showLineEnds: true }).spansOf(0, 0, 9))).toBe('a\r\n');
	});

	it('never cut a character in half', () => {
		const lines = new TextLines('😀😀😀');
		const pieces = [0, 1, 2, 3, 4, 5].map((from) => textOf(lines.spansOf(0, from, from + 1)));
		expect(pieces.join('')).toBe('😀😀😀');
		for (const piece of pieces) expect(piece).not.toMatch(/\p{Surrogate}/u);
	});

	it('are found by offset', () => {
		const lines = new TextLines('ab\ncd\nef');
		expect([0, 2, 3, 7].map((offset) => lines.lineAt(offset))).toEqual([0, 0, 1, 2]);
		expect(lastAtMost(Uint32Array.from([3, 5]), 2)).toBe(-1);
	});

	it('can be stacked', () => {
		const stacked = new StackedLines(new TextLines('a\nb'), new HexLines(Uint8Array.from([1])));
		expect(stacked.count).toBe(3);
		expect(textOf(stacked.spansOf(1, 0, 5))).toBe('b');
		expect(textOf(stacked.spansOf(2, 0, 99))).toContain('01');
		expect(stacked.numberOf(2)).toBeNull();
	});
});

describe('rows', () => {
	it('are lines without wrapping', () => {
		const map = new RowMap(new TextLines('a\nbb'), null, 0);
		expect(map.count).toBe(2);
		expect(map.at(1, () => 1)).toEqual({ line: 1, from: 0, to: 1 });
	});

	it('cover each line once when wrapped', () => {
		const text = ['', 'x'.repeat(40), 'y'.repeat(41), 'z'].join('\n');
		const map = new RowMap(new TextLines(text), 20, 0);
		expect(map.count).toBe(1 + 2 + 3 + 1);
		const rows = Array.from({ length: map.count }, (_, row) => map.at(row, () => 10));
		expect(rows[3]).toEqual({ line: 2, from: 0, to: 20 });
		expect(rows[5]).toEqual({ line: 2, from: 40, to: 41 });
		expect(map.rowOf(2, 40)).toBe(5);
		expect(rows.at(-1)).toEqual({ line: 3, from: 0, to: 1 });
	});
});

describe('bodies', () => {
	it('are recognised by their bytes, then by their type', async () => {
		const kind = async (body: Uint8Array | string, type: string | null): Promise<string | undefined> =>
			(await readBody(typeof body === 'string' ? bytesOf(body) : body, type, 'UTF-8'))?.kind;
		expect(await kind('', 'application/json')).toBe('empty');
		expect(await kind('{}', 'application/json; charset=utf-8')).toBe('json');
		expect(await kind('oops', 'application/problem+json')).toBe('json');
		expect(await kind(' [1]', null)).toBe('json');
		expect(await kind('{"a":1}\n', 'application/x-ndjson')).toBe('ndjson');
		expect(await kind('a=1', 'application/x-www-form-urlencoded')).toBe('form');
		expect(await kind('[]=1&a[b]=2', 'application/x-www-form-urlencoded')).toBe('form');
		expect(await kind('{"hello":"webhook"}', 'application/x-www-form-urlencoded')).toBe('json');
		expect(await kind('{not json}', 'text/html')).toBe('text');
		expect(await kind('hello', 'text/plain')).toBe('text');
		expect(await kind(Uint8Array.from([0x7b, 0]), 'application/json')).toBe('binary');
		expect(await kind(Uint8Array.from([0xff, 0xfe, 0x41]), 'application/json')).toBe('binary');
	});

	it('are decoded from the charset the program names', async () => {
		const latin = Uint8Array.from([0x47, 0x72, 0xf6, 0xdf, 0x65]);
		expect(await readBody(latin, 'text/xml', 'windows-1252')).toMatchObject({ kind: 'xml', text: 'Größe' });
		const wide = Uint8Array.from([0xff, 0xfe, 0x68, 0, 0xe9, 0]);
		expect(await readBody(wide, 'text/plain', 'UTF-16LE')).toMatchObject({ kind: 'text', text: '\uFEFFhé' });
		expect(await readBody(latin, 'text/xml', 'UTF-8')).toMatchObject({ kind: 'binary', text: null });
		expect(lossyText(latin)).toBe('Gr\uFFFD\uFFFDe');
	});

	it('keep characters whole across slices and a byte order mark', async () => {
		const text = `\uFEFF${'😀'.repeat(400_000)}`;
		expect((await readBody(bytesOf(text), 'text/plain', 'UTF-8'))?.text).toBe(text);
	});

	it('stop when nobody waits any more', async () => {
		expect(await readBody(bytesOf('x'.repeat(3_000_000)), 'text/plain', 'UTF-8', () => true)).toBeNull();
	});
});

describe('signed bytes', () => {
	it('are whole only when the parts are', () => {
		const whole = signedBytes([{ name: 'timestamp', text: '1é', bytes: 3 }], null);
		expect([...whole.bytes]).toEqual([0x31, 0xc3, 0xa9]);
		expect(whole.whole).toBe(true);
		expect(signedBytes([{ name: 'body', text: 'cut', bytes: 99 }], null).whole).toBe(false);
	});

	it('take the body from the capture, also when it is not text', () => {
		const parts = [
			{ name: 'timestamp', text: '1', bytes: 1 },
			{ name: 'separator', text: '.', bytes: 1 },
			{ name: 'body', text: '\uFFFD', bytes: 1 },
		];
		const { bytes, whole } = signedBytes(parts, Uint8Array.from([0xff]));
		expect([...bytes]).toEqual([0x31, 0x2e, 0xff]);
		expect(whole).toBe(true);
		expect(parts.map(partTone)).toEqual(['value', 'separator', 'body']);
	});
});

describe('the window of rows', () => {
	const view = { scrollTopPx: 0, heightPx: 360, rowPx: 18, paddingPx: 6 };

	it('is what is near the view', () => {
		expect(rowWindow(1000, { ...view, scrollTopPx: 1806 }, 2)).toEqual({ heightPx: 18_012, first: 98, end: 122, topPx: 1770 });
		expect(rowWindow(3, view, 12)).toMatchObject({ first: 0, end: 3, topPx: 6 });
		expect(rowWindow(0, view, 12)).toMatchObject({ first: 0, end: 0 });
	});

	it('reaches every row of a list that no engine can scroll', () => {
		const count = 26_000_000;
		const { heightPx } = rowWindow(count, view, 0);
		expect(heightPx).toBeLessThan(33_000_000);
		expect(rowWindow(count, { ...view, scrollTopPx: heightPx - view.heightPx }, 0).end).toBe(count);
		for (const row of [0, 1, 12_345_678, count - 1]) {
			const scrollTopPx = scrollTopFor(row, count, view, 100);
			const shown = rowWindow(count, { ...view, scrollTopPx }, 0);
			expect(shown.first).toBeLessThanOrEqual(row);
			expect(shown.end).toBeGreaterThan(row);
			// The drawn rows stand where the view is.
			expect(Math.abs(shown.topPx - scrollTopPx)).toBeLessThan(40);
		}
	});
});
