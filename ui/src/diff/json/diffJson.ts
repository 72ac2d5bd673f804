import type { Sliced } from '../slices';
import { alignArrays } from './arrays';
import type { JsonNodes } from './nodes';
import type { Path } from './path';
import { sameMeaning } from './sameMeaning';

export type JsonChangeKind =
	| 'added'
	| 'removed'
	/** Another value. */
	| 'changed'
	/** An element of an array that stands elsewhere among the others. */
	| 'moved'
	/** The same value, written differently: `1.0` and `1`, `\u00e9` and `é`. */
	| 'written'
	/** The same for the name of a member. */
	| 'name_written'
	/** The same members of an object in another order. */
	| 'order';

export type JsonChange = {
	kind: JsonChangeKind;
	path: Path;
	/** The node in A; null when it is not there. */
	a: number | null;
	b: number | null;
};

export type JsonDiff = {
	a: JsonNodes;
	b: JsonNodes;
	/** In the order of the text. */
	changes: JsonChange[];
	/** There are more; the search ended at `MOST_CHANGES`. */
	more: boolean;
};

/** More differences are not listed: two texts that differ so much have little to do with each other. */
export const MOST_CHANGES = 5000;
/** What is nested deeper is compared as it is written. */
export const MOST_DEPTH = 400;

type Task = { a: number; b: number; path: Path; depth: number } | JsonChange;

/** What differs between two JSON texts by their values. White space is no difference. */
export function* diffJson(a: JsonNodes, b: JsonNodes, roots: { a: number; b: number }, most = MOST_CHANGES): Sliced<JsonDiff> {
	const changes: JsonChange[] = [];
	// A stack of its own instead of recursion: a sender decides how deep the text is.
	const tasks: Task[] = [{ ...roots, path: null, depth: 0 }];
	for (let steps = 1; ; steps += 1) {
		const task = tasks.pop();
		if (!task) return { a, b, changes, more: false };
		if (steps % 1000 === 0) yield;
		if ('kind' in task) {
			if (changes.length >= most) return { a, b, changes, more: true };
			changes.push(task);
			continue;
		}
		const found = yield* compareNodes(a, b, task);
		for (let at = found.length - 1; at >= 0; at -= 1) tasks.push(found[at] as Task);
	}
}

function* compareNodes(
	a: JsonNodes,
	b: JsonNodes,
	{ a: x, b: y, path, depth }: { a: number; b: number; path: Path; depth: number },
): Sliced<Task[]> {
	const isRoot = x < 0 || y < 0;
	if (!isRoot && (yield* a.sameWritten(x, b, y))) return [];
	const kind = a.kind(x);
	if (kind !== b.kind(y)) return [{ kind: 'changed', path, a: x, b: y }];
	if (kind !== 'object' && kind !== 'array') {
		return [{ kind: a.sameScalar(x, b, y) ? 'written' : 'changed', path, a: x, b: y }];
	}
	if (depth >= MOST_DEPTH) return [{ kind: (yield* sameMeaning(a, x, b, y)) ? 'written' : 'changed', path, a: x, b: y }];
	return kind === 'object' ? yield* compareObjects(a, b, x, y, path, depth) : yield* compareArrays(a, b, x, y, path, depth);
}

function* compareArrays(a: JsonNodes, b: JsonNodes, x: number, y: number, path: Path, depth: number): Sliced<Task[]> {
	const tasks: Task[] = [];
	const aItems = a.children(x);
	const bItems = b.children(y);
	for (const [index, pair] of (yield* alignArrays(a, aItems, b, bItems)).entries()) {
		if (index % 2000 === 1999) yield;
		const at: Path = { parent: path, step: { a: pair.a, b: pair.b } };
		const aNode = aItems[pair.a] ?? null;
		const bNode = bItems[pair.b] ?? null;
		if (aNode === null || bNode === null) {
			tasks.push({ kind: aNode === null ? 'added' : 'removed', path: at, a: aNode, b: bNode });
			continue;
		}
		if (pair.moved) tasks.push({ kind: 'moved', path: at, a: aNode, b: bNode });
		tasks.push({ a: aNode, b: bNode, path: at, depth: depth + 1 });
	}
	return tasks;
}

function* compareObjects(a: JsonNodes, b: JsonNodes, x: number, y: number, path: Path, depth: number): Sliced<Task[]> {
	const aMembers = yield* membersOf(a, x);
	const bMembers = yield* membersOf(b, y);
	const tasks: Task[] = [];
	let steps = 0;
	let at = -1;
	let inOrder = true;
	for (const [name, { node, key }] of aMembers) {
		if ((steps += 1) % 2000 === 0) yield;
		const other = bMembers.get(name);
		const here: Path = { parent: path, step: { key } };
		if (!other) {
			tasks.push({ kind: 'removed', path: here, a: node, b: null });
			continue;
		}
		if (other.place < at) inOrder = false;
		at = other.place;
		if (a.writtenKey(node) !== b.writtenKey(other.node)) {
			tasks.push({ kind: 'name_written', path: here, a: node, b: other.node });
		}
		tasks.push({ a: node, b: other.node, path: here, depth: depth + 1 });
	}
	for (const [name, { node, key }] of bMembers) {
		if ((steps += 1) % 2000 === 0) yield;
		if (!aMembers.has(name)) tasks.push({ kind: 'added', path: { parent: path, step: { key } }, a: null, b: node });
	}
	if (!inOrder) tasks.unshift({ kind: 'order', path, a: x, b: y });
	return tasks;
}

type Member = { node: number; key: string; place: number };

/** Members by name and how often the name was there before: JSON lets a name occur twice, and senders do. */
function* membersOf(nodes: JsonNodes, object: number): Sliced<Map<string, Member>> {
	const members = new Map<string, Member>();
	const times = new Map<string, number>();
	let place = 0;
	for (const node of nodes.children(object)) {
		const key = nodes.key(node);
		const before = times.get(key) ?? 0;
		times.set(key, before + 1);
		members.set(`${before}:${key}`, { node, key, place });
		place += 1;
		if (place % 2000 === 0) yield;
	}
	return members;
}
