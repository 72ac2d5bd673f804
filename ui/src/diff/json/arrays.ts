import { differingPlaces, longestRising } from '../sequence';
import type { Sliced } from '../slices';
import type { JsonNodes } from './nodes';
import { sameMeaning } from './sameMeaning';

/** An element of A and one of B that belong together; −1 where there is none. */
export type Pair = { a: number; b: number; moved: boolean };

/** Names of members that tell which thing an object is. */
const IDENTITIES = ['id', 'uuid', 'key', 'name'] as const;
const SLICE_ITEMS = 1000;

/**
 * Which elements of two arrays belong together: those that are equal, in order; then equal ones that moved; then objects of
 * the same identity; then, between what is fixed by these, those of the same kind in order. The pairs that did not move
 * rise in A and in B.
 */
export function* alignArrays(a: JsonNodes, aItems: readonly number[], b: JsonNodes, bItems: readonly number[]): Sliced<Pair[]> {
	const classes = new Classes();
	const aClasses = yield* classes.of(a, aItems);
	const bClasses = yield* classes.of(b, bItems);
	const places = yield* differingPlaces(aClasses, bClasses);
	const partner = new Map<number, number>();
	const aLeft: number[] = [];
	const bLeft: number[] = [];
	let aAt = 0;
	let bAt = 0;
	for (const place of [...places, { aStart: aItems.length, aEnd: aItems.length, bStart: bItems.length, bEnd: bItems.length }]) {
		for (; aAt < place.aStart; aAt += 1, bAt += 1) partner.set(aAt, bAt);
		for (; aAt < place.aEnd; aAt += 1) aLeft.push(aAt);
		for (; bAt < place.bEnd; bAt += 1) bLeft.push(bAt);
	}
	pairByLabel(partner, aLeft, bLeft, (at) => aClasses[at] ?? -1, (at) => bClasses[at] ?? -1);
	yield;
	pairByLabel(partner, aLeft, bLeft, (at) => identityOf(a, aItems[at]), (at) => identityOf(b, bItems[at]));
	yield;
	const fixed = yield* risingPairs(partner);
	yield;
	pairBetween(partner, fixed, aLeft, bLeft, (at, other) => comparable(a, aItems[at], b, bItems[other]));
	return yield* ordered(partner, fixed, aItems.length, bItems.length);
}

/** Puts elements of the same meaning into one class. */
class Classes {
	readonly #byHash = new Map<number, { nodes: JsonNodes; node: number; number: number }[]>();
	#count = 0;

	*of(nodes: JsonNodes, items: readonly number[]): Sliced<Int32Array> {
		const classes = new Int32Array(items.length);
		for (const [at, node] of items.entries()) {
			if (at % SLICE_ITEMS === SLICE_ITEMS - 1) yield;
			const hash = nodes.meaningHash(node);
			const known = this.#byHash.get(hash) ?? [];
			let found: number | null = null;
			for (const other of known) {
				if (yield* sameMeaning(nodes, node, other.nodes, other.node)) {
					found = other.number;
					break;
				}
			}
			if (found === null) {
				found = this.#count;
				this.#count += 1;
				// A sender that makes hashes collide makes its own elements unequal, and nothing slow.
				if (known.length < 8) this.#byHash.set(hash, [...known, { nodes, node, number: found }]);
			}
			classes[at] = found;
		}
		return classes;
	}
}

/** Pairs what has the same label, in order, and takes it out of what is left. */
function pairByLabel<Label>(
	partner: Map<number, number>,
	aLeft: number[],
	bLeft: number[],
	aLabel: (at: number) => Label | null,
	bLabel: (at: number) => Label | null,
): void {
	const waiting = new Map<Label, number[]>();
	for (const at of bLeft) {
		const label = bLabel(at);
		if (label === null) continue;
		const queue = waiting.get(label);
		if (queue) queue.push(at);
		else waiting.set(label, [at]);
	}
	// From the end, so that taking one off costs nothing.
	for (const queue of waiting.values()) queue.reverse();
	const taken = new Set<number>();
	const rest: number[] = [];
	for (const at of aLeft) {
		const label = aLabel(at);
		const other = label === null ? undefined : waiting.get(label)?.pop();
		if (other === undefined) {
			rest.push(at);
		} else {
			partner.set(at, other);
			taken.add(other);
		}
	}
	aLeft.splice(0, aLeft.length, ...rest);
	bLeft.splice(0, bLeft.length, ...bLeft.filter((at) => !taken.has(at)));
}

