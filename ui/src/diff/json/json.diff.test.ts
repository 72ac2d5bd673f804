import { describe, expect, it } from 'vitest';
import { applyJson, jsonDiff, seeded, valueOf } from '../testing';
import { numberValue } from './numbers';
import { pathText, stepsOf, type Path } from './path';
import { covers, parsePattern } from './pattern';

const told = (a: string, b: string, many = false): string[] =>
	jsonDiff(a, b, many).changes.map(({ kind, path }) => `${kind} ${pathText(path)}`);

describe('what differs between two JSON texts', () => {
	it('says what was added, removed and changed, by path, in the order of the text', () => {
		expect(told('{"a":1,"b":{"c":[1,2]},"d":true}', '{"a":2,"b":{"c":[1,3]},"e":null}')).toEqual([
			'changed a',
			'changed b.c[1]',
			'removed d',
			'added e',
		]);
		expect(told('{"a b":1}', '{"a b":2}')).toEqual(['changed ["a b"]']);
		expect(told('1', '[1]')).toEqual(['changed $']);
	});

	it('does not count white space', () => {
		expect(told('{"a":[1,{"b":2}]}', '{ "a" : [ 1,\n{ "b" : 2 } ] }')).toEqual([]);
	});

	it('compares numbers by value and as they are written, never through floats', () => {
		expect(told('{"a":1.0}', '{"a":1}')).toEqual(['written a']);
		expect(told('[1e2]', '[100.00]')).toEqual(['written [0]']);
		expect(told('[9007199254740993]', '[9007199254740992]')).toEqual(['changed [0]']);
		expect(told('[0.1000000000000000000001]', '[0.1]')).toEqual(['changed [0]']);
		expect(told('[1]', '["1"]')).toEqual(['changed [0]']);
		expect(told('["\\u00e9"]', '["é"]')).toEqual(['written [0]']);
		expect(told('{"\\u0061":1}', '{"a":1}')).toEqual(['name_written a']);
	});

	it('gives a number the same value however it is written', () => {
		for (const written of ['100', '100.0', '1e2', '1E+2', '10e1', '0.1e3']) expect(numberValue(written)).toBe(numberValue('100'));
		for (const written of ['0', '-0', '0.00', '0e9']) expect(numberValue(written)).toBe('0');
		expect(numberValue('-1')).not.toBe(numberValue('1'));
		expect(numberValue('1e99999999999999999999')).toBe('1e99999999999999999999');
	});

	it('tells another order of members apart from other members', () => {
		expect(told('{"a":1,"b":2}', '{"b":2,"a":1}')).toEqual(['order $']);
		expect(told('{"x":{"a":1,"b":2}}', '{"x":{"b":3,"a":1}}')).toEqual(['order x', 'changed x.b']);
	});

	it('sees elements that came, went and moved', () => {
		expect(told('[1,2,3]', '[1,9,2,3]')).toEqual(['added [1]']);
		expect(told('[1,2,3]', '[1,3]')).toEqual(['removed [1]']);
		expect(told('["a","b","c","d"]', '["d","a","b","c"]')).toEqual(['moved [0]']);
		expect(told('[{"id":"x","n":1},{"id":"y","n":2}]', '[{"id":"x","n":5},{"id":"y","n":2}]')).toEqual(['changed [0].n']);
		expect(told('[{"id":"x","n":1},{"id":"y"},{"id":"z"}]', '[{"id":"y"},{"id":"z"},{"id":"x","n":5}]')).toEqual(['moved [2]', 'changed [2].n']);
	});

	it('keeps repeated names apart', () => {
		expect(told('{"a":1,"a":2}', '{"a":1,"a":3}')).toEqual(['changed a']);
		expect(told('{"a":1,"a":2}', '{"a":1}')).toEqual(['removed a']);
	});

	it('compares one value after another as NDJSON has them', () => {
		expect(told('{"a":1}\n{"a":2}\n', '{"a":1}\n{"a":3}\n{"b":1}\n', true)).toEqual(['changed [1].a', 'added [2]']);
	});

	it('ends in time on what is nested deeply, and says when there is more', () => {
		const deep = (core: string): string => '['.repeat(20_000) + core + ']'.repeat(20_000);
		expect(jsonDiff(deep('1'), deep('2')).changes).toHaveLength(1);
		const many = (start: number): string => JSON.stringify(Object.fromEntries(Array.from({ length: 6000 }, (_, at) => [`k${at}`, start + at])));
		const diff = jsonDiff(many(0), many(1));
		expect(diff.changes).toHaveLength(5000);
		expect(diff.more).toBe(true);
	});

	it('gives B when applied to A, and nothing between a text and itself', () => {
		const random = seeded(42);
		const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
		const text = (depth: number): string => {
			const kind = random();
			if (depth === 0 || kind < 0.4) return pick(['1', '1.0', '2', 'true', 'null', '"a"', '"\\u0061"', '"b"', '[]', '{}']);
			const length = Math.floor(random() * 4);
			if (kind < 0.7) return `[${Array.from({ length }, () => text(depth - 1)).join(pick([',', ' , ']))}]`;
			const names = ['"p"', '"q"', '"r"', '"id"', '"\\u0073"', '"t"'].sort(() => random() - 0.5).slice(0, length);
			return `{${names.map((name) => `${name}:${text(depth - 1)}`).join(',')}}`;
		};
		for (let round = 0; round < 1500; round += 1) {
			const [a, b] = [text(4), text(4)];
			expect(jsonDiff(a, a).changes).toEqual([]);
			const diff = jsonDiff(a, b);
			expect({ a, b, made: orderless(applyJson(diff), diff.changes.length) }).toEqual({ a, b, made: orderless(valueOf(diff.b, 0), diff.changes.length) });
		}
	});
});

