import type { Backend } from '../backend/backend';
import type { CommandError, DoctorView } from '../bindings';

export type SearchState =
	| { kind: 'idle' }
	| { kind: 'searching' }
	| { kind: 'found'; view: DoctorView }
	/** The person, or a newer search elsewhere, ended it. */
	| { kind: 'cancelled' }
	| { kind: 'failed'; error: unknown };

/** One search for a cause at a time. What comes of an older one is dropped. */
export class CauseSearch {
	state: SearchState = $state.raw({ kind: 'idle' });
	readonly #backend: Pick<Backend, 'stopDiagnosis'>;
	#turn = 0;
	#stopped: Promise<void> = Promise.resolve();

	constructor(backend: Pick<Backend, 'stopDiagnosis'>) {
		this.#backend = backend;
	}

	async run(ask: () => Promise<DoctorView>): Promise<void> {
		this.#end();
		const turn = this.#turn;
		this.state = { kind: 'searching' };
		// An order to stop that arrived after the new search began would end that one.
		await this.#stopped;
		if (turn !== this.#turn) return;
		let next: SearchState;
		try {
			next = { kind: 'found', view: await ask() };
		} catch (error) {
			next = (error as CommandError | null)?.code === 'cancelled' ? { kind: 'cancelled' } : { kind: 'failed', error };
		}
		if (turn === this.#turn) this.state = next;
	}

	/** The person has seen enough. */
	cancel(): void {
		if (this.state.kind !== 'searching') return;
		this.#end();
		this.state = { kind: 'cancelled' };
	}

	/** Nobody waits for it any more. */
	close(): void {
		this.#end();
		this.state = { kind: 'idle' };
	}

	#end(): void {
		this.#turn += 1;
		if (this.state.kind === 'searching') this.#stopped = this.#backend.stopDiagnosis().catch(() => undefined);
	}
}
