import { describe, expect, it } from 'vitest';
import type { QueryTokenKind, QueryView } from '../../bindings';
import { canBePainted, gapAtEnd, piecesOf } from './pieces';

type Tokens = [from: number, to: number, kind: QueryTokenKind][];

function explained(text: string, tokens: Tokens, problem?: [from: number, to: number]): { text: string; view: QueryView } {
	return {
		text,
		view: {
			reading: '',
			canonical: '',
			tokens: tokens.map(([from, to, kind]) => ({ from, to, kind })),
			problem: problem ? { from: problem[0], to: problem[1], message: 'x', suggestion: null, replacement: null } : null,
		},
	};
}

const drawn = (text: string, of: ReturnType<typeof explained>) => piecesOf(text, of).map(({ kind, text }) => [kind, text]);

const QUERY = '-verdict:valid size:>1MB  "a b"';
const TOKENS: Tokens = [
	[0, 1, 'not'],
	[1, 9, 'key'],
	[9, 14, 'value'],
	[15, 20, 'key'],
	[20, 21, 'comparison'],
	[21, 24, 'value'],
	[26, 31, 'phrase'],
];

describe('the pieces of a query', () => {
	it('are the whole text, with the white space between', () => {
		const pieces = piecesOf(QUERY, explained(QUERY, TOKENS));
		expect(pieces.map(({ text }) => text).join('')).toBe(QUERY);
		expect(drawn(QUERY, explained(QUERY, TOKENS))).toEqual([
			['not', '-'],
			['key', 'verdict:'],
			['value', 'valid'],
			['plain', ' '],
			['key', 'size:'],
			['comparison', '>'],
			['value', '1MB'],
			['plain', '  '],
			['phrase', '"a b"'],
		]);
	});

	it('say where a filter begins and ends, so that it is drawn as one', () => {
		const pieces = piecesOf(QUERY, explained(QUERY, TOKENS));
		expect(pieces.filter(({ begins }) => begins).map(({ text }) => text)).toEqual(['-', 'size:']);
		expect(pieces.filter(({ ends }) => ends).map(({ text }) => text)).toEqual(['valid', '1MB']);
	});

	it('keep their looks before and behind what is typed, until it is explained', () => {
		const before = explained('verdict:valid paid', [[0, 8, 'key'], [8, 13, 'value'], [14, 18, 'text']]);
		expect(drawn('verdict:invalid paid', before)).toEqual([
			['key', 'verdict:'],
			['plain', 'in'],
			['value', 'valid'],
			['plain', ' '],
			['text', 'paid'],
		]);
		expect(drawn('verdict:valids paid', before).slice(0, 2)).toEqual([['key', 'verdict:'], ['value', 'valids']]);
		expect(drawn('verdict:vald paid', before).slice(0, 2)).toEqual([['key', 'verdict:'], ['value', 'vald']]);
		expect(drawn('verdict:va lid paid', before).slice(0, 2)).toEqual([['key', 'verdict:'], ['plain', 'va lid ']]);
		expect(drawn('verdict:valid paid x', before).at(-1)).toEqual(['plain', ' x']);
		expect(drawn('verdict:valid', before)).toEqual([['key', 'verdict:'], ['value', 'valid']]);
		expect(drawn('', before)).toEqual([]);
		expect(drawn('aaa', explained('aaaa', [[0, 4, 'text']]))).toEqual([['text', 'aaa']]);
		expect(drawn('aaaaa', explained('aaaa', [[0, 4, 'text']]))).toEqual([['text', 'aaaaa']]);
	});

	it('mark the problem at its place, also in the middle of a piece', () => {
		const of = explained('x colour:red y', [[0, 1, 'text'], [2, 9, 'unknown_key'], [9, 12, 'value'], [13, 14, 'text']], [2, 8]);
		const wrong = piecesOf('x colour:red y', of).filter(({ wrong }) => wrong);
		expect(wrong.map(({ text }) => text)).toEqual(['colour']);
		// While one types on, it may not be there any more.
		expect(piecesOf('x colour:red yy', of).some(({ wrong }) => wrong)).toBe(false);
	});

	it('have a place for what is missing at the end', () => {
		expect(gapAtEnd('a OR', explained('a OR', [], [4, 4]))).toBe(true);
		expect(gapAtEnd('a OR', explained('a OR', [], [2, 4]))).toBe(false);
		expect(gapAtEnd('a OR b', explained('a OR', [], [4, 4]))).toBe(false);
	});

	it('count as JavaScript does', () => {
		expect(drawn('😀 x', explained('😀 x', [[0, 2, 'text'], [3, 4, 'text']]))).toEqual([
			['text', '😀'],
			['plain', ' '],
			['text', 'x'],
		]);
	});

	it('are not drawn where they would stand elsewhere than the letters of the field', () => {
		expect(canBePainted('évènement 事件')).toBe(true);
		expect(canBePainted('event:שלום')).toBe(false);
		expect(canBePainted('event:\u202epaid')).toBe(false);
		expect(canBePainted('pa\u200bid')).toBe(false);
	});
});
