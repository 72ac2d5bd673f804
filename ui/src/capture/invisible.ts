import { visibleText } from '../text/visible';

/** A piece of text: shown as it is, or a character that would not be seen, by its name. */
export type VisiblePart = { text: string; mark: string | null };

/** Short names where a code point would say less. */
const NAMES: Readonly<Record<number, string>> = {
	0x00: 'NUL',
	0x07: 'BEL',
	0x08: 'BS',
	0x0a: 'LF',
	0x0b: 'VT',
	0x0c: 'FF',
	0x0d: 'CR',
	0x1b: 'ESC',
	0x7f: 'DEL',
	0xad: 'SHY',
	0x200b: 'ZWSP',
	0x200c: 'ZWNJ',
	0x200d: 'ZWJ',
	0x200e: 'LRM',
	0x200f: 'RLM',
	0x202a: 'LRE',
	0x202b: 'RLE',
	0x202c: 'PDF',
	0x202d: 'LRO',
	0x202e: 'RLO',
	0x2066: 'LRI',
	0x2067: 'RLI',
	0x2068: 'FSI',
	0x2069: 'PDI',
	0xfeff: 'BOM',
};

/**
 * Splits a text so that nothing in it is invisible: the viewers draw each such character as a small box with its
 * name, which cannot be mistaken for text of the capture. With `spaces` also spaces and tabs are drawn.
 */
export function visibleParts(text: string, spaces = false): VisiblePart[] {
	if (!spaces && visibleText(text) === text) return [{ text, mark: null }];
	const parts: VisiblePart[] = [];
	let plain = '';
	for (const character of text) {
		const part = markOf(character, spaces);
		if (part === null) {
			plain += character;
			continue;
		}
		if (plain !== '') parts.push({ text: plain, mark: null });
		plain = '';
		parts.push(part);
	}
	if (plain !== '') parts.push({ text: plain, mark: null });
	return parts;
}

function markOf(character: string, spaces: boolean): VisiblePart | null {
	if (character === '\t') return spaces ? { text: '→\t', mark: 'tab' } : null;
	if (character === ' ') return spaces ? { text: '·', mark: 'space' } : null;
	if (visibleText(character) === character) return null;
	const code = character.codePointAt(0) ?? 0;
	const point = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
	const name = NAMES[code];
	return { text: name ?? point, mark: name === undefined ? point : `${name}, ${point}` };
}
