import { describe, expect, it } from 'vitest';
import { pieces, rank, ranked } from './rank';

/** The text with what answers in brackets; null: no answer. */
function marked(typed: string, text: string): string | null {
	const match = rank(typed, text);
	return match && pieces(text, match.ranges).map((piece) => (piece.marked ? `[${piece.text}]` : piece.text)).join('');
}

const order = (typed: string, texts: string[]): string[] => ranked(typed, texts, (text) => text).map(({ thing }) => thing);

describe('the ranker', () => {
	it.each([
		['res', 'Resend', '[Res]end'],
		['res', 'Edit & resend', 'Edit & [res]end'],
		['RES', 'edit & resend', 'edit & [res]end'],
		['send res', 'Resend', '[Resend]'],
		['copy cu', 'Copy as cURL', '[Copy] as [cU]RL'],
		['cac', 'Copy as cURL', '[C]opy [a]s [c]URL'],
		['gst', 'github-stripe test', '[g]ithub-[st]ripe test'],
		['res', 'Tree or source', null],
		['res', 'Deliveries', null],
		['xyz', 'Resend', null],
		['ze', 'Resend', null],
		['', 'Resend', 'Resend'],
	])('answers %j in %j with %j', (typed, text, expected) => {
		expect(marked(typed, text)).toBe(expected);
	});

	it('puts the whole text first, then beginnings, beginnings of words, insides, scattered letters', () => {
		expect(order('star', ['a tsetarx r', 'Restart listener', 'Take the star away', 'Star on, off', 'Star', 'settle any rest'])).toEqual([
			'Star',
			'Star on, off',
			'Take the star away',
			'Restart listener',
			'settle any rest',
		]);
		expect(order('exp', ['Edit x path', 'Inexpensive', 'Export…'])).toEqual(['Export…', 'Inexpensive', 'Edit x path']);
	});

	it('puts the shorter of two like answers first and leaves equal ones in their order', () => {
		expect(order('inbox', ['Inbox of everything', 'Inbox here'])).toEqual(['Inbox here', 'Inbox of everything']);
		expect(ranked('a', ['a1', 'a2', 'a3'], (text) => text).map(({ thing }) => thing)).toEqual(['a1', 'a2', 'a3']);
	});

	it('finds by words that are not shown, behind what answers by its name', () => {
		const things = [
			{ name: 'Dark colours', more: 'theme' },
			{ name: 'Theme park', more: '' },
		];
		const found = ranked('theme', things, ({ name }) => name, ({ more }) => more);
		expect(found.map(({ thing }) => thing.name)).toEqual(['Theme park', 'Dark colours']);
		expect(found[1]?.match.ranges).toEqual([]);
		// Letters here and there among words that nobody sees would be no answer.
		expect(ranked('tme', things, ({ name }) => name, ({ more }) => more)).toHaveLength(1);
	});

	it('marks the right characters beside letters whose lower case is longer', () => {
		expect(marked('paid', 'İİ invoice.paid')).toBe('İİ invoice.[paid]');
	});

	it('takes no time over texts of any length', () => {
		const long = `${'a'.repeat(1_000_000)}b`;
		const before = performance.now();
		expect(rank('aab', long)).toBeNull();
		expect(performance.now() - before).toBeLessThan(200);
	});
});
