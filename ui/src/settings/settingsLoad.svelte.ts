import { messageOf } from '../state/toasts.svelte';

export type LoadState<Value> = { kind: 'loading' } | { kind: 'failed'; message: string } | { kind: 'ready'; value: Value };

/** A group of settings: read once when the screen opens, then replaced by what each change answers. */
export class SettingsLoad<Value> {
	state: LoadState<Value> = $state.raw({ kind: 'loading' });
	readonly #fetch: () => Promise<Value>;
	#turn = 0;

	constructor(fetch: () => Promise<Value>) {
		this.#fetch = fetch;
	}

	get value(): Value | null {
		return this.state.kind === 'ready' ? this.state.value : null;
	}

	async read(): Promise<void> {
		const turn = ++this.#turn;
		try {
			const value = await this.#fetch();
			if (turn === this.#turn) this.state = { kind: 'ready', value };
		} catch (error) {
			// What is on the screen stays; a failed second reading is no reason to take it away.
			if (turn === this.#turn && this.state.kind !== 'ready') this.state = { kind: 'failed', message: messageOf(error) };
		}
	}

	/** What a change answered. */
	put(value: Value): void {
		this.#turn += 1;
		this.state = { kind: 'ready', value };
	}
}
