import type { LineSearch, Match } from '../lines';

/** Matches a text as it is typed, in either case. Its length in a text is that of the needle. */
export function needlePattern(needle: string): RegExp {
	return new RegExp(needle.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'giu');
}

/** Searches one long text by its offsets. Lines do not matter, because no needle holds a line end. */
export class TextSearch implements LineSearch {
	readonly #text: string;
	readonly #needle: string;
	readonly #pattern: RegExp;
	readonly #matchAt: (offset: number, length: number) => Match;
	#at = 0;

	constructor(text: string, needle: string, matchAt: (offset: number, length: number) => Match) {
		this.#text = text;
		this.#needle = needle;
		this.#pattern = needlePattern(needle);
		this.#matchAt = matchAt;
	}

	run(characters: number, found: Match[]): boolean {
		const end = Math.min(this.#text.length, this.#at + characters);
		// A match may begin in this slice and end in the next.
		const slice = this.#text.slice(this.#at, end + this.#needle.length - 1);
		let after = end;
		for (const match of slice.matchAll(this.#pattern)) {
			const offset = this.#at + match.index;
			if (offset >= end) break;
			found.push(this.#matchAt(offset, match[0].length));
			after = Math.max(after, offset + match[0].length);
		}
		this.#at = after;
		return this.#at >= this.#text.length;
	}
}

/** Searches lines one by one, as they are shown. */
export class EachLineSearch implements LineSearch {
	readonly #count: number;
	readonly #textOf: (line: number) => string;
	readonly #pattern: RegExp;
	#line = 0;

	constructor(count: number, textOf: (line: number) => string, needle: string) {
		this.#count = count;
		this.#textOf = textOf;
		this.#pattern = needlePattern(needle);
	}

	run(characters: number, found: Match[]): boolean {
		let left = characters;
		for (; this.#line < this.#count && left > 0; this.#line += 1) {
			const text = this.#textOf(this.#line);
			// The cost of a short line is that of making it.
			left -= text.length + 32;
			// Making an iterator for each of a million lines would take longer than searching them.
			this.#pattern.lastIndex = 0;
			for (let match = this.#pattern.exec(text); match; match = this.#pattern.exec(text)) {
				found.push({ line: this.#line, from: match.index, to: match.index + match[0].length });
			}
		}
		return this.#line >= this.#count;
	}
}
