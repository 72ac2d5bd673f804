import { isProblem, outlineJson } from '../capture/json/outline';
import { diffJson, type JsonChange, type JsonDiff } from './json/diffJson';
import { JsonNodes, ROOT, unquoted } from './json/nodes';
import { stepsOf, type Step } from './json/path';
import type { Place } from './sequence';
import { atOnce } from './slices';

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** B, made of A and what the places say. */
export function applyPlaces<Element>(a: readonly Element[], b: readonly Element[], places: readonly Place[]): Element[] {
	const made: Element[] = [];
	let at = 0;
	for (const { aStart, aEnd, bStart, bEnd } of places) {
		made.push(...a.slice(at, aStart), ...b.slice(bStart, bEnd));
		at = aEnd;
	}
	return [...made, ...a.slice(at)];
}

export function nodesOf(text: string, many = false): JsonNodes {
	const outline = outlineJson(text, many);
	if (isProblem(outline)) throw new Error(`Not JSON: ${text}`);
	return atOnce(JsonNodes.of(outline));
}

export function jsonDiff(a: string, b: string, many = false): JsonDiff {
	const root = many ? ROOT : 0;
	return atOnce(diffJson(nodesOf(a, many), nodesOf(b, many), { a: root, b: root }));
}

/** A JSON value that keeps the order of members, repeated names and the writing of each scalar. */
export type Value =
	| { kind: 'scalar'; written: string }
	| { kind: 'array'; items: Value[] }
	| { kind: 'object'; members: { written: string; value: Value }[] };

export function valueOf(nodes: JsonNodes, node: number): Value {
	const kind = nodes.kind(node);
	if (kind === 'array') return { kind, items: nodes.children(node).map((item) => valueOf(nodes, item)) };
	if (kind !== 'object') return { kind: 'scalar', written: nodes.scalar(node) };
	const members = nodes.children(node).map((item) => ({ written: nodes.writtenKey(item) ?? '', value: valueOf(nodes, item) }));
	return { kind, members };
}

/** A with every change made: it must be B. */
export function applyJson({ a, b, changes }: JsonDiff, rootA = 0): Value {
	return applyTo(valueOf(a, rootA), changes.map((change) => ({ change, steps: stepsOf(change.path) })), b);
}

type Located = { change: JsonChange; steps: Step[] };

function applyTo(value: Value, all: Located[], b: JsonNodes): Value {
	const here = all.filter(({ steps }) => steps.length === 0).map(({ change }) => change);
	const replaced = here.find(({ kind }) => kind === 'changed' || kind === 'written');
	if (replaced?.b !== undefined && replaced.b !== null) return valueOf(b, replaced.b);
	const deeper = all.filter(({ steps }) => steps.length > 0);
	if (value.kind === 'array') return applyToArray(value.items, deeper, b);
	if (value.kind === 'object') return applyToObject(value.members, deeper, b, here.find(({ kind }) => kind === 'order'));
	return value;
}

function below(deeper: Located[], fits: (step: Step) => boolean): Located[] {
	return deeper
		.filter(({ steps, change }) => {
			const [first] = steps;
			const own = steps.length === 1 && !['changed', 'written', 'order'].includes(change.kind);
			return first !== undefined && fits(first) && !own;
		})
		.map(({ change, steps }) => ({ change, steps: steps.slice(1) }));
}

function applyToArray(items: Value[], deeper: Located[], b: JsonNodes): Value {
	const own = deeper.filter(({ steps }) => steps.length === 1);
	const indices = own.flatMap(({ change, steps: [step] }) =>
		step && 'a' in step ? [{ kind: change.kind, a: step.a, b: step.b, node: change.b }] : [],
	);
	const gone = new Set(indices.filter(({ kind }) => kind === 'removed' || kind === 'moved').map(({ a }) => a));
	const changed = items.map((item, at) => applyTo(item, below(deeper, (step) => 'a' in step && step.a === at), b));
	const made: (Value | undefined)[] = [];
	for (const { kind, a, b: to, node } of indices) {
		if (kind === 'added' && node !== null) made[to] = valueOf(b, node);
		if (kind === 'moved') made[to] = changed[a];
	}
	let to = 0;
	changed.forEach((item, at) => {
		if (gone.has(at)) return;
		while (made[to] !== undefined) to += 1;
		made[to] = item;
	});
	return { kind: 'array', items: Array.from(made, (item) => item ?? { kind: 'scalar', written: 'missing' }) };
}

/** Texts of the property tests have each name once, so that the name alone finds the member. */
function applyToObject(members: { written: string; value: Value }[], deeper: Located[], b: JsonNodes, order: JsonChange | undefined): Value {
	const own = deeper.filter(({ steps }) => steps.length === 1).map(({ change, steps: [step] }) => ({ change, key: step && 'key' in step ? step.key : '' }));
	const made = members
		.filter(({ written }) => !own.some(({ change, key }) => change.kind === 'removed' && key === unquoted(written)))
		.map(({ written, value }) => {
			const name = unquoted(written);
			const renamed = own.find(({ change, key }) => change.kind === 'name_written' && key === name)?.change.b ?? null;
			return {
				written: renamed === null ? written : (b.writtenKey(renamed) ?? written),
				value: applyTo(value, below(deeper, (step) => 'key' in step && step.key === name), b),
			};
		});
	for (const { change } of own) {
		if (change.kind === 'added' && change.b !== null) made.push({ written: b.writtenKey(change.b) ?? '', value: valueOf(b, change.b) });
	}
	if (order?.b !== undefined && order.b !== null) {
		const wanted = b.children(order.b).map((node) => b.key(node));
		made.sort((one, other) => wanted.indexOf(unquoted(one.written)) - wanted.indexOf(unquoted(other.written)));
	}
	return { kind: 'object', members: made };
}
