/** One key press with its modifiers. */
export interface Chord {
	mod: boolean;
	alt: boolean;
	shift: boolean;
	/** A lower-case letter, a character as typed, or a key name such as `Enter`. */
	key: string;
}

/** `Mod+Shift+k` → its parts. */
export function parseChord(text: string): Chord {
	const chord: Chord = { mod: false, alt: false, shift: false, key: '' };
	let rest = text;
	for (;;) {
		const modifier = /^(Mod|Alt|Shift)\+(?=.)/.exec(rest)?.[1];
		if (modifier === undefined) break;
		if (modifier === 'Mod') chord.mod = true;
		else if (modifier === 'Alt') chord.alt = true;
		else chord.shift = true;
		rest = rest.slice(modifier.length + 1);
	}
	chord.key = rest;
	return chord;
}

/** `g g` → two chords. */
export function parseSequence(text: string): Chord[] {
	return text.split(' ').map(parseChord);
}

type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

export function matches(chord: Chord, event: KeyPress, mac: boolean): boolean {
	const mod = mac ? event.metaKey : event.ctrlKey;
	const foreign = mac ? event.ctrlKey : event.metaKey;
	if (foreign || mod !== chord.mod || event.altKey !== chord.alt) return false;
	if (/^[a-z]$/.test(chord.key)) {
		return event.shiftKey === chord.shift && letterOf(event) === chord.key;
	}
	// A character such as `?` may or may not need Shift, by keyboard layout; what was typed decides.
	if (chord.key.length === 1) return event.key === chord.key;
	return event.shiftKey === chord.shift && event.key === chord.key;
}

/** ⌥ on macOS types another character, and other alphabets have no Latin letters: then the key's place counts. */
function letterOf(event: KeyPress): string {
	const typed = event.key.toLowerCase();
	if (!event.altKey && /^[a-z]$/.test(typed)) return typed;
	return /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase() ?? typed;
}

const MAC_CAPS: Record<string, string> = { Mod: '⌘', Alt: '⌥', Shift: '⇧' };
const OTHER_CAPS: Record<string, string> = { Mod: 'Ctrl', Alt: 'Alt', Shift: '⇧' };
const KEY_CAPS: Record<string, string> = {
	Enter: '⏎',
	Escape: 'Esc',
	ArrowDown: '↓',
	ArrowUp: '↑',
	ArrowLeft: '←',
	ArrowRight: '→',
	Backspace: '⌫',
	Delete: 'Del',
	ContextMenu: 'Menu',
};

/** The key caps of one chord, in the order people press them. */
export function chordCaps(text: string, mac: boolean): string[] {
	const chord = parseChord(text);
	const names = mac ? MAC_CAPS : OTHER_CAPS;
	const caps: string[] = [];
	if (chord.mod) caps.push(names['Mod'] ?? 'Mod');
	if (chord.alt) caps.push(names['Alt'] ?? 'Alt');
	if (chord.shift) caps.push(names['Shift'] ?? 'Shift');
	caps.push(KEY_CAPS[chord.key] ?? (chord.key.length === 1 ? chord.key.toUpperCase() : chord.key));
	return caps;
}
