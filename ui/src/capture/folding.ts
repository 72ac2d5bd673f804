/** Small documents open whole; in larger ones nodes from this depth on start closed. */
const OPEN_WHOLE_LINES = 400;
const CLOSED_FROM_DEPTH = 3;
/** Above this many lines only the first two levels start open. */
const LARGE_LINES = 100_000;
const CLOSED_FROM_DEPTH_LARGE = 2;

/** The lines of a document with every node open. */
export type Foldable = {
	count: number;
	depths: Uint32Array;
	/** For an opening line the line that closes it, else 0. */
	closers: Uint32Array;
};

/** Which lines of a document can be seen while nodes are closed. A row is the place of a line among them. */
export class Folding {
	readonly #lines: Foldable;
	readonly #closed: Uint8Array;
	#visible: Uint32Array;

	constructor(lines: Foldable) {
		this.#lines = lines;
		this.#closed = new Uint8Array(lines.count);
		if (lines.count > OPEN_WHOLE_LINES) {
			const depth = lines.count > LARGE_LINES ? CLOSED_FROM_DEPTH_LARGE : CLOSED_FROM_DEPTH;
			for (let line = 0; line < lines.count; line += 1) {
				if (this.opens(line) && (lines.depths[line] ?? 0) >= depth) this.#closed[line] = 1;
			}
		}
		this.#visible = this.#collect();
	}

	get count(): number {
		return this.#visible.length;
	}

	lineOf(row: number): number {
		return this.#visible[row] ?? 0;
	}

	opens(line: number): boolean {
		return (this.#lines.closers[line] ?? 0) > 0;
	}

	isClosed(line: number): boolean {
		return this.#closed[line] === 1;
	}

	stateOf(line: number): 'open' | 'closed' | null {
		if (!this.opens(line)) return null;
		return this.isClosed(line) ? 'closed' : 'open';
	}

	/** Opens or closes a node; false when the line is none or stands that way already. */
	set(line: number, closed: boolean): boolean {
		if (!this.opens(line) || this.isClosed(line) === closed) return false;
		this.#closed[line] = closed ? 1 : 0;
		this.#visible = this.#collect();
		return true;
	}

	/** Opens every node around a line; false when it could be seen already. */
	open(line: number): boolean {
		let changed = false;
		for (let above = 0; above < line; above += 1) {
			const closer = this.#lines.closers[above] ?? 0;
			if (closer < line) {
				// What this node holds cannot hold the line.
				above = Math.max(above, closer);
				continue;
			}
			if (this.isClosed(above)) {
				this.#closed[above] = 0;
				changed = true;
			}
		}
		if (changed) this.#visible = this.#collect();
		return changed;
	}

	/** The row that shows a line, or the node that hides it. */
	rowOf(line: number): number {
		let low = 0;
		let high = this.#visible.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((this.#visible[middle] ?? 0) <= line) low = middle + 1;
			else high = middle;
		}
		return Math.max(0, low - 1);
	}

	/** The row of the node that a row stands in, or the row itself at the top. */
	parentOf(row: number): number {
		const depth = this.#depthOf(row);
		for (let above = row - 1; above >= 0; above -= 1) if (this.#depthOf(above) < depth) return above;
		return row;
	}

	#depthOf(row: number): number {
		return this.#lines.depths[this.lineOf(row)] ?? 0;
	}

	#collect(): Uint32Array {
		const { count, closers } = this.#lines;
		const visible = new Uint32Array(count);
		let rows = 0;
		for (let line = 0; line < count; line += 1) {
			visible[rows] = line;
			rows += 1;
			if (this.#closed[line] === 1) line = closers[line] ?? line;
		}
		return visible.slice(0, rows);
	}
}
