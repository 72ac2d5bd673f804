/** A unit that a number is written in, and how many of the smallest it is. */
export interface Unit {
	name: string;
	size: number;
}

/** Binary units: limits are compared with exact byte counts. */
export const BYTE_UNITS = [
	{ name: 'B', size: 1 },
	{ name: 'KiB', size: 1024 },
	{ name: 'MiB', size: 1024 ** 2 },
	{ name: 'GiB', size: 1024 ** 3 },
] as const satisfies readonly Unit[];

/** Deadlines are kept in milliseconds and written in seconds. */
export const SECOND_UNITS = [{ name: 's', size: 1000 }] as const satisfies readonly Unit[];

export const COUNT_UNITS = [{ name: '', size: 1 }] as const satisfies readonly Unit[];

/** A number as it is edited. */
export interface Written {
	text: string;
	unit: string;
}

/** Digits after the point that are written at most: a unit is only chosen when it needs no more. */
const MOST_DECIMALS = 3;
/** U+202F, narrow no-break space: between a number and its unit. */
const THIN = '\u202f';

/** The number in the largest unit that says it exactly: 26,214,400 → `25 MiB`. */
export function write(value: number, units: readonly Unit[]): Written {
	const smallest = units[0] ?? { name: '', size: 1 };
	const fitting = units.filter((unit) => value >= unit.size && isExact(value, unit));
	const unit = fitting.at(-1) ?? smallest;
	return { text: String(Number((value / unit.size).toFixed(MOST_DECIMALS))), unit: unit.name };
}

/** The same as one text: `25 MiB`. */
export function writeText(value: number, units: readonly Unit[]): string {
	const { text, unit } = write(value, units);
	const [whole = '', decimals] = text.split('.');
	const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
	return `${grouped}${decimals === undefined ? '' : `.${decimals}`}${unit === '' ? '' : `${THIN}${unit}`}`;
}

/** The whole number of the smallest unit; null when the text is no number. A unit that is typed behind it counts. */
export function read({ text, unit }: Written, units: readonly Unit[]): number | null {
	const found = /^(\d[\d,]*(?:\.\d+)?|\.\d+)\s*([a-z]*)$/i.exec(text.trim());
	if (!found) return null;
	const typed = found[2] ?? '';
	const wanted = typed === '' ? unit : typed;
	const chosen = units.find((one) => one.name.toLowerCase() === wanted.toLowerCase());
	if (!chosen) return null;
	const value = Math.round(Number((found[1] ?? '').replaceAll(',', '')) * chosen.size);
	return Number.isSafeInteger(value) ? value : null;
}

/**
 * What the program says of a field, to stand at that field: without the field's own name, its bounds in the units the field is
 * written in. `body_bytes: write a number from 1024 to 1073741824.` → `Write a number from 1 KiB to 1 GiB.`
 */
export function messageAtField(message: string, units: readonly Unit[] = COUNT_UNITS): string {
	const [, said] = /^[a-z_]+: (.+)$/s.exec(message) ?? [];
	if (said === undefined) return message;
	const sentence = said.charAt(0).toUpperCase() + said.slice(1);
	const inUnits = (digits: string): string => writeText(Number(digits), units);
	return sentence.replace(/\bfrom (\d+) to (\d+)/, (_, least: string, most: string) => `from ${inUnits(least)} to ${inUnits(most)}`);
}

function isExact(value: number, unit: Unit): boolean {
	return (value * 10 ** MOST_DECIMALS) % unit.size === 0;
}
