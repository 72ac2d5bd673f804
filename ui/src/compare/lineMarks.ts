import { markCharacters, type Mark } from '../diff/characters';

/** A piece of a line as it is drawn; `left` instead of text that is left out. */
export type LinePiece = Mark & { left?: number };

/** Longer lines are drawn in part: the cost of a row follows its longest line. */
const MOST_DRAWN = 1000;
/** Equal characters drawn before and behind what differs in a long line. */
const AROUND = 80;

/** A line without a counterpart. */
export function wholeLine(text: string, changed: boolean, most = MOST_DRAWN): LinePiece[] {
	if (text.length <= most) return text === '' ? [] : [{ text, changed }];
	const end = wholeCharacter(text, most);
	return [{ text: text.slice(0, end), changed }, { text: '', changed: false, left: text.length - end }];
}

/** Two lines that took each other's place, with marks on what differs; of long lines the part around that. */
export function linePair(a: string, b: string, most = MOST_DRAWN): { a: LinePiece[]; b: LinePiece[] } {
	if (Math.max(a.length, b.length) <= most) return markCharacters(a, b);
	const near = Math.min(AROUND, Math.floor(most / 4));
	const shorter = Math.min(a.length, b.length);
	let head = 0;
	while (head < shorter && a.charCodeAt(head) === b.charCodeAt(head)) head += 1;
	let tail = 0;
	while (tail < shorter - head && a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail)) tail += 1;
	const from = wholeCharacter(a, Math.max(0, head - near));
	const keptTail = Math.min(tail, near);
	const part = (text: string): { text: string; left: number } => {
		const wanted = text.length - tail + keptTail;
		const end = wholeCharacter(text, Math.min(wanted, from + most));
		return { text: text.slice(from, end), left: text.length - end };
	};
	const [one, other] = [part(a), part(b)];
	const marks = markCharacters(one.text, other.text);
	const around = (pieces: Mark[], left: number): LinePiece[] => [
		...(from > 0 ? [{ text: '', changed: false, left: from }] : []),
		...pieces,
		...(left > 0 ? [{ text: '', changed: false, left }] : []),
	];
	return { a: around(marks.a, one.left), b: around(marks.b, other.left) };
}

/** A place at or before this one that is not within a surrogate pair. */
function wholeCharacter(text: string, at: number): number {
	const unit = text.charCodeAt(at);
	return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
