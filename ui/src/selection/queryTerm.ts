/** The filters that a capture can be looked for by. */
export type TermKey = 'provider' | 'event' | 'endpoint' | 'verdict' | 'path' | 'label';

/** Characters that mean something in a search, and white space and controls. */
// eslint-disable-next-line no-control-regex -- controls have to be quoted
const SPECIAL = /[\s\u0000-\u001f\u007f-\u009f"\\()*:,]/u;

/** A text as it is written in a search: in quotes where it would mean something else without. */
export function quotedText(text: string): string {
	const plain = text !== '' && !/^[-<>=]/.test(text) && !SPECIAL.test(text) && text !== 'OR' && text !== 'AND';
	return plain ? text : `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;
}

/** One term of a search, e.g. `event:"invoice paid"`. */
export function queryTerm(key: TermKey, value: string): string {
	return `${key}:${quotedText(value)}`;
}
