import { describe, expect, it } from 'vitest';
import { jsonPath } from '../filterTerm';
import { isProblem, type JsonOutline, outlineJson } from './outline';
import { pathOf, scalarOf, valueText } from './place';
import { randomJson, seeded } from './testing';
import { timeHint } from './timeHint';
import { JsonTree } from './tree';

function outline(text: string, isMany = false): JsonOutline {
	const result = outlineJson(text, isMany);
	if (isProblem(result)) throw new Error('not JSON');
	return result;
}

describe('the place of a value', () => {
	const text = '{"data":{"items":[{"id":1},{"id":"two","tags":[]}],"a.b":null},"n":12345678901234567890,"n":1.10}';
	const document = outline(text);
	const paths = Array.from({ length: document.count }, (_, line) => jsonPath(pathOf(document, line)));

	it('is the way to it, also from a closing line', () => {
		expect(paths).toEqual([
			'',
			'data',
			'data.items',
			'data.items.0',
			'data.items.0.id',
			'data.items.0',
			'data.items.1',
			'data.items.1.id',
			'data.items.1.tags',
			'data.items.1',
			'data.items',
			'data."a.b"',
			'data',
			'n',
			'n',
			'',
		]);
	});

	it('holds the value as it was sent', () => {
		expect(valueText(document, 4)).toBe('1');
		expect(valueText(document, 7)).toBe('two');
		expect(valueText(document, 8)).toBe('[]');
		expect(valueText(document, 2)).toBe('[{"id":1},{"id":"two","tags":[]}]');
		expect(valueText(document, 0)).toBe(text);
		// Numbers keep every digit, and both of two members of one name are there.
		expect(valueText(document, 13)).toBe('12345678901234567890');
		expect(valueText(document, 14)).toBe('1.10');
		expect(scalarOf(document, 11)).toEqual({ kind: 'literal', text: 'null' });
		expect(scalarOf(document, 2)).toBeNull();
		expect(scalarOf(outline('["a\\u00e9\\n"]'), 1)).toEqual({ kind: 'string', text: 'aé\n' });
	});

	it('leads to the same value in any document', () => {
		const random = seeded(31);
		for (let round = 0; round < 200; round += 1) {
			const source = randomJson(random).replaceAll('"a"', '"k"');
			const names = source.match(/"[^"]*"\s*:/g) ?? [];
			// Of two members with one name a parser keeps the last.
			if (new Set(names.map((name) => name.replace(/\s/g, ''))).size < names.length) continue;
			const parsed: unknown = JSON.parse(source);
			const read = outline(source);
			for (let line = 0; line < read.count; line += 1) {
				const value = pathOf(read, line).reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], parsed);
				const scalar = scalarOf(read, line);
				if (scalar?.kind === 'string') expect(scalar.text).toBe(value);
				else if (scalar) expect(JSON.parse(scalar.text)).toBe(value);
				else expect(JSON.parse(valueText(read, line))).toEqual(value);
			}
		}
	});

	it('of NDJSON is the one in its own document', () => {
		const many = outline('{"a":[1]}\n{"b":2}', true);
		expect(Array.from({ length: many.count }, (_, line) => jsonPath(pathOf(many, line)))).toEqual(['', 'a', 'a.0', 'a', '', '', 'b', '']);
	});

	it('is found in deep nesting', () => {
		const depth = 3_000;
		const deep = outline(`${'['.repeat(depth)}7${']'.repeat(depth)}`);
		expect(pathOf(deep, depth)).toHaveLength(depth);
		expect(valueText(deep, depth)).toBe('7');
	});
});

describe('the hint beside a number', () => {
	it('is the local time of epoch seconds and milliseconds', () => {
		expect(Date.parse(timeHint('created', '1764000000') ?? '')).toBe(1_764_000_000_000);
		expect(Date.parse(timeHint('created', '1764000000123') ?? '')).toBe(1_764_000_000_123);
		expect(timeHint('created', '1764000000')).toMatch(/^2025-11-24T\d\d:\d\d:\d\d[+-]/);
	});

	it('is none for other numbers, and for what is named as something else', () => {
		for (const number of ['12', '999999999', '8401173905', '17640000001', '1764000000.5', '1e9', '-1764000000']) {
			expect(timeHint('created', number), number).toBeNull();
		}
		for (const name of ['id', 'order_id', 'orderId', 'amount', 'totalSize']) expect(timeHint(name, '1764000000'), name).toBeNull();
	});

	it('stands beside the value and is no part of it', () => {
		const tree = new JsonTree(outline('{"created":1764000000,"id":1764000000,"text":"1764000000"}'));
		expect(tree.hintOf(1)).toContain('2025-11-24');
		expect([0, 2, 3, 4].map((row) => tree.hintOf(row))).toEqual([null, null, null, null]);
		expect(tree.lengthOf(1)).toBe('"created": 1764000000,'.length);
	});
});

describe('long values', () => {
	it('are cut into rows without being read for each', () => {
		const value = 'ab'.repeat(5_000_000);
		const tree = new JsonTree(outline(`{"key":"${value}"}`));
		const started = performance.now();
		for (let from = 0; from < 1_000_000; from += 10_000) {
			expect(tree.spansOf(1, from, from + 100).reduce((sum, { text }) => sum + text.length, 0)).toBe(100);
		}
		// A hundred readings of ten million characters would take seconds.
		expect(performance.now() - started).toBeLessThan(1_500);
	});
});
