import { describe, expect, it } from 'vitest';
import type { HeaderView } from '../bindings';
import { diffBytes } from './bytes';
import { markCharacters } from './characters';
import { diffHeaders, differs } from './headers';
import { diffText } from './lines';
import { differingPlaces, longestRising } from './sequence';
import { atOnce, inSlices } from './slices';
import { applyPlaces, seeded } from './testing';

const numbers = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('where two sequences differ', () => {
	it('finds nothing between equal ones', () => {
		expect(atOnce(differingPlaces(numbers('abc'), numbers('abc')))).toEqual([]);
		expect(atOnce(differingPlaces([], []))).toEqual([]);
	});

	it('finds the smallest difference', () => {
		expect(atOnce(differingPlaces(numbers('abcabba'), numbers('cbabac')))).toHaveLength(4);
		expect(atOnce(differingPlaces(numbers('abcd'), numbers('abXcd')))).toEqual([{ aStart: 2, aEnd: 2, bStart: 2, bEnd: 3 }]);
	});

	it('gives B when applied to A, also where it gives up on the smallest difference', () => {
		const random = seeded(11);
		for (let round = 0; round < 600; round += 1) {
			const letters = 2 + Math.floor(random() * 30);
			const make = (): number[] => Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * letters));
			const a = make();
			const b = random() < 0.5 ? make() : a.flatMap((item) => (random() < 0.2 ? [] : random() < 0.2 ? [item, 99] : [item]));
			const places = atOnce(differingPlaces(a, b, round % 2 === 0 ? undefined : 3));
			expect(applyPlaces(a, b, places)).toEqual(b);
			const equalBefore = places.map(({ aStart, bStart }, at) => {
				const before = places[at - 1];
				return [aStart - (before?.aEnd ?? 0), bStart - (before?.bEnd ?? 0)];
			});
			for (const [inA, inB] of equalBefore) expect(inA).toBe(inB);
		}
	});

	it('keeps what is equal when more differs than it looks for', () => {
		const a = Array.from({ length: 6000 }, (_, at) => at);
		const b = a.map((item) => (item % 3 === 0 ? item + 100_000 : item));
		const places = atOnce(differingPlaces(a, b));
		expect(places).toHaveLength(2000);
		expect(places.every(({ aStart, aEnd }) => aEnd - aStart === 1)).toBe(true);
	});

	it('finds a longest rising subsequence', () => {
		expect(longestRising([5, 1, 2, 9, 3]).length).toBe(3);
		expect(longestRising([])).toEqual([]);
	});

	it('lets the window draw between slices and ends when nobody waits any more', async () => {
		let stale = false;
		let steps = 0;
		const work = inSlices(
			(function* () {
				for (;;) {
					steps += 1;
					const until = performance.now() + 10;
					while (performance.now() < until);
					yield;
				}
			})(),
			() => stale,
		);
		await new Promise((resolve) => setTimeout(resolve, 0));
		stale = true;
		expect(await work).toBeNull();
		expect(steps).toBeLessThan(10);
	});
});

describe('lines', () => {
	it('gives B when applied to A, with every kind of line end', () => {
		const random = seeded(5);
		const make = (): string =>
			Array.from({ length: Math.floor(random() * 9) }, () => 'xyz'.charAt(Math.floor(random() * 3)) + (random() < 0.3 ? '\r\n' : '\n')).join('');
		for (let round = 0; round < 300; round += 1) {
			const [aText, bText] = [make(), make()];
			const { a, b, places } = atOnce(diffText(aText, bText));
			const all = (lines: typeof a): string[] => Array.from({ length: lines.count }, (_, at) => lines.line(at));
			expect(all(a).join('\n')).toBe(aText);
			expect(applyPlaces(all(a), all(b), places).join('\n')).toBe(bText);
			if (aText === bText) expect(places).toEqual([]);
		}
	});
});

describe('bytes', () => {
	it('gives B when applied to A, for small and for large ones', () => {
		const random = seeded(7);
		for (const size of [0, 1, 40, 3000, 200_000]) {
			for (let round = 0; round < 4; round += 1) {
				const a = Array.from({ length: size }, () => Math.floor(random() * 256));
				const b = a.flatMap((byte, at) => {
					if (at % 5000 === 77) return [1, 2, 3, 4, byte];
					if (at % 9000 === 50) return [];
					return [byte];
				});
				const places = atOnce(diffBytes(Uint8Array.from(a), Uint8Array.from(b)));
				expect(applyPlaces(a, b, places)).toEqual(b);
				const touched = places.reduce((sum, { aStart, aEnd, bStart, bEnd }) => sum + Math.max(aEnd - aStart, bEnd - bStart), 0);
				// Inserted bytes shift the rest, but do not count it as changed.
				expect(touched).toBeLessThan(Math.max(60, size / 20));
			}
		}
	});

	it('says nothing about equal bytes, and all about unlike ones', () => {
		expect(atOnce(diffBytes(bytesOf('same'), bytesOf('same')))).toEqual([]);
		expect(atOnce(diffBytes(bytesOf(''), bytesOf('new')))).toEqual([{ aStart: 0, aEnd: 0, bStart: 0, bEnd: 3 }]);
	});
});

