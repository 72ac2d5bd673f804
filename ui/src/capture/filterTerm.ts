import { visibleText } from '../text/visible';

/** A step into a JSON document: the name of a member or the index of an element. */
export type JsonStep = string | number;

/** A scalar as it stands in the document; strings without their quotes and escapes. */
export type JsonScalar = { kind: 'string' | 'number' | 'literal'; text: string };

/** A search takes 4,096 bytes in all. A term of more than this leaves no room, and nobody can read it. */
const LONGEST_TERM_BYTES = 1_000;

/** `data.object.id`, `items.0."a b"`: the way to a value, as searches write it. */
export function jsonPath(steps: readonly JsonStep[]): string {
	return steps.map((step) => (typeof step === 'number' ? String(step) : quoted(step, /^[\p{L}\p{N}_-]+$/u))).join('.');
}

/** `json.data.object.id:in_1`: finds the captures with this value at this place. Null when no search can say it. */
export function jsonTerm(steps: readonly JsonStep[], value: JsonScalar): string | null {
	if (steps.length === 0) return null;
	return fitting(`json.${jsonPath(steps)}:${value.kind === 'string' ? quotedValue(value.text) : value.text}`);
}

/** `header.X-Id:abc`: finds the captures whose header has this value. Null when no search can say it. */
export function headerTerm(name: string, value: string): string | null {
	// Nothing to look for would find every capture.
	if (name === '' || value === '') return null;
	return fitting(`header.${quoted(name, /^[\p{L}\p{N}_-]+$/u)}:${quotedValue(value)}`);
}

function quotedValue(text: string): string {
	// A sign at the beginning would compare or negate.
	return quoted(text, /^(?!-)[\p{L}\p{N}_.-]+$/u);
}

function quoted(text: string, plain: RegExp): string {
	return plain.test(text) ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** The search is one line of text that can be seen, and not a long one. */
function fitting(term: string): string | null {
	return visibleText(term) === term && new TextEncoder().encode(term).length <= LONGEST_TERM_BYTES ? term : null;
}
