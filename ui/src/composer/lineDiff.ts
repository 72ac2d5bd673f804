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

/** Beyond this many differing lines the search for the smallest difference costs more than it tells. */
const MOST_DIFFERENCES = 1000;

/** Compares two texts by Myers' O(ND) algorithm (1986), after taking off what is equal at both ends. */
export function diffLines(oldText: string, newText: string): LineDiff {
	if (oldText === newText) return { changed: [], removedBefore: [], places: [], edits: 0 };
	const before = oldText.split('\n');
	const after = newText.split('\n');
	let head = 0;
	while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
	let tail = 0;
	while (
		tail < before.length - head &&
		tail < after.length - head &&
		before[before.length - 1 - tail] === after[after.length - 1 - tail]
	) {
		tail += 1;
	}
	const oldMiddle = before.slice(head, before.length - tail);
	const newMiddle = after.slice(head, after.length - tail);
	return collect(head, oldMiddle.length, newMiddle.length, commonLines(oldMiddle, newMiddle));
}

/** Pairs of equal lines in order; empty when the texts differ too much. */
function commonLines(before: string[], after: string[]): [number, number][] {
	const most = Math.min(before.length + after.length, MOST_DIFFERENCES);
	const middle = most + 1;
	const reach = new Int32Array(2 * most + 3);
	const history: Int32Array[] = [];
	for (let edits = 0; edits <= most; edits += 1) {
		history.push(reach.slice(middle - edits - 1, middle + edits + 2));
		for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
			const down =
				diagonal === -edits ||
				(diagonal !== edits && (reach[middle + diagonal - 1] ?? 0) < (reach[middle + diagonal + 1] ?? 0));
			let x = down ? (reach[middle + diagonal + 1] ?? 0) : (reach[middle + diagonal - 1] ?? 0) + 1;
			let y = x - diagonal;
			while (x < before.length && y < after.length && before[x] === after[y]) {
				x += 1;
				y += 1;
			}
			reach[middle + diagonal] = x;
			if (x >= before.length && y >= after.length) return walkBack(history, before.length, after.length);
		}
	}
	return [];
}

function walkBack(history: Int32Array[], oldLength: number, newLength: number): [number, number][] {
	const pairs: [number, number][] = [];
	let x = oldLength;
	let y = newLength;
	for (let edits = history.length - 1; edits >= 0; edits -= 1) {
		const reach = history[edits];
		const at = (diagonal: number): number => reach?.[diagonal + edits + 1] ?? 0;
		const diagonal = x - y;
		const down = diagonal === -edits || (diagonal !== edits && at(diagonal - 1) < at(diagonal + 1));
		const previous = down ? diagonal + 1 : diagonal - 1;
		const fromX = edits === 0 ? 0 : at(previous);
		const fromY = edits === 0 ? 0 : fromX - previous;
		while (x > fromX && y > fromY) {
			x -= 1;
			y -= 1;
			pairs.push([x, y]);
		}
		x = fromX;
		y = fromY;
	}
	return pairs.reverse();
}

function collect(head: number, oldLength: number, newLength: number, pairs: [number, number][]): LineDiff {
	const diff: LineDiff = { changed: [], removedBefore: [], places: [], edits: 0 };
	let x = 0;
	let y = 0;
	for (const [pairX, pairY] of [...pairs, [oldLength, newLength] as [number, number]]) {
		const removed = pairX - x;
		const added = pairY - y;
		for (let line = y; line < pairY; line += 1) diff.changed.push(head + line);
		if (removed > 0 && added === 0) diff.removedBefore.push(head + pairY);
		diff.edits += Math.max(removed, added);
		if (removed + added > 0) {
			diff.places.push({ oldStart: head + x, oldEnd: head + pairX, newStart: head + y, newEnd: head + pairY });
		}
		x = pairX + 1;
		y = pairY + 1;
	}
	return diff;
}
