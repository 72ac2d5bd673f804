import type { Columns, MarkKind, Span } from './lines';

export type Mark = Columns & { kind: MarkKind };

/** Puts marks on the pieces of a line, of which the first begins at column `from`. Marks are in order. */
export function markSpans(spans: Span[], from: number, marks: readonly Mark[]): Span[] {
	if (marks.length === 0) return spans;
	const out: Span[] = [];
	let column = from;
	let first = 0;
	for (const span of spans) {
		const { text } = span;
		let at = 0;
		while (first < marks.length && (marks[first]?.to ?? 0) <= column) first += 1;
		for (let index = first; index < marks.length; index += 1) {
			const mark = marks[index];
			if (mark === undefined || mark.from >= column + text.length) break;
			const start = Math.max(mark.from - column, at);
			const end = wholeEnd(text, Math.min(mark.to - column, text.length));
			if (end <= start) continue;
			if (start > at) out.push({ ...span, text: text.slice(at, start) });
			out.push({ ...span, text: text.slice(start, end), mark: mark.kind });
			at = end;
		}
		if (at < text.length) out.push({ ...span, text: text.slice(at) });
		column += text.length;
	}
	return out;
}

/** A mark on half of a character takes all of it. */
function wholeEnd(text: string, end: number): number {
	const high = text.charCodeAt(end - 1);
	const low = text.charCodeAt(end);
	return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff ? end + 1 : end;
}