describe('characters', () => {
	it('marks what differs and gives both sides again', () => {
		const { a, b } = markCharacters('t=1795444324,v1=abc', 't=1795444562,v1=abc');
		expect(a).toEqual([{ text: 't=1795444', changed: false }, { text: '324', changed: true }, { text: ',v1=abc', changed: false }]);
		expect(b[1]).toEqual({ text: '562', changed: true });
	});

	it('marks all when there is nearly nothing in common, and never tears a character apart', () => {
		expect(markCharacters('a17c09fe4f2', '52be61d9c0d').a).toEqual([{ text: 'a17c09fe4f2', changed: true }]);
		const random = seeded(3);
		const letters = ['a', 'b', '😀', '😁', 'é'];
		for (let round = 0; round < 200; round += 1) {
			const make = (): string => Array.from({ length: Math.floor(random() * 20) }, () => letters[Math.floor(random() * 5)]).join('');
			const [one, other] = [make(), make()];
			const marks = markCharacters(one, other);
			expect(marks.a.map(({ text }) => text).join('')).toBe(one);
			expect(marks.b.map(({ text }) => text).join('')).toBe(other);
			for (const { text } of [...marks.a, ...marks.b]) expect(/\p{Surrogate}/u.test(text)).toBe(false);
			if (one === other) expect(marks.a.every(({ changed }) => !changed)).toBe(true);
		}
	});
});

describe('headers', () => {
	const header = (name: string, value: string): HeaderView => ({ name, value, lossy: false });
	const list = (...pairs: [string, string][]): HeaderView[] => pairs.map(([name, value]) => header(name, value));

	it('finds nothing between equal ones, repeated names included', () => {
		const headers = list(['Host', 'a'], ['X-Twice', '1'], ['X-Twice', '2']);
		expect(diffHeaders(headers, headers).filter(differs)).toEqual([]);
	});

	it('sees values, letter case, order, and what came and went', () => {
		const a = list(['Host', 'a'], ['Accept', '*/*'], ['X-Old', '1'], ['Content-Type', 'application/json']);
		const b = list(['Content-Type', 'application/json'], ['host', 'b'], ['Accept', '*/*'], ['X-New', '1']);
		const pairs = diffHeaders(a, b);
		const of = (name: string) => pairs.find((pair) => (pair.b ?? pair.a)?.header.name === name);
		expect(of('host')).toMatchObject({ changed: true, otherCase: true, moved: false });
		expect(of('Content-Type')).toMatchObject({ changed: false, moved: true });
		expect(of('Accept')).toMatchObject({ changed: false, moved: false });
		expect(of('X-Old')).toMatchObject({ b: null });
		expect(of('X-New')).toMatchObject({ a: null });
	});

	it('pairs repeated names by value first', () => {
		const pairs = diffHeaders(list(['X', '1'], ['X', '2'], ['X', '3']), list(['X', '2'], ['X', '3']));
		expect(pairs.map(({ a, b }) => [a?.header.value, b?.header.value])).toEqual([['1', undefined], ['2', '2'], ['3', '3']]);
		expect(pairs[0]?.times).toEqual([3, 2]);
		const swapped = diffHeaders(list(['X', '1'], ['X', '2']), list(['X', '2'], ['X', '1']));
		expect(swapped.some(({ changed }) => changed)).toBe(false);
		expect(swapped.filter(({ moved }) => moved)).toHaveLength(1);
	});

	it('holds every header of both sides once, in order', () => {
		const random = seeded(23);
		const make = (): HeaderView[] =>
			Array.from({ length: Math.floor(random() * 8) }, () => header('abAB'.charAt(Math.floor(random() * 4)), '12'.charAt(Math.floor(random() * 2))));
		for (let round = 0; round < 400; round += 1) {
			const [a, b] = [make(), make()];
			const pairs = diffHeaders(a, b);
			expect(pairs.flatMap((pair) => (pair.b ? [pair.b.header] : []))).toEqual(b);
			const ofA = pairs.flatMap((pair) => (pair.a ? [pair.a] : []));
			expect(ofA.sort((one, other) => one.index - other.index).map((entry) => entry.header)).toEqual(a);
			for (const pair of pairs) {
				if (pair.a && pair.b) expect(pair.a.header.name.toLowerCase()).toBe(pair.b.header.name.toLowerCase());
			}
		}
	});
});
