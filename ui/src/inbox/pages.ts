import type { CaptureId, CaptureRow } from '../bindings';

/** Rows per page. */
export const PAGE_ROWS = 200;
/** Pages whose rows are kept; older ones are dropped and read again when they come into view. */
export const KEPT_PAGES = 5;

interface Page {
	/** The page holds captures with a lower sequence number: what to ask for to read it again. */
	before_seq: number;
	count: number;
	/** null: dropped to save memory. */
	rows: readonly CaptureRow[] | null;
}

/** A part of the list to read: at most `count` captures below `before_seq`, none below `down_to`. */
export interface Stretch {
	before_seq: number;
	count: number;
	down_to: number;
}

/**
 * The contiguous run of rows the list knows, newest first, as keyset pages. Immutable: every change gives a new one, so
 * that the list redraws exactly when something changed.
 */
export class Pages {
	readonly count: number;
	/** The cursor of the next older page; null at the end. */
	readonly next_before_seq: number | null;
	#pages: readonly Page[];

	private constructor(pages: readonly Page[], next_before_seq: number | null) {
		this.#pages = pages;
		this.next_before_seq = next_before_seq;
		this.count = pages.reduce((sum, page) => sum + page.count, 0);
	}

	static readonly empty = new Pages([], null);

	static of(rows: readonly CaptureRow[], next_before_seq: number | null): Pages {
		return new Pages(rows.length === 0 ? [] : [page(rows)], next_before_seq);
	}

