import type { ComputedView, RevealedView } from '../bindings';

/** How long expected signatures stay readable, milliseconds (the design's rule for everything masked). */
export const REVEAL_MS = 10_000;
/** The countdown is drawn four times a second, by attribute. */
const TICK_MS = 250;

/** Expected signatures in full, for ten seconds at a time. They are held here only while they are shown. */
export class Reveal {
	values: readonly RevealedView[] | null = $state.raw(null);
	busy = $state(false);
	left_ms = $state(0);
	readonly #clock: () => number;
	#timer: ReturnType<typeof setInterval> | undefined;
	#turn = 0;

	constructor(clock: () => number = Date.now) {
		this.#clock = clock;
	}

	async show(fetch: () => Promise<RevealedView[]>): Promise<void> {
		this.hide();
		const turn = this.#turn;
		this.busy = true;
		try {
			const values = await fetch();
			// Left meanwhile: nothing is shown to an empty chair.
			if (turn !== this.#turn) return;
			this.values = values;
			const until = this.#clock() + REVEAL_MS;
			this.left_ms = REVEAL_MS;
			this.#timer = setInterval(() => {
				this.left_ms = Math.max(0, until - this.#clock());
				if (this.left_ms === 0) this.hide();
			}, TICK_MS);
		} finally {
			if (turn === this.#turn) this.busy = false;
		}
	}

	hide(): void {
		this.#turn += 1;
		clearInterval(this.#timer);
		this.values = null;
		this.busy = false;
		this.left_ms = 0;
	}
}

/** The full text of the computed row at `index`; null while it is masked. Labels may repeat, so their order counts. */
export function revealedOf(computed: readonly ComputedView[], index: number, values: readonly RevealedView[] | null): string | null {
	const row = computed[index];
	if (values === null || row === undefined || !row.can_reveal) return null;
	const before = computed.slice(0, index).filter((other) => other.can_reveal && other.label === row.label).length;
	return values.filter((value) => value.label === row.label)[before]?.value ?? null;
}
