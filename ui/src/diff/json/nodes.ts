import { JsonScanner } from '../../capture/json/scanner';
import type { JsonOutline } from '../../capture/json/outline';
import type { Sliced } from '../slices';
import { numberValue } from './numbers';

export type NodeKind = 'object' | 'array' | 'string' | 'number' | 'literal';
const KINDS: readonly NodeKind[] = ['object', 'array', 'string', 'number', 'literal'];

/** Nodes between two looks at the clock. */
const SLICE_NODES = 4000;

/** The node that holds all others of a text with one value after another. */
export const ROOT = -1;

/**
 * The values of a JSON text as nodes, each named by the line of the outline where it begins. Hashes tell quickly that two
 * nodes differ; that they are equal is always looked up, since a sender could make hashes collide.
 */
export class JsonNodes {
	readonly outline: JsonOutline;
	readonly #kinds: Uint8Array;
	/** End of the key, 0 without one. */
	readonly #keyEnds: Uint32Array;
	readonly #valueStarts: Uint32Array;
	readonly #valueEnds: Uint32Array;
	readonly #written: Int32Array;
	readonly #meaning: Int32Array;

	private constructor(outline: JsonOutline) {
		const { count } = outline;
		this.outline = outline;
		this.#kinds = new Uint8Array(count);
		this.#keyEnds = new Uint32Array(count);
		this.#valueStarts = new Uint32Array(count);
		this.#valueEnds = new Uint32Array(count);
		this.#written = new Int32Array(count);
		this.#meaning = new Int32Array(count);
	}

	static *of(outline: JsonOutline): Sliced<JsonNodes> {
		const nodes = new JsonNodes(outline);
		yield* nodes.#read();
		return nodes;
	}

