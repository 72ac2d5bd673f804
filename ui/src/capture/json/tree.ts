import type { LineSource, Span } from '../lines';
import type { JsonOutline } from './outline';
import { prettySpans } from './spans';

/** Small documents open whole; in larger ones nodes from this depth on start closed. */
const OPEN_WHOLE_LINES = 400;
const CLOSED_FROM_DEPTH = 3;
/** Above this many lines only the first two levels start open. */
const LARGE_LINES = 100_000;
const CLOSED_FROM_DEPTH_LARGE = 2;

/** The foldable pretty view of a JSON text. Lines keep the number they have when everything is open. */
export class JsonTree implements LineSource {
	readonly outline: JsonOutline;
	readonly #closed: Uint8Array;
	#visible: Uint32Array;

	constructor(outline: JsonOutline) {
		this.outline = outline;
		this.#closed = new Uint8Array(outline.count);
		if (outline.count > OPEN_WHOLE_LINES) {
			const depth = outline.count > LARGE_LINES ? CLOSED_FROM_DEPTH_LARGE : CLOSED_FROM_DEPTH;
			for (let line = 0; line < outline.count; line += 1) {
				if (this.#opens(line) && (outline.depths[line] ?? 0) >= depth) this.#closed[line] = 1;
			}
		}
		this.#visible = this.#collect();
	}

	get count(): number {
		return this.#visible.length;
	}

	lengthOf(row: number): number {
		const line = this.#line(row);
		const own = this.outline.lengths[line] ?? 0;
		if (this.#closed[line] !== 1) return own;
		return own + this.#hint(line).length + 2 + (this.outline.lengths[this.outline.closers[line] ?? 0] ?? 0);
	}

	spansOf(row: number, from: number, to: number): Span[] {
		const line = this.#line(row);
		const { text, starts, ends, closers } = this.outline;
		const closer = closers[line] ?? 0;
		const fold =
			this.#closed[line] === 1
				? { hint: this.#hint(line), tailStart: starts[closer] ?? 0, tailEnd: ends[closer] ?? 0 }
				: null;
		return prettySpans(text, starts[line] ?? 0, ends[line] ?? 0, from, to, fold);
	}

	numberOf(row: number): number {
		return this.#line(row) + 1;
	}

	depthOf(row: number): number {
		return this.outline.depths[this.#line(row)] ?? 0;
	}

	foldOf(row: number): 'open' | 'closed' | null {
		const line = this.#line(row);
		if (!this.#opens(line)) return null;
		return this.#closed[line] === 1 ? 'closed' : 'open';
	}

	/** Opens or closes a node; false when the row is none or stands that way already. */
	fold(row: number, closed: boolean): boolean {
		const line = this.#line(row);
		if (!this.#opens(line) || (this.#closed[line] === 1) === closed) return false;
		this.#closed[line] = closed ? 1 : 0;
		this.#visible = this.#collect();
		return true;
	}

	/** The row of the node that a row stands in, or the row itself at the top. */
	parentOf(row: number): number {
		const depth = this.depthOf(row);
		for (let above = row - 1; above >= 0; above -= 1) if (this.depthOf(above) < depth) return above;
		return row;
	}

	#line(row: number): number {
		return this.#visible[row] ?? 0;
	}

	#opens(line: number): boolean {
		return (this.outline.closers[line] ?? 0) > 0;
	}

	#hint(line: number): string {
		const { text, ends, sizes } = this.outline;
		const size = sizes[line] ?? 0;
		const isArray = text.charAt((ends[line] ?? 1) - 1) === '[';
		const noun = isArray ? (size === 1 ? 'item' : 'items') : size === 1 ? 'key' : 'keys';
		return `${size.toLocaleString('en-US')} ${noun}`;
	}

	#collect(): Uint32Array {
		const { count, closers } = this.outline;
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
