import { SvelteMap } from 'svelte/reactivity';
import type { CaptureId, RecheckView, RemedyOutcome } from '../bindings';

export interface Treatment {
	outcome: RemedyOutcome;
	/** What checking the others again came to; null: not asked for yet. */
	recheck: RecheckView | null;
}

/** What was mended while the inbox is shown, so that the others can still be checked again after looking elsewhere. */
export class Treatments {
	readonly #byCapture = new SvelteMap<CaptureId, Treatment>();

	of(id: CaptureId): Treatment | null {
		return this.#byCapture.get(id) ?? null;
	}

	mended(id: CaptureId, outcome: RemedyOutcome): void {
		this.#byCapture.set(id, { outcome, recheck: null });
	}

	rechecked(id: CaptureId, recheck: RecheckView): void {
		const treatment = this.#byCapture.get(id);
		if (treatment) this.#byCapture.set(id, { ...treatment, recheck });
	}
}
