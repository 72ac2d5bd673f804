import { expect, it } from 'vitest';
import { shortCount, totalWords } from './searchWords';

it('says how many match, and whether that is all', () => {
	expect(totalWords(4913, true)).toBe('4,913');
	expect(totalWords(1_000_000, true)).toBe('1,000,000');
	expect(totalWords(4913, false)).toBe('at least 4,913');
	expect(totalWords(0, false)).toBe('at least 0');
	expect(totalWords(10_200, false)).toBe('10,000+');
});

it('says it in a few digits beside a saved filter', () => {
	const shown = [0, 7, 140, 4913, 999_999].map((captures) => shortCount({ captures, is_exact: false }));
	expect(shown).toEqual(['…', '7+', '100+', '4,000+', '900,000+']);
	expect(shortCount({ captures: 0, is_exact: true })).toBe('0');
});
