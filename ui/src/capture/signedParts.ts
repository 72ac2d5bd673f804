import type { SignatureView } from '../bindings';

type SignedPart = SignatureView['signed_parts'][number];

/** The name that the body has among the signed parts. */
const BODY = 'body';

/** Size of the signed content in bytes. */
export function signedSize(parts: readonly SignedPart[]): number {
	return parts.reduce((sum, part) => sum + part.bytes, 0);
}

/**
 * The signed content byte for byte. The text of a part is cut when long and has U+FFFD for what is not UTF-8, so
 * the body is taken from the capture. `whole` tells whether every part came out at its size.
 */
export function signedBytes(parts: readonly SignedPart[], body: Uint8Array | null): { bytes: Uint8Array; whole: boolean } {
	const encoder = new TextEncoder();
	const pieces = parts.map((part) =>
		part.name === BODY && body?.length === part.bytes ? body : encoder.encode(part.text),
	);
	const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
	let at = 0;
	for (const piece of pieces) {
		bytes.set(piece, at);
		at += piece.length;
	}
	return { bytes, whole: parts.every((part, index) => pieces[index]?.length === part.bytes) };
}

/** How a part is drawn: what the sender put there, what stands between, or the body. */
export function partTone(part: SignedPart): 'value' | 'separator' | 'body' {
	if (part.name === BODY) return 'body';
	return part.name === 'separator' || /^[.:\n]?$/.test(part.text) ? 'separator' : 'value';
}
