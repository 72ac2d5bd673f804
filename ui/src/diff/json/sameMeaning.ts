import type { Sliced } from '../slices';
import type { JsonNodes } from './nodes';

/** Whether two values mean the same: numbers by value, members in any order, white space left aside. */
export function* sameMeaning(a: JsonNodes, x: number, b: JsonNodes, y: number): Sliced<boolean> {
	const tasks: [number, number][] = [[x, y]];
	for (let steps = 1; ; steps += 1) {
		const task = tasks.pop();
		if (!task) return true;
		if (steps % 1000 === 0) yield;
		const [aNode, bNode] = task;
		if (a.meaningHash(aNode) !== b.meaningHash(bNode)) return false;
		if (yield* a.sameWritten(aNode, b, bNode)) continue;
		const kind = a.kind(aNode);
		if (kind !== b.kind(bNode)) return false;
		if (kind !== 'object' && kind !== 'array') {
			if (!a.sameScalar(aNode, b, bNode)) return false;
			continue;
		}
		const aItems = a.children(aNode);
		const bItems = b.children(bNode);
		if (aItems.length !== bItems.length) return false;
		const byKey = kind === 'object' ? inKeyOrder : (_: JsonNodes, items: number[]) => items;
		const bOrdered = byKey(b, bItems);
		let at = 0;
		for (const item of byKey(a, aItems)) {
			const other = bOrdered[at] ?? 0;
			if (kind === 'object' && a.key(item) !== b.key(other)) return false;
			tasks.push([item, other]);
			at += 1;
		}
	}
}

/** Sorted by name; members of the same name keep their order. */
function inKeyOrder(nodes: JsonNodes, members: readonly number[]): number[] {
	return members
		.map((node) => ({ node, key: nodes.key(node) }))
		.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : one.node - other.node))
		.map(({ node }) => node);
}
