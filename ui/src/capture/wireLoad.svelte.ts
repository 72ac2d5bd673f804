import type { CaptureDetail, CaptureId } from '../bindings';
import { readBody } from './bodyText';
import { headLength } from './wire';

/** Larger requests are fetched after a pause, so that going through captures by key does not fetch each. */
const LARGE_BYTES = 1_000_000;
const PAUSE_MS = 150;

export type WireState =
	| { kind: 'idle' }
	| { kind: 'loading' }
	| { kind: 'failed'; error: unknown }
	/** `text`: what follows the head, when it is text. */
	| { kind: 'ready'; head: Uint8Array; rest: Uint8Array; text: string | null };

/** The original bytes of the capture that is shown: fetched when the Raw tab wants them, dropped with it. */
export class WireLoad {
	state: WireState = $state.raw({ kind: 'idle' });
	readonly #fetch: (id: CaptureId) => Promise<Uint8Array>;
	#turn = 0;

	constructor(fetch: (id: CaptureId) => Promise<Uint8Array>) {
		this.#fetch = fetch;
	}

	async open({ row: { id, content_type, body_bytes }, charset }: Pick<CaptureDetail, 'row' | 'charset'>): Promise<void> {
		const turn = ++this.#turn;
		this.state = { kind: 'loading' };
		try {
			if (body_bytes > LARGE_BYTES) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
			if (turn !== this.#turn) return;
			const wire = await this.#fetch(id);
			if (turn !== this.#turn) return;
			const end = headLength(wire);
			const rest = wire.subarray(end);
			const readable = await readBody(rest, content_type, charset.name, () => turn !== this.#turn);
			if (readable === null || turn !== this.#turn) return;
			this.state = { kind: 'ready', head: wire.subarray(0, end), rest, text: readable.text };
		} catch (error) {
			if (turn === this.#turn) this.state = { kind: 'failed', error };
		}
	}

	close(): void {
		this.#turn += 1;
		this.state = { kind: 'idle' };
	}
}
