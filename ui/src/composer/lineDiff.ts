import { diffText } from '../diff/lines';
import { atOnce } from '../diff/slices';

/** What differs between two texts, line by line. */
export type LineDiff = {
	/** Indices of lines of the new text that the old one does not have there, ascending. */
	changed: number[];
	/** Indices of lines of the new text before which lines of the old one are missing and nothing took their place. */
	removedBefore: number[];
	/** Each place that differs, as ranges of lines from 0, ends excluded. */
	places: { oldStart: number; oldEnd: number; newStart: number; newEnd: number }[];
	/** Number of edited lines: of each changed place the larger of the lines removed and added. */
	edits: number;
};

/** Compares the text of a draft with that of its capture. */
export function diffLines(oldText: string, newText: string): LineDiff {
	const diff: LineDiff = { changed: [], removedBefore: [], places: [], edits: 0 };
	if (oldText === newText) return diff;
	for (const { aStart, aEnd, bStart, bEnd } of atOnce(diffText(oldText, newText)).places) {
		for (let line = bStart; line < bEnd; line += 1) diff.changed.push(line);
		if (aEnd > aStart && bEnd === bStart) diff.removedBefore.push(bStart);
		diff.edits += Math.max(aEnd - aStart, bEnd - bStart);
		diff.places.push({ oldStart: aStart, oldEnd: aEnd, newStart: bStart, newEnd: bEnd });
	}
	return diff;
}
