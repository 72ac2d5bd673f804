import { ByteSearch, MOST_NEEDLE_BYTES } from './find/byteSearch';
import type { Columns, LineSource, Match, Searchable, Span, SpanKind } from './lines';

export const BYTES_PER_ROW = 16;
const HALF_ROW = 8;
/** Offset, two spaces, hex in two groups, two spaces, text. */
const OFFSET_CHARS = 8;
const HEX_CHARS = BYTES_PER_ROW * 3;
const FIRST_HEX_COLUMN = OFFSET_CHARS + 2;
const FIRST_TEXT_COLUMN = FIRST_HEX_COLUMN + HEX_CHARS + 2;

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Bytes as a hex dump: offset, sixteen bytes a row in two groups of eight, and their ASCII. */
export class HexLines implements LineSource {
	readonly #bytes: Uint8Array;
	readonly searchable: Searchable;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
		this.searchable = {
			reach: Math.ceil(MOST_NEEDLE_BYTES / BYTES_PER_ROW),
			start: (needle) => new ByteSearch(bytes, BYTES_PER_ROW, needle),
			lineAt: (shown) => shown,
			show: ({ line, from }) => ({ line, column: hexColumn(from) }),
			columnsOn: hexColumns,
		};
	}

	get count(): number {
		return Math.ceil(this.#bytes.length / BYTES_PER_ROW);
	}

	lengthOf(): number {
		return OFFSET_CHARS + 2 + HEX_CHARS + 2 + BYTES_PER_ROW;
	}

	spansOf(line: number): Span[] {
		const start = line * BYTES_PER_ROW;
		const row = this.#bytes.subarray(start, start + BYTES_PER_ROW);
		const spans = new SpanList();
		spans.add('offset', start.toString(16).padStart(OFFSET_CHARS, '0'));
		spans.add('plain', '  ');
		for (let at = 0; at < BYTES_PER_ROW; at += 1) {
			const byte = row[at];
			if (at === HALF_ROW) spans.add('plain', ' ');
			if (byte === undefined) spans.add('plain', '   ');
			else spans.add(byte === 0 ? 'faint' : 'plain', `${HEX[byte] ?? ''} `);
		}
		spans.add('plain', ' ');
		for (const byte of row) {
			const printable = byte >= 0x20 && byte < 0x7f;
			spans.add(printable ? 'string' : 'faint', printable ? String.fromCharCode(byte) : '·');
		}
		return spans.spans;
	}

	numberOf(): null {
		return null;
	}

	depthOf(): number {
		return 0;
	}

	foldOf(): null {
		return null;
	}
}

function hexColumn(byte: number): number {
	return FIRST_HEX_COLUMN + byte * 3 + (byte >= HALF_ROW ? 1 : 0);
}

/** The columns that bytes of a row take, in hex and in text; they may begin rows above and end rows below. */
export function hexColumns(row: number, { line, from, to }: Match): Columns[] {
	const before = (row - line) * BYTES_PER_ROW;
	const first = Math.max(from - before, 0);
	const end = Math.min(to - before, BYTES_PER_ROW);
	if (end <= first) return [];
	return [
		{ from: hexColumn(first), to: hexColumn(end - 1) + 2 },
		{ from: FIRST_TEXT_COLUMN + first, to: FIRST_TEXT_COLUMN + end },
	];
}

/** The byte of a row that a column belongs to: the next one between two, the nearest beyond the ends. */
export function byteAtColumn(column: number): number {
	if (column >= FIRST_TEXT_COLUMN - 1) return Math.min(Math.max(column - FIRST_TEXT_COLUMN, 0), BYTES_PER_ROW - 1);
	for (let byte = 0; byte < BYTES_PER_ROW; byte += 1) if (column < hexColumn(byte) + 2) return byte;
	return BYTES_PER_ROW - 1;
}

/** RFC 2045 section 6.8 wraps at 76 characters; 57 bytes fill them. */
const BASE64_BYTES_PER_LINE = 57;

/** Bytes in base64, wrapped as in mail. */
export class Base64Lines implements LineSource {
	readonly #bytes: Uint8Array;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	get count(): number {
		return Math.ceil(this.#bytes.length / BASE64_BYTES_PER_LINE);
	}

	lengthOf(line: number): number {
		const left = Math.min(BASE64_BYTES_PER_LINE, this.#bytes.length - line * BASE64_BYTES_PER_LINE);
		return Math.ceil(left / 3) * 4;
	}

	spansOf(line: number, from: number, to: number): Span[] {
		const start = line * BASE64_BYTES_PER_LINE;
		const text = base64(this.#bytes.subarray(start, start + BASE64_BYTES_PER_LINE));
		return [{ kind: 'plain', text: text.slice(from, to) }];
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
}

/** Bytes in base64 without line ends. */
export function base64(bytes: Uint8Array): string {
	// A multiple of three keeps the pieces joinable; the bound keeps the argument list short.
	const PIECE_BYTES = 0x6000;
	let text = '';
	for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
		text += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES)));
	}
	return text;
}

/** One source above another, numbered each on its own. */
export class StackedLines implements LineSource {
	readonly #upper: LineSource;
	readonly #lower: LineSource;
	readonly searchable?: Searchable;

	constructor(upper: LineSource, lower: LineSource) {
		this.#upper = upper;
		this.#lower = lower;
		if (upper.searchable && lower.searchable) this.searchable = stacked(upper.searchable, lower.searchable, upper.count);
	}

	get count(): number {
		return this.#upper.count + this.#lower.count;
	}

	lengthOf(line: number): number {
		const [source, own] = this.#at(line);
		return source.lengthOf(own);
	}

	spansOf(line: number, from: number, to: number): Span[] {
		const [source, own] = this.#at(line);
		return source.spansOf(own, from, to);
	}

	numberOf(line: number): number | null {
		const [source, own] = this.#at(line);
		return source.numberOf(own);
	}

	depthOf(): number {
		return 0;
	}

	foldOf(): null {
		return null;
	}

	#at(line: number): [LineSource, number] {
		const above = this.#upper.count;
		return line < above ? [this.#upper, line] : [this.#lower, line - above];
	}
}

/** Searches one source and then the other, for sources whose lines are all shown. */
function stacked(upper: Searchable, lower: Searchable, above: number): Searchable {
	const down = (match: Match): Match => ({ ...match, line: match.line + above });
	const up = (match: Match): Match => ({ ...match, line: match.line - above });
	return {
		reach: Math.max(upper.reach, lower.reach),
		start(needle) {
			const first = upper.start(needle);
			const second = lower.start(needle);
			let isUpperDone = false;
			return {
				run(characters, found) {
					if (!isUpperDone) {
						isUpperDone = first.run(characters, found);
						return false;
					}
					const below: Match[] = [];
					const isDone = second.run(characters, below);
					for (const match of below) found.push(down(match));
					return isDone;
				},
			};
		},
		lineAt: (shown) => shown,
		show(match) {
			if (match.line < above) return upper.show(match);
			const { line, column } = lower.show(up(match));
			return { line: line + above, column };
		},
		columnsOn(shown, match) {
			if (match.line < above) return shown < above ? upper.columnsOn(shown, match) : [];
			return shown < above ? [] : lower.columnsOn(shown - above, up(match));
		},
	};
}

/** Joins neighbours of the same kind, so that a row is a handful of elements. */
class SpanList {
	readonly spans: Span[] = [];

	add(kind: SpanKind, text: string): void {
		const last = this.spans.at(-1);
		if (last?.kind === kind) last.text += text;
		else this.spans.push({ kind, text });
	}
}
