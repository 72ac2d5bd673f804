import type { Backend } from '../backend/backend';
import type { Trial, TrialInput } from '../bindings';

/** The feedback follows the typing after this pause, milliseconds. */
const PAUSE_MS = 150;

export type TrialState =
	| { kind: 'waiting' }
	/** The application could not answer, e.g. the capture is gone. */
	| { kind: 'failed'; error: unknown }
	| { kind: 'ready'; trial: Trial };

/** What the recipe in the editor comes to, tried again after each change. Answers to older texts are dropped. */
export class RecipeTrial {
	state: TrialState = $state.raw({ kind: 'waiting' });
	/** What is shown belongs to an older text. */
	stale = $state(false);
	readonly #backend: Pick<Backend, 'tryProvider'>;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#turn = 0;

	constructor(backend: Pick<Backend, 'tryProvider'>) {
		this.#backend = backend;
	}

	/** Asks after a pause; a newer request takes the place of this one. */
	request(input: TrialInput): void {
		this.stale = true;
		const turn = ++this.#turn;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.#ask(input, turn), PAUSE_MS);
	}

	close(): void {
		clearTimeout(this.#timer);
		this.#turn += 1;
	}

	async #ask(input: TrialInput, turn: number): Promise<void> {
		let state: TrialState;
		try {
			state = { kind: 'ready', trial: await this.#backend.tryProvider(input) };
		} catch (error) {
			state = { kind: 'failed', error };
		}
		if (turn !== this.#turn) return;
		this.state = state;
		this.stale = false;
	}
}
