import type { CaptureId, CaptureRow } from '../bindings';
import { nextTask, readBody, type ReadableBody } from './bodyText';
import { type JsonOutline, JsonOutliner, type JsonProblem } from './json/outline';

/** Larger bodies open as source; their tree is read when it is asked for. */
export const TREE_ASKED_BYTES = 5_000_000;
/** Larger bodies are fetched after a pause, so that going through captures by key does not fetch each. */
const LARGE_BYTES = 1_000_000;
const PAUSE_MS = 150;
/** Tokens read between two looks at the clock. */
const SLICE_TOKENS = 20_000;
/** Longest stretch of work between two frames, in milliseconds: half a frame at 60 Hz. */
const SLICE_MS = 8;

export type BodyState =
	| { kind: 'idle' }
	| { kind: 'loading' }
	| { kind: 'failed'; error: unknown }
	| { kind: 'ready'; bytes: Uint8Array; readable: ReadableBody };

export type OutlineState =
	| { kind: 'none' }
	/** `part` is between 0 and 1. */
	| { kind: 'reading'; part: number }
	| { kind: 'read'; outline: JsonOutline }
	| { kind: 'problem'; problem: JsonProblem };

/** The body of the capture that is shown: fetched when a tab wants it, dropped when the selection moves on. */
export class BodyLoad {
	state: BodyState = $state.raw({ kind: 'idle' });
	outline: OutlineState = $state.raw({ kind: 'none' });
	/** The capture whose large body is to be shown all the same. */
	asked: CaptureId | null = $state(null);
	readonly #fetch: (id: CaptureId) => Promise<Uint8Array>;
	/** Every change of capture makes a new number; work that carries an older one stops. */
	#turn = 0;
	#id: CaptureId | null = null;

	constructor(fetch: (id: CaptureId) => Promise<Uint8Array>) {
		this.#fetch = fetch;
	}

	/** Fetches the body of a capture, unless it is here already. */
	async open({ id, content_type, body_bytes }: Pick<CaptureRow, 'id' | 'content_type' | 'body_bytes'>): Promise<void> {
		if (this.#id === id && this.state.kind !== 'failed') return;
		this.close();
		this.#id = id;
		const turn = this.#turn;
		this.state = { kind: 'loading' };
		try {
			if (body_bytes > LARGE_BYTES) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
			if (turn !== this.#turn) return;
			const bytes = await this.#fetch(id);
			if (turn !== this.#turn) return;
			const readable = await readBody(bytes, content_type, () => turn !== this.#turn);
			if (readable === null || turn !== this.#turn) return;
			this.state = { kind: 'ready', bytes, readable };
			if (bytes.length <= TREE_ASKED_BYTES) await this.readOutline();
		} catch (error) {
			if (turn === this.#turn) this.state = { kind: 'failed', error };
		}
	}

	/** Drops the body and stops what is being done with it. */
	close(): void {
		this.#turn += 1;
		this.#id = null;
		this.state = { kind: 'idle' };
		this.outline = { kind: 'none' };
	}

	/** Reads the JSON structure in slices between frames. */
	async readOutline(): Promise<void> {
		if (this.state.kind !== 'ready' || this.outline.kind !== 'none') return;
		const { kind, text } = this.state.readable;
		if (text === null || (kind !== 'json' && kind !== 'ndjson')) return;
		const turn = this.#turn;
		const outliner = new JsonOutliner(text, kind === 'ndjson');
		let frameEnds = performance.now() + SLICE_MS;
		for (;;) {
			const result = outliner.run(SLICE_TOKENS);
			if (result === 'problem' && outliner.problem) {
				this.outline = { kind: 'problem', problem: outliner.problem };
				return;
			}
			if (result === 'done') {
				this.outline = { kind: 'read', outline: outliner.outline() };
				return;
			}
			if (performance.now() < frameEnds) continue;
			this.outline = { kind: 'reading', part: outliner.position / text.length };
			await nextTask();
			if (turn !== this.#turn) return;
			frameEnds = performance.now() + SLICE_MS;
		}
	}
}
