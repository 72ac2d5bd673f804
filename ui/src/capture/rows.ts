import { lastAtMost, type LineSource } from './lines';

/** What one 18 px row of the viewer shows. */
export type Row = { line: number; from: number; to: number };

/** A longer line is cut here until the reader asks for more: engines lay out long text nodes slowly. */
export const CUT_CHARS = 10_000;
const LEAST_WRAP_COLUMNS = 16;

/** Where rows fall on lines: one each, or with wrapping as many as a line needs at this width. */
export class RowMap {
	readonly #source: LineSource;
	/** Row at which each line starts, and at the end the number of rows; null when each line is one row. */
	readonly #firsts: Uint32Array | null;
	readonly #columns: (line: number) => number;

	/** `columns` is the width of a row in characters; null does not wrap. `indent` is the width of a level. */
	constructor(source: LineSource, columns: number | null, indentColumns: number) {
		this.#source = source;
		this.#columns = (line) =>
			Math.max(LEAST_WRAP_COLUMNS, Math.floor((columns ?? 0) - source.depthOf(line) * indentColumns));
		if (columns === null) {
			this.#firsts = null;
			return;
		}
		const firsts = new Uint32Array(source.count + 1);
		for (let line = 0; line < source.count; line += 1) {
			const rows = Math.max(1, Math.ceil(source.lengthOf(line) / this.#columns(line)));
			firsts[line + 1] = (firsts[line] ?? 0) + rows;
		}
		this.#firsts = firsts;
	}

	get count(): number {
		return this.#firsts === null ? this.#source.count : (this.#firsts[this.#source.count] ?? 0);
	}

	/** What a row shows; `shown` is how much of a line without wrapping is wanted. */
	at(row: number, shown: (line: number) => number): Row {
		if (this.#firsts === null) {
			return { line: row, from: 0, to: Math.min(this.#source.lengthOf(row), shown(row)) };
		}
		const line = lastAtMost(this.#firsts.subarray(0, this.#source.count), row);
		const columns = this.#columns(line);
		const from = (row - (this.#firsts[line] ?? 0)) * columns;
		return { line, from, to: Math.min(from + columns, this.#source.lengthOf(line)) };
	}

	/** The row that shows a column of a line. */
	rowOf(line: number, column = 0): number {
		if (this.#firsts === null) return line;
		return (this.#firsts[line] ?? 0) + Math.floor(column / this.#columns(line));
	}
}
