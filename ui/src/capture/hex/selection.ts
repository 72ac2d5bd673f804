import { BYTES_PER_ROW } from '../byteLines';
import type { ByteRange } from './inspect';

/** Where a selection was begun and where it ends now; both bytes belong to it. */
export type ByteSelection = { anchor: number; focus: number };

export function rangeOf({ anchor, focus }: ByteSelection): ByteRange {
	return { start: Math.min(anchor, focus), end: Math.max(anchor, focus) + 1 };
}

/** What a key makes of a selection: arrows move it, with Shift they extend it. Null for other keys. */
export function moved(selection: ByteSelection | null, key: string, isExtending: boolean, length: number): ByteSelection | null {
	if (length === 0) return null;
	const from = selection?.focus ?? 0;
	const row = from - (from % BYTES_PER_ROW);
	const steps: Record<string, number> = {
		ArrowLeft: from - 1,
		ArrowRight: from + 1,
		ArrowUp: from - BYTES_PER_ROW,
		ArrowDown: from + BYTES_PER_ROW,
		Home: row,
		End: row + BYTES_PER_ROW - 1,
	};
	const wanted = steps[key];
	if (wanted === undefined) return null;
	// The first key begins the selection where it is.
	const isOutside = key === 'ArrowUp' ? wanted < 0 : key === 'ArrowDown' ? wanted >= length : false;
	const focus = selection === null || isOutside ? from : Math.min(Math.max(wanted, 0), length - 1);
	return { anchor: isExtending && selection !== null ? selection.anchor : focus, focus };
}
