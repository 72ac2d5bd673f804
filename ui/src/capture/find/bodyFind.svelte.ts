import { nextTask } from '../bodyText';
import type { LineSource, Match } from '../lines';
import type { Mark } from '../marks';

/** As many matches are listed; more would only make the counter longer. */
export const MOST_MATCHES = 10_000;
/** Searched between two looks at the clock. */
const SLICE_CHARS = 128 * 1024;
/** Longest stretch of work between two frames, in milliseconds: half a frame at 60 Hz. */
const SLICE_MS = 8;

/** A search in the lines that are shown: in slices, so that the first matches are there at once and nothing freezes. */
export class BodyFind {
	needle = $state('');
	matches: readonly Match[] = $state.raw([]);
	/** Which of them is shown; -1 while there is none. */
	at = $state(-1);
	/** Whether the whole text was searched, or enough was found. */
	isDone = $state(true);
	#source: LineSource | null = null;
	/** Every change makes a new number; work that carries an older one stops. */
	#turn = 0;

	/** Whether there are more matches than are listed. */
	get isCut(): boolean {
		return this.matches.length >= MOST_MATCHES;
	}

	/** `3 of 17`; the empty text while nothing is looked for. */
	get summary(): string {
		if (this.needle === '') return '';
		const count = this.matches.length;
		if (count === 0) return this.isDone ? 'No matches' : 'Searching…';
		const more = this.isCut ? '+' : this.isDone ? '' : '…';
		return `${(this.at + 1).toLocaleString('en-US')} of ${count.toLocaleString('en-US')}${more}`;
	}

	/** Looks for a text in a source; `onfirst` is called with the first match. */
	async look(source: LineSource, needle: string, onfirst: () => void): Promise<void> {
		const turn = (this.#turn += 1);
		this.#source = source;
		this.needle = needle;
		this.matches = [];
		this.at = -1;
		this.isDone = true;
		if (needle === '' || !source.searchable) return;
		this.isDone = false;
		const search = source.searchable.start(needle);
		const found: Match[] = [];
		for (;;) {
			const sliceEnds = performance.now() + SLICE_MS;
			let isDone: boolean;
			do {
				isDone = search.run(SLICE_CHARS, found) || found.length >= MOST_MATCHES;
			} while (!isDone && performance.now() < sliceEnds);
			if (found.length > this.matches.length) this.matches = found.slice(0, MOST_MATCHES);
			if (this.at < 0 && found.length > 0) {
				this.at = 0;
				onfirst();
			}
			this.isDone = isDone;
			if (isDone) return;
			await nextTask();
			if (turn !== this.#turn) return;
		}
	}

	/** Forgets the search and ends it. */
	clear(): void {
		this.#turn += 1;
		this.#source = null;
		this.needle = '';
		this.matches = [];
		this.at = -1;
		this.isDone = true;
	}

	/** Goes to the next match, or back, around the ends. */
	step(by: 1 | -1): Match | null {
		if (this.matches.length === 0) return null;
		this.at = (this.at + by + this.matches.length) % this.matches.length;
		return this.current;
	}

	get current(): Match | null {
		return this.matches[this.at] ?? null;
	}

	/** The matches on a line as it is shown now. */
	marksOn(source: LineSource, shown: number): Mark[] {
		const { searchable } = source;
		if (this.matches.length === 0 || !searchable || source !== this.#source) return [];
		const line = searchable.lineAt(shown);
		const marks: Mark[] = [];
		for (let index = this.#firstFrom(line - searchable.reach); index < this.matches.length; index += 1) {
			const match = this.matches[index];
			if (match === undefined || match.line > line) break;
			const kind = index === this.at ? 'current-match' : 'match';
			for (const columns of searchable.columnsOn(shown, match)) marks.push({ ...columns, kind });
		}
		return marks.sort((a, b) => a.from - b.from);
	}

	/** The first match on a line or below it. */
	#firstFrom(line: number): number {
		let low = 0;
		let high = this.matches.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((this.matches[middle]?.line ?? 0) < line) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}
