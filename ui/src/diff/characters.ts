import { differingPlaces, joinNear } from './sequence';
import { atOnce } from './slices';

/** A piece of a text: whether the other text has it, too. */
export type Mark = { text: string; changed: boolean };

/** Longer texts are compared at their ends only. */
const MOST_COMPARED = 2000;
/** Fewer equal characters than this between two differences are a coincidence. */
const COINCIDENCE = 3;
/** With less in common than this part of the longer text, marks on single characters would only confuse. */
const LEAST_IN_COMMON = 0.3;

/** What of two short texts differs, character by character. The pieces of each side give that side again. */
export function markCharacters(aText: string, bText: string): { a: Mark[]; b: Mark[] } {
	const a = Array.from(aText);
	const b = Array.from(bText);
	const most = Math.max(a.length, b.length) > MOST_COMPARED ? 0 : undefined;
	const places = joinNear(atOnce(differingPlaces(a.map(codeOf), b.map(codeOf), most)), COINCIDENCE);
	const changed = places.reduce((sum, { aStart, aEnd, bStart, bEnd }) => sum + Math.max(aEnd - aStart, bEnd - bStart), 0);
	if (places.length > 1 && 1 - changed / Math.max(a.length, b.length) < LEAST_IN_COMMON) {
		return { a: whole(aText), b: whole(bText) };
	}
	return {
		a: pieces(a, places.map(({ aStart, aEnd }) => [aStart, aEnd])),
		b: pieces(b, places.map(({ bStart, bEnd }) => [bStart, bEnd])),
	};
}

function codeOf(character: string): number {
	return character.codePointAt(0) ?? 0;
}

function whole(text: string): Mark[] {
	return text === '' ? [] : [{ text, changed: true }];
}

function pieces(characters: readonly string[], ranges: readonly [number, number][]): Mark[] {
	const marks: Mark[] = [];
	const add = (from: number, to: number, changed: boolean): void => {
		if (to > from) marks.push({ text: characters.slice(from, to).join(''), changed });
	};
	let at = 0;
	for (const [start, end] of ranges) {
		add(at, start, false);
		add(start, end, true);
		at = end;
	}
	add(at, characters.length, false);
	return marks;
}
