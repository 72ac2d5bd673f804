import type { BodyKind, ReadableBody } from '../capture/bodyText';
import { JsonOutliner, type JsonOutline } from '../capture/json/outline';
import { diffBytes } from '../diff/bytes';
import { diffJson, type JsonDiff } from '../diff/json/diffJson';
import { JsonNodes, ROOT } from '../diff/json/nodes';
import { diffText, type TextDiff } from '../diff/lines';
import type { Place } from '../diff/sequence';
import type { Sliced } from '../diff/slices';

/** How two bodies can be compared: by what they say, by lines, or by bytes. */
export type BodyDiffKind = 'json' | 'text' | 'bytes';

export type BytesDiff = { a: Uint8Array; b: Uint8Array; places: Place[] };

export type BodyDiff =
	| { kind: 'json'; diff: JsonDiff }
	| { kind: 'text'; diff: TextDiff }
	| { kind: 'bytes'; diff: BytesDiff };

/** One of the two bodies. */
export type BodySide = { bytes: Uint8Array; readable: ReadableBody };

const SLICE_TOKENS = 5000;

/** The ways two bodies can be compared, the one that tells most first. */
export function kindsFor(a: BodySide, b: BodySide): BodyDiffKind[] {
	if (a.readable.text === null || b.readable.text === null) return ['bytes'];
	return isJson(a.readable.kind) && isJson(b.readable.kind) && (a.readable.kind === 'ndjson') === (b.readable.kind === 'ndjson')
		? ['json', 'text', 'bytes']
		: ['text', 'bytes'];
}

/** Compares two bodies. null: one of them is not JSON although it begins like it. */
export function* diffBodies(kind: BodyDiffKind, a: BodySide, b: BodySide): Sliced<BodyDiff | null> {
	const [aText, bText] = [a.readable.text, b.readable.text];
	if (kind === 'bytes' || aText === null || bText === null) {
		return { kind: 'bytes', diff: { a: a.bytes, b: b.bytes, places: yield* diffBytes(a.bytes, b.bytes) } };
	}
	if (kind === 'text') return { kind, diff: yield* diffText(aText, bText) };
	const many = a.readable.kind === 'ndjson';
	const aOutline = yield* outlined(aText, many);
	const bOutline = aOutline && (yield* outlined(bText, many));
	if (!aOutline || !bOutline) return null;
	const root = many ? ROOT : 0;
	const diff = yield* diffJson(yield* JsonNodes.of(aOutline), yield* JsonNodes.of(bOutline), { a: root, b: root });
	return { kind, diff };
}

function isJson(kind: BodyKind): boolean {
	return kind === 'json' || kind === 'ndjson';
}

function* outlined(text: string, many: boolean): Sliced<JsonOutline | null> {
	const outliner = new JsonOutliner(text, many);
	for (;;) {
		const result = outliner.run(SLICE_TOKENS);
		if (result === 'problem') return null;
		if (result === 'done') return outliner.outline();
		yield;
	}
}
