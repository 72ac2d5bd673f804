/**
 * Makes characters that would otherwise act on the text instead of being seen visible.
 *
 * C0 controls become their Unicode control pictures (U+2400 block), everything else that is invisible or changes the
 * direction of the text becomes `⟨U+XXXX⟩`. Line feed, carriage return and tab are kept when `keepLines` is set.
 */
export function visibleText(text: string, options: { keepLines?: boolean } = {}): string {
	if (!SUSPICIOUS.test(text)) return text;
	let out = '';
	for (const character of text) {
		out += visibleCharacter(character, options.keepLines === true);
	}
	return out;
}

// C0, DEL and C1; soft hyphen; Arabic letter mark; zero-width and bidirectional marks, embeddings and isolates
// (UAX #9, 2.1 to 2.7); word joiner to invisible plus; line and paragraph separators; byte order mark; tags; lone surrogates.
const SUSPICIOUS =
	// eslint-disable-next-line no-control-regex -- finding control characters is the purpose
	/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/u;

function visibleCharacter(character: string, keepLines: boolean): string {
	const code = character.codePointAt(0) ?? 0;
	if (keepLines && (code === 0x0a || code === 0x0d || code === 0x09)) return character;
	if (code < 0x20) return String.fromCodePoint(0x2400 + code);
	if (code === 0x7f) return '\u2421';
	if (!SUSPICIOUS.test(character)) return character;
	return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
