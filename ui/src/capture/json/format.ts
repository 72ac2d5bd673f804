import { isProblem, outlineJson } from './outline';
import { prettySpans } from './spans';

/**
 * The text with one item a line and two spaces a level; keys, numbers and strings are taken over unchanged.
 * Null when it is not JSON.
 */
export function formatJson(text: string): string | null {
	const outline = outlineJson(text);
	if (isProblem(outline)) return null;
	const lines: string[] = [];
	for (let line = 0; line < outline.count; line += 1) {
		const spans = prettySpans(text, outline.starts[line] ?? 0, outline.ends[line] ?? 0, 0, Number.POSITIVE_INFINITY, null);
		lines.push('  '.repeat(outline.depths[line] ?? 0) + spans.map((span) => span.text).join(''));
	}
	return lines.join('\n');
}
