import { formatCount } from '../text/format';

/** `4,118 B`, with a thin space; for places where every byte counts. */
export function exactBytes(bytes: number): string {
	return `${formatCount(bytes)}\u202fB`;
}
