import type { Span, SpanKind } from '../lines';
import { isKey, JsonScanner, skipSpace } from './scanner';

const LONG_TOKEN_CHARS = 64 * 1024;
const LONGEST_KEY_CHARS = 1024;
const LONGEST_LITERAL_CHARS = 5;

/** A piece of shown text that is not in the source, or a range of the source. */
type Piece = { kind: SpanKind; start: number; end: number; text: string | null };

/**
 * The tokens of one line of the pretty view, with canonical white space between them, cut to the shown
 * columns `from` to `to`. `fold` is put between the brackets of a closed node. `longLine` is that of the text.
 */
export function prettySpans(
	text: string,
	start: number,
	end: number,
	from: number,
	to: number,
	fold: { hint: string; tailStart: number; tailEnd: number } | null,
	longLine: LongLine | null = null,
): Span[] {
	const pieces = longLine?.piecesOf(text, start, end) ?? readPieces(text, start, end);
	if (fold !== null) {
		pieces.push({ kind: 'hint', start: 0, end: 0, text: ` ${fold.hint} ` });
		pieces.push(...readPieces(text, fold.tailStart, fold.tailEnd));
	}
	return clip(text, pieces, from, to);
}

/** The exact source between two offsets, coloured. `sync` is an offset at or before `from` where a token starts. */
export function sourceSpans(text: string, sync: number, from: number, to: number): Span[] {
	const spans: Span[] = [];
	// Between two places to start from stands one member; where they are that far apart, its long string does.
	if (from - sync > LONG_TOKEN_CHARS) return from < to ? [{ kind: 'string', text: text.slice(from, to) }] : [];
	// Cut behind what is wanted, so that a long token is not read to its end for each row that shows a part of it.
	const scanner = new JsonScanner(text.slice(0, to + LONGEST_LITERAL_CHARS), sync);
	let at = from;
	const emit = (kind: SpanKind, until: number): void => {
		const stop = Math.min(until, to);
		if (stop > at) {
			spans.push({ kind, text: text.slice(at, stop) });
			at = stop;
		}
	};
	while (at < to) {
		const begin = skipSpace(text, scanner.end);
		const kind = scanner.next();
		if (kind === 'problem' && text.charAt(begin) === '"') {
			emit('plain', begin);
			emit(isKeyWithin(text, begin, to) ? 'key' : 'string', to);
		}
		if (kind === 'end' || kind === 'problem') break;
		emit('plain', scanner.start);
		emit(spanKind(text, scanner), scanner.end);
	}
	emit('plain', to);
	return spans;
}

/** Whether a string that is cut at an offset is a key: those are short. */
function isKeyWithin(text: string, start: number, cut: number): boolean {
	const scanner = new JsonScanner(text.slice(start, cut + LONGEST_KEY_CHARS));
	return scanner.next() === 'string' && isKey(text, start + scanner.end);
}

/** The pieces of the last long line: a line of megabytes is read once, not for each of its rows. */
export class LongLine {
	#start = -1;
	#pieces: Piece[] = [];

	piecesOf(text: string, start: number, end: number): Piece[] {
		if (end - start <= LONG_TOKEN_CHARS) return readPieces(text, start, end);
		if (this.#start !== start) {
			this.#start = start;
			this.#pieces = readPieces(text, start, end);
		}
		return [...this.#pieces];
	}
}

function readPieces(text: string, start: number, end: number): Piece[] {
	const pieces: Piece[] = [];
	const scanner = new JsonScanner(text, start);
	while (scanner.end < end) {
		const kind = scanner.next();
		if (kind === 'end' || kind === 'problem') break;
		pieces.push({ kind: spanKind(text, scanner), start: scanner.start, end: scanner.end, text: null });
		if (text.charCodeAt(scanner.start) === 0x3a && kind === 'punctuation') {
			pieces.push({ kind: 'plain', start: 0, end: 0, text: ' ' });
		}
	}
	return pieces;
}

function spanKind(text: string, scanner: JsonScanner): SpanKind {
	switch (scanner.kind) {
		case 'string':
			return isKey(text, scanner.end) ? 'key' : 'string';
		case 'number':
			return 'number';
		case 'literal':
			return 'literal';
		default:
			return 'punctuation';
	}
}

function clip(text: string, pieces: Piece[], from: number, to: number): Span[] {
	const spans: Span[] = [];
	let column = 0;
	for (const piece of pieces) {
		const length = piece.text?.length ?? piece.end - piece.start;
		const first = Math.max(0, from - column);
		const last = Math.min(length, to - column);
		if (last > first) {
			const shown = piece.text === null ? text.slice(piece.start + first, piece.start + last) : piece.text.slice(first, last);
			spans.push({ kind: piece.kind, text: shown });
		}
		column += length;
		if (column >= to) break;
	}
	return spans;
}
