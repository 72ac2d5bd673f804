import type { Backend } from '../backend/backend';
import type { BackupView, CommandError, IntegrityView, SalvageView } from '../bindings';
import { messageOf } from './toasts.svelte';

export type StorageJob = 'check' | 'backup' | 'salvage';

/** What came of the last run of a job. */
export type Outcome<Result> =
	| { kind: 'none' }
	| { kind: 'done'; result: Result }
	| { kind: 'stopped' }
	| { kind: 'failed'; message: string };

const NONE = { kind: 'none' } as const;

/** Long work on the store. One at a time; it goes on while another screen is shown. */
export class StorageWork {
	/** What runs now. */
	running: StorageJob | null = $state(null);
	/** It was asked to stop and has not answered yet. */
	stopping = $state(false);
	integrity: Outcome<IntegrityView> = $state.raw(NONE);
	backup: Outcome<BackupView> = $state.raw(NONE);
	salvaged: Outcome<SalvageView> = $state.raw(NONE);
	readonly #backend: Pick<Backend, 'checkIntegrity' | 'backUp' | 'salvage' | 'cancelStorageWork'>;

	constructor(backend: Pick<Backend, 'checkIntegrity' | 'backUp' | 'salvage' | 'cancelStorageWork'>) {
		this.#backend = backend;
	}

	async checkIntegrity(): Promise<void> {
		if (this.running !== null) return;
		this.integrity = NONE;
		this.integrity = await this.#run('check', () => this.#backend.checkIntegrity());
	}

	async backUp(): Promise<void> {
		if (this.running !== null) return;
		this.backup = NONE;
		const outcome = await this.#run('backup', () => this.#backend.backUp());
		// A dialog that was closed without a choice is no outcome.
		if (outcome.kind !== 'done') this.backup = outcome;
		else if (outcome.result !== null) this.backup = { kind: 'done', result: outcome.result };
	}

	async salvage(): Promise<void> {
		if (this.running !== null) return;
		this.salvaged = NONE;
		this.salvaged = await this.#run('salvage', () => this.#backend.salvage());
	}

	/** Asks the work that runs to stop. It may end by itself first. */
	async stop(): Promise<void> {
		if (this.running === null || this.stopping) return;
		this.stopping = true;
		try {
			await this.#backend.cancelStorageWork();
		} catch (error) {
			this.stopping = false;
			throw error;
		}
	}

	async #run<Result>(job: StorageJob, work: () => Promise<Result>): Promise<Outcome<Result>> {
		this.running = job;
		try {
			return { kind: 'done', result: await work() };
		} catch (error) {
			if ((error as CommandError).code === 'cancelled') return { kind: 'stopped' };
			return { kind: 'failed', message: messageOf(error) };
		} finally {
			this.running = null;
			this.stopping = false;
		}
	}
}
