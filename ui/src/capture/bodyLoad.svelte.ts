import type { CaptureDetail, CaptureId, CaptureRow, DecodedView } from '../bindings';
import { nextTask, readBody, type ReadableBody } from './bodyText';
import { type JsonOutline, JsonOutliner, problemSentence } from './json/outline';
import { type XmlOutline, XmlOutliner, xmlProblemSentence } from './xml/outline';

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
	/** `decoded`: what is said about it when its content-codings were undone. */
	| { kind: 'ready'; bytes: Uint8Array; readable: ReadableBody; decoded: DecodedView | null };

/** What was fetched. */
export interface FetchedBody {
	bytes: Uint8Array;
	view?: DecodedView;
}

export type OutlineState =
	| { kind: 'none' }
	/** `part` is between 0 and 1. */
	| { kind: 'reading'; part: number }
	| { kind: 'json'; outline: JsonOutline }
	| { kind: 'xml'; outline: XmlOutline }
	/** It is not what it is said to be: where that shows, in UTF-16 units, and the sentence about it. */
	| { kind: 'problem'; offset: number; sentence: string };

/** What of a capture its body needs. */
export type BodyOf = { row: Pick<CaptureRow, 'id' | 'content_type' | 'body_bytes'>; charset: CaptureDetail['charset'] };

/** Reads a structure in slices. */
interface Outliner {
	readonly position: number;
	run(steps: number): 'more' | 'done' | 'problem';
	result(): OutlineState;
}

/** The body of the capture that is shown: fetched when a tab wants it, dropped when the selection moves on. */
export class BodyLoad {
	state: BodyState = $state.raw({ kind: 'idle' });
	outline: OutlineState = $state.raw({ kind: 'none' });
	/** The capture whose large body is to be shown all the same. */
	asked: CaptureId | null = $state(null);
	readonly #fetch: (id: CaptureId) => Promise<FetchedBody>;
	readonly #stop: (() => Promise<void>) | null;
	/** Not reactive: closing reads it, and an effect that closes must not run again for that. */
	#fetching = false;
	/** The program has been told that the last fetch is not wanted any more. */
	#stopped: Promise<void> = Promise.resolve();
	/** Every change of capture makes a new number; work that carries an older one stops. */
	#turn = 0;
	#id: CaptureId | null = null;

	/** `stop` ends the fetch that runs, where that takes long. */
	constructor(fetch: (id: CaptureId) => Promise<FetchedBody>, stop: (() => Promise<void>) | null = null) {
		this.#fetch = fetch;
		this.#stop = stop;
	}

	/** Fetches the body of a capture, unless it is here already. */
	async open({ row: { id, content_type, body_bytes }, charset }: BodyOf): Promise<void> {
		if (this.#id === id && this.state.kind !== 'failed') return;
		this.close();
		this.#id = id;
		const turn = this.#turn;
		this.state = { kind: 'loading' };
		try {
			if (body_bytes > LARGE_BYTES) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
			// Otherwise the stop of the last fetch might end this one.
			await this.#stopped;
			if (turn !== this.#turn) return;
			this.#fetching = true;
			const { bytes, view } = await this.#fetch(id);
			if (turn !== this.#turn) return;
			this.#fetching = false;
			const readable = await readBody(bytes, content_type, (view?.charset ?? charset).name, () => turn !== this.#turn);
			if (readable === null || turn !== this.#turn) return;
			this.state = { kind: 'ready', bytes, readable, decoded: view ?? null };
			if (bytes.length <= TREE_ASKED_BYTES) await this.readOutline();
		} catch (error) {
			if (turn !== this.#turn) return;
			this.#fetching = false;
			this.state = { kind: 'failed', error };
		}
	}

	/** Drops the body and stops what is being done with it. */
	close(): void {
		this.#turn += 1;
		this.#id = null;
		if (this.#stop && this.#fetching) this.#stopped = this.#stop().catch(() => undefined);
		this.#fetching = false;
		this.state = { kind: 'idle' };
		this.outline = { kind: 'none' };
	}

	/** Reads the structure of JSON or XML in slices between frames. */
	async readOutline(): Promise<void> {
		if (this.state.kind !== 'ready' || this.outline.kind !== 'none') return;
		const { kind, text } = this.state.readable;
		const outliner = text === null ? null : outlinerOf(kind, text);
		if (outliner === null) return;
		const length = text?.length ?? 0;
		const turn = this.#turn;
		let frameEnds = performance.now() + SLICE_MS;
		while (outliner.run(SLICE_TOKENS) === 'more') {
			if (performance.now() < frameEnds) continue;
			this.outline = { kind: 'reading', part: outliner.position / length };
			await nextTask();
			if (turn !== this.#turn) return;
			frameEnds = performance.now() + SLICE_MS;
		}
		this.outline = outliner.result();
	}
}

function outlinerOf(kind: ReadableBody['kind'], text: string): Outliner | null {
	if (kind === 'xml') {
		const outliner = new XmlOutliner(text);
		return {
			get position() {
				return outliner.position;
			},
			run: (steps) => outliner.run(steps),
			result() {
				const { problem } = outliner;
				if (problem === null) return { kind: 'xml', outline: outliner.outline() };
				return { kind: 'problem', offset: problem.offset, sentence: xmlProblemSentence(problem) };
			},
		};
	}
	if (kind !== 'json' && kind !== 'ndjson') return null;
	const outliner = new JsonOutliner(text, kind === 'ndjson');
	return {
		get position() {
			return outliner.position;
		},
		run: (tokens) => outliner.run(tokens),
		result() {
			const { problem } = outliner;
			if (problem === null) return { kind: 'json', outline: outliner.outline() };
			return { kind: 'problem', offset: problem.offset, sentence: problemSentence(problem) };
		},
	};
}
