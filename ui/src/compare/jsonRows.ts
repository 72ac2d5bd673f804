import { JsonScanner } from '../capture/json/scanner';
import type { JsonChange, JsonChangeKind, JsonDiff } from '../diff/json/diffJson';
import type { JsonNodes } from '../diff/json/nodes';
import { stepText, type Path } from '../diff/json/path';
import { formatCount } from '../text/format';

/** A row of the tree of changes: a change, or a container on the way to one. */
export type JsonRow = {
	depth: number;
	label: string;
	/** null: only the way to changes. */
	change: JsonChange | null;
	ignored: boolean;
};

export type JsonRows = {
	rows: JsonRow[];
	/** For each difference its row. */
	starts: number[];
	ignored: number;
};

/** The changes as a tree by path. Ignored ones are counted and left out, unless they are to be shown. */
export function jsonRows(changes: readonly JsonChange[], isIgnored: (change: JsonChange) => boolean, showIgnored: boolean): JsonRows {
	const rows: JsonRow[] = [];
	const starts: number[] = [];
	let ignored = 0;
	/** The containers that the last row stands in, and itself. */
	let way: Path[] = [];
	for (const change of changes) {
		const leftAside = isIgnored(change);
		if (leftAside) ignored += 1;
		if (leftAside && !showIgnored) continue;
		const own = wayTo(change.path);
		const parents = own.slice(0, -1);
		parents.forEach((parent, depth) => {
			if (way[depth] !== parent) rows.push({ depth, label: labelOf(parent), change: null, ignored: false });
		});
		if (!leftAside) starts.push(rows.length);
		rows.push({ depth: parents.length, label: labelOf(change.path), change, ignored: leftAside });
		way = own;
	}
	return { rows, starts, ignored };
}

function wayTo(path: Path): Path[] {
	const way: Path[] = [];
	for (let at = path; at !== null; at = at.parent) way.push(at);
	return way.length === 0 ? [null] : way.reverse();
}

function labelOf(path: Path): string {
	return path === null ? '$' : stepText(path.step);
}

/** The sign in the gutter, and what a screen reader says for it. */
export const SIGNS: Record<JsonChangeKind, { sign: string; word: string }> = {
	added: { sign: '+', word: 'added' },
	removed: { sign: '−', word: 'removed' },
	changed: { sign: '~', word: 'changed' },
	moved: { sign: '↕', word: 'moved' },
	written: { sign: '≈', word: 'written differently' },
	name_written: { sign: '≈', word: 'name written differently' },
	order: { sign: '↕', word: 'in another order' },
};

/** What stands behind the values. */
export function changeNote(change: JsonChange): string | null {
	switch (change.kind) {
		case 'written':
			return 'same value, written differently';
		case 'name_written':
			return 'same name, written differently';
		case 'order':
			return 'same members, another order';
		case 'moved': {
			const step = change.path?.step;
			return step && 'a' in step ? `moved from [${formatCount(step.a)}] to [${formatCount(step.b)}]` : 'moved';
		}
		default:
			return null;
	}
}

/** What A and what B has. Scalars are whole, containers cut after `most` characters. null: nothing is shown for that side. */
export function changeTexts({ a: nodesA, b: nodesB }: JsonDiff, change: JsonChange, most: number): { a: string | null; b: string | null } {
	const { kind, a, b } = change;
	if (kind === 'moved') return { a: null, b: b === null ? null : compactText(nodesB, b, most) };
	const text = (nodes: JsonNodes, node: number | null): string | null => {
		if (node === null) return null;
		if (kind === 'name_written') return nodes.writtenKey(node);
		if (kind === 'order') return memberNames(nodes, node, most);
		return isContainer(nodes, node) ? compactText(nodes, node, most) : nodes.scalar(node);
	};
	return { a: text(nodesA, a), b: text(nodesB, b) };
}

function isContainer(nodes: JsonNodes, node: number): boolean {
	return nodes.kind(node) === 'object' || nodes.kind(node) === 'array';
}

function memberNames(nodes: JsonNodes, node: number, most: number): string {
	let names = '';
	for (const child of nodes.children(node)) {
		const name = nodes.writtenKey(child) ?? '';
		if (names.length + name.length > most) return `${names}, …`;
		names += names === '' ? name : `, ${name}`;
	}
	return names;
}

/** A value on one line, as it is written but for white space; cut after about `most` characters. */
export function compactText(nodes: JsonNodes, node: number, most: number): string {
	const [start, end] = nodes.range(node);
	const { text } = nodes.outline;
	const scanner = new JsonScanner(text, start);
	let compact = '';
	while (scanner.end < end) {
		const kind = scanner.next();
		if (kind === 'end' || kind === 'problem' || scanner.start >= end) break;
		const left = most - compact.length;
		if (left <= 0) return `${compact}…`;
		if (scanner.end - scanner.start > left) return `${compact}${text.slice(scanner.start, scanner.start + left)}…`;
		const token = text.slice(scanner.start, scanner.end);
		compact += token === ',' || token === ':' ? `${token} ` : token;
	}
	return compact;
}
