import { EachLineSearch } from '../find/textSearch';
import { Folding } from '../folding';
import { wholeColumn, type LineSource, type Searchable, type Span } from '../lines';
import type { XmlOutline } from './outline';
import { xmlSpans } from './spans';

/** The foldable view of an XML text. Nothing is expanded: references and a DTD are shown as they were sent. */
export class XmlTree implements LineSource {
	readonly outline: XmlOutline;
	readonly searchable: Searchable;
	readonly #folding: Folding;

	constructor(outline: XmlOutline) {
		this.outline = outline;
		this.#folding = new Folding(outline);
		this.searchable = {
			reach: 0,
			start: (needle) => new EachLineSearch(outline.count, (line) => this.#textOf(line), needle),
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
		const own = this.#length(line);
		if (!this.#folding.isClosed(line)) return own;
		return own + this.#sizeHint(line).length + this.#length(this.outline.closers[line] ?? 0);
	}

	spansOf(row: number, from: number, to: number): Span[] {
		const line = this.#line(row);
		const text = this.#textOf(line);
		const first = wholeColumn(text, Math.min(from, text.length));
		const spans = xmlSpans(this.outline, line, first, wholeColumn(text, Math.min(to, text.length)));
		if (!this.#folding.isClosed(line)) return spans;
		const hint = this.#sizeHint(line);
		const shown = hint.slice(Math.max(0, from - text.length), Math.max(0, to - text.length));
		if (shown !== '') spans.push({ kind: 'hint', text: shown });
		const before = text.length + hint.length;
		if (to > before) spans.push(...xmlSpans(this.outline, this.outline.closers[line] ?? 0, Math.max(0, from - before), to - before));
		return spans;
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

	fold(row: number, closed: boolean): boolean {
		return this.#folding.set(this.#line(row), closed);
	}

	parentOf(row: number): number {
		return this.#folding.parentOf(row);
	}

	#line(row: number): number {
		return this.#folding.lineOf(row);
	}

	#length(line: number): number {
		return (this.outline.ends[line] ?? 0) - (this.outline.starts[line] ?? 0);
	}

	#textOf(line: number): string {
		return this.outline.text.slice(this.outline.starts[line], this.outline.ends[line]);
	}

	#sizeHint(line: number): string {
		const size = this.outline.sizes[line] ?? 0;
		return size === 0 ? ' … ' : ` ${size.toLocaleString('en-US')} inside `;
	}
}
