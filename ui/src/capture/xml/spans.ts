import { lastAtMost, type Span, type SpanKind } from '../lines';
import { LINE, type XmlOutline } from './outline';

/** A longer line is not coloured: its tags would be told apart again for each of its rows. */
const LONGEST_COLOURED_CHARS = 64 * 1024;

/** The exact text between two columns of a line, coloured. */
export function xmlSpans(outline: XmlOutline, line: number, from: number, to: number): Span[] {
	const { text, starts, ends, kinds } = outline;
	const start = starts[line] ?? 0;
	const end = ends[line] ?? 0;
	const shown = { from: start + from, to: Math.min(start + to, end) };
	if (shown.from >= shown.to) return [];
	const kind = kinds[line] ?? LINE.text;
	if (kind === LINE.aside) return [{ kind: 'faint', text: text.slice(shown.from, shown.to) }];
	if (end - start > LONGEST_COLOURED_CHARS) return [{ kind: 'plain', text: text.slice(shown.from, shown.to) }];
	return cut(tokens(text.slice(start, end), kind), from, to);
}

/** The exact text between two offsets, coloured by the lines it falls on. */
export function xmlSourceSpans(outline: XmlOutline, from: number, to: number): Span[] {
	const { text, starts, ends, count } = outline;
	const spans: Span[] = [];
	let at = from;
	for (let line = Math.max(0, lastAtMost(starts, from)); line < count && at < to; line += 1) {
		const start = starts[line] ?? 0;
		if (start >= to) break;
		if (start > at) spans.push({ kind: 'plain', text: text.slice(at, start) });
		const first = Math.max(at, start);
		const coloured = xmlSpans(outline, line, first - start, to - start);
		spans.push(...coloured);
		at = Math.max(first, Math.min(ends[line] ?? 0, to));
	}
	if (at < to) spans.push({ kind: 'plain', text: text.slice(at, to) });
	return spans;
}

const IN_TAG = /("[^"]*"?|'[^']*'?)|(\/?>)|([^\s=>"'/]+)|([\s=/]+)/y;
const OUTSIDE = /(<\/?)([^\s>/]*)|(&[^;\s<]*;)|([^<&]+|&)/y;

function tokens(text: string, kind: number): Span[] {
	const spans: Span[] = [];
	const add = (of: SpanKind, piece: string | undefined): void => {
		if (piece) spans.push({ kind: of, text: piece });
	};
	let at = 0;
	let isInTag = kind !== LINE.markup && kind !== LINE.text;
	if (kind === LINE.inDoubleQuotes || kind === LINE.inSingleQuotes) {
		const close = text.indexOf(kind === LINE.inDoubleQuotes ? '"' : "'");
		at = close < 0 ? text.length : close + 1;
		add('string', text.slice(0, at));
	}
	// A CDATA section is text, whatever stands in it.
	if (kind === LINE.text && text.startsWith('<![CDATA[')) return [{ kind: 'plain', text }];
	while (at < text.length) {
		const pattern = isInTag ? IN_TAG : OUTSIDE;
		pattern.lastIndex = at;
		const match = pattern.exec(text);
		if (!match) break;
		if (isInTag) {
			add('string', match[1]);
			add('punctuation', match[2]);
			add('literal', match[3]);
			add('punctuation', match[4]);
			if (match[2] !== undefined) isInTag = false;
		} else {
			add('punctuation', match[1]);
			add('key', match[2]);
			add('literal', match[3]);
			add('plain', match[4]);
			if (match[1] !== undefined) isInTag = true;
		}
		at = pattern.lastIndex;
	}
	add('plain', text.slice(at));
	return spans;
}

function cut(spans: Span[], from: number, to: number): Span[] {
	const out: Span[] = [];
	let column = 0;
	for (const span of spans) {
		const text = span.text.slice(Math.max(0, from - column), Math.max(0, to - column));
		if (text !== '') out.push({ ...span, text });
		column += span.text.length;
		if (column >= to) break;
	}
	return out;
}
