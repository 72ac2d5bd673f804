import type { Backend } from '../backend/backend';
import type { CaptureDetail, CommandError } from '../bindings';
import { readBody } from '../capture/bodyText';
import { diffBytes } from '../diff/bytes';
import { inSlices } from '../diff/slices';
import { formatBytes } from '../text/format';
import { type BodyDiff, type BodyDiffKind, type BodySide, type BytesDiff, diffBodies, kindsFor } from './bodyDiff';
import type { ComparedPair } from './compareState.svelte';

type Source = Pick<Backend, 'getCapture' | 'captureBody' | 'captureDecoded' | 'captureWire'>;

/** Larger bodies are not compared: two of them would take the memory of the whole window. */
export const MOST_COMPARED_BYTES = 32 * 1024 * 1024;

export type Sides = { a: CaptureDetail; b: CaptureDetail };

type Waiting = { kind: 'idle' } | { kind: 'loading' } | { kind: 'failed'; error: unknown };
export type SidesState = Waiting | { kind: 'gone' } | { kind: 'ready'; sides: Sides };
/** `refused`: a sentence why it is not compared. `same`: byte for byte, without looking further. */
export type BodyState =
	| Waiting
	| { kind: 'same' }
	| { kind: 'refused'; sentence: string }
	/** `notes`: what has to be known about what is compared. */
	| { kind: 'ready'; diff: BodyDiff; kinds: BodyDiffKind[]; notes: string[] };
export type WireState = Waiting | { kind: 'refused'; sentence: string } | { kind: 'ready'; diff: BytesDiff };

/** Fetches two captures and compares them, between frames; everything stops when it is closed. */
export class CompareLoad {
	sides: SidesState = $state.raw({ kind: 'idle' });
	body: BodyState = $state.raw({ kind: 'idle' });
	wire: WireState = $state.raw({ kind: 'idle' });
	readonly #backend: Source;
	/** Every change of captures makes a new number; work that carries an older one stops. */
	#turn = 0;
	/** The same for the body alone: another way of comparing was asked for. */
	#bodyTurn = 0;
	#bodies: { a: BodySide; b: BodySide; notes: string[] } | null = null;

	constructor(backend: Source) {
		this.#backend = backend;
	}

