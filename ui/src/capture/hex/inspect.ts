/** A run of bytes of a body. */
export type ByteRange = { start: number; end: number };

export type Reading = { label: string; value: string };

/** As much of a selection is written out. */
const MOST_SHOWN_BYTES = 16;
const MOST_TEXT_BYTES = 64;

/** `4 bytes at 0x33: 08 92 f2 d8` */
export function rangeSentence(bytes: Uint8Array, { start, end }: ByteRange): string {
	const length = end - start;
	const shown = hexOf(bytes, { start, end: Math.min(end, start + MOST_SHOWN_BYTES) });
	const size = length === 1 ? '1 byte' : `${length.toLocaleString('en-US')} bytes`;
	return `${size} at 0x${start.toString(16)}: ${shown}${length > MOST_SHOWN_BYTES ? ' …' : ''}`;
}

/** `08 92 f2 d8` */
export function hexOf(bytes: Uint8Array, { start, end }: ByteRange): string {
	return Array.from(bytes.subarray(start, end), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** What the bytes from the start of a selection on are as numbers; those that end beyond the body are left out. */
export function numberReadings(bytes: Uint8Array, start: number): Reading[] {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const left = bytes.length - start;
	if (left < 1) return [];
	const readings: Reading[] = [
		{ label: 'u8', value: String(view.getUint8(start)) },
		{ label: 'i8', value: String(view.getInt8(start)) },
	];
	const add = (width: number, read: (isLittle: boolean) => number | bigint): void => {
		if (left < width / 8) return;
		readings.push({ label: `u${width} LE`, value: String(read(true)) }, { label: `u${width} BE`, value: String(read(false)) });
	};
	add(16, (isLittle) => view.getUint16(start, isLittle));
	add(32, (isLittle) => view.getUint32(start, isLittle));
	add(64, (isLittle) => view.getBigUint64(start, isLittle));
	return readings;
}

/** The selection as UTF-8, each bad byte as U+FFFD. */
export function textReading(bytes: Uint8Array, { start, end }: ByteRange): string {
	const cut = end - start > MOST_TEXT_BYTES;
	const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(start, cut ? start + MOST_TEXT_BYTES : end));
	return cut ? `${text}…` : text;
}
