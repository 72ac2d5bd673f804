import type { JsonScalar, JsonStep } from '../filterTerm';
import type { JsonOutline } from './outline';
import { isKey, JsonScanner } from './scanner';

/** Where the value of a line stands in the text. Of a closing line it is the container that ends there. */
export type JsonValue = { start: number; end: number; kind: 'string' | 'number' | 'literal' | 'container' };

/** The value that a line holds, opens or closes. */
export function valueOf(outline: JsonOutline, line: number): JsonValue {
	const opener = openerOf(outline, line);
	const scanner = new JsonScanner(outline.text, outline.starts[opener] ?? 0);
	scanner.next();
	if (scanner.kind === 'string' && isKey(outline.text, scanner.end)) {
		scanner.next(); // the colon
		scanner.next();
	}
	const { start, end, kind } = scanner;
	if (kind === 'string' || kind === 'number' || kind === 'literal') return { start, end, kind };
	const closer = outline.closers[opener] ?? 0;
	if (closer > 0) return { start, end: (outline.starts[closer] ?? 0) + 1, kind: 'container' };
	// An empty container stands on one line, perhaps with a comma after it.
	scanner.next();
	return { start, end: scanner.end, kind: 'container' };
}

/** The scalar of a line, null when it holds none. */
export function scalarOf(outline: JsonOutline, line: number): JsonScalar | null {
	const { start, end, kind } = valueOf(outline, line);
	if (kind === 'container') return null;
	const text = outline.text.slice(start, end);
	return { kind, text: kind === 'string' ? unescaped(text) : text };
}

/** What is copied of a line: a string without quotes and escapes, anything else exactly as it was sent. */
export function valueText(outline: JsonOutline, line: number): string {
	const { start, end, kind } = valueOf(outline, line);
	const text = outline.text.slice(start, end);
	return kind === 'string' ? unescaped(text) : text;
}

/** The steps from the document to the value of a line; empty for the document itself. */
export function pathOf(outline: JsonOutline, line: number): JsonStep[] {
	const { text, depths, ends } = outline;
	const steps: JsonStep[] = [];
	let at = openerOf(outline, line);
	while ((depths[at] ?? 0) > 0) {
		const parent = parentOf(outline, at);
		const isArray = text.charAt((ends[parent] ?? 1) - 1) === '[';
		steps.push(isArray ? indexIn(outline, parent, at) : keyOf(outline, at));
		at = parent;
	}
	return steps.reverse();
}

/** The name of the member that a line holds; empty when it has none. */
export function keyOf({ text, starts }: JsonOutline, line: number): string {
	const scanner = new JsonScanner(text, starts[line] ?? 0);
	if (scanner.next() !== 'string' || !isKey(text, scanner.end)) return '';
	return unescaped(text.slice(scanner.start, scanner.end));
}

function parentOf({ depths }: JsonOutline, line: number): number {
	const depth = depths[line] ?? 0;
	let above = line - 1;
	while (above > 0 && (depths[above] ?? 0) >= depth) above -= 1;
	return above;
}

function indexIn({ closers }: JsonOutline, parent: number, line: number): number {
	let index = 0;
	for (let at = parent + 1; at < line; at = Math.max(closers[at] ?? 0, at) + 1) index += 1;
	return index;
}

/** The line itself, unless it closes a container: then the line that opens it. */
function openerOf({ text, starts, depths, closers }: JsonOutline, line: number): number {
	const first = text.charAt(starts[line] ?? 0);
	if (first !== '}' && first !== ']') return line;
	for (let above = line - 1; above >= 0; above -= 1) {
		if (depths[above] === depths[line] && closers[above] === line) return above;
	}
	return line;
}

function unescaped(literal: string): string {
	return JSON.parse(literal) as string;
}