/** A new member stands at the end after applying; where it stands in B is told by `order` only among the members of both. */
function orderless(value: ReturnType<typeof valueOf>, changes: number): unknown {
	if (value.kind === 'scalar' || changes === 0) return value;
	if (value.kind === 'array') return { items: value.items.map((item) => orderless(item, changes)) };
	return { members: Object.fromEntries(value.members.map(({ written, value: member }) => [written, orderless(member, changes)])) };
}

describe('paths of ignored values', () => {
	const path = (...steps: (string | number)[]): Path =>
		steps.reduce<Path>((parent, step) => ({ parent, step: typeof step === 'string' ? { key: step } : { a: step, b: step } }), null);
	const ignores = (pattern: string, ...steps: (string | number)[]): boolean => {
		const read = parsePattern(pattern);
		if (typeof read === 'string') throw new Error(read);
		return covers(read, stepsOf(path(...steps)));
	};

	it('covers the value and all that is in it', () => {
		expect(ignores('data.id', 'data', 'id')).toBe(true);
		expect(ignores('$.data', 'data', 'id')).toBe(true);
		expect(ignores('data.id', 'data')).toBe(false);
		expect(ignores('data.id', 'data', 'ident')).toBe(false);
		expect(ignores('items[*].price', 'items', 3, 'price')).toBe(true);
		expect(ignores('items[2]', 'items', 3)).toBe(false);
		expect(ignores('["a b"].c', 'a b', 'c')).toBe(true);
		expect(ignores('..id', 'data', 'lines', 0, 'id')).toBe(true);
		expect(ignores('data..id', 'meta', 'id')).toBe(false);
	});

	it('does not try for ever', () => {
		const steps = Array.from({ length: 300 }, () => 'a');
		expect(ignores('..a..a..a..a..a..a..b', ...steps)).toBe(false);
	});

	it('says what is wrong with what is no path', () => {
		expect(parsePattern('')).toMatch(/^Write a path/);
		expect(parsePattern('data..')).toMatch(/^Write a path/);
		expect(parsePattern('a[x]')).toMatch(/^Nothing is known by/);
		expect(parsePattern('["a')).toMatch(/^Nothing is known by/);
	});
});
