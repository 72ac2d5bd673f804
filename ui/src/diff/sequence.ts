import type { Sliced } from './slices';

/** A place where two sequences differ: ranges from 0, ends excluded; one of them may be empty. */
export type Place = { aStart: number; aEnd: number; bStart: number; bEnd: number };

/** An equal stretch of both. */
type Run = { a: number; b: number; length: number };

/** Beyond this many differing elements the search for the smallest difference costs more than it tells. */
const MOST_DIFFERENCES = 1000;
/** The same for one stretch between two anchors; there may be many of them. */
const MOST_BETWEEN_ANCHORS = 200;
/** Steps between two looks at the clock. */
const SLICE_STEPS = 20_000;

/**
 * Where two sequences differ, in order, after Myers' O(ND) algorithm (1986). Sequences that differ in more than `most`
 * elements are first taken apart at the elements that both have exactly once, as patience diff does; what is between
 * them and still differs too much counts as replaced. Everything outside of the places is equal, whichever way was taken.
 */
export function* differingPlaces(
	a: ArrayLike<number>,
	b: ArrayLike<number>,
	most = MOST_DIFFERENCES,
): Sliced<Place[]> {
	const whole = yield* trimmed(a, b, { aStart: 0, aEnd: a.length, bStart: 0, bEnd: b.length });
	const inside = yield* runsWithin(a, b, whole, most);
	return gapsOf(whole, inside ?? (yield* runsByAnchors(a, b, whole)));
}

/** Joins places that less than `gap` equal elements are between: coincidences that would only be noise. */
export function joinNear(places: readonly Place[], gap: number): Place[] {
	const joined: Place[] = [];
	for (const place of places) {
		const last = joined.at(-1);
		if (last && place.aStart - last.aEnd < gap) {
			last.aEnd = place.aEnd;
			last.bEnd = place.bEnd;
		} else {
			joined.push({ ...place });
		}
	}
	return joined;
}

/** A place without what is equal at both of its ends. */
export function* trimmed(a: ArrayLike<number>, b: ArrayLike<number>, place: Place): Sliced<Place> {
	let { aStart, aEnd, bStart, bEnd } = place;
	let steps = 0;
	while (aStart < aEnd && bStart < bEnd && a[aStart] === b[bStart]) {
		aStart += 1;
		bStart += 1;
		if ((steps += 1) % SLICE_STEPS === 0) yield;
	}
	while (aStart < aEnd && bStart < bEnd && a[aEnd - 1] === b[bEnd - 1]) {
		aEnd -= 1;
		bEnd -= 1;
		if ((steps += 1) % SLICE_STEPS === 0) yield;
	}
	return { aStart, aEnd, bStart, bEnd };
}

/** The equal runs of the smallest difference; null when it is larger than `most`. */
function* runsWithin(
	a: ArrayLike<number>,
	b: ArrayLike<number>,
	{ aStart, aEnd, bStart, bEnd }: Place,
	most: number,
): Sliced<Run[] | null> {
	const aLength = aEnd - aStart;
	const bLength = bEnd - bStart;
	if (aLength === 0 || bLength === 0) return [];
	const limit = Math.min(aLength + bLength, most);
	const middle = limit + 1;
	const reach = new Int32Array(2 * limit + 3);
	const history: Int32Array[] = [];
	let steps = 0;
	for (let edits = 0; edits <= limit; edits += 1) {
		history.push(reach.slice(middle - edits - 1, middle + edits + 2));
		for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
			const down =
				diagonal === -edits ||
				(diagonal !== edits && (reach[middle + diagonal - 1] ?? 0) < (reach[middle + diagonal + 1] ?? 0));
			let x = down ? (reach[middle + diagonal + 1] ?? 0) : (reach[middle + diagonal - 1] ?? 0) + 1;
			let y = x - diagonal;
			steps += 1;
			while (x < aLength && y < bLength && a[aStart + x] === b[bStart + y]) {
				x += 1;
				y += 1;
				steps += 1;
			}
			reach[middle + diagonal] = x;
			if (x >= aLength && y >= bLength) return walkBack(history, aStart, aLength, bStart, bLength);
			if (steps > SLICE_STEPS) {
				steps = 0;
				yield;
			}
		}
	}
	return null;
}