	/** Adds the page that was asked for with `next_before_seq`. A small one, as a slow search finds it, joins the one before. */
	withOlder(rows: readonly CaptureRow[], next_before_seq: number | null): Pages {
		if (rows.length === 0) return new Pages(this.#pages, next_before_seq);
		const last = this.#pages.at(-1);
		if (last?.rows && last.count + rows.length <= PAGE_ROWS) {
			return new Pages([...this.#pages.slice(0, -1), page([...last.rows, ...rows])], next_before_seq);
		}
		return new Pages([...this.#pages, page(rows)], next_before_seq);
	}

	/** Puts newer rows on top. Only valid while the first page's rows are kept. */
	withNewer(rows: readonly CaptureRow[]): Pages {
		const first = this.#pages[0];
		if (!first) return Pages.of(rows, this.next_before_seq);
		if (first.rows === null) throw new Error('The first page has been dropped; read it again.');
		const merged = [...rows, ...first.rows];
		const pages: Page[] = [];
		// The first page grows; cut it so that no page holds more than two pages' worth.
		let start = 0;
		while (merged.length - start >= 2 * PAGE_ROWS) {
			pages.push(page(merged.slice(start, start + PAGE_ROWS)));
			start += PAGE_ROWS;
		}
		pages.push(page(merged.slice(start)));
		return new Pages([...pages, ...this.#pages.slice(1)], this.next_before_seq);
	}

	/** Drops the rows of every page but the ones nearest to `index` and the one that holds `selected`. */
	keepNear(index: number, selected: CaptureId | null): Pages {
		if (this.#pages.filter((page) => page.rows !== null).length <= KEPT_PAGES) return this;
		const at = this.#locate(index)?.page ?? 0;
		const nearest = this.#pages
			.map((_, number) => number)
			.sort((a, b) => Math.abs(a - at) - Math.abs(b - at))
			.slice(0, KEPT_PAGES);
		const kept = new Set(nearest);
		const holder = this.#locate(this.indexOf(selected));
		if (holder) kept.add(holder.page);
		if (this.#pages.every((page, number) => kept.has(number) || page.rows === null)) return this;
		return new Pages(
			this.#pages.map((page, number) => (kept.has(number) ? page : { ...page, rows: null })),
			this.next_before_seq,
		);
	}

	/** The row at `index`; undefined when its page has been dropped or the index is outside. */
	row(index: number): CaptureRow | undefined {
		const found = this.#locate(index);
		return found ? this.#pages[found.page]?.rows?.[found.offset] : undefined;
	}

	/** Pages between two indexes whose rows have to be read again. */
	missing(first: number, end: number): Stretch[] {
		return this.#stretches(first, end, ({ rows }) => rows === null);
	}

	/** Puts the rows of a dropped page back. They are fewer when some were deleted meanwhile; then older ones are not taken for it. */
	restored(before_seq: number, rows: readonly CaptureRow[]): Pages {
		return this.#changed((page, number) => {
			if (page.before_seq !== before_seq || page.rows !== null) return page;
			const own = rows.filter((row) => row.seq >= this.#lowerEnd(number)).slice(0, page.count);
			return { ...page, count: own.length, rows: own };
		});
	}

	/** Takes the rows of captures away that are no longer stored. */
	without(gone: ReadonlySet<CaptureId>): Pages {
		return this.#changed((page) => {
			if (!page.rows?.some((row) => gone.has(row.id))) return page;
			const rows = page.rows.filter((row) => !gone.has(row.id));
			return { ...page, count: rows.length, rows };
		});
	}

	/** Pages that became empty go. */
	#changed(change: (page: Page, number: number) => Page): Pages {
		return new Pages(this.#pages.map(change).filter((page) => page.count > 0), this.next_before_seq);
	}

	/** Pages between two indexes whose rows are kept: what to ask for to read them again. */
	kept(first: number, end: number): Stretch[] {
		return this.#stretches(first, end, ({ rows }) => rows !== null);
	}

	#stretches(first: number, end: number, fits: (page: Page) => boolean): Stretch[] {
		const found: Stretch[] = [];
		let start = 0;
		for (const [number, page] of this.#pages.entries()) {
			const { before_seq, count } = page;
			if (start < end && start + count > first && fits(page)) found.push({ before_seq, count, down_to: this.#lowerEnd(number) });
			start += count;
		}
		return found;
	}

	/** The lowest sequence number a page can hold. */
	#lowerEnd(page: number): number {
		return this.#pages[page + 1]?.before_seq ?? this.next_before_seq ?? 0;
	}

	/** Puts newer readings of rows in the place of older ones; no row comes, goes or moves. */
	updated(rows: readonly CaptureRow[]): Pages {
		const byId = new Map(rows.map((row) => [row.id, row]));
		return new Pages(
			this.#pages.map((page) =>
				page.rows?.some((row) => byId.has(row.id)) ? { ...page, rows: page.rows.map((row) => byId.get(row.id) ?? row) } : page,
			),
			this.next_before_seq,
		);
	}

	/** The index of a capture among the rows that are kept; −1 when it is not there. */
	indexOf(id: CaptureId | null): number {
		if (id === null) return -1;
		let start = 0;
		for (const page of this.#pages) {
			const at = page.rows?.findIndex((row) => row.id === id) ?? -1;
			if (at >= 0) return start + at;
			start += page.count;
		}
		return -1;
	}

	/** The first row from `from` in steps of `step` that fits, among the rows that are kept. */
	find(from: number, step: 1 | -1, fits: (row: CaptureRow) => boolean): number {
		for (let index = from; index >= 0 && index < this.count; index += step) {
			const row = this.row(index);
			if (row && fits(row)) return index;
		}
		return -1;
	}

	/** The sequence number of the first row; 0 for an empty list. */
	get newest_seq(): number {
		const first = this.#pages[0];
		return first ? first.before_seq - 1 : 0;
	}

	/** Whether newer rows can be put on top. */
	get topIsKept(): boolean {
		return this.#pages[0]?.rows !== null;
	}

	#locate(index: number): { page: number; offset: number } | null {
		if (index < 0 || index >= this.count) return null;
		let start = 0;
		for (let page = 0; page < this.#pages.length; page += 1) {
			const { count } = this.#pages[page] as Page;
			if (index < start + count) return { page, offset: index - start };
			start += count;
		}
		return null;
	}
}

function page(rows: readonly CaptureRow[]): Page {
	return { before_seq: (rows[0]?.seq ?? 0) + 1, count: rows.length, rows };
}
