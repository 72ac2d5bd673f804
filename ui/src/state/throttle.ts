/** Runs a job at once, then at most once per interval, and always once more after the last request. */
export class Throttle {
	#job: () => Promise<unknown>;
	#interval_ms: number;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#wanted = false;

	constructor(job: () => Promise<unknown>, interval_ms: number) {
		this.#job = job;
		this.#interval_ms = interval_ms;
	}

	request(): void {
		if (this.#timer !== null) {
			this.#wanted = true;
			return;
		}
		this.#timer = setTimeout(() => {
			this.#timer = null;
			if (this.#wanted) {
				this.#wanted = false;
				this.request();
			}
		}, this.#interval_ms);
		// A failed refresh leaves the last known numbers; the next notice tries again.
		this.#job().catch(() => undefined);
	}

	cancel(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
		this.#wanted = false;
	}
}
