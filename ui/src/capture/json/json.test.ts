import { describe, expect, it } from 'vitest';
import { TextLines } from '../textLines';
import { formatJson } from './format';
import { isProblem, type JsonOutline, JsonOutliner, outlineJson, problemSentence } from './outline';
import { JsonScanner } from './scanner';
import { randomJson, seeded } from './testing';
import { JsonTree } from './tree';

function tokens(text: string): string[] {
	const scanner = new JsonScanner(text);
	const found: string[] = [];
	for (let kind = scanner.next(); kind !== 'end'; kind = scanner.next()) {
		if (kind === 'problem') throw new Error(`problem at ${scanner.start} in ${text}`);
		found.push(text.slice(scanner.start, scanner.end));
	}
	return found;
}

function outline(text: string): JsonOutline {
	const result = outlineJson(text);
	if (isProblem(result)) throw new Error(problemSentence(result));
	return result;
}

function sentence(text: string): string {
	const result = outlineJson(text);
	return isProblem(result) ? problemSentence(result) : 'JSON';
}

function accepts(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

function shown(text: string): string {
	const tree = new JsonTree(outline(text));
	return Array.from({ length: tree.count }, (_, row) =>
		tree
			.spansOf(row, 0, Number.POSITIVE_INFINITY)
			.map((span) => span.text)
			.join(''),
	).join('\n');
}

describe('the pretty view', () => {
	it('keeps every token of random JSON, in order, and means the same', () => {
		const random = seeded(20_261_123);
		for (let round = 0; round < 500; round += 1) {
			const text = randomJson(random);
			const pretty = formatJson(text);
			expect(pretty).not.toBeNull();
			expect(tokens(pretty ?? '')).toEqual(tokens(text));
			expect(JSON.parse(pretty ?? '')).toEqual(JSON.parse(text));
		}
	});

	it('formats as JSON.stringify does where that loses nothing', () => {
		const value = { id: 'evt_1', data: { object: { amount: 4900, lines: [], metadata: {}, paid: true } }, list: [1, [2, null]] };
		expect(formatJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
	});

	it('never rounds a number, drops a duplicate or reorders a key', () => {
		const text = '{"id":12345678901234567890,"b":1.10,"a":1e400,"a":-0}';
		expect(formatJson(text)).toBe('{\n  "id": 12345678901234567890,\n  "b": 1.10,\n  "a": 1e400,\n  "a": -0\n}');
	});

	it('keeps escapes as they were written', () => {
		expect(formatJson('["\\u00e9\\/","é/"]')).toBe('[\n  "\\u00e9\\/",\n  "é/"\n]');
	});

	it('knows the shown length of every line', () => {
		const random = seeded(7);
		for (let round = 0; round < 200; round += 1) {
			const tree = new JsonTree(outline(randomJson(random)));
			for (let row = 0; row < tree.count; row += 1) {
				const length = tree.spansOf(row, 0, Number.POSITIVE_INFINITY).reduce((sum, span) => sum + span.text.length, 0);
				expect(tree.lengthOf(row)).toBe(length);
			}
		}
	});

	it('cuts a line into columns that join to the line', () => {
		const tree = new JsonTree(outline('{"key": "value", "n": [1,2]}'));
		const whole = tree.spansOf(1, 0, 100).map((span) => span.text).join('');
		const cut = [0, 3, 6, 9, 12, 15, 18].map((from) => tree.spansOf(1, from, from + 3).map((span) => span.text).join(''));
		expect(cut.join('')).toBe(whole);
		expect(whole).toBe('"key": "value",');
	});

	it('folds a node into its size and opens it again', () => {
		const tree = new JsonTree(outline('{"lines":[1,2],"one":{"a":1},"empty":{}}'));
		expect(tree.foldOf(1)).toBe('open');
		expect(tree.fold(1, true)).toBe(true);
		expect(tree.spansOf(1, 0, 100).map((span) => span.text).join('')).toBe('"lines": [ 2 items ],');
		expect(tree.lengthOf(1)).toBe('"lines": [ 2 items ],'.length);
		expect(tree.numberOf(2)).toBe(6);
		expect(tree.fold(2, true)).toBe(true);
		expect(tree.spansOf(2, 0, 100).map((span) => span.text).join('')).toBe('"one": { 1 key },');
		expect(tree.fold(1, false)).toBe(true);
		expect(tree.fold(0, true)).toBe(true);
		expect(tree.count).toBe(1);
		tree.fold(0, false);
		expect(shown('{"empty":{}}')).toBe('{\n"empty": {}\n}');
	});

	it('finds the node a row stands in', () => {
		const tree = new JsonTree(outline('{"a":{"b":1,"c":2}}'));
		expect(tree.parentOf(3)).toBe(1);
		expect(tree.parentOf(1)).toBe(0);
		expect(tree.parentOf(0)).toBe(0);
	});

	it('survives nesting that would end a recursive reader', () => {
		const depth = 100_000;
		expect(outline('['.repeat(depth) + ']'.repeat(depth)).count).toBe(2 * depth - 1);
	});

	it('reads one value after another for NDJSON only', () => {
		expect(isProblem(outlineJson('{"a":1}\n{"a":2}\n', true))).toBe(false);
		expect(sentence('{"a":1}\n{"a":2}')).toBe('Not JSON: unexpected { at line 2, column 1');
		expect(isProblem(outlineJson('', true))).toBe(true);
	});

	it('can be read in slices with the same result', () => {
		const text = JSON.stringify(Array.from({ length: 500 }, (_, index) => ({ index, name: `n${index}` })));
		const outliner = new JsonOutliner(text);
		let slices = 0;
		while (outliner.run(97) === 'more') slices += 1;
		expect(slices).toBeGreaterThan(10);
		expect(outliner.outline().starts).toEqual(outline(text).starts);
	});

	it('reads 5 MB', () => {
		const entry = '{"sku":"A-1001","qty":12345678901234567890,"tags":["x","y"]}';
		const count = Math.ceil(5_000_000 / entry.length);
		const text = `[${Array.from({ length: count }, () => entry).join(',')}]`;
		const result = outline(text);
		expect(result.count).toBe(2 + count * 8);
		const tree = new JsonTree(result);
		expect(tree.count).toBeLessThan(result.count);
	});
});

describe('what is not JSON', () => {
	it('is told with the place and the character', () => {
		expect(sentence('{\n  "id": "8401173905",\n  "variants": [\n    { "price": , "qty": 3 }\n  ]\n}')).toBe(
			'Not JSON: unexpected , at line 4, column 16',
		);
		expect(sentence('{"a":1,}')).toBe('Not JSON: unexpected } at line 1, column 8');
		expect(sentence('{"a":1')).toBe('Not JSON: unexpected end at line 1, column 7');
		expect(sentence('{"é😀": tru}')).toBe('Not JSON: unexpected t at line 1, column 8');
		expect(sentence('["a\nb"]')).toBe('Not JSON: unexpected line break at line 1, column 4');
		expect(sentence("{'a':1}")).toBe("Not JSON: unexpected ' at line 1, column 2");
		expect(sentence('["\\x"]')).toBe('Not JSON: unexpected x at line 1, column 4');
		expect(sentence('["\\u00g0"]')).toBe('Not JSON: unexpected g at line 1, column 7');
		expect(sentence('[1]\u202e')).toBe('Not JSON: unexpected U+202E at line 1, column 4');
		expect(sentence('')).toBe('Not JSON: unexpected end at line 1, column 1');
	});

	it('is what JSON.parse refuses', () => {
		const random = seeded(99);
		const noise = ['{', '}', '[', ']', ',', ':', '"', '1', '-', 'e', '.', 'true', ' ', '\\', '0'];
		let refused = 0;
		for (let round = 0; round < 2000; round += 1) {
			const text = randomJson(random, 2);
			const at = Math.floor(random() * text.length);
			const broken = text.slice(0, at) + (noise[Math.floor(random() * noise.length)] ?? '') + text.slice(at + 1);
			const valid = accepts(broken);
			if (!valid) refused += 1;
			expect(`${!isProblem(outlineJson(broken))} ${broken}`).toBe(`${valid} ${broken}`);
		}
		expect(refused).toBeGreaterThan(500);
	});
});

describe('the source view', () => {
	it('is the exact text, whatever columns are asked for', () => {
		const random = seeded(5);
		for (let round = 0; round < 200; round += 1) {
			const text = randomJson(random);
			const lines = new TextLines(text, { sync: outline(text).starts, showLineEnds: true });
			let joined = '';
			for (let line = 0; line < lines.count; line += 1) {
				for (let from = 0; from < lines.lengthOf(line); from += 5) {
					joined += lines.spansOf(line, from, from + 5).map((span) => span.text).join('');
				}
			}
			expect(joined).toBe(text);
		}
	});

	it('colours from the middle of a line', () => {
		const text = '{"a":1,"b":"x"}';
		const lines = new TextLines(text, { sync: outline(text).starts });
		expect(lines.spansOf(0, 7, 15)).toEqual([
			{ kind: 'key', text: '"b"' },
			{ kind: 'punctuation', text: ':' },
			{ kind: 'string', text: '"x"' },
			{ kind: 'punctuation', text: '}' },
		]);
	});
});