	kind(node: number): NodeKind {
		return node === ROOT ? 'array' : (KINDS[this.#kinds[node] ?? 0] ?? 'literal');
	}

	/** The key as it is written, with its quotes; null in an array. */
	writtenKey(node: number): string | null {
		const end = this.#keyEnds[node] ?? 0;
		return end === 0 ? null : this.outline.text.slice(this.outline.starts[node] ?? 0, end);
	}

	key(node: number): string {
		return unquoted(this.writtenKey(node) ?? '""');
	}

	/** Where the value is in the text. */
	range(node: number): [number, number] {
		if (node === ROOT) return [0, this.outline.text.length];
		const last = this.#last(node);
		return [this.#valueStarts[node] ?? 0, this.#valueEnds[last] ?? 0];
	}

	/** The value exactly as it stands in the text. */
	source(node: number): string {
		return this.outline.text.slice(...this.range(node));
	}

	/** A scalar as it is written; of a container its first bracket. */
	scalar(node: number): string {
		return this.outline.text.slice(this.#valueStarts[node] ?? 0, this.#valueEnds[node] ?? 0);
	}

	children(node: number): number[] {
		const { closers, count } = this.outline;
		const end = node === ROOT ? count : (closers[node] ?? 0);
		const found: number[] = [];
		for (let child = node + 1; child < end; child = this.#last(child) + 1) found.push(child);
		return found;
	}

	/** Hash of the tokens as they are written. */
	writtenHash(node: number): number {
		return this.#written[node] ?? 0;
	}

	/** Hash of what the tokens mean: numbers by value, keys in any order. */
	meaningHash(node: number): number {
		return this.#meaning[node] ?? 0;
	}

	/** Whether the tokens are the same, white space left aside. */
	*sameWritten(node: number, other: JsonNodes, otherNode: number): Sliced<boolean> {
		if (this.writtenHash(node) !== other.writtenHash(otherNode)) return false;
		if (this.kind(node) === other.kind(otherNode) && this.source(node) === other.source(otherNode)) return true;
		const last = this.#last(node);
		if (last - node !== other.#last(otherNode) - otherNode) return false;
		if (!this.#sameToken(node, other, otherNode)) return false;
		for (let step = 1; step <= last - node; step += 1) {
			if (step % SLICE_NODES === 0) yield;
			if (this.writtenKey(node + step) !== other.writtenKey(otherNode + step)) return false;
			if (!this.#sameToken(node + step, other, otherNode + step)) return false;
		}
		return true;
	}

	/** Whether two scalars of the same kind mean the same. */
	sameScalar(node: number, other: JsonNodes, otherNode: number): boolean {
		const kind = this.kind(node);
		if (kind !== other.kind(otherNode)) return false;
		const written = this.scalar(node);
		const otherWritten = other.scalar(otherNode);
		if (written === otherWritten) return true;
		if (kind === 'number') return numberValue(written) === numberValue(otherWritten);
		return kind === 'string' && unquoted(written) === unquoted(otherWritten);
	}

	#sameToken(node: number, other: JsonNodes, otherNode: number): boolean {
		return this.#kinds[node] === other.#kinds[otherNode] && this.scalar(node) === other.scalar(otherNode);
	}

	/** The line that ends the node. */
	#last(node: number): number {
		return (this.outline.closers[node] ?? 0) || node;
	}

	*#read(): Sliced<void> {
		const { text, starts, ends, closers, count } = this.outline;
		const open: number[] = [];
		for (let line = 0; line < count; line += 1) {
			if (line % SLICE_NODES === SLICE_NODES - 1) yield;
			const innermost = open.at(-1);
			if (innermost !== undefined && closers[innermost] === line) {
				open.pop();
				this.#kinds[line] = this.#kinds[innermost] ?? 0;
				this.#valueStarts[line] = starts[line] ?? 0;
				this.#valueEnds[line] = (starts[line] ?? 0) + 1;
				this.#fold(innermost, open.at(-1));
				continue;
			}
			const scanner = new JsonScanner(text, starts[line] ?? 0);
			scanner.next();
			const inObject = innermost !== undefined && this.#kinds[innermost] === 0;
			if (inObject) {
				this.#keyEnds[line] = scanner.end;
				scanner.next();
				scanner.next();
			}
			this.#valueStarts[line] = scanner.start;
			this.#valueEnds[line] = scanner.end;
			this.#kinds[line] = kindNumber(text, scanner);
			const container = scanner.kind === 'punctuation';
			this.#begin(line, container);
			if (container && (closers[line] ?? 0) > 0) {
				open.push(line);
				continue;
			}
			if (container) {
				// An empty one: its closing bracket stands on the same line.
				scanner.next();
				this.#valueEnds[line] = Math.min(scanner.end, ends[line] ?? scanner.end);
			}
			this.#fold(line, innermost);
		}
	}

	/** Hashes of a node before its children. */
	#begin(line: number, container: boolean): void {
		const kind = this.#kinds[line] ?? 0;
		if (container) {
			this.#written[line] = kind + 1;
			this.#meaning[line] = kind + 1;
			return;
		}
		const written = this.scalar(line);
		const hash = hashOf(written, kind);
		this.#written[line] = hash;
		const meaning = KINDS[kind] === 'number' ? numberValue(written) : KINDS[kind] === 'string' ? unquoted(written) : written;
		this.#meaning[line] = hashOf(meaning, kind);
	}

	/** Takes a finished node into its parent. */
	#fold(line: number, parent: number | undefined): void {
		if (parent === undefined) return;
		const key = this.writtenKey(line);
		const writtenKey = key === null ? 0 : hashOf(key, 7);
		this.#written[parent] = mixed(mixed(this.#written[parent] ?? 0, writtenKey), this.#written[line] ?? 0);
		const meaning = this.#meaning[parent] ?? 0;
		this.#meaning[parent] =
			key === null
				? mixed(meaning, this.#meaning[line] ?? 0)
				: (meaning + mixed(mixed(hashOf(unquoted(key), 7), this.#meaning[line] ?? 0), 0x2545)) | 0;
	}
}

function kindNumber(text: string, scanner: JsonScanner): number {
	switch (scanner.kind) {
		case 'punctuation':
			return text.charCodeAt(scanner.start) === 0x7b ? 0 : 1;
		case 'string':
			return 2;
		case 'number':
			return 3;
		default:
			return 4;
	}
}

/** What a JSON string says. */
export function unquoted(written: string): string {
	// Only a string is ever parsed, never a number.
	return written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1);
}

/** FNV-1a over UTF-16 units. */
function hashOf(text: string, seed: number): number {
	let hash = 0x811c9dc5 ^ seed;
	for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
	return hash;
}

function mixed(hash: number, next: number): number {
	return Math.imul(hash ^ next, 0x01000193) ^ (hash >>> 15);
}
