import { differingPlaces, joinNear, trimmed, type Place } from './sequence';
import type { Sliced } from './slices';

/** Up to this size each byte is looked at by itself; larger bodies are first compared in chunks. */
const SMALL_BYTES = 64 * 1024;
/** A differing stretch of chunks up to this size is looked at byte by byte. */
const REFINED_BYTES = 16 * 1024;
const MOST_REFINED_DIFFERENCES = 400;
/** Fewer equal bytes than this between two differences are a coincidence. */
const COINCIDENCE_BYTES = 3;
/** A chunk ends on average every 64 bytes, at the latest after this many. */
const LONGEST_CHUNK_BYTES = 256;
const CHUNK_MASK = 0x3f;
const SLICE_CHUNKS = 2000;

/** Where two byte sequences differ. Everything outside of the places is equal. */
export function* diffBytes(a: Uint8Array, b: Uint8Array): Sliced<Place[]> {
	const whole = yield* trimmed(a, b, { aStart: 0, aEnd: a.length, bStart: 0, bEnd: b.length });
	const aMiddle = a.subarray(whole.aStart, whole.aEnd);
	const bMiddle = b.subarray(whole.bStart, whole.bEnd);
	const small = Math.max(aMiddle.length, bMiddle.length) <= SMALL_BYTES;
	const inside = small ? yield* differingPlaces(aMiddle, bMiddle) : yield* diffChunks(aMiddle, bMiddle);
	const places = inside.map((place) => ({
		aStart: place.aStart + whole.aStart,
		aEnd: place.aEnd + whole.aStart,
		bStart: place.bStart + whole.bStart,
		bEnd: place.bEnd + whole.bStart,
	}));
	return joinNear(places, COINCIDENCE_BYTES);
}

/** Compares chunks whose ends the content decides, so that inserted bytes shift no others; then looks closer. */
function* diffChunks(a: Uint8Array, b: Uint8Array): Sliced<Place[]> {
	const numbers = new Map<string, number>();
	const aChunks = yield* chunksOf(a, numbers);
	const bChunks = yield* chunksOf(b, numbers);
	const places: Place[] = [];
	for (const chunk of yield* differingPlaces(aChunks.numbers, bChunks.numbers)) {
		const place = yield* trimmed(a, b, {
			aStart: aChunks.starts[chunk.aStart] ?? a.length,
			aEnd: aChunks.starts[chunk.aEnd] ?? a.length,
			bStart: bChunks.starts[chunk.bStart] ?? b.length,
			bEnd: bChunks.starts[chunk.bEnd] ?? b.length,
		});
		if (Math.max(place.aEnd - place.aStart, place.bEnd - place.bStart) > REFINED_BYTES) {
			places.push(place);
			continue;
		}
		const closer = yield* differingPlaces(
			a.subarray(place.aStart, place.aEnd),
			b.subarray(place.bStart, place.bEnd),
			MOST_REFINED_DIFFERENCES,
		);
		for (const { aStart, aEnd, bStart, bEnd } of closer) {
			places.push({
				aStart: aStart + place.aStart,
				aEnd: aEnd + place.aStart,
				bStart: bStart + place.bStart,
				bEnd: bEnd + place.bStart,
			});
		}
	}
	return places;
}

/** A number for each byte value, spread over the low bits (Knuth's multiplicative hash). */
const SPREAD = Uint32Array.from({ length: 256 }, (_, byte) => Math.imul(byte + 1, 0x9e3779b1) >>> 7);

function* chunksOf(bytes: Uint8Array, numbers: Map<string, number>): Sliced<{ starts: number[]; numbers: number[] }> {
	const starts: number[] = [];
	const sequence: number[] = [];
	let start = 0;
	let rolling = 0;
	for (let at = 0; at < bytes.length; at += 1) {
		// The mask looks at six bits, so that only the last six bytes decide.
		rolling = ((rolling << 1) + (SPREAD[bytes[at] ?? 0] ?? 0)) | 0;
		const ends = (rolling & CHUNK_MASK) === CHUNK_MASK || at - start >= LONGEST_CHUNK_BYTES - 1 || at === bytes.length - 1;
		if (!ends) continue;
		const chunk = String.fromCharCode(...bytes.subarray(start, at + 1));
		let number = numbers.get(chunk);
		if (number === undefined) numbers.set(chunk, (number = numbers.size));
		starts.push(start);
		sequence.push(number);
		start = at + 1;
		if (sequence.length % SLICE_CHUNKS === 0) yield;
	}
	return { starts, numbers: sequence };
}
