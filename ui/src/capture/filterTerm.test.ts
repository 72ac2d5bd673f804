import { describe, expect, it } from 'vitest';
import { headerTerm, jsonPath, jsonTerm } from './filterTerm';

const string = (text: string) => ({ kind: 'string', text }) as const;

describe('the term for a value of JSON', () => {
	it.each([
		[['data', 'object', 'id'], string('in_1Q.x-9'), 'json.data.object.id:in_1Q.x-9'],
		[['items', 0, 'sku'], string('A 1'), 'json.items.0.sku:"A 1"'],
		[['note'], string('say "hi" \\ bye'), 'json.note:"say \\"hi\\" \\\\ bye"'],
		[['a'], string(''), 'json.a:""'],
		[['a'], string('-5'), 'json.a:"-5"'],
		[['a'], string('u*'), 'json.a:"u*"'],
		[['a'], string('>1'), 'json.a:">1"'],
		[['a'], string('Größe'), 'json.a:Größe'],
		[['n'], { kind: 'number', text: '12345678901234567890' } as const, 'json.n:12345678901234567890'],
		[['n'], { kind: 'number', text: '-1.10e+4' } as const, 'json.n:-1.10e+4'],
		[['paid'], { kind: 'literal', text: 'true' } as const, 'json.paid:true'],
	])('%j %j', (steps, value, term) => expect(jsonTerm(steps, value)).toBe(term));

	it('quotes names that would read as something else', () => {
		expect(jsonPath(['a.b', 'c:d', '*', 'e"f', '', 3])).toBe('"a.b"."c:d"."*"."e\\"f"."".3');
	});

	it('is none where a search cannot ask', () => {
		expect(jsonTerm([], string('a'))).toBeNull();
		expect(jsonTerm(['a'], string('two\nlines'))).toBeNull();
		expect(jsonTerm(['a'], string('\u202egpj'))).toBeNull();
		expect(jsonTerm(['a'], string('x'.repeat(1_000)))).toBeNull();
	});
});

describe('the term for a header', () => {
	it('quotes what is no plain word', () => {
		expect(headerTerm('X-Id', 'abc_1.2-3')).toBe('header.X-Id:abc_1.2-3');
		expect(headerTerm('Content-Type', 'application/json; charset="utf-8"')).toBe(
			'header.Content-Type:"application/json; charset=\\"utf-8\\""',
		);
		expect(headerTerm('X.Odd', 'a')).toBe('header."X.Odd":a');
		expect(headerTerm('X-Empty', '')).toBeNull();
	});
});
