import type { Place } from '../diff/sequence';
import { MOST_ROWS, type Rows } from './textRows';

export const BYTES_PER_ROW = 16;
/** Equal rows shown around a difference. */
const CONTEXT_ROWS = 2;

/** A row of two byte sequences in one column; `a` and `b` are offsets. */
export type ByteRow =
	| { kind: 'same'; a: number; b: number; length: number }
	| { kind: 'removed'; a: number; length: number }
	| { kind: 'added'; b: number; length: number }
	/** Equal bytes that are not shown. */
	| { kind: 'fold'; a: number; b: number; count: number };

/** The rows of a byte diff: rows of A keep their offsets, those of B stand below what they replace. */
export function byteRows(lengths: { a: number; b: number }, places: readonly Place[]): Rows<ByteRow> {
	const rows: ByteRow[] = [];
	const starts: number[] = [];
	const groups = grouped(places, lengths);
	let a = 0;
	let b = 0;
	for (const [index, group] of [...groups, null].entries()) {
		const until = group?.aStart ?? lengths.a;
		equalRows(rows, { a, b, count: until - a, above: index > 0, below: group !== null });
		if (group === null) break;
		starts.push(rows.length);
		for (let at = group.aStart; at < group.aEnd && rows.length <= MOST_ROWS; at += BYTES_PER_ROW) {
			rows.push({ kind: 'removed', a: at, length: Math.min(BYTES_PER_ROW, group.aEnd - at) });
		}
		for (let at = group.bStart; at < group.bEnd && rows.length <= MOST_ROWS; at += BYTES_PER_ROW) {
			rows.push({ kind: 'added', b: at, length: Math.min(BYTES_PER_ROW, group.bEnd - at) });
		}
		a = group.aEnd;
		b = group.bEnd;
		if (rows.length > MOST_ROWS) return { rows: rows.slice(0, MOST_ROWS), starts, cut: true };
	}
	return { rows, starts, cut: false };
}

/** Places widened to whole rows of A; those that share a row are one. */
function grouped(places: readonly Place[], lengths: { a: number; b: number }): Place[] {
	const groups: Place[] = [];
	for (const { aStart, aEnd, bStart, bEnd } of places) {
		const last = groups.at(-1);
		const start = Math.max(last?.aEnd ?? 0, Math.floor(aStart / BYTES_PER_ROW) * BYTES_PER_ROW);
		// What is equal in front of the place is as long in B.
		const shared = aStart - start;
		if (last && aStart < last.aEnd) {
			// The group before reaches into this place: its end was taken for equal.
			last.bEnd = bEnd;
			widen(last, aEnd, lengths);
			continue;
		}
		const group = { aStart: start, aEnd, bStart: bStart - shared, bEnd };
		widen(group, aEnd, lengths);
		groups.push(group);
	}
	return groups;
}

/** Takes in the equal bytes up to the end of the row of A. */
function widen(group: Place, aEnd: number, lengths: { a: number; b: number }): void {
	const end = Math.min(lengths.a, Math.ceil(aEnd / BYTES_PER_ROW) * BYTES_PER_ROW);
	group.bEnd += Math.max(0, end - aEnd);
	group.aEnd = Math.max(end, aEnd);
}

function equalRows(rows: ByteRow[], stretch: { a: number; b: number; count: number; above: boolean; below: boolean }): void {
	const { a, b, count } = stretch;
	const same = (from: number, to: number): void => {
		for (let at = from; at < to; at += BYTES_PER_ROW) {
			rows.push({ kind: 'same', a: a + at, b: b + at, length: Math.min(BYTES_PER_ROW, to - at) });
		}
	};
	const head = stretch.above ? CONTEXT_ROWS * BYTES_PER_ROW : 0;
	const tail = stretch.below ? CONTEXT_ROWS * BYTES_PER_ROW : 0;
	if (count <= head + tail + BYTES_PER_ROW) {
		same(0, count);
		return;
	}
	same(0, head);
	rows.push({ kind: 'fold', a: a + head, b: b + head, count: count - head - tail });
	same(count - tail, count);
}

/** A piece of a hex row. */
export type BytePiece = { hex: string; ascii: string; changed: boolean };

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** A row as hex and ASCII, cut where what differs begins and ends. `ranges` are the differing offsets of that side. */
export function bytePieces(bytes: Uint8Array, offset: number, length: number, ranges: readonly [number, number][]): BytePiece[] {
	const pieces: BytePiece[] = [];
	let range = firstEndingAfter(ranges, offset);
	for (let at = offset; at < offset + length; at += 1) {
		while (range < ranges.length && (ranges[range]?.[1] ?? 0) <= at) range += 1;
		const changed = range < ranges.length && (ranges[range]?.[0] ?? 0) <= at;
		const byte = bytes[at] ?? 0;
		const hex = `${HEX[byte] ?? ''} `;
		const ascii = byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
		const last = pieces.at(-1);
		if (last?.changed === changed) {
			last.hex += hex;
			last.ascii += ascii;
		} else {
			pieces.push({ hex, ascii, changed });
		}
	}
	return pieces;
}

function firstEndingAfter(ranges: readonly [number, number][], offset: number): number {
	let low = 0;
	let high = ranges.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((ranges[middle]?.[1] ?? 0) <= offset) low = middle + 1;
		else high = middle;
	}
	return low;
}
