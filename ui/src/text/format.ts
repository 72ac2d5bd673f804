import type { UnixMillis } from '../bindings';

/** U+202F, narrow no-break space: between a number and its unit. */
const THIN = '\u202f';

const COUNT = new Intl.NumberFormat('en');

/** `18,204` */
export function formatCount(count: number): string {
	return COUNT.format(count);
}

/** `1 capture`, `2 captures` */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
	return `${formatCount(count)} ${count === 1 ? one : many}`;
}

const BYTE_UNITS = ['KB', 'MB', 'GB', 'TB'] as const;

/** Decimal units, as file managers show them: `612 B`, `2.9 KB`, `412 MB`. */
export function formatBytes(bytes: number): string {
	if (bytes < 1000) return `${Math.max(0, Math.round(bytes))}${THIN}B`;
	let value = bytes;
	let unit: string = 'B';
	for (const next of BYTE_UNITS) {
		value /= 1000;
		unit = next;
		// 999.95 would print as 1000.0 of the smaller unit.
		if (value < 999.5) break;
	}
	return `${value < 99.95 ? value.toFixed(1) : Math.round(value)}${THIN}${unit}`;
}

/** `840 µs`, `34 ms`, `5.0 s`, `2 min 5 s` */
export function formatDuration(microseconds: number): string {
	if (microseconds < 1000) return `${Math.round(microseconds)}${THIN}µs`;
	const milliseconds = microseconds / 1000;
	if (milliseconds < 999.5) return `${Math.round(milliseconds)}${THIN}ms`;
	const seconds = milliseconds / 1000;
	if (seconds < 59.95) return `${seconds.toFixed(1)}${THIN}s`;
	const whole = Math.round(seconds);
	return `${Math.floor(whole / 60)}${THIN}min ${whole % 60}${THIN}s`;
}

/** How long ago, in the coarsest unit that is still true: `just now`, `4 s ago`, `3 h ago`. */
export function formatAge(then: UnixMillis, now: UnixMillis): string {
	const age = formatSpan(now - then);
	return age === null ? 'just now' : `${age} ago`;
}

/** `4 s`, `12 min`, `3 h`, `2 d`; null below a second (clocks that differ a little count as now). */
export function formatSpan(milliseconds: number): string | null {
	const seconds = Math.floor(milliseconds / 1000);
	if (seconds < 1) return null;
	if (seconds < 60) return `${seconds}${THIN}s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes}${THIN}min`;
	const hours = Math.floor(minutes / 60);
	if (hours < 48) return `${hours}${THIN}h`;
	return `${Math.floor(hours / 24)}${THIN}d`;
}

const two = (value: number) => String(value).padStart(2, '0');

/** Local `14:32:07` */
export function formatTime(at: UnixMillis): string {
	const date = new Date(at);
	return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Local `14:32:07.482` */
export function formatTimeMillis(at: UnixMillis): string {
	return `${formatTime(at)}.${String(new Date(at).getMilliseconds()).padStart(3, '0')}`;
}

/** ISO 8601 with the local offset: `2026-11-23T14:32:07.482+01:00` */
export function formatIso(at: UnixMillis): string {
	const date = new Date(at);
	const offset = -date.getTimezoneOffset();
	const sign = offset < 0 ? '-' : '+';
	const zone = `${sign}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${formatTimeMillis(at)}${zone}`;
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
	'January',
	'February',
	'March',
	'April',
	'May',
	'June',
	'July',
	'August',
	'September',
	'October',
	'November',
	'December',
];

/** `Today · Monday 23 November`, `Yesterday · …`, `Friday 14 November`, with the year when it is another. */
export function formatDay(at: UnixMillis, now: UnixMillis): string {
	const date = new Date(at);
	const today = new Date(now);
	const year = date.getFullYear() === today.getFullYear() ? '' : ` ${date.getFullYear()}`;
	const day = `${WEEKDAYS[date.getDay()]} ${date.getDate()} ${MONTHS[date.getMonth()]}${year}`;
	const days = daysBetween(date, today);
	if (days === 0) return `Today · ${day}`;
	if (days === 1) return `Yesterday · ${day}`;
	return day;
}

/** `20 Nov` */
export function formatShortDate(at: UnixMillis): string {
	const date = new Date(at);
	return `${date.getDate()} ${(MONTHS[date.getMonth()] ?? '').slice(0, 3)}`;
}

/** Calendar days, whatever the clock change does to their length. */
function daysBetween(from: Date, to: Date): number {
	const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
	return Math.round((midnight(to) - midnight(from)) / 86_400_000);
}
