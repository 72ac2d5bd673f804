import type { CaptureId } from '../bindings';
import { Ignores } from './ignores.svelte';

/** Two captures that are compared: what A has is "removed", what B has is "added". */
export type ComparedPair = { a: CaptureId; b: CaptureId };

/** Which captures are compared, and what is left aside in it. One for the window. */
export class CompareState {
	/** null: nothing is compared, the sheet is closed. */
	pair: ComparedPair | null = $state.raw(null);
	readonly ignores: Ignores;

	constructor(storage: Pick<Storage, 'getItem' | 'setItem'> | null = null) {
		this.ignores = new Ignores(storage);
	}

	/** Opens the comparison; the earlier capture is best given first. */
	compare(a: CaptureId, b: CaptureId): void {
		if (a !== b) this.pair = { a, b };
	}

	swap(): void {
		if (this.pair) this.pair = { a: this.pair.b, b: this.pair.a };
	}

	close(): void {
		this.pair = null;
	}
}
