import { describe, expect, it } from 'vitest';
import { HexLines, StackedLines } from '../byteLines';
import { isProblem, outlineJson } from '../json/outline';
import { JsonTree } from '../json/tree';
import type { LineSource, Match } from '../lines';
import { markSpans } from '../marks';
import { TextLines } from '../textLines';
import { BodyFind, MOST_MATCHES } from './bodyFind.svelte';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function all(source: LineSource, needle: string, slice = Number.MAX_SAFE_INTEGER): Match[] {
	const found: Match[] = [];
	const search = source.searchable?.start(needle);
	while (search && !search.run(slice, found));
	return found;
}

function tree(text: string): JsonTree {
	const outline = outlineJson(text);
	if (isProblem(outline)) throw new Error('not JSON');
	return new JsonTree(outline);
}

describe('a search in text', () => {
	it('finds lines and columns, in either case', () => {
		expect(all(new TextLines('Ab\nxAB ab'), 'ab')).toEqual([
			{ line: 0, from: 0, to: 2 },
			{ line: 1, from: 1, to: 3 },
			{ line: 1, from: 4, to: 6 },
		]);
		expect(all(new TextLines('GRÖSSE größe'), 'GRÖ')).toHaveLength(2);
	});

	it('takes every sign as itself', () => {
		const text = 'a.c abc a*c [x] (y) \\d $^ {2} | a/b ?+';
		for (const needle of ['a.c', 'a*c', '[x]', '(y)', '\\d', '$^', '{2}', '|', 'a/b', '?+']) {
			expect(all(new TextLines(text), needle), needle).toHaveLength(1);
		}
	});

	it('finds the same in slices of any size', () => {
		const text = 'abcabcab\ncabca'.repeat(50);
		const whole = all(new TextLines(text), 'abca');
		expect(whole.length).toBeGreaterThan(50);
		for (const slice of [1, 2, 3, 7, 64]) expect(all(new TextLines(text), 'abca', slice)).toEqual(whole);
		expect(all(new TextLines('😀😀'), '😀', 1)).toHaveLength(2);
	});
});

describe('a search in bytes', () => {
	const bytes = Uint8Array.from([...bytesOf('0123456789abcdEVT_1 evt_2'), 0x1f, 0x8b, 0x08]);

	it('finds text in either case and bytes written in hex', () => {
		const lines = new HexLines(bytes);
		expect(all(lines, 'evt_')).toEqual([
			{ line: 0, from: 14, to: 18 },
			{ line: 1, from: 4, to: 8 },
		]);
		for (const needle of ['1f 8b', '1F8B08', '0x1f8b']) expect(all(lines, needle), needle).toMatchObject([{ line: 1, from: 9 }]);
		expect(all(lines, 'ü')).toEqual([]);
		expect(all(new HexLines(bytesOf('ü Ü')), 'ü')).toHaveLength(1);
	});

	it('marks a match on both rows that it takes, in hex and in text', () => {
		const lines = new HexLines(bytes);
		const [match] = all(lines, 'evt_') as [Match];
		const shown = (row: number): string[] => {
			const text = lines.spansOf(row).map((span) => span.text).join('');
			return lines.searchable.columnsOn(row, match).map(({ from, to }) => text.slice(from, to));
		};
		expect(shown(0)).toEqual(['45 56', 'EV']);
		expect(shown(1)).toEqual(['54 5f', 'T_']);
		expect(shown(2)).toEqual([]);
	});

	it('goes on below a head', () => {
		const lines = new StackedLines(new TextLines('POST evt\nb'), new HexLines(bytes));
		expect(all(lines, 'evt')).toEqual([
			{ line: 0, from: 5, to: 8 },
			{ line: 2, from: 14, to: 17 },
			{ line: 3, from: 4, to: 7 },
		]);
		expect(lines.searchable?.columnsOn(3, { line: 3, from: 4, to: 7 })).toHaveLength(2);
		expect(lines.searchable?.columnsOn(0, { line: 2, from: 14, to: 17 })).toEqual([]);
	});
});

