import type { CaptureDetail, CaptureId, CommandError } from '../bindings';

export type DetailState =
	| { kind: 'none' }
	| { kind: 'loading' }
	| { kind: 'gone' }
	| { kind: 'failed'; error: unknown }
	| { kind: 'ready'; detail: CaptureDetail };

/** The capture that is shown. It changes only when another is asked for; late facts come in by `refresh`. */
export class CaptureLoad {
	state: DetailState = $state.raw({ kind: 'none' });
	readonly #fetch: (id: CaptureId) => Promise<CaptureDetail>;
	#id: CaptureId | null = null;

	constructor(fetch: (id: CaptureId) => Promise<CaptureDetail>) {
		this.#fetch = fetch;
	}

	async open(id: CaptureId | null): Promise<void> {
		if (this.#id === id && this.state.kind !== 'failed') return;
		this.#id = id;
		this.state = id === null ? { kind: 'none' } : { kind: 'loading' };
		await this.refresh();
	}

	/** Reads it again and puts the new facts in place of the old ones. */
	async refresh(): Promise<void> {
		const id = this.#id;
		if (id === null) return;
		try {
			const detail = await this.#fetch(id);
			if (this.#id === id) this.state = { kind: 'ready', detail };
		} catch (error) {
			if (this.#id !== id) return;
			if ((error as CommandError).code === 'not_found') this.state = { kind: 'gone' };
			// What is on the screen stays true; a failed refresh is no reason to take it away.
			else if (this.state.kind !== 'ready') this.state = { kind: 'failed', error };
		}
	}
}
