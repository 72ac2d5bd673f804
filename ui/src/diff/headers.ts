import type { HeaderView } from '../bindings';
import { differingPlaces, longestRising } from './sequence';
import { atOnce } from './slices';

/** One header of A, of B, or of both where they belong together. Indices are places in wire order. */
export type HeaderPair = {
	a: { index: number; header: HeaderView } | null;
	b: { index: number; header: HeaderView } | null;
	/** The values differ. */
	changed: boolean;
	/** The same name in other letter case. */
	otherCase: boolean;
	/** It stands before or after another header than before. */
	moved: boolean;
	/** How often the name is there in A and in B. */
	times: [number, number];
};

/**
 * Which headers of two requests belong together: of the same name, case ignored, first those with the same value, then in
 * order. In the order of B; what only A has stands behind what came before it in A.
 */
export function diffHeaders(a: readonly HeaderView[], b: readonly HeaderView[]): HeaderPair[] {
	const partner = new Map<number, number>();
	const inA = byName(a);
	const inB = byName(b);
	for (const [name, aIndices] of inA) {
		for (const [from, to] of pairsOfName(aIndices, inB.get(name) ?? [], a, b)) partner.set(from, to);
	}
	const matched = a.map((_, index) => index).filter((index) => partner.has(index));
	const inOrder = new Set(longestRising(matched.map((index) => partner.get(index) ?? 0)).map((at) => matched[at]));
	const times = (name: string): [number, number] => {
		const key = name.toLowerCase();
		return [inA.get(key)?.length ?? 0, inB.get(key)?.length ?? 0];
	};
	const ofB = new Map([...partner].map(([from, to]) => [to, from]));
	const pairs: HeaderPair[] = b.map((header, index) => {
		const from = ofB.get(index);
		const before = from === undefined ? undefined : a[from];
		return {
			a: from === undefined || before === undefined ? null : { index: from, header: before },
			b: { index, header },
			changed: before !== undefined && !sameValue(before, header),
			otherCase: before !== undefined && before.name !== header.name,
			moved: from !== undefined && !inOrder.has(from),
			times: times(header.name),
		};
	});
	// From the last to the first, so that several in a row keep their order behind the same one.
	for (let index = a.length - 1; index >= 0; index -= 1) {
		const header = a[index];
		if (!header || partner.has(index)) continue;
		let before = index - 1;
		while (before >= 0 && !partner.has(before)) before -= 1;
		const at = before < 0 ? 0 : pairs.findIndex((pair) => pair.a?.index === before) + 1;
		pairs.splice(at, 0, {
			a: { index, header },
			b: null,
			changed: false,
			otherCase: false,
			moved: false,
			times: times(header.name),
		});
	}
	return pairs;
}

/** Whether a pair says anything: order and letter case are differences, too. */
export function differs(pair: HeaderPair): boolean {
	return pair.a === null || pair.b === null || pair.changed || pair.otherCase || pair.moved;
}

function sameValue(a: HeaderView, b: HeaderView): boolean {
	return a.value === b.value && a.lossy === b.lossy;
}

function byName(headers: readonly HeaderView[]): Map<string, number[]> {
	const names = new Map<string, number[]>();
	headers.forEach(({ name }, index) => {
		const key = name.toLowerCase();
		const indices = names.get(key);
		if (indices) indices.push(index);
		else names.set(key, [index]);
	});
	return names;
}

/** Pairs among the headers of one name. */
function pairsOfName(
	aIndices: readonly number[],
	bIndices: readonly number[],
	a: readonly HeaderView[],
	b: readonly HeaderView[],
): [number, number][] {
	const numbers = new Map<string, number>();
	const numbered = (indices: readonly number[], headers: readonly HeaderView[]): number[] =>
		indices.map((index) => {
			const value = headers[index]?.value ?? '';
			const number = numbers.get(value) ?? numbers.size;
			numbers.set(value, number);
			return number;
		});
	const aNumbers = numbered(aIndices, a);
	const bNumbers = numbered(bIndices, b);
	const pairs: [number, number][] = [];
	const pair = (from: number, to: number): void => {
		const one = aIndices[from];
		const other = bIndices[to];
		if (one !== undefined && other !== undefined) pairs.push([one, other]);
	};
	const aLeft: number[] = [];
	const bLeft: number[] = [];
	let aAt = 0;
	let bAt = 0;
	const end = { aStart: aIndices.length, aEnd: aIndices.length, bStart: bIndices.length, bEnd: bIndices.length };
	for (const place of [...atOnce(differingPlaces(aNumbers, bNumbers)), end]) {
		for (; aAt < place.aStart; aAt += 1, bAt += 1) pair(aAt, bAt);
		for (; aAt < place.aEnd; aAt += 1) aLeft.push(aAt);
		for (; bAt < place.bEnd; bAt += 1) bLeft.push(bAt);
	}
	// What only changed its place keeps its partner; the rest is paired in order.
	for (const from of [...aLeft]) {
		const to = bLeft.find((candidate) => bNumbers[candidate] === aNumbers[from]);
		if (to === undefined) continue;
		pair(from, to);
		aLeft.splice(aLeft.indexOf(from), 1);
		bLeft.splice(bLeft.indexOf(to), 1);
	}
	aLeft.forEach((from, step) => {
		const to = bLeft[step];
		if (to !== undefined) pair(from, to);
	});
	return pairs;
}
