import type { LimitsView } from '../bindings';
import { BYTE_UNITS, COUNT_UNITS, read, SECOND_UNITS, type Unit, write, type Written, writeText } from './quantity';

export type NumberField = Exclude<keyof LimitsView, 'allowed_clients'>;
export type LimitField = keyof LimitsView;
export type LimitGroup = 'sizes' | 'deadlines' | 'connections' | 'views';

export interface LimitInfo {
	field: NumberField;
	group: LimitGroup;
	units: readonly Unit[];
	label: string;
	/** What happens at the limit. */
	hint: string;
}

/** Every limit that is a number, in the order of the form. */
export const LIMITS: readonly LimitInfo[] = [
	{
		field: 'body_bytes',
		group: 'sizes',
		units: BYTE_UNITS,
		label: 'Largest body',
		hint: 'Above this the sender gets 413 and the capture is marked cut. Up to 1 GiB.',
	},
	{
		field: 'head_bytes',
		group: 'sizes',
		units: BYTE_UNITS,
		label: 'Largest head',
		hint: 'Request line and headers. Above this the sender gets 431.',
	},
	{ field: 'header_lines', group: 'sizes', units: COUNT_UNITS, label: 'Most header lines', hint: 'Above this the sender gets 431.' },
	{
		field: 'first_byte_ms',
		group: 'deadlines',
		units: SECOND_UNITS,
		label: 'First byte',
		hint: 'From the opening of a connection. One that never sends is closed without an answer.',
	},
	{ field: 'header_ms', group: 'deadlines', units: SECOND_UNITS, label: 'Whole head', hint: 'From its first byte to its empty line. Later the sender gets 408.' },
	{
		field: 'body_progress_ms',
		group: 'deadlines',
		units: SECOND_UNITS,
		label: 'Body without progress',
		hint: 'No byte of a body for so long, and the sender gets 408.',
	},
	{ field: 'whole_body_ms', group: 'deadlines', units: SECOND_UNITS, label: 'Whole body', hint: 'From the end of the head to the end of the body. Later the sender gets 408.' },
	{
		field: 'keep_alive_idle_ms',
		group: 'deadlines',
		units: SECOND_UNITS,
		label: 'Between requests',
		hint: 'An idle connection is closed after this.',
	},
	{
		field: 'max_connections',
		group: 'connections',
		units: COUNT_UNITS,
		label: 'Most connections',
		hint: 'Open at the same time. One more gets 503 and is closed.',
	},
	{
		field: 'decoded_view_bytes',
		group: 'views',
		units: BYTE_UNITS,
		label: 'Decoded view size',
		hint: 'A compressed body is decoded this far. Up to 256 MiB.',
	},
	{
		field: 'decoded_view_ratio',
		group: 'views',
		units: COUNT_UNITS,
		label: 'Decoded view ratio',
		hint: 'Most decoded bytes for each byte received, once there are more than 1 MiB of them. From 10 to 1,000,000.',
	},
];

export const GROUP_TITLES: Record<LimitGroup, string> = {
	sizes: 'Sizes',
	deadlines: 'Deadlines',
	connections: 'Connections',
	views: 'Decoded views',
};

export const GROUP_HINTS: Record<LimitGroup, string> = {
	sizes: 'Limits keep one sender from filling memory or disk. They hold for every request from now on.',
	deadlines: 'A slow sender ends its own request, never that of another.',
	connections: 'How many may send at once, and who.',
	views: 'A small compressed body can stand for gigabytes. What was received is kept whole whatever these say.',
};

export type LimitsEdit = Record<NumberField, Written> & { allowed_clients: string };
export type LimitErrors = Partial<Record<LimitField, string>>;

export function editOfLimits(view: LimitsView): LimitsEdit {
	const numbers = Object.fromEntries(LIMITS.map(({ field, units }) => [field, write(view[field], units)]));
	return { ...(numbers as Record<NumberField, Written>), allowed_clients: view.allowed_clients.join('\n') };
}

/** What a default is, to stand beside its field. */
export function defaultText(info: LimitInfo, defaults: LimitsView): string {
	return writeText(defaults[info.field], info.units);
}

/** The defaults in place of every number. Who may send is no default: that list stays. */
export function withDefaults(edit: LimitsEdit, defaults: LimitsView): LimitsEdit {
	return { ...editOfLimits(defaults), allowed_clients: edit.allowed_clients };
}

/** The limits that were written, or what cannot be read. */
export function limitsOfEdit(edit: LimitsEdit): { limits: LimitsView } | { errors: LimitErrors } {
	const errors: LimitErrors = {};
	const numbers: Partial<Record<NumberField, number>> = {};
	for (const { field, units } of LIMITS) {
		const value = read(edit[field], units);
		if (value === null || value <= 0) errors[field] = `Write a number above 0, for example ${exampleOf(units)}.`;
		else numbers[field] = value;
	}
	const allowed_clients = linesOf(edit.allowed_clients);
	const wrong = allowed_clients.findIndex((line) => !isNetwork(line));
	if (wrong >= 0) {
		errors.allowed_clients = `“${allowed_clients[wrong]}” is neither an address nor a network, as in 10.0.0.0/8 or fd00::/8.`;
	}
	if (Object.keys(errors).length > 0) return { errors };
	return { limits: { ...(numbers as Record<NumberField, number>), allowed_clients } };
}

/** Lines that say something. */
export function linesOf(text: string): string[] {
	return text
		.split(/[\n,]/)
		.map((line) => line.trim())
		.filter((line) => line !== '');
}

/** The field that a message of the program is about; null when it names none. */
export function limitFieldOf(message: string): LimitField | null {
	const text = message.toLowerCase().replace(/[-\s]/g, '_');
	const fields: LimitField[] = [...LIMITS.map(({ field }) => field), 'allowed_clients'];
	const found =
		fields.find((field) => text.includes(field)) ??
		LIMITS.find(({ label }) => text.includes(label.toLowerCase().replaceAll(' ', '_')))?.field ??
		// As the command line calls it, at the beginning: `header: …`.
		fields.find((field) => text.startsWith(field.replace(/_ms$|s$/, '')));
	return found ?? null;
}

const exampleOf = (units: readonly Unit[]): string => (units === BYTE_UNITS ? '25' : units === SECOND_UNITS ? '10' : '100');

/** An address or a network in CIDR form. The program has the last word; this catches what was typed wrong. */
function isNetwork(line: string): boolean {
	const [address = '', length, rest] = line.split('/');
	if (rest !== undefined) return false;
	const v6 = address.includes(':');
	if (length !== undefined && (!/^\d{1,3}$/.test(length) || Number(length) > (v6 ? 128 : 32))) return false;
	if (v6) return /^[0-9a-f:.]+$/i.test(address) && isUrlHost(`[${address}]`);
	const parts = address.split('.');
	return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

function isUrlHost(host: string): boolean {
	try {
		return new URL(`http://${host}/`).hostname !== '';
	} catch {
		return false;
	}
}
