import { nextTask } from '../capture/bodyText';

/** Work that stops now and then, so that who runs it may let the window draw or give it up. */
export type Sliced<Result> = Generator<undefined, Result>;

/** Longest stretch of work between two frames, in milliseconds: half a frame at 60 Hz. */
const SLICE_MS = 8;

/** Runs work to its end, for what is small enough not to matter. */
export function atOnce<Result>(work: Sliced<Result>): Result {
	for (;;) {
		const step = work.next();
		if (step.done) return step.value;
	}
}

/** Runs work between frames. Resolves to null when `isStale` says that nobody waits for it any more. */
export async function inSlices<Result>(work: Sliced<Result>, isStale: () => boolean): Promise<Result | null> {
	let sliceEnds = performance.now() + SLICE_MS;
	for (;;) {
		const step = work.next();
		if (step.done) return step.value;
		if (performance.now() < sliceEnds) continue;
		await nextTask();
		if (isStale()) return null;
		sliceEnds = performance.now() + SLICE_MS;
	}
}
