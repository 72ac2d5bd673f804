import type { HeaderPair } from '../diff/headers';
import type { JsonChange } from '../diff/json/diffJson';
import { stepsOf } from '../diff/json/path';
import { covers, parsePattern, type PathPattern } from '../diff/json/pattern';
import { IGNORE_SETS, type IgnoreSet } from './ignoreSets';

type Storage_ = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'hookglass.compare-ignores';
/** As many of one's own are kept. */
const MOST_OWN = 50;

/** Which differences are counted instead of shown. Remembered on this computer. */
export class Ignores {
	sets: readonly IgnoreSet['id'][] = $state.raw([]);
	/** JSON paths of one's own, as they were typed. */
	paths: readonly string[] = $state.raw([]);
	/** Header names of one's own, in lower case. */
	headers: readonly string[] = $state.raw([]);
	/** Ignored differences are shown all the same, marked as such. */
	shown = $state(false);
	readonly #storage: Storage_ | null;

	readonly #patterns: PathPattern[] = $derived(
		[...this.#enabled().flatMap(({ paths }) => paths), ...this.paths].map(parsePattern).filter((pattern) => typeof pattern !== 'string'),
	);
	readonly #names: string[][] = $derived(
		[...this.#enabled().flatMap(({ headers }) => headers), ...this.headers].map((name) => name.split('*')),
	);

	constructor(storage: Storage_ | null) {
		this.#storage = storage;
		const kept = readKept(storage?.getItem(KEY) ?? null);
		this.sets = IGNORE_SETS.map(({ id }) => id).filter((id) => kept.sets.includes(id));
		this.paths = kept.paths.filter((path) => typeof parsePattern(path) !== 'string');
		this.headers = kept.headers;
	}

	/** Whether anything is ignored at all. */
	get any(): boolean {
		return this.sets.length + this.paths.length + this.headers.length > 0;
	}

	toggle(id: IgnoreSet['id'], on: boolean): void {
		this.sets = IGNORE_SETS.map((set) => set.id).filter((known) => (known === id ? on : this.sets.includes(known)));
		this.#keep();
	}

	/** Takes a path in; a sentence says why it cannot. */
	addPath(text: string): string | null {
		const pattern = parsePattern(text);
		if (typeof pattern === 'string') return pattern;
		if (this.paths.length >= MOST_OWN) return `At most ${MOST_OWN} paths are kept. Take one away first.`;
		if (!this.paths.includes(pattern.text)) this.paths = [...this.paths, pattern.text];
		this.#keep();
		return null;
	}

	addHeader(text: string): string | null {
		const name = text.trim().replace(/:$/, '').toLowerCase();
		// RFC 9110 section 5.6.2: a token. `*` is one of its characters and stands for any here.
		if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return 'Write a header name such as x-request-id; * stands for any characters.';
		if (this.headers.length >= MOST_OWN) return `At most ${MOST_OWN} header names are kept. Take one away first.`;
		if (!this.headers.includes(name)) this.headers = [...this.headers, name];
		this.#keep();
		return null;
	}

	removePath(path: string): void {
		this.paths = this.paths.filter((known) => known !== path);
		this.#keep();
	}

	removeHeader(name: string): void {
		this.headers = this.headers.filter((known) => known !== name);
		this.#keep();
	}

	ignoresHeader(pair: HeaderPair): boolean {
		const name = (pair.a ?? pair.b)?.header.name.toLowerCase() ?? '';
		return this.#names.some((parts) => hasParts(parts, name));
	}

	ignoresChange(change: JsonChange): boolean {
		if (this.#patterns.length === 0) return false;
		const steps = stepsOf(change.path);
		return this.#patterns.some((pattern) => covers(pattern, steps));
	}

	#enabled(): IgnoreSet[] {
		return IGNORE_SETS.filter(({ id }) => this.sets.includes(id));
	}

	#keep(): void {
		this.#storage?.setItem(KEY, JSON.stringify({ sets: this.sets, paths: this.paths, headers: this.headers }));
	}
}

/** Whether a name is made of these parts, with anything between them. */
function hasParts(parts: readonly string[], name: string): boolean {
	const [first = '', ...rest] = parts;
	const last = rest.pop();
	if (last === undefined) return name === first;
	if (!name.startsWith(first)) return false;
	let at = first.length;
	for (const part of rest) {
		const found = name.indexOf(part, at);
		if (found < 0) return false;
		at = found + part.length;
	}
	return name.length - last.length >= at && name.endsWith(last);
}

function readKept(text: string | null): { sets: string[]; paths: string[]; headers: string[] } {
	const texts = (value: unknown): string[] =>
		Array.isArray(value) ? value.filter((item) => typeof item === 'string').slice(0, MOST_OWN) : [];
	try {
		const kept = JSON.parse(text ?? '{}') as Record<string, unknown>;
		return { sets: texts(kept['sets']), paths: texts(kept['paths']), headers: texts(kept['headers']) };
	} catch {
		return { sets: [], paths: [], headers: [] };
	}
}
