/** A picture that the window can draw. */
export type ImageFormat = 'png' | 'jpeg' | 'gif' | 'webp' | 'avif';

export const IMAGE_NAMES: Record<ImageFormat, string> = { png: 'PNG', jpeg: 'JPEG', gif: 'GIF', webp: 'WebP', avif: 'AVIF' };

/** Brands of an ISO file that hold an AVIF picture (AV1 Image File Format, section 6). */
const AVIF_BRANDS: ReadonlySet<string> = new Set(['avif', 'avis']);

/** What picture the bytes are, by how they begin; null for everything else. */
export function imageFormat(bytes: Uint8Array): ImageFormat | null {
	if (hasBytes(bytes, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'png';
	if (hasBytes(bytes, 0, [0xff, 0xd8, 0xff])) return 'jpeg';
	if (ascii(bytes, 0, 6) === 'GIF87a' || ascii(bytes, 0, 6) === 'GIF89a') return 'gif';
	if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return 'webp';
	if (ascii(bytes, 4, 4) === 'ftyp') {
		// The major brand, then a version, then the compatible ones to the end of the box.
		const end = Math.min(uint32(bytes, 0), bytes.length, 256);
		for (let at = 8; at + 4 <= end; at += 4) if (at !== 12 && AVIF_BRANDS.has(ascii(bytes, at, 4))) return 'avif';
	}
	return null;
}

/** ASCII text at an offset; bytes beyond the end are left out. */
export function ascii(bytes: Uint8Array, at: number, length: number): string {
	return String.fromCharCode(...bytes.subarray(at, at + length));
}

/** A big-endian number of four bytes; bytes beyond the end are zero. */
export function uint32(bytes: Uint8Array, at: number): number {
	return (bytes[at] ?? 0) * 0x1000000 + ((bytes[at + 1] ?? 0) << 16) + ((bytes[at + 2] ?? 0) << 8) + (bytes[at + 3] ?? 0);
}

function hasBytes(bytes: Uint8Array, at: number, wanted: readonly number[]): boolean {
	return wanted.every((byte, index) => bytes[at + index] === byte);
}
