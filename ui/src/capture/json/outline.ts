import { nameAt, placeAt } from '../textPlace';
import { GrowingUint32 } from './growing';
import { JsonScanner } from './scanner';

/** Where and why a text is not JSON. Lines and columns count from 1, columns in characters. */
export type JsonProblem = {
	/** Offset in UTF-16 units. */
	offset: number;
	line: number;
	column: number;
	/** What stands there, for example `,` or `end`. */
	unexpected: string;
};

/**
 * The lines of the pretty view of a JSON text, as positions in that text. One line holds a scalar, an empty
 * container, an opening or a closing bracket, each with its key and comma. Nothing of the text is copied, so
 * that 25 MiB cost 20 bytes a line.
 */
export type JsonOutline = {
	text: string;
	/** Number of lines. */
	count: number;
	starts: Uint32Array;
	ends: Uint32Array;
	depths: Uint32Array;
	/** For an opening line the line that closes it, else 0. */
	closers: Uint32Array;
	/** For an opening line the number of its items or keys. */
	sizes: Uint32Array;
	/** Length of each line as it is shown, without indentation. */
	lengths: Uint32Array;
};

type Expectation = 'value' | 'first_key' | 'key' | 'colon' | 'first_item' | 'after' | 'nothing';

const OBJECT = 1;
const ARRAY = 2;

/**
 * Reads a JSON text in slices, so that a large body never holds up the window: call `run` until it stops
 * returning `more`.
 */
export class JsonOutliner {
	readonly #scanner: JsonScanner;
	readonly #many: boolean;
	readonly #starts = new GrowingUint32();
	readonly #ends = new GrowingUint32();
	readonly #depths = new GrowingUint32();
	readonly #closers = new GrowingUint32();
	readonly #sizes = new GrowingUint32();
	readonly #lengths = new GrowingUint32();
	/** The lines of the containers that are open: a number each, so that hostile nesting costs little. */
	readonly #openers = new GrowingUint32();
	#expect: Expectation = 'value';
	/** Start and shown length of the key that the coming value belongs to; -1 without one. */
	#keyStart = -1;
	#keyLength = 0;
	problem: JsonProblem | null = null;

	/** `many` accepts one value after another, as NDJSON has them. */
	constructor(text: string, many = false) {
		this.#scanner = new JsonScanner(text);
		this.#many = many;
	}

	/** How many UTF-16 units have been read. */
	get position(): number {
		return this.#scanner.end;
	}

	/** Reads at most this many tokens. */
	run(tokens: number): 'more' | 'done' | 'problem' {
		for (let left = tokens; left > 0; left -= 1) {
			const kind = this.#scanner.next();
			if (kind === 'end') {
				const complete = this.#openers.length === 0 && (this.#expect === 'nothing' || this.#endsMany());
				return complete ? 'done' : this.#stop();
			}
			if (kind === 'problem' || !this.#take()) return this.#stop();
		}
		return 'more';
	}

	/** What was read, whole when `run` has answered `done`. */
	outline(): JsonOutline {
		return {
			text: this.#scanner.text,
			count: this.#starts.length,
			starts: this.#starts.view(),
			ends: this.#ends.view(),
			depths: this.#depths.view(),
			closers: this.#closers.view(),
			sizes: this.#sizes.view(),
			lengths: this.#lengths.view(),
		};
	}

	#endsMany(): boolean {
		return this.#many && this.#expect === 'value' && this.#starts.length > 0;
	}

	/** Takes the current token; false when it cannot stand here. */
	#take(): boolean {
		const { kind, start, end } = this.#scanner;
		if (kind !== 'punctuation') return this.#scalar(kind === 'string', start, end);
		switch (this.#scanner.text.charAt(start)) {
			case '{':
				return this.#open(OBJECT);
			case '[':
				return this.#open(ARRAY);
			case '}':
				return this.#close(OBJECT);
			case ']':
				return this.#close(ARRAY);
			case ':':
				if (this.#expect !== 'colon') return false;
				this.#expect = 'value';
				return true;
			default:
				return this.#comma();
		}
	}

