import { untrack } from 'svelte';
import type { Backend } from '../backend/backend';
import type { HealthView } from '../bindings';
import { messageOf } from './toasts.svelte';

/** Health is asked for at most this often, milliseconds. */
export const HEALTH_POLL_MS = 5000;

/** How listener and store are doing: asked for only while a part of the window shows it and the window is visible. */
export class HealthWatch {
	/** The last answer; null before the first. */
	view: HealthView | null = $state.raw(null);
	/** Why the last question was not answered. */
	failure: string | null = $state(null);
	/** The ports are being probed because somebody asked. */
	checking = $state(false);

	readonly #backend: Pick<Backend, 'health' | 'checkListener'>;
	readonly #visible: () => boolean;
	#watchers = 0;
	#timer: ReturnType<typeof setInterval> | undefined;
	#asking = false;
	#askedAt_ms = -Infinity;
	/** Every answer that is awaited has a number; an older one does not overwrite a newer one. */
	#turn = 0;

	constructor(
		backend: Pick<Backend, 'health' | 'checkListener'>,
		visible: () => boolean = () => document.visibilityState === 'visible',
	) {
		this.#backend = backend;
		this.#visible = visible;
	}

	/** Keeps asking until the returned function is called. */
	watch(): () => void {
		this.#watchers += 1;
		if (this.#watchers === 1) this.#timer = setInterval(() => void this.#ask(), HEALTH_POLL_MS);
		// Whoever watches from an effect does not want to begin again when an answer comes.
		untrack(() => void this.#ask());
		return () => {
			this.#watchers -= 1;
			if (this.#watchers === 0) clearInterval(this.#timer);
		};
	}

	/** Something changed: asks, unless it has only just been asked; then the next turn does. */
	news(): void {
		if (this.#watchers > 0) void this.#ask();
	}

	/** Probes the ports now. Rejects when that cannot be asked for. */
	async check(): Promise<HealthView> {
		this.checking = true;
		const turn = ++this.#turn;
		this.#askedAt_ms = performance.now();
		try {
			const view = await this.#backend.checkListener();
			this.#take(turn, view);
			return view;
		} finally {
			this.checking = false;
		}
	}

	close(): void {
		clearInterval(this.#timer);
		this.#watchers = 0;
		this.#turn += 1;
	}

	async #ask(): Promise<void> {
		// Timers may run a little early.
		const tooSoon = performance.now() - this.#askedAt_ms < HEALTH_POLL_MS - 100;
		if (this.#asking || this.checking || tooSoon || !this.#visible()) return;
		this.#asking = true;
		this.#askedAt_ms = performance.now();
		const turn = ++this.#turn;
		try {
			this.#take(turn, await this.#backend.health());
		} catch (error) {
			if (turn === this.#turn) this.failure = messageOf(error);
		} finally {
			this.#asking = false;
		}
	}

	#take(turn: number, view: HealthView): void {
		if (turn !== this.#turn) return;
		this.view = view;
		this.failure = null;
	}
}