function walkBack(history: Int32Array[], aStart: number, aLength: number, bStart: number, bLength: number): Run[] {
	const runs: Run[] = [];
	let x = aLength;
	let y = bLength;
	for (let edits = history.length - 1; edits >= 0; edits -= 1) {
		const reach = history[edits];
		const at = (diagonal: number): number => reach?.[diagonal + edits + 1] ?? 0;
		const diagonal = x - y;
		const down = diagonal === -edits || (diagonal !== edits && at(diagonal - 1) < at(diagonal + 1));
		const previous = down ? diagonal + 1 : diagonal - 1;
		const fromX = edits === 0 ? 0 : at(previous);
		const fromY = edits === 0 ? 0 : fromX - previous;
		// From the point before, one step down or right, then equal elements.
		const runX = edits === 0 ? 0 : down ? fromX : fromX + 1;
		const length = x - runX;
		if (length > 0) runs.push({ a: aStart + runX, b: bStart + y - length, length });
		x = fromX;
		y = fromY;
	}
	return runs.reverse();
}

/** Equal runs found by way of the elements that both sides have exactly once. */
function* runsByAnchors(a: ArrayLike<number>, b: ArrayLike<number>, place: Place): Sliced<Run[]> {
	const anchors = yield* anchorsOf(a, b, place);
	const runs: Run[] = [];
	let aFrom = place.aStart;
	let bFrom = place.bStart;
	for (const [index, anchor] of [...anchors, { a: place.aEnd, b: place.bEnd, length: 0 }].entries()) {
		if (index % SLICE_STEPS === SLICE_STEPS - 1) yield;
		const between = { aStart: aFrom, aEnd: anchor.a, bStart: bFrom, bEnd: anchor.b };
		const inner = yield* trimmed(a, b, between);
		if (inner.aStart > aFrom) runs.push({ a: aFrom, b: bFrom, length: inner.aStart - aFrom });
		runs.push(...((yield* runsWithin(a, b, inner, MOST_BETWEEN_ANCHORS)) ?? []));
		if (inner.aEnd < anchor.a) runs.push({ a: inner.aEnd, b: inner.bEnd, length: anchor.a - inner.aEnd });
		if (anchor.length > 0) runs.push(anchor);
		aFrom = anchor.a + anchor.length;
		bFrom = anchor.b + anchor.length;
	}
	return runs;
}

function* anchorsOf(a: ArrayLike<number>, b: ArrayLike<number>, place: Place): Sliced<Run[]> {
	const inA = yield* positionsOfSingles(a, place.aStart, place.aEnd);
	const inB = yield* positionsOfSingles(b, place.bStart, place.bEnd);
	const both: Run[] = [];
	let steps = 0;
	for (const [element, at] of inA) {
		const other = inB.get(element);
		if (at >= 0 && other !== undefined && other >= 0) both.push({ a: at, b: other, length: 1 });
		if ((steps += 1) % SLICE_STEPS === 0) yield;
	}
	both.sort((one, other) => one.a - other.a);
	yield;
	const kept = longestRising(both.map((anchor) => anchor.b));
	return kept.map((index) => both[index]).filter((anchor) => anchor !== undefined);
}

/** Each element's position; −1 when it is there more than once. */
function* positionsOfSingles(elements: ArrayLike<number>, start: number, end: number): Sliced<Map<number, number>> {
	const positions = new Map<number, number>();
	for (let at = start; at < end; at += 1) {
		const element = elements[at] ?? 0;
		positions.set(element, positions.has(element) ? -1 : at);
		if ((at - start) % SLICE_STEPS === SLICE_STEPS - 1) yield;
	}
	return positions;
}

/** Indices of a longest strictly rising subsequence, ascending. */
export function longestRising(numbers: readonly number[]): number[] {
	/** For each length the index of the smallest number that ends a subsequence of it. */
	const ends: number[] = [];
	const before = new Int32Array(numbers.length).fill(-1);
	numbers.forEach((number, index) => {
		let low = 0;
		let high = ends.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((numbers[ends[middle] ?? 0] ?? 0) < number) low = middle + 1;
			else high = middle;
		}
		before[index] = low > 0 ? (ends[low - 1] ?? -1) : -1;
		ends[low] = index;
	});
	const rising: number[] = [];
	for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) rising.push(at);
	return rising.reverse();
}

/** What the runs leave open within a place. */
function gapsOf({ aStart, aEnd, bStart, bEnd }: Place, runs: readonly Run[]): Place[] {
	const places: Place[] = [];
	let a = aStart;
	let b = bStart;
	for (const run of [...runs, { a: aEnd, b: bEnd, length: 0 }]) {
		if (run.a > a || run.b > b) places.push({ aStart: a, aEnd: run.a, bStart: b, bEnd: run.b });
		a = run.a + run.length;
		b = run.b + run.length;
	}
	return places;
}
