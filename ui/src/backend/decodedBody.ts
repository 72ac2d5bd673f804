import type { DecodedView } from '../bindings';

/** A body with its content-codings undone, and what is said about it. */
export interface DecodedBody {
	bytes: Uint8Array;
	view: DecodedView;
}

const LENGTH_BYTES = 4;

/** Takes the bytes apart that the program sends in one: the body, what is said about it as JSON, and that one's length. */
export function readDecodedBody(buffer: ArrayBuffer): DecodedBody {
	const end = buffer.byteLength - LENGTH_BYTES;
	const length = new DataView(buffer).getUint32(end, true);
	const json = new TextDecoder().decode(new Uint8Array(buffer, end - length, length));
	return { bytes: new Uint8Array(buffer, 0, end - length), view: JSON.parse(json) as DecodedView };
}
