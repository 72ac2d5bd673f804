import { TextSearch } from './find/textSearch';
import { sourceSpans } from './json/spans';
import { lastAtMost, lineStarts, wholeColumn, type LineSource, type Searchable, type Span } from './lines';

/** Colours a piece of the text; `from` and `to` are offsets. */
export type Colouring = (text: string, from: number, to: number) => Span[];

/** A text exactly as it is, line by line. */
export class TextLines implements LineSource {
	readonly #text: string;
	readonly #starts: Uint32Array;
	/** Offsets where JSON tokens start, to colour from; null for text that is not JSON. */
	readonly #sync: Uint32Array | null;
	/** Line ends are shown as characters of the line. */
	readonly #showLineEnds: boolean;
	readonly #colour: Colouring | null;
	readonly searchable: Searchable;

	constructor(text: string, options: { sync?: Uint32Array | null; showLineEnds?: boolean; colour?: Colouring | null } = {}) {
		this.#text = text;
		this.#starts = lineStarts(text);
		this.#sync = options.sync ?? null;
		this.#showLineEnds = options.showLineEnds ?? false;
		this.#colour = options.colour ?? null;
		this.searchable = {
			reach: 0,
			start: (needle) =>
				new TextSearch(text, needle, (offset, length) => {
					const line = this.lineAt(offset);
					const from = offset - this.#startOf(line);
					return { line, from, to: from + length };
				}),
			lineAt: (shown) => shown,
			show: ({ line, from }) => ({ line, column: from }),
			columnsOn: (shown, { line, from, to }) => (shown === line ? [{ from, to }] : []),
		};
	}

	get count(): number {
		return this.#starts.length;
	}

	lengthOf(line: number): number {
		return this.#endOf(line) - this.#startOf(line);
	}

	spansOf(line: number, from: number, to: number): Span[] {
		const start = this.#startOf(line);
		const end = this.#endOf(line);
		const first = wholeColumn(this.#text, Math.min(start + from, end));
		const last = wholeColumn(this.#text, Math.min(start + to, end));
		if (this.#colour !== null) return this.#colour(this.#text, first, last);
		if (this.#sync === null || this.#sync.length === 0) {
			return first < last ? [{ kind: 'plain', text: this.#text.slice(first, last) }] : [];
		}
		const sync = this.#sync[Math.max(0, lastAtMost(this.#sync, first))] ?? 0;
		return sourceSpans(this.#text, Math.min(sync, first), first, last);
	}

	numberOf(line: number): number {
		return line + 1;
	}

	depthOf(): number {
		return 0;
	}

	foldOf(): null {
		return null;
	}

	/** The line that holds an offset. */
	lineAt(offset: number): number {
		return Math.max(0, lastAtMost(this.#starts, offset));
	}

	/** Where a line starts in the text. */
	offsetOf(line: number): number {
		return this.#startOf(line);
	}

	#startOf(line: number): number {
		return this.#starts[line] ?? this.#text.length;
	}

	#endOf(line: number): number {
		const next = line + 1 < this.#starts.length ? (this.#starts[line + 1] ?? 0) : this.#text.length;
		if (this.#showLineEnds) return next;
		const start = this.#startOf(line);
		if (next <= start || this.#text.charCodeAt(next - 1) !== 0x0a) return next;
		// CRLF is the usual line end and goes with it; a lone carriage return stays and is made visible.
		return next - 2 >= start && this.#text.charCodeAt(next - 2) === 0x0d ? next - 2 : next - 1;
	}
}
