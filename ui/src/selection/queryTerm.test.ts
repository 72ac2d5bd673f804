import { describe, expect, it } from 'vitest';
import { slugOfTarget } from '../endpoints/form';
import { quoted } from '../inbox/queryText';
import { queryTerm } from './queryTerm';

describe('a term of a search', () => {
	it.each([
		['stripe', 'stripe'],
		['invoice.paid', 'invoice.paid'],
		['/hooks/a', '/hooks/a'],
		['', '""'],
		['a b', '"a b"'],
		['say "hi"', '"say \\"hi\\""'],
		['back\\slash', '"back\\\\slash"'],
		['a:b', '"a:b"'],
		['a*', '"a*"'],
		['(x)', '"(x)"'],
		['-x', '"-x"'],
		['>5', '">5"'],
		['OR', '"OR"'],
		['line\nbreak', '"line\nbreak"'],
	])('writes %j as %j', (text, expected) => {
		expect(quoted(text)).toBe(expected);
	});

	it('names what is looked at', () => {
		expect(queryTerm('event', 'a b')).toBe('event:"a b"');
	});
});

describe('the name of an endpoint made from a capture', () => {
	it.each([
		['/hello', 'hello'],
		['/Stripe/webhooks?x=1', 'stripe'],
		['//double/x', 'double'],
		['/a%20b', 'a-20b'],
		['/_x-/y', 'x'],
		['/', ''],
		['/?q', ''],
		['/ü', ''],
		[`/${'x'.repeat(60)}`, 'x'.repeat(48)],
	])('%j → %j', (target, slug) => {
		expect(slugOfTarget(target, [])).toBe(slug);
	});

	it('keeps clear of names that are taken', () => {
		expect(slugOfTarget('/hooks', ['hooks', 'hooks-2'])).toBe('hooks-3');
		expect(slugOfTarget(`/${'x'.repeat(48)}`, ['x'.repeat(48)])).toBe(`${'x'.repeat(46)}-2`);
	});
});