/** What an object says it is, for example `id:"in_1"`. */
function identityOf(nodes: JsonNodes, node: number | undefined): string | null {
	if (node === undefined || nodes.kind(node) !== 'object') return null;
	const members = nodes.children(node).slice(0, 64);
	for (const name of IDENTITIES) {
		const member = members.find((candidate) => nodes.key(candidate) === name);
		if (member === undefined) continue;
		const kind = nodes.kind(member);
		if (kind === 'string' || kind === 'number') return `${name}:${nodes.scalar(member)}`;
	}
	return null;
}

/** The pairs that keep their order; the others moved. */
function* risingPairs(partner: ReadonlyMap<number, number>): Sliced<Set<number>> {
	const froms = Uint32Array.from(partner.keys()).sort();
	yield;
	const kept = longestRising(Array.from(froms, (from) => partner.get(from) ?? 0));
	yield;
	return new Set(kept.map((at) => froms[at] ?? -1));
}

/** Pairs what is left between two fixed pairs in order, where it can be compared. Such pairs are fixed, too. */
function pairBetween(
	partner: Map<number, number>,
	fixed: Set<number>,
	aLeft: readonly number[],
	bLeft: readonly number[],
	fits: (aAt: number, bAt: number) => boolean,
): void {
	const borders = Uint32Array.from(fixed).sort();
	let aAt = 0;
	let bAt = 0;
	for (const border of [...borders, Number.POSITIVE_INFINITY]) {
		const otherBorder = partner.get(border) ?? Number.POSITIVE_INFINITY;
		const aGap: number[] = [];
		const bGap: number[] = [];
		for (let at = aLeft[aAt]; at !== undefined && at < border; at = aLeft[aAt]) {
			aGap.push(at);
			aAt += 1;
		}
		for (let at = bLeft[bAt]; at !== undefined && at < otherBorder; at = bLeft[bAt]) {
			bGap.push(at);
			bAt += 1;
		}
		for (let step = 0; step < Math.min(aGap.length, bGap.length); step += 1) {
			const from = aGap[step] ?? 0;
			const to = bGap[step] ?? 0;
			if (!fits(from, to)) continue;
			partner.set(from, to);
			fixed.add(from);
		}
	}
}

const CONTAINERS: readonly string[] = ['object', 'array'];

/** Two objects, two arrays or two scalars: what differs between them can be said. */
function comparable(a: JsonNodes, aNode: number | undefined, b: JsonNodes, bNode: number | undefined): boolean {
	if (aNode === undefined || bNode === undefined) return false;
	const aKind = a.kind(aNode);
	const bKind = b.kind(bNode);
	return aKind === bKind || (!CONTAINERS.includes(aKind) && !CONTAINERS.includes(bKind));
}

/** In the order of B; what only A has stands where it was between what stayed. */
function* ordered(partner: ReadonlyMap<number, number>, fixed: ReadonlySet<number>, aLength: number, bLength: number): Sliced<Pair[]> {
	const ofB = new Int32Array(bLength).fill(-1);
	for (const [from, to] of partner) ofB[to] = from;
	yield;
	const pairs: Pair[] = [];
	let aAt = 0;
	const removedBefore = (end: number): void => {
		for (; aAt < end; aAt += 1) if (!partner.has(aAt)) pairs.push({ a: aAt, b: -1, moved: false });
	};
	for (let b = 0; b < bLength; b += 1) {
		if (b % SLICE_ITEMS === SLICE_ITEMS - 1) yield;
		const a = ofB[b] ?? -1;
		if (a < 0) {
			pairs.push({ a: -1, b, moved: false });
			continue;
		}
		if (fixed.has(a)) removedBefore(a);
		pairs.push({ a, b, moved: !fixed.has(a) });
	}
	removedBefore(aLength);
	return pairs;
}
