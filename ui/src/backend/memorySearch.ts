import type {
	CaptureFilter,
	CapturePage,
	CaptureRow,
	CompletionItem,
	CompletionView,
	CountView,
	QueryProblem,
	QueryToken,
	QueryView,
	SavedFilterInput,
	SavedFilterView,
} from '../bindings';
import { commandError } from './examples';

interface Word {
	from: number;
	to: number;
	negative: boolean;
	/** null: a bare word. */
	key: string | null;
	value: string;
	quoted: boolean;
}

/** What a filter compares with. */
const COLUMNS: Record<string, (row: CaptureRow) => string | null> = {
	provider: (row) => row.provider,
	event: (row) => row.event_type,
	verdict: (row) => row.verdict,
	endpoint: (row) => row.endpoint_slug,
	method: (row) => row.method,
	path: (row) => row.target,
};
const SENTENCES: Record<string, string> = {
	provider: 'Whose event it is; * stands for anything.',
	event: 'The kind of event; * stands for anything.',
	verdict: 'What the check of the signature found.',
	endpoint: 'The endpoint that took it.',
	method: 'The HTTP method.',
	path: 'Path and query; it may stand anywhere in them.',
};
const OTHER_NAMES: Record<string, string> = { provder: 'provider', type: 'event', signature: 'verdict' };

/**
 * Searching in memory. The real language of searches is Rust's (the crate `query`); this knows just enough of it for tests:
 * bare and quoted words, `provider:`, `event:`, `verdict:`, `endpoint:`, `method:`, the minus, and AND.
 */
export class MemorySearch {
	filters: SavedFilterView[] = [];
	/** A page ends for lack of time when it has looked at so many captures; null: never. */
	looksPerPage: number | null = null;
	/** A count ends at so many; null: never. */
	countsTo: number | null = null;
	/** Captures of each page whose body is searched only in part. */
	partly = 0;
	/** Queries that were counted. */
	counted: string[] = [];
	#nextId = 1;
	readonly #answer: () => Promise<void>;
	readonly #rows: () => CaptureRow[];

	constructor(answer: () => Promise<void>, rows: () => CaptureRow[]) {
		this.#answer = answer;
		this.#rows = rows;
	}

	page(filter: CaptureFilter, beforeSeq: number | null, limit: number): CapturePage {
		const problem = problemOf(filter.query);
		if (problem) throw commandError('invalid_input', problem.message);
		const fits = (row: CaptureRow) =>
			(filter.endpoint === null || row.endpoint === filter.endpoint) &&
			(filter.verdict === null || row.verdict === filter.verdict) &&
			matches(row, filter.query);
		const newestFirst = this.#rows().sort((a, b) => b.seq - a.seq);
		const older = newestFirst.filter((row) => beforeSeq === null || row.seq < beforeSeq);
		const isSearch = filter.query.trim() !== '';
		const looksAt = isSearch && this.looksPerPage !== null ? this.looksPerPage : older.length;
		const looked = older.slice(0, looksAt);
		const found = looked.filter(fits);
		const rows = found.slice(0, limit);
		const last = rows.at(-1);
		const lastLooked = looked.at(-1);
		const full = found.length > limit && last;
		const isLate = !full && looked.length < older.length && lastLooked;
		const matching = newestFirst.filter(fits).length;
		const total = isSearch && this.countsTo !== null ? Math.min(matching, this.countsTo) : matching;
		return {
			rows,
			total: isSearch && beforeSeq !== null ? rows.length : total,
			total_is_exact: total === matching && !(isSearch && beforeSeq !== null),
			next_before_seq: full ? last.seq : isLate ? lastLooked.seq : null,
			end: full ? 'page' : isLate ? 'time' : 'everything',
			searched_partly: isSearch ? this.partly : 0,
		};
	}

	async countSearch(query: string): Promise<CountView> {
		this.counted.push(query);
		await this.#answer();
		const { total, total_is_exact } = this.page({ endpoint: null, verdict: null, query }, null, 1);
		return { captures: total, is_exact: total_is_exact, searched_partly: this.partly };
	}

	async explainSearch(query: string): Promise<QueryView> {
		await this.#answer();
		return explain(query);
	}