	async open({ a, b }: ComparedPair): Promise<void> {
		this.close();
		const turn = this.#turn;
		this.sides = { kind: 'loading' };
		try {
			const [one, other] = await Promise.all([this.#backend.getCapture(a), this.#backend.getCapture(b)]);
			if (turn === this.#turn) this.sides = { kind: 'ready', sides: { a: one, b: other } };
		} catch (error) {
			if (turn !== this.#turn) return;
			this.sides = (error as CommandError).code === 'not_found' ? { kind: 'gone' } : { kind: 'failed', error };
		}
	}

	/** Compares the bodies; null: in the way that tells most. */
	async openBody(wanted: BodyDiffKind | null): Promise<void> {
		if (this.sides.kind !== 'ready') return;
		const { sides } = this.sides;
		// Back from another tab: it is all there.
		if (this.body.kind === 'ready' && this.body.diff.kind === (wanted ?? this.body.kinds[0])) return;
		const turn = this.#turn;
		const bodyTurn = ++this.#bodyTurn;
		const isStale = (): boolean => turn !== this.#turn || bodyTurn !== this.#bodyTurn;
		if (sameBody(sides)) {
			this.body = { kind: 'same' };
			return;
		}
		const refused = refusal(sides.a.row.body_bytes, sides.b.row.body_bytes);
		if (refused) {
			this.body = { kind: 'refused', sentence: refused };
			return;
		}
		this.body = { kind: 'loading' };
		try {
			const bodies = this.#bodies ?? (await this.#readBodies(sides, isStale));
			if (bodies === null || isStale()) return;
			this.#bodies = bodies;
			const tooLarge = refusal(bodies.a.bytes.length, bodies.b.bytes.length);
			if (tooLarge) {
				this.body = { kind: 'refused', sentence: tooLarge };
				return;
			}
			await this.#compareBodies(bodies, wanted, isStale);
		} catch (error) {
			if (!isStale()) this.body = { kind: 'failed', error };
		}
	}

	async openWire(): Promise<void> {
		if (this.sides.kind !== 'ready' || this.wire.kind === 'ready' || this.wire.kind === 'loading') return;
		const { a, b } = this.sides.sides;
		const turn = this.#turn;
		const refused = refusal(a.row.body_bytes, b.row.body_bytes);
		if (refused) {
			this.wire = { kind: 'refused', sentence: refused };
			return;
		}
		this.wire = { kind: 'loading' };
		try {
			const one = await this.#backend.captureWire(a.row.id);
			if (turn !== this.#turn) return;
			const other = await this.#backend.captureWire(b.row.id);
			if (turn !== this.#turn) return;
			const places = await inSlices(diffBytes(one, other), () => turn !== this.#turn);
			if (places !== null && turn === this.#turn) this.wire = { kind: 'ready', diff: { a: one, b: other, places } };
		} catch (error) {
			if (turn === this.#turn) this.wire = { kind: 'failed', error };
		}
	}

	/** Drops what was fetched and stops what is being done with it. */
	close(): void {
		this.#turn += 1;
		this.#bodies = null;
		this.sides = { kind: 'idle' };
		this.body = { kind: 'idle' };
		this.wire = { kind: 'idle' };
	}

	async #compareBodies(bodies: { a: BodySide; b: BodySide; notes: string[] }, wanted: BodyDiffKind | null, isStale: () => boolean): Promise<void> {
		const { a, b, notes } = bodies;
		let kinds = kindsFor(a, b);
		const first = wanted !== null && kinds.includes(wanted) ? wanted : (kinds[0] ?? 'bytes');
		let diff = await inSlices(diffBodies(first, a, b), isStale);
		if (isStale()) return;
		const told = [...notes];
		if (diff === null) {
			kinds = kinds.filter((kind) => kind !== 'json');
			told.push('One of the bodies is not valid JSON, so they are compared line by line.');
			diff = await inSlices(diffBodies('text', a, b), isStale);
		}
		if (diff !== null && !isStale()) this.body = { kind: 'ready', diff, kinds, notes: told };
	}

	/** One after the other: a second decoding would end the first. */
	async #readBodies({ a, b }: Sides, isStale: () => boolean): Promise<{ a: BodySide; b: BodySide; notes: string[] } | null> {
		const one = await this.#readBody(a, isStale);
		if (one === null) return null;
		const other = await this.#readBody(b, isStale);
		if (other === null) return null;
		const notes: string[] = [];
		if (a.row.truncated || b.row.truncated) notes.push('Only what was kept of a body that was cut at the limit is compared.');
		if (one.decoded || other.decoded) notes.push('The content-codings were undone first. Raw bytes compares what was sent.');
		return { a: one, b: other, notes };
	}

	async #readBody(detail: CaptureDetail, isStale: () => boolean): Promise<(BodySide & { decoded: boolean }) | null> {
		const { row, charset, codings } = detail;
		const decoded = codings.length > 0 ? await this.#backend.captureDecoded(row.id) : null;
		const bytes = decoded ? decoded.bytes : await this.#backend.captureBody(row.id);
		if (isStale()) return null;
		const readable = await readBody(bytes, row.content_type, (decoded?.view.charset ?? charset).name, isStale);
		return readable && { bytes, readable, decoded: decoded !== null };
	}
}

/** Byte for byte, as far as both were kept. */
export function sameBody({ a, b }: Sides): boolean {
	return a.body_sha256 === b.body_sha256 && a.row.body_bytes === b.row.body_bytes && a.codings.join() === b.codings.join();
}

function refusal(aBytes: number, bBytes: number): string | null {
	if (Math.max(aBytes, bBytes) <= MOST_COMPARED_BYTES) return null;
	return `Bodies are compared up to ${formatBytes(MOST_COMPARED_BYTES)}. These have ${formatBytes(aBytes)} and ${formatBytes(bBytes)}; only their sizes and SHA-256 were looked at.`;
}
