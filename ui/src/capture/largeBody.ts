import type { CaptureRow } from '../bindings';

/** A larger body is read into the window only when it is asked for: the largest that is captured unless a limit was raised. */
export const SHOWN_BYTES = 25 * 1024 ** 2;
/** A still larger one is not: its text alone would take twice that much of the window's memory. */
export const MOST_SHOWN_BYTES = 256 * 1024 ** 2;

export type BodySize = 'shown' | 'asked_for' | 'too_large';

/** Whether a body is shown at once, on request, or only outside of the window. */
export function sizeOf({ body_bytes }: Pick<CaptureRow, 'body_bytes'>): BodySize {
	if (body_bytes <= SHOWN_BYTES) return 'shown';
	return body_bytes <= MOST_SHOWN_BYTES ? 'asked_for' : 'too_large';
}

/** The command that writes the exact request to a file, whatever its size. */
export function rawCommand({ id }: Pick<CaptureRow, 'id'>): string {
	return `hookglass captures show ${id} --raw > request.bin`;
}
