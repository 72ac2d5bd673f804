import type { LineSearch, Match } from '../lines';

/** Longest needle in bytes; what reaches over more rows of a hex dump is no longer one place. */
export const MOST_NEEDLE_BYTES = 128;

/** The byte sequences a needle may mean in a hex dump: its text in either case, or the bytes it writes in hex. */
export function bytePattern(needle: string): RegExp {
	const text = new TextEncoder().encode(needle).subarray(0, MOST_NEEDLE_BYTES);
	const ways = [Array.from(text, eitherCase).join('')];
	const digits = /^(?:0x)?((?:[0-9a-f]{2} *)+)$/i.exec(needle.trim())?.[1]?.replaceAll(' ', '');
	if (digits !== undefined) {
		const pairs = digits.match(/../g)?.slice(0, MOST_NEEDLE_BYTES) ?? [];
		ways.push(pairs.map((pair) => `\\x${pair}`).join(''));
	}
	return new RegExp(ways.map((way) => `(?:${way})`).join('|'), 'g');
}

/** Searches bytes; a match says row, first byte in the row and the byte after its last, counted from there. */
export class ByteSearch implements LineSearch {
	readonly #bytes: Uint8Array;
	readonly #rowBytes: number;
	readonly #pattern: RegExp;
	#at = 0;

	constructor(bytes: Uint8Array, rowBytes: number, needle: string) {
		this.#bytes = bytes;
		this.#rowBytes = rowBytes;
		this.#pattern = bytePattern(needle);
	}

	run(characters: number, found: Match[]): boolean {
		const end = Math.min(this.#bytes.length, this.#at + characters);
		const slice = byteString(this.#bytes.subarray(this.#at, end + MOST_NEEDLE_BYTES));
		let after = end;
		for (const match of slice.matchAll(this.#pattern)) {
			const offset = this.#at + match.index;
			if (offset >= end) break;
			const line = Math.floor(offset / this.#rowBytes);
			const from = offset - line * this.#rowBytes;
			found.push({ line, from, to: from + match[0].length });
			after = Math.max(after, offset + match[0].length);
		}
		this.#at = after;
		return this.#at >= this.#bytes.length;
	}
}

function eitherCase(byte: number): string {
	const code = `\\x${byte.toString(16).padStart(2, '0')}`;
	const isLetter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
	return isLetter ? `[${code}\\x${(byte ^ 0x20).toString(16)}]` : code;
}

/** One character a byte. */
function byteString(bytes: Uint8Array): string {
	const PIECE_BYTES = 0x8000;
	let text = '';
	for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
		text += String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES));
	}
	return text;
}
