import { describe, expect, it } from 'vitest';
import { quoted, wholeQuery, withTerm } from './queryText';

describe('quoted', () => {
	// The cases of `canonical.rs`: white space, control characters, what has a meaning, and what would begin with one.
	it.each([
		['invoice.paid', 'invoice.paid'],
		['/webhooks?a=1&b=2', '/webhooks?a=1&b=2'],
		['évènement', 'évènement'],
		['or', 'or'],
		['a-b<c>', 'a-b<c>'],
		['', '""'],
		['two words', '"two words"'],
		['no\u00a0break', '"no\u00a0break"'],
		['line\nbreak', '"line\nbreak"'],
		['bell\u0007', '"bell\u0007"'],
		['a:b', '"a:b"'],
		['a,b', '"a,b"'],
		['(a)', '"(a)"'],
		['a*', '"a*"'],
		['say "hi" \\o/', '"say \\"hi\\" \\\\o/"'],
		['-a', '"-a"'],
		['>1', '">1"'],
		['<1', '"<1"'],
		['=1', '"=1"'],
		['OR', '"OR"'],
		['AND', '"AND"'],
	])('writes %j as %j', (value, written) => expect(quoted(value)).toBe(written));
});

describe('withTerm', () => {
	it.each([
		['', 'verdict:invalid', 'verdict:invalid'],
		['  ', 'verdict:invalid', 'verdict:invalid'],
		['paid', 'verdict:invalid', 'paid verdict:invalid'],
		['paid ', 'verdict:invalid', 'paid verdict:invalid'],
		['paid verdict:invalid', 'verdict:invalid', 'paid verdict:invalid'],
		['Verdict:INVALID paid', 'verdict:invalid', 'Verdict:INVALID paid'],
		['event:"a b" x', 'event:"a b"', 'event:"a b" x'],
		['event:"a b" x', 'b"', 'event:"a b" x b"'],
		// Its opposite is not the same, and what stands in a group or a phrase does not stand there for all.
		['-verdict:invalid', 'verdict:invalid', '-verdict:invalid verdict:invalid'],
		['(verdict:invalid OR paid)', 'verdict:invalid', '(verdict:invalid OR paid) verdict:invalid'],
		['"the verdict:invalid one"', 'verdict:invalid', '"the verdict:invalid one" verdict:invalid'],
		['"a \\" OR b"', 'x', '"a \\" OR b" x'],
		['a OR b', 'verdict:invalid', '(a OR b) verdict:invalid'],
		['(a OR b) c', 'verdict:invalid', '(a OR b) c verdict:invalid'],
	])('adds to %j the term %j: %j', (query, term, written) => expect(withTerm(query, term)).toBe(written));
});

it('writes what a list is narrowed to as one query', () => {
	expect(wholeQuery(' paid ', null, null)).toBe('paid');
	expect(wholeQuery('', 'stripe-billing', 'invalid')).toBe('endpoint:stripe-billing verdict:invalid');
	expect(wholeQuery('a OR b', 'x', null)).toBe('(a OR b) endpoint:x');
	expect(wholeQuery('verdict:invalid', null, 'invalid')).toBe('verdict:invalid');
});
