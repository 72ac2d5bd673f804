import { ascii, type ImageFormat, uint32 } from './format';

export type Dimensions = { width: number; height: number };

/** Four bytes a pixel: larger pictures would take more than 400 MB when they are drawn. */
export const MOST_PIXELS = 100_000_000;
/** Segments or boxes looked at before giving up; real files have a few dozen before the size. */
const MOST_PARTS = 1_000;

/** The size of a picture as its header says it, without decoding anything; null when it says none. */
export function imageDimensions(bytes: Uint8Array, format: ImageFormat): Dimensions | null {
	const size = READERS[format](bytes);
	return size !== null && size.width > 0 && size.height > 0 ? size : null;
}

const READERS: Record<ImageFormat, (bytes: Uint8Array) => Dimensions | null> = {
	png: (bytes) => (ascii(bytes, 12, 4) === 'IHDR' && bytes.length >= 24 ? { width: uint32(bytes, 16), height: uint32(bytes, 20) } : null),
	gif: (bytes) => (bytes.length >= 10 ? { width: little16(bytes, 6), height: little16(bytes, 8) } : null),
	jpeg,
	webp,
	avif,
};

/** The first frame header (ITU T.81, B.2.2): every marker C0 to CF but those of tables. */
function jpeg(bytes: Uint8Array): Dimensions | null {
	let at = 2;
	for (let part = 0; part < MOST_PARTS && at + 9 <= bytes.length; part += 1) {
		if (bytes[at] !== 0xff) return null;
		const marker = bytes[at + 1] ?? 0;
		if (marker === 0xff) {
			at += 1;
			continue;
		}
		const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
		if (isFrame) return { height: big16(bytes, at + 5), width: big16(bytes, at + 7) };
		const stands = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
		at += 2 + (stands ? 0 : Math.max(2, big16(bytes, at + 2)));
	}
	return null;
}

/** The canvas and the first picture of a RIFF file, the larger of both. */
function webp(bytes: Uint8Array): Dimensions | null {
	let largest: Dimensions | null = null;
	let at = 12;
	for (let part = 0; part < MOST_PARTS && at + 18 <= bytes.length; part += 1) {
		const name = ascii(bytes, at, 4);
		const data = at + 8;
		let size: Dimensions | null = null;
		if (name === 'VP8X') size = { width: little24(bytes, data + 4) + 1, height: little24(bytes, data + 7) + 1 };
		else if (name === 'VP8 ') size = { width: little16(bytes, data + 6) & 0x3fff, height: little16(bytes, data + 8) & 0x3fff };
		else if (name === 'VP8L') {
			// Fourteen bits each, after the signature byte.
			const bits = little16(bytes, data + 1) + little16(bytes, data + 3) * 0x10000;
			size = { width: (bits & 0x3fff) + 1, height: (Math.floor(bits / 0x4000) & 0x3fff) + 1 };
		}
		largest = larger(largest, size);
		if (size !== null && name !== 'VP8X') break;
		const length = little16(bytes, at + 4) + little16(bytes, at + 6) * 0x10000;
		at = data + length + (length % 2);
	}
	return largest;
}

/** Boxes that hold the sizes of pictures, and how many bytes stand before the boxes in them. */
const AVIF_CONTAINERS: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0 };

/** The largest picture that is described: a grid is larger than its tiles. */
function avif(bytes: Uint8Array): Dimensions | null {
	let largest: Dimensions | null = null;
	let parts = 0;
	const walk = (from: number, end: number): void => {
		for (let at = from; at + 8 <= end && parts < MOST_PARTS; ) {
			parts += 1;
			const length = uint32(bytes, at);
			const name = ascii(bytes, at + 4, 4);
			const next = length === 0 ? end : at + length;
			if (length === 1 || next < at + 8) return;
			if (name === 'ispe') largest = larger(largest, { width: uint32(bytes, at + 12), height: uint32(bytes, at + 16) });
			const skipped = AVIF_CONTAINERS[name];
			// Hostile nesting ends with the number of boxes.
			if (skipped !== undefined && next <= end) walk(at + 8 + skipped, next);
			at = next;
		}
	};
	walk(0, bytes.length);
	return largest;
}

function larger(a: Dimensions | null, b: Dimensions | null): Dimensions | null {
	if (a === null || b === null) return a ?? b;
	return a.width * a.height >= b.width * b.height ? a : b;
}

function big16(bytes: Uint8Array, at: number): number {
	return ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0);
}

function little16(bytes: Uint8Array, at: number): number {
	return (bytes[at] ?? 0) + ((bytes[at + 1] ?? 0) << 8);
}

function little24(bytes: Uint8Array, at: number): number {
	return little16(bytes, at) + ((bytes[at + 2] ?? 0) << 16);
}
