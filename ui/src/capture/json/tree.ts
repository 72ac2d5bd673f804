import { EachLineSearch } from '../find/textSearch';
import { Folding } from '../folding';
import type { LineSource, Searchable, Span } from '../lines';
import type { JsonOutline } from './outline';
import { keyOf, scalarOf } from './place';
import { LongLine, prettySpans } from './spans';
import { timeHint } from './timeHint';

/** A longer line is no time. */
const LONGEST_HINTED_CHARS = 200;

/** The foldable pretty view of a JSON text. Lines keep the number they have when everything is open. */
export class JsonTree implements LineSource {
	readonly outline: JsonOutline;
	readonly searchable: Searchable;
	readonly #folding: Folding;
	readonly #longLine = new LongLine();

	constructor(outline: JsonOutline) {
		this.outline = outline;
		this.#folding = new Folding(outline);
		this.searchable = {
			reach: 0,
			start: (needle) => new EachLineSearch(outline.count, (line) => this.#openText(line), needle),
			lineAt: (row) => this.#line(row),
			show: ({ line, from }) => {
				this.#folding.open(line);
				return { line: this.#folding.rowOf(line), column: from };
			},
			columnsOn: (row, { line, from, to }) => (this.#line(row) === line ? [{ from, to }] : []),
		};
	}

	get count(): number {
		return this.#folding.count;
	}

	lengthOf(row: number): number {
		const line = this.#line(row);
		const own = this.outline.lengths[line] ?? 0;
		if (!this.#folding.isClosed(line)) return own;
		return own + this.#sizeHint(line).length + 2 + (this.outline.lengths[this.outline.closers[line] ?? 0] ?? 0);
	}

	spansOf(row: number, from: number, to: number): Span[] {
		const line = this.#line(row);
		const { text, starts, ends, closers } = this.outline;
		const closer = closers[line] ?? 0;
		const fold = this.#folding.isClosed(line)
			? { hint: this.#sizeHint(line), tailStart: starts[closer] ?? 0, tailEnd: ends[closer] ?? 0 }
			: null;
		return prettySpans(text, starts[line] ?? 0, ends[line] ?? 0, from, to, fold, this.#longLine);
	}

	numberOf(row: number): number {
		return this.#line(row) + 1;
	}

	depthOf(row: number): number {
		return this.outline.depths[this.#line(row)] ?? 0;
	}

	foldOf(row: number): 'open' | 'closed' | null {
		return this.#folding.stateOf(this.#line(row));
	}

	/** The local time of a number that reads as one. */
	hintOf(row: number): string | null {
		const line = this.#line(row);
		if (this.#folding.opens(line) || (this.outline.lengths[line] ?? 0) > LONGEST_HINTED_CHARS) return null;
		const scalar = scalarOf(this.outline, line);
		return scalar?.kind === 'number' ? timeHint(keyOf(this.outline, line), scalar.text) : null;
	}

	/** The line, counted with every node open, that a row shows. */
	lineOf(row: number): number {
		return this.#line(row);
	}

	/** Opens or closes a node; false when the row is none or stands that way already. */
	fold(row: number, closed: boolean): boolean {
		return this.#folding.set(this.#line(row), closed);
	}

	/** The row of the node that a row stands in, or the row itself at the top. */
	parentOf(row: number): number {
		return this.#folding.parentOf(row);
	}

	#line(row: number): number {
		return this.#folding.lineOf(row);
	}

	#openText(line: number): string {
		const { text, starts, ends } = this.outline;
		const spans = prettySpans(text, starts[line] ?? 0, ends[line] ?? 0, 0, Number.POSITIVE_INFINITY, null);
		return spans.map((span) => span.text).join('');
	}

	#sizeHint(line: number): string {
		const { text, ends, sizes } = this.outline;
		const size = sizes[line] ?? 0;
		const isArray = text.charAt((ends[line] ?? 1) - 1) === '[';
		const noun = isArray ? (size === 1 ? 'item' : 'items') : size === 1 ? 'key' : 'keys';
		return `${size.toLocaleString('en-US')} ${noun}`;
	}
}
