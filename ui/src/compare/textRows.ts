import type { Place } from '../diff/sequence';

/** A row of two texts in one column. `a` and `b` are line indices. */
export type TextRow =
	| { kind: 'same'; a: number; b: number }
	/** `partner`: the line that took its place. */
	| { kind: 'removed'; a: number; partner: number | null }
	| { kind: 'added'; b: number; partner: number | null }
	/** Equal lines that are not shown. */
	| { kind: 'fold'; a: number; b: number; count: number };

export type Rows<Row> = {
	rows: Row[];
	/** For each difference the row where it begins. */
	starts: number[];
	/** There would be more rows. */
	cut: boolean;
};

/** Equal lines shown around a difference. */
export const CONTEXT_LINES = 3;
/** More rows are not made. */
export const MOST_ROWS = 100_000;
/** As many lines a fold gives at a time. */
export const UNFOLDED_LINES = 500;

/**
 * The rows of a line diff. `unfolded` says for folds, by the line of A where they begin, how many of their lines are shown
 * all the same.
 */
export function textRows(
	counts: { a: number; b: number },
	places: readonly Place[],
	unfolded: ReadonlyMap<number, number> = new Map(),
): Rows<TextRow> {
	const rows: TextRow[] = [];
	const starts: number[] = [];
	let a = 0;
	let b = 0;
	const end: Place = { aStart: counts.a, aEnd: counts.a, bStart: counts.b, bEnd: counts.b };
	for (const [index, place] of [...places, end].entries()) {
		equalRows(rows, { a, b, count: place.aStart - a, above: index > 0, below: index < places.length }, unfolded);
		if (rows.length > MOST_ROWS) return { rows: rows.slice(0, MOST_ROWS), starts, cut: true };
		if (index === places.length) break;
		starts.push(rows.length);
		const removed = place.aEnd - place.aStart;
		const added = place.bEnd - place.bStart;
		for (let step = 0; step < removed && rows.length <= MOST_ROWS; step += 1) {
			rows.push({ kind: 'removed', a: place.aStart + step, partner: step < added ? place.bStart + step : null });
		}
		for (let step = 0; step < added && rows.length <= MOST_ROWS; step += 1) {
			rows.push({ kind: 'added', b: place.bStart + step, partner: step < removed ? place.aStart + step : null });
		}
		a = place.aEnd;
		b = place.bEnd;
	}
	return { rows, starts, cut: false };
}

/** An equal stretch: what is near a difference, and a fold for the rest. */
function equalRows(
	rows: TextRow[],
	stretch: { a: number; b: number; count: number; above: boolean; below: boolean },
	unfolded: ReadonlyMap<number, number>,
): void {
	const { a, b, count } = stretch;
	const same = (from: number, to: number): void => {
		for (let step = from; step < to; step += 1) rows.push({ kind: 'same', a: a + step, b: b + step });
	};
	const head = stretch.above ? CONTEXT_LINES : 0;
	const tail = stretch.below ? CONTEXT_LINES : 0;
	const shown = Math.min(count, head + (unfolded.get(a) ?? 0));
	const hidden = count - shown - tail;
	// A fold in place of one line would save nothing.
	if (hidden <= 1) {
		same(0, count);
		return;
	}
	same(0, shown);
	rows.push({ kind: 'fold', a, b, count: hidden });
	same(count - tail, count);
}