describe('a search in a tree', () => {
	it('finds what is shown, and opens what hides it', () => {
		const items = Array.from({ length: 300 }, (_, index) => ({ id: index, deep: { name: `n${index}` } }));
		const lines = tree(JSON.stringify({ data: { items } }));
		expect(lines.foldOf(3)).toBe('closed');
		const [match] = all(lines, '"NAME": "n250"') as [Match];
		expect(lines.searchable.columnsOn(3, match)).toEqual([]);
		const place = lines.searchable.show(match);
		const text = lines.spansOf(place.line, 0, 99).map((span) => span.text).join('');
		expect(text.slice(match.from, match.to)).toBe('"name": "n250"');
		expect(lines.searchable.columnsOn(place.line, match)).toEqual([{ from: match.from, to: match.to }]);
		// Its neighbours stay closed.
		expect(lines.count).toBeLessThan(400);
	});
});

describe('a search that is shown', () => {
	it('counts, steps around the ends and marks the present one', async () => {
		const find = new BodyFind();
		const lines = new TextLines('a\nba\naa');
		let shown = 0;
		await find.look(lines, 'a', () => (shown += 1));
		expect(shown).toBe(1);
		expect(find.summary).toBe('1 of 4');
		expect(find.step(-1)).toEqual({ line: 2, from: 1, to: 2 });
		expect(find.summary).toBe('4 of 4');
		expect(find.marksOn(lines, 2)).toEqual([
			{ from: 0, to: 1, kind: 'match' },
			{ from: 1, to: 2, kind: 'current-match' },
		]);
		await find.look(lines, 'zz', () => (shown += 1));
		expect([find.summary, shown, find.step(1)]).toEqual(['No matches', 1, null]);
	});

	it('has the first matches of 25 MB at once, and lists no more than it says', async () => {
		const find = new BodyFind();
		const lines = new TextLines(`${'x'.repeat(99)}\n`.repeat(250_000));
		const searching = find.look(lines, 'x', () => undefined);
		expect(find.matches.length).toBeGreaterThan(0);
		await searching;
		expect(find.summary).toBe(`1 of ${MOST_MATCHES.toLocaleString('en-US')}+`);
		expect(find.matches).toHaveLength(MOST_MATCHES);
	});

	it('gives way between slices, and ends when another begins', async () => {
		const find = new BodyFind();
		const lines = new TextLines('needl e'.repeat(3_500_000));
		let longest = 0;
		let last = performance.now();
		const timer = setInterval(() => {
			longest = Math.max(longest, performance.now() - last);
			last = performance.now();
		}, 0);
		const first = find.look(lines, 'needle', () => undefined);
		expect(find.summary).toBe('Searching…');
		await new Promise((resolve) => setTimeout(resolve, 0));
		const second = find.look(new TextLines('needle'), 'needle', () => undefined);
		await Promise.all([first, second]);
		clearInterval(timer);
		expect(find.summary).toBe('1 of 1');
		expect(longest).toBeLessThan(200);
	});
});

describe('marks', () => {
	it('cut pieces and keep their colours', () => {
		const spans = [
			{ kind: 'key', text: '"ab"' },
			{ kind: 'string', text: '"cd"' },
		] as const;
		expect(markSpans([...spans], 10, [{ from: 12, to: 15, kind: 'match' }])).toEqual([
			{ kind: 'key', text: '"a' },
			{ kind: 'key', text: 'b"', mark: 'match' },
			{ kind: 'string', text: '"', mark: 'match' },
			{ kind: 'string', text: 'cd"' },
		]);
		expect(markSpans([{ kind: 'plain', text: 'a😀b' }], 0, [{ from: 1, to: 2, kind: 'problem' }])).toEqual([
			{ kind: 'plain', text: 'a' },
			{ kind: 'plain', text: '😀', mark: 'problem' },
			{ kind: 'plain', text: 'b' },
		]);
	});

	it('may overlap', () => {
		const marked = markSpans([{ kind: 'plain', text: 'abcdef' }], 0, [
			{ from: 1, to: 4, kind: 'match' },
			{ from: 2, to: 6, kind: 'chosen' },
		]);
		expect(marked.map(({ text }) => text).join('')).toBe('abcdef');
		expect(marked.map(({ mark }) => mark)).toEqual([undefined, 'match', 'chosen']);
	});
});
