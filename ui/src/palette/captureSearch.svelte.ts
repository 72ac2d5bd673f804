import type { Backend } from '../backend/backend';
import type { CaptureRow } from '../bindings';
import { quoted } from '../inbox/queryText';
import { NO_FILTER } from '../state/inbox.svelte';
import { messageOf } from '../state/toasts.svelte';
import type { Mode } from './entries';

/** Typing is answered after this pause, milliseconds. */
const PAUSE_MS = 120;
/** As many captures are offered. */
const MOST = 8;
/** Fewer letters stand in nearly every capture. */
const LEAST_LETTERS = 2;

/** Looks for captures while something is typed. */
export class CaptureSearch {
	rows: readonly CaptureRow[] = $state.raw([]);
	searching = $state(false);
	/** What is wrong with the search; null: nothing. */
	problem: string | null = $state(null);
	readonly #backend: Pick<Backend, 'listCaptures'>;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#turn = 0;

	constructor(backend: Pick<Backend, 'listCaptures'>) {
		this.#backend = backend;
	}

	/** `text` in the language of searches when only captures are looked for; otherwise it is looked for as it is. */
	look(mode: Mode, text: string): void {
		this.clear();
		const wanted = mode === 'captures' || (mode === 'all' && text.length >= LEAST_LETTERS);
		if (!wanted) return;
		const turn = this.#turn;
		this.searching = true;
		this.#timer = setTimeout(() => void this.#read(turn, mode === 'captures' ? text : quoted(text), mode), PAUSE_MS);
	}

	clear(): void {
		clearTimeout(this.#timer);
		this.#turn += 1;
		this.searching = false;
		this.problem = null;
		// The old answers stay until there are new ones only where they still could be right: nowhere.
		this.rows = [];
	}

	async #read(turn: number, query: string, mode: Mode): Promise<void> {
		try {
			const { rows } = await this.#backend.listCaptures({ ...NO_FILTER, query }, null, MOST);
			if (turn === this.#turn) this.rows = rows;
		} catch (error) {
			// Beside everything else a failed search is no news; alone it is all there is to say.
			if (turn === this.#turn && mode === 'captures') this.problem = messageOf(error);
		} finally {
			if (turn === this.#turn) this.searching = false;
		}
	}
}
