/** Line and column of an offset, from 1, columns in characters. */
export function placeAt(text: string, offset: number): { line: number; column: number } {
	let line = 1;
	let lineStart = 0;
	for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
		line += 1;
		lineStart = at + 1;
	}
	let column = 1;
	for (let at = lineStart; at < offset; column += 1) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
	return { line, column };
}

/** What stands at an offset, for example `,` or `end`. */
export function nameAt(text: string, offset: number): string {
	const code = text.codePointAt(offset);
	if (code === undefined) return 'end';
	if (code === 0x0a || code === 0x0d) return 'line break';
	if (code === 0x09) return 'tab';
	if (code === 0x20) return 'space';
	const character = String.fromCodePoint(code);
	// Letters, marks, digits, punctuation and symbols can be shown; the rest is named.
	return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) ? character : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