	async completeSearch(query: string, cursor: number): Promise<CompletionView> {
		await this.#answer();
		const word = wordsOf(query).find(({ from, to }) => from <= cursor && cursor <= to);
		const from = word?.from ?? cursor;
		if (!word || word.key === null) {
			const typed = query.slice(from, cursor).toLowerCase();
			const items = Object.keys(COLUMNS)
				.filter((name) => name.startsWith(typed))
				.map((name) => ({ insert: `${name}:`, sentence: SENTENCES[name] ?? '', captures: null }));
			return { from, to: word?.to ?? cursor, items };
		}
		return { from: word.to - rawValue(query, word).length, to: word.to, items: this.#values(word.key, word.value) };
	}

	async savedFilters(): Promise<SavedFilterView[]> {
		await this.#answer();
		return this.filters;
	}

	async saveFilter({ id, name, query }: SavedFilterInput): Promise<SavedFilterView[]> {
		await this.#answer();
		const { problem, reading } = explain(query);
		if (problem) throw commandError('invalid_input', problem.message);
		if (name.trim() === '') throw commandError('invalid_input', 'name: write 1 to 60 characters.');
		const view: SavedFilterView = { id: id ?? `filter-${this.#nextId++}`, name: name.trim(), query, reading };
		const known = this.filters.some((filter) => filter.id === view.id);
		this.filters = known ? this.filters.map((filter) => (filter.id === view.id ? view : filter)) : [...this.filters, view];
		return this.filters;
	}

	async orderFilters(ids: string[]): Promise<SavedFilterView[]> {
		await this.#answer();
		this.filters = [...this.filters].sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
		return this.filters;
	}

	async deleteFilter(id: string): Promise<SavedFilterView[]> {
		await this.#answer();
		if (!this.filters.some((filter) => filter.id === id)) throw commandError('not_found', 'This filter does not exist any more.');
		this.filters = this.filters.filter((filter) => filter.id !== id);
		return this.filters;
	}

	#values(key: string, typed: string): CompletionItem[] {
		const counts = new Map<string, number>();
		for (const row of this.#rows()) {
			const value = COLUMNS[key]?.(row);
			if (value?.toLowerCase().includes(typed.toLowerCase())) counts.set(value, (counts.get(value) ?? 0) + 1);
		}
		return [...counts]
			.sort((a, b) => b[1] - a[1])
			.map(([value, captures]) => ({ insert: /[\s"():,*]/.test(value) ? `"${value}"` : value, sentence: '', captures }));
	}
}

function wordsOf(query: string): Word[] {
	return [...query.matchAll(/(-?)((?:[^\s"]|"[^"]*"?)+)/g)]
		.filter((found) => found[0] !== 'AND')
		.map((found) => {
			const text = found[2] ?? '';
			const [, key, raw] = /^([a-z_]+):(.*)$/s.exec(text) ?? [text, null, text];
			const from = found.index + (found[1] ?? '').length;
			return {
				from,
				to: from + text.length,
				negative: found[1] === '-',
				key: key ?? null,
				value: (raw ?? '').replaceAll('"', ''),
				quoted: text.includes('"'),
			};
		});
}

function matches(row: CaptureRow, query: string): boolean {
	return wordsOf(query).every(({ key, value, negative }) => {
		const wanted = value.toLowerCase();
		const columns = key === null ? [row.event_type, row.event_id, row.method, row.target, row.provider] : [COLUMNS[key]?.(row)];
		// A path matches anywhere, names as a whole.
		const found = columns.some((column) => (key === null || key === 'path' ? column?.toLowerCase().includes(wanted) : column?.toLowerCase() === wanted));
		return found !== negative;
	});
}

function rawValue(query: string, word: Word): string {
	return query.slice(word.from + (word.key === null ? 0 : word.key.length + 1), word.to);
}

function problemOf(query: string): QueryProblem | null {
	if ((query.split('"').length - 1) % 2 === 1) {
		const hint = 'Put a second " at the end of the phrase.';
		return { from: query.lastIndexOf('"'), to: query.length, message: 'This quote is not closed.', suggestion: hint, replacement: null };
	}
	for (const { from, to, key, value } of wordsOf(query)) {
		if (key !== null && !(key in COLUMNS)) {
			const meant = OTHER_NAMES[key] ?? null;
			const suggestion = meant === null ? 'Write the whole in quotes to look for it as text.' : `Did you mean ${meant}?`;
			return { from, to: from + key.length, message: `No filter called ${key}.`, suggestion, replacement: meant };
		}
		if (key !== null && value === '') {
			return { from, to, message: `A value is missing after ${key}:`, suggestion: `For example ${key}:x`, replacement: null };
		}
	}
	return null;
}

function explain(query: string): QueryView {
	const tokens: QueryToken[] = [];
	for (const word of wordsOf(query)) {
		const { from, to, key, negative, quoted } = word;
		if (negative) tokens.push({ from: from - 1, to: from, kind: 'not' });
		if (key === null) tokens.push({ from, to, kind: quoted ? 'phrase' : 'text' });
		else {
			const colon = from + key.length + 1;
			tokens.push({ from, to: colon, kind: key in COLUMNS ? 'key' : 'unknown_key' });
			if (colon < to) tokens.push({ from: colon, to, kind: 'value' });
		}
	}
	for (const found of query.matchAll(/(?<=^|\s)AND(?=\s|$)/g)) tokens.push({ from: found.index, to: found.index + 3, kind: 'operator' });
	tokens.sort((a, b) => a.from - b.from);
	const problem = problemOf(query);
	if (problem) return { reading: '', canonical: '', tokens, problem };
	const parts = wordsOf(query).map(({ key, value, negative }) => `${negative ? 'not ' : ''}${key === null ? `with “${value}”` : `${key} ${value}`}`);
	return { reading: parts.length === 0 ? 'all captures' : `captures ${parts.join(', ')}`, canonical: query.trim(), tokens, problem: null };
}
