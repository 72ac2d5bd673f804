/** How a piece of a line is coloured. */
export type SpanKind =
	| 'plain'
	| 'key'
	| 'string'
	| 'number'
	| 'literal'
	| 'punctuation'
	| 'hint'
	| 'offset'
	| 'faint';

/** Why a piece is pointed out. */
export type MarkKind = 'problem' | 'match' | 'current-match' | 'chosen';

export type Span = { text: string; kind: SpanKind; mark?: MarkKind };

/** Lines that can be shown one screen at a time. Lengths and columns are in UTF-16 units. */
export interface LineSource {
	/** Number of lines. */
	readonly count: number;
	/** Length of a line as it is shown. */
	lengthOf(line: number): number;
	/** A line's pieces between two columns. */
	spansOf(line: number, from: number, to: number): Span[];
	/** The number in the gutter, from 1; null shows none. */
	numberOf(line: number): number | null;
	/** Levels of indentation. */
	depthOf(line: number): number;
	/** Whether it can be opened or closed. */
	foldOf(line: number): 'open' | 'closed' | null;
	/** What is said beside a line and is not part of it. */
	hintOf?(line: number): string | null;
	/** Looks for a text in it; without this it cannot be searched. */
	readonly searchable?: Searchable;
}

/**
 * A place that a search found. The line is counted with every node open; columns are those of the line, in a hex dump
 * bytes, which may go on in the lines below.
 */
export type Match = { line: number; from: number; to: number };

export type Columns = { from: number; to: number };

/** Searches a source, and says where matches stand on the lines that are shown now. */
export interface Searchable {
	/** How many lines below its first one a match may reach. */
	readonly reach: number;
	start(needle: string): LineSearch;
	/** The line, counted with every node open, that is shown at a place now. */
	lineAt(shown: number): number;
	/** Opens what hides a match and says where it is shown then. */
	show(match: Match): { line: number; column: number };
	/** The columns that a match takes of a shown line; none when it is not there. */
	columnsOn(shown: number, match: Match): Columns[];
}

/** A search under way, in slices between which the window can draw. */
export interface LineSearch {
	/** Looks through about so many characters more and adds what it finds, in order. True when there is no more. */
	run(characters: number, found: Match[]): boolean;
}

/** Where each line of a text starts, found by line feeds; a carriage return stays part of its line. */
export function lineStarts(text: string): Uint32Array {
	let count = 1;
	for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
	const starts = new Uint32Array(count);
	let line = 1;
	for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
		starts[line] = at + 1;
		line += 1;
	}
	// A final line feed ends the last line; it does not begin another.
	return count > 1 && starts[count - 1] === text.length ? starts.subarray(0, count - 1) : starts;
}

/** The last index whose value is not above `wanted`, in ascending numbers; -1 when there is none. */
export function lastAtMost(ascending: Uint32Array, wanted: number): number {
	let low = 0;
	let high = ascending.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((ascending[middle] ?? 0) <= wanted) low = middle + 1;
		else high = middle;
	}
	return low - 1;
}

/** A column that does not cut a character of two UTF-16 units in half. */
export function wholeColumn(text: string, at: number): number {
	const low = text.charCodeAt(at);
	const high = text.charCodeAt(at - 1);
	return low >= 0xdc00 && low <= 0xdfff && high >= 0xd800 && high <= 0xdbff ? at - 1 : at;
}
