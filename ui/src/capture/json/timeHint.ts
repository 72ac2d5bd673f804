import { formatIso } from '../../text/format';

// 2005 to 2060: what lies outside is more often an amount or an id than a time.
const EARLIEST_SECONDS = 1_104_537_600;
const LATEST_SECONDS = 2_840_140_800;
/** Names that say that a number is no time. */
const OTHER_NAME = /(^|_|-)(id|ids|number|amount|total|size|bytes|count|phone)$|[a-z](Id|Number|Amount|Total|Size|Bytes|Count)$/;

/** `2026-11-23T14:32:07.000+01:00` for a number that reads as epoch seconds or milliseconds; null for all others. */
export function timeHint(name: string, number: string): string | null {
	if (OTHER_NAME.test(name)) return null;
	if (!/^(\d{10}|\d{13})$/.test(number)) return null;
	const milliseconds = number.length === 10 ? Number(number) * 1000 : Number(number);
	if (milliseconds < EARLIEST_SECONDS * 1000 || milliseconds >= LATEST_SECONDS * 1000) return null;
	const iso = formatIso(milliseconds);
	return number.length === 10 ? iso.replace('.000', '') : iso;
}
