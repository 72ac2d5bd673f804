import type { RejectedRow } from '../bindings';
import { formatCount, formatTime } from '../text/format';
import { visibleText } from '../text/visible';

/** By which port a request came, in two words. */
export function portWords(row: Pick<RejectedRow, 'over_tls'>): string {
	return row.over_tls ? 'TLS port' : 'plain port';
}

/** The row as one sentence, for its accessible name. */
export function rejectedSentence(row: RejectedRow): string {
	const parts = [
		visibleText(row.title),
		`from ${visibleText(row.client)}`,
		portWords(row),
		row.times > 1 ? `${formatCount(row.times)} times` : null,
		formatTime(row.at),
	];
	return `${parts.filter((part) => part !== null).join(', ')}.`;
}

/** Two hexadecimal digits a byte, with or without spaces; digits that are none end it. */
export function bytesOfHex(hex: string): Uint8Array {
	const digits = /^[0-9a-f]*/i.exec(hex.replaceAll(' ', ''))?.[0] ?? '';
	const bytes = new Uint8Array(Math.floor(digits.length / 2));
	for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16);
	return bytes;
}
