import { GrowingUint32 } from '../capture/json/growing';
import { differingPlaces, type Place } from './sequence';
import type { Sliced } from './slices';

/** The lines of a text by position. The line feed belongs to no line; a carriage return before it stays in its line. */
export class TextLines {
	readonly #text: string;
	readonly #starts: Uint32Array;

	constructor(text: string, starts: Uint32Array) {
		this.#text = text;
		this.#starts = starts;
	}

	get count(): number {
		return this.#starts.length;
	}

	line(index: number): string {
		const start = this.#starts[index] ?? 0;
		const next = this.#starts[index + 1];
		return this.#text.slice(start, next === undefined ? this.#text.length : next - 1);
	}
}

export type TextDiff = { a: TextLines; b: TextLines; places: Place[] };

/** Lines between two looks at the clock. */
const SLICE_LINES = 2000;

/** Where two texts differ, line by line. */
export function* diffText(aText: string, bText: string): Sliced<TextDiff> {
	const a = yield* linesOf(aText);
	const b = yield* linesOf(bText);
	const numbers = new Map<string, number>();
	const places = yield* differingPlaces(yield* numbered(a, numbers), yield* numbered(b, numbers));
	return { a, b, places };
}

function* linesOf(text: string): Sliced<TextLines> {
	const starts = new GrowingUint32();
	starts.push(0);
	for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
		starts.push(at + 1);
		if (starts.length % SLICE_LINES === 0) yield;
	}
	return new TextLines(text, starts.view());
}

/** Equal lines get equal numbers, so that they are compared as such. */
function* numbered(lines: TextLines, numbers: Map<string, number>): Sliced<Int32Array> {
	const sequence = new Int32Array(lines.count);
	for (let index = 0; index < lines.count; index += 1) {
		const line = lines.line(index);
		let number = numbers.get(line);
		if (number === undefined) numbers.set(line, (number = numbers.size));
		sequence[index] = number;
		if (index % SLICE_LINES === SLICE_LINES - 1) yield;
	}
	return sequence;
}
