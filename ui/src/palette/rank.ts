/** How well a text answers what was typed, and which characters of it are the answer. */
export interface Match {
	/** The higher the better; only the order means something. */
	score: number;
	/** Stretches of the text, in code units, in order, not touching. */
	ranges: readonly (readonly [from: number, to: number])[];
}

/** Texts are looked at this far, characters: captured ones may be of any length. */
const LOOKED_AT = 200;

/** What a stretch is worth by where it begins; the gaps are wider than what position can make up for. */
const WHOLE = 4000;
const BEGINNING = 3000;
const WORD_START = 2000;
const INSIDE = 1000;
const SCATTERED = 100;

/**
 * Every word that was typed has to be found: best as the whole text, then at its beginning, at the beginning of a word, inside
 * one, and at last, with `scatters`, letter by letter in order. null: it is not an answer.
 */
export function rank(typed: string, text: string, { scatters = true } = {}): Match | null {
	const words = typed.toLowerCase().split(/\s+/).filter((word) => word !== '');
	if (words.length === 0) return { score: 0, ranges: [] };
	const looked = text.slice(0, LOOKED_AT);
	// Lower case must not move characters, or the wrong ones would be marked.
	const lower = [...looked].map((character) => sameLength(character)).join('');
	const whole = words.length > 1 ? standing(lower, words.join(' ')) : null;
	if (whole) return { ...whole, score: whole.score * words.length };
	let score = 0;
	const ranges: (readonly [number, number])[] = [];
	for (const word of words) {
		const match = standing(lower, word) ?? (scatters ? scattered(lower, word, true) ?? scattered(lower, word, false) : null);
		if (match === null) return null;
		score += match.score;
		ranges.push(...match.ranges);
	}
	return { score, ranges: joined(ranges) };
}

function sameLength(character: string): string {
	const lower = character.toLowerCase();
	return lower.length === character.length ? lower : character;
}

/** Shorter texts first: more of them is what was typed. */
const shortness = (lower: string): number => LOOKED_AT - lower.length;

/** The word as it is, where it stands best. */
function standing(lower: string, word: string): Match | null {
	let best: Match | null = null;
	for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) {
		const kind = at === 0 ? (word.length === lower.length ? WHOLE : BEGINNING) : isWordStart(lower, at) ? WORD_START : INSIDE;
		const score = kind + shortness(lower) - at;
		if (best === null || score > best.score) best = { score, ranges: [[at, at + word.length]] };
	}
	return best;
}

/** The letters in order with others between them; `leaping`: the beginnings of words are taken first. */
function scattered(lower: string, word: string, leaping: boolean): Match | null {
	// One letter, or two, stand scattered in nearly everything.
	if (word.length < 3) return null;
	const ranges: (readonly [number, number])[] = [];
	let from = 0;
	let starts = 0;
	for (const letter of word) {
		const next = lower.indexOf(letter, from);
		if (next < 0) return null;
		const at = !leaping || continues(lower, next, from) ? next : wordStartOf(lower, letter, from, next);
		if (isWordStart(lower, at)) starts += 1;
		ranges.push([at, at + letter.length]);
		from = at + letter.length;
	}
	const merged = joined(ranges);
	// What does not begin where a word begins, or is mostly elsewhere, is chance.
	if (!isWordStart(lower, merged[0]?.[0] ?? 0) || merged.length - starts > word.length / 2) return null;
	const spread = (merged.at(-1)?.[1] ?? 0) - (merged[0]?.[0] ?? 0) - word.length;
	return { score: SCATTERED + starts * 20 - merged.length * 10 - spread + shortness(lower) / 10, ranges: merged };
}

function continues(lower: string, at: number, from: number): boolean {
	return (at === from && from > 0) || isWordStart(lower, at);
}

/** A later beginning of a word with this letter, when the rest of what was typed is still to come; else the next letter. */
function wordStartOf(lower: string, letter: string, from: number, next: number): number {
	for (let at = lower.indexOf(letter, from); at >= 0; at = lower.indexOf(letter, at + 1)) {
		if (isWordStart(lower, at)) return at;
	}
	return next;
}

function isWordStart(text: string, at: number): boolean {
	return at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '');
}

/** In order, those that touch or overlap as one. */
function joined(ranges: readonly (readonly [number, number])[]): [number, number][] {
	const merged: [number, number][] = [];
	for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
		const last = merged.at(-1);
		if (last && from <= last[1]) last[1] = Math.max(last[1], to);
		else merged.push([from, to]);
	}
	return merged;
}

/** A text in pieces, those that answer marked. */
export function pieces(text: string, ranges: Match['ranges']): { text: string; marked: boolean }[] {
	const found: { text: string; marked: boolean }[] = [];
	let at = 0;
	for (const [from, to] of ranges) {
		if (from > at) found.push({ text: text.slice(at, from), marked: false });
		found.push({ text: text.slice(from, to), marked: true });
		at = to;
	}
	if (at < text.length) found.push({ text: text.slice(at), marked: false });
	return found;
}

/** The answers among things, the best first; things that answer equally well stay in their order. */
export function ranked<Thing>(
	typed: string,
	things: readonly Thing[],
	textOf: (thing: Thing) => string,
	/** Further words by which it is found, which are not shown. */
	moreOf: (thing: Thing) => string = () => '',
): { thing: Thing; match: Match }[] {
	return things
		.flatMap((thing) => {
			const match = rank(typed, textOf(thing));
			if (match) return [{ thing, match }];
			const more = moreOf(thing);
			const byMore = more === '' ? null : rank(typed, `${textOf(thing)} ${more}`, { scatters: false });
			// Nothing of what is shown can be marked; it stands behind what answers by its name.
			return byMore ? [{ thing, match: { score: byMore.score / 10, ranges: [] } }] : [];
		})
		.sort((a, b) => b.match.score - a.match.score);
}