	#scalar(isString: boolean, start: number, end: number): boolean {
		if (this.#expect === 'first_key' || this.#expect === 'key') {
			if (!isString) return false;
			this.#keyStart = start;
			this.#keyLength = end - start + 2; // and ": "
			this.#expect = 'colon';
			return true;
		}
		if (!this.#startsValue()) return false;
		this.#line(start, end, end - start);
		this.#valueEnds();
		return true;
	}

	#open(kind: number): boolean {
		if (!this.#startsValue()) return false;
		this.#line(this.#scanner.start, this.#scanner.end, 1);
		this.#openers.push(this.#starts.length - 1);
		this.#expect = kind === OBJECT ? 'first_key' : 'first_item';
		return true;
	}

	#close(kind: number): boolean {
		const opener = this.#opener;
		if (opener < 0 || this.#kindOf(opener) !== kind) return false;
		const empty = this.#expect === 'first_key' || this.#expect === 'first_item';
		if (!empty && this.#expect !== 'after') return false;
		this.#openers.length -= 1;
		if (empty) {
			this.#ends.set(opener, this.#scanner.end);
			this.#lengths.set(opener, this.#lengths.get(opener) + 1);
		} else {
			this.#line(this.#scanner.start, this.#scanner.end, 1);
			this.#closers.set(opener, this.#starts.length - 1);
		}
		this.#valueEnds();
		return true;
	}

	#comma(): boolean {
		const opener = this.#opener;
		if (this.#expect !== 'after' || opener < 0) return false;
		const line = this.#starts.length - 1;
		this.#ends.set(line, this.#scanner.end);
		this.#lengths.set(line, this.#lengths.get(line) + 1);
		this.#expect = this.#kindOf(opener) === OBJECT ? 'key' : 'value';
		return true;
	}

	#startsValue(): boolean {
		return this.#expect === 'value' || this.#expect === 'first_item';
	}

	#valueEnds(): void {
		const opener = this.#opener;
		if (opener >= 0) {
			this.#sizes.set(opener, this.#sizes.get(opener) + 1);
			this.#expect = 'after';
		} else {
			this.#expect = this.#many ? 'value' : 'nothing';
		}
	}

	/** The line of the innermost open container; -1 outside of all. */
	get #opener(): number {
		return this.#openers.length === 0 ? -1 : this.#openers.get(this.#openers.length - 1);
	}

	#kindOf(opener: number): number {
		return this.#scanner.text.charAt(this.#ends.get(opener) - 1) === '{' ? OBJECT : ARRAY;
	}

	#line(start: number, end: number, length: number): void {
		const keyed = this.#keyStart >= 0;
		this.#starts.push(keyed ? this.#keyStart : start);
		this.#ends.push(end);
		this.#depths.push(this.#openers.length);
		this.#closers.push(0);
		this.#sizes.push(0);
		this.#lengths.push(length + (keyed ? this.#keyLength : 0));
		this.#keyStart = -1;
		this.#keyLength = 0;
	}

	#stop(): 'problem' {
		const { text, start } = this.#scanner;
		this.problem = { offset: start, ...placeAt(text, start), unexpected: nameAt(text, start) };
		return 'problem';
	}
}

/** Reads a text in one go; for texts small enough not to matter. */
export function outlineJson(text: string, many = false): JsonOutline | JsonProblem {
	const outliner = new JsonOutliner(text, many);
	outliner.run(Number.POSITIVE_INFINITY);
	return outliner.problem ?? outliner.outline();
}

/** Tells the two answers of `outlineJson` apart. */
export function isProblem(result: JsonOutline | JsonProblem): result is JsonProblem {
	return 'unexpected' in result;
}

/** The sentence shown above a body that is not JSON. */
export function problemSentence(problem: JsonProblem): string {
	return `Not JSON: unexpected ${problem.unexpected} at line ${problem.line}, column ${problem.column}`;
}
