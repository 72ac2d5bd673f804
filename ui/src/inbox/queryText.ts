import type { VerdictKind } from '../bindings';

// The few things the window does to the text of a query by itself. What a query means is for the program behind it.

/** A value as it is written in a query: in quotes where it would mean something else without (`canonical.rs`). */
export function quoted(value: string): string {
	const special = /[\s\p{Cc}"\\()*:,]|^[-<>=]|^$|^(?:OR|AND)$/u;
	return special.test(value) ? `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : value;
}

/** A query that also asks for a term. One that does so already stays as it is. */
export function withTerm(query: string, term: string): string {
	const text = query.trim();
	if (text === '') return term;
	const parts = partsOf(text);
	if (parts.some((part) => asciiLower(part) === asciiLower(term))) return text;
	// What stands beside an OR would belong to its last side only.
	return parts.includes('OR') ? `(${text}) ${term}` : `${text} ${term}`;
}

/** All that a list is narrowed to, as one query: what was searched for, and what was chosen in the sidebar. */
export function wholeQuery(query: string, endpointSlug: string | null, verdict: VerdictKind | null): string {
	let whole = query.trim();
	if (endpointSlug !== null) whole = withTerm(whole, `endpoint:${quoted(endpointSlug)}`);
	if (verdict !== null) whole = withTerm(whole, `verdict:${verdict}`);
	return whole;
}

/** The parts that stand beside each other at the top: words with their quotes, groups in parentheses, `OR`. */
function partsOf(text: string): string[] {
	const parts: string[] = [];
	let [begin, depth, inQuotes] = [0, 0, false];
	const end = (at: number) => {
		if (at > begin) parts.push(text.slice(begin, at));
		begin = at + 1;
	};
	for (let at = 0; at < text.length; at += 1) {
		const character = text.charAt(at);
		if (inQuotes && character === '\\') at += 1;
		else if (character === '"') inQuotes = !inQuotes;
		else if (inQuotes) continue;
		else if (character === '(') depth += 1;
		else if (character === ')') depth -= 1;
		else if (depth === 0 && /\s/.test(character)) end(at);
	}
	end(text.length);
	return parts;
}

/** Letters of the language's own case folding: ASCII alone. */
function asciiLower(text: string): string {
	return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
