import type { Backend } from '../backend/backend';
import type { CaptureFilter, CaptureId, CapturePage, CaptureRow, CommandError } from '../bindings';
import { PAGE_ROWS, Pages, type Stretch } from '../inbox/pages';
import { isSearch, NO_FILTER } from './captureFilter';
import { readStretch } from './freshRows';
import { messageOf } from './toasts.svelte';

export type Load = { state: 'loading' } | { state: 'ready' } | { state: 'failed'; message: string };

/** What became of reading a filter. `not_understood`: its query is wrong, and the list stays as it was. */
export type Reading = 'read' | 'overtaken' | 'failed' | 'not_understood';

/** How many pages a jump to the oldest or to a far capture reads at most, so that a key press always ends. */
const MOST_JUMP_PAGES = 50;
/** Numbers are exact to this; counting on in the background ends there. */
export const COUNT_TO = 10_000;
/** Rows of a page that is only counted: as many as one may hold. */
const COUNT_ROWS = 500;
/** Numbers of captures are given out before they are stored; fewer than this many are under way at a time. */
const UNDER_WAY = 1_000;
/** Counting on ends after this, milliseconds: a rare find among millions is not worth a busy disk. */
const COUNT_FOR_MS = 30_000;

/**
 * What a filter finds: the pages that were read, how many captures there are, how far the search has come.
 *
 * A page of a search may end for lack of time. Then the next is asked for until a page's worth of rows is there, unless the
 * person stops it.
 */
export class CaptureFeed {
	/** The filter whose captures are shown or being read. */
	filter: CaptureFilter = $state.raw(NO_FILTER);
	pages: Pages = $state.raw(Pages.empty);
	/** Captures that match the filter and are in the list or older than it; at least, while it is not exact. */
	total = $state(0);
	totalIsExact = $state(true);
	load: Load = $state.raw({ state: 'loading' });
	loadingOlder = $state(false);
	/** A page ended for lack of time, and the search goes on. */
	searching = $state(false);
	/** It was ended before everything had been looked through. */
	stopped = $state(false);
	/** Captures on the way whose body was searched only in its first part. */
	searchedPartly = $state(0);
	/** How long the first rows took, milliseconds; null until they are there. */
	answered_ms: number | null = $state(null);

	/** The highest number of a capture that was told of. */
	latestSeq = 0;

	readonly #backend: Pick<Backend, 'listCaptures'>;
	/** `latestSeq` when the list was read, or what is new was: so far it has been looked through. */
	#throughSeq = 0;
	/** Every filter, and every beginning anew, has its number: what comes for an older one is dropped. */
	#generation = 0;
	/** The filter of the rows that are there. */
	#shown: CaptureFilter | null = null;
	/** Rows that were put on top since the list was read. */
	#newer = 0;
	#older: Promise<void> | null = null;
	readonly #restoring = new Set<number>();

	constructor(backend: Pick<Backend, 'listCaptures'>) {
		this.#backend = backend;
	}

	get generation(): number {
		return this.#generation;
	}

	/** Reads the first page of a filter. */
	async read(filter: CaptureFilter = this.filter): Promise<Reading> {
		const searchedOn = this.searching;
		const generation = this.#begin();
		this.filter = filter;
		this.load = { state: 'loading' };
		const throughSeq = this.latestSeq;
		const began_ms = performance.now();
		try {
			const page = await this.#backend.listCaptures(filter, null, PAGE_ROWS);
			if (generation !== this.#generation) return 'overtaken';
			this.stopped = false;
			this.answered_ms = null;
			this.#throughSeq = throughSeq;
			this.#show(page);
			if (page.end === 'time' && page.rows.length < PAGE_ROWS) void this.#readOlder(began_ms);
			else this.#answered(began_ms);
			return 'read';
		} catch (error) {
			if (generation !== this.#generation) return 'overtaken';
			if (isSearch(filter) && (error as CommandError).code === 'invalid_input' && this.#shown !== null) {
				this.filter = this.#shown;
				this.load = { state: 'ready' };
				if (searchedOn) void this.loadOlder();
				return 'not_understood';
			}
			this.load = { state: 'failed', message: messageOf(error) };
			return 'failed';
		}
	}

	#begin(): number {
		this.#older = null;
		this.loadingOlder = false;
		this.searching = false;
		return ++this.#generation;
	}

	/** Begins the list with a first page. */
	#show(page: CapturePage): void {
		this.#shown = this.filter;
		this.#newer = 0;
		this.pages = Pages.of(page.rows, page.next_before_seq);
		this.total = page.total;
		this.totalIsExact = page.total_is_exact;
		this.searchedPartly = page.searched_partly;
		this.load = { state: 'ready' };
	}

	#answered(began_ms: number): void {
		this.answered_ms = performance.now() - began_ms;
		if (!this.totalIsExact) void this.#countOn();
	}

	/** Reads a page's worth of older captures; also after the person stopped the search. */
	loadOlder(): Promise<void> {
		if (this.pages.next_before_seq === null) return Promise.resolve();
		this.stopped = false;
		return this.#older ?? this.#readOlder();
	}

	/** Reads older pages as long as they are wanted, at most `MOST_JUMP_PAGES`; false when the list began anew or failed. */
	async loadWhile(isWanted: (pages: Pages) => boolean): Promise<boolean> {
		const generation = this.#generation;
		for (let page = 0; page < MOST_JUMP_PAGES && isWanted(this.pages); page += 1) {
			await this.loadOlder();
			if (generation !== this.#generation || this.load.state === 'failed') return false;
		}
		return true;
	}

	/** Ends the search where it is; what was found stays. */
	stop(): void {
		if (!this.searching) return;
		this.stopped = true;
		this.#begin();
	}

	#readOlder(began_ms?: number): Promise<void> {
		const reading = this.#readOn(began_ms);
		this.#older = reading;
		return reading;
	}

	/** `began_ms`: when the first rows were asked for, if these are among them. */
	async #readOn(began_ms?: number): Promise<void> {
		const generation = this.#generation;
		let left = began_ms === undefined ? PAGE_ROWS : PAGE_ROWS - this.pages.count;
		this.loadingOlder = true;
		this.searching = began_ms !== undefined;
		try {
			for (let cursor = this.pages.next_before_seq; cursor !== null && left > 0; cursor = this.pages.next_before_seq) {
				const page = await this.#backend.listCaptures(this.filter, cursor, left);
				if (generation !== this.#generation) return;
				left -= page.rows.length;
				this.pages = this.pages.withOlder(page.rows, page.next_before_seq);
				this.searchedPartly += page.searched_partly;
				this.#countLoaded();
				if (page.end !== 'time') break;
				this.searching = true;
			}
			if (began_ms !== undefined) this.#answered(began_ms);
		} catch (error) {
			if (generation === this.#generation) this.load = { state: 'failed', message: messageOf(error) };
		} finally {
			if (generation === this.#generation) {
				this.#older = null;
				this.loadingOlder = false;
				this.searching = false;
			}
		}
	}

	/** What is loaded counts, and at the end it is the number. */
	#countLoaded(): void {
		if (this.totalIsExact) return;
		this.total = Math.max(this.total, this.pages.count);
		if (this.pages.next_before_seq !== null) return;
		this.total = this.pages.count;
		this.totalIsExact = true;
	}

	/** Counts what lies behind the loaded rows, so that "at least" becomes a number. */
	async #countOn(): Promise<void> {
		const generation = this.#generation;
		const until_ms = performance.now() + COUNT_FOR_MS;
		let cursor = this.pages.next_before_seq;
		let found = this.pages.count - this.#newer;
		try {
			while (cursor !== null && found < COUNT_TO && performance.now() < until_ms) {
				const page: CapturePage = await this.#backend.listCaptures(this.filter, cursor, COUNT_ROWS);
				if (generation !== this.#generation || this.totalIsExact) return;
				found += page.rows.length;
				cursor = page.next_before_seq;
				this.total = Math.max(this.total, found + this.#newer);
			}
		} catch {
			// "At least" is still true.
			return;
		}
		if (cursor !== null) return;
		this.total = found + this.#newer;
		this.totalIsExact = true;
	}

	/** Reads what came since and puts it on top: how many rows, or `anew` when they were too many to join. */
	async takeNewer(): Promise<number | 'anew'> {
		const generation = this.#generation;
		const [newest, throughSeq] = [this.#newestSeq(), this.latestSeq];
		// Below this everything has been looked through; a slow search need not go there again.
		const lowest = Math.max(newest, this.#throughSeq - UNDER_WAY);
		try {
			const first = await this.#backend.listCaptures(this.filter, null, PAGE_ROWS);
			let page = first;
			const newer = first.rows.filter(({ seq }) => seq > newest);
			while (page.end === 'time' && page.next_before_seq !== null && page.next_before_seq > lowest + 1) {
				page = await this.#backend.listCaptures(this.filter, page.next_before_seq, PAGE_ROWS);
				newer.push(...page.rows.filter(({ seq }) => seq > newest));
				if (generation !== this.#generation) return 0;
			}
			if (generation !== this.#generation) return 0;
			const isGap = page.end === 'page' && (page.next_before_seq ?? 0) > newest + 1;
			this.#throughSeq = throughSeq;
			if (newer.length > 0 && (isGap || !this.pages.topIsKept)) {
				this.#begin();
				this.#show(first);
				if (!this.totalIsExact) void this.#countOn();
				return 'anew';
			}
			if (first.total_is_exact) this.#setTotal(first.total);
			else this.total = Math.max(first.total, this.total + newer.length);
			if (newer.length === 0) return 0;
			this.#newer += newer.length;
			this.pages = this.pages.withNewer(newer);
			return newer.length;
		} catch (error) {
			if (generation === this.#generation) this.load = { state: 'failed', message: messageOf(error) };
			return 0;
		}
	}

	/** How many captures came that are not in the list; at most about `most` when they cannot be counted. */
	async countNewer(most: number): Promise<number | null> {
		const generation = this.#generation;
		const newest = this.#newestSeq();
		const page = await this.#backend.listCaptures(this.filter, null, isSearch(this.filter) ? most : 1);
		if (generation !== this.#generation) return null;
		const newer = page.rows.filter(({ seq }) => seq > newest).length;
		if (newer === 0) return 0;
		return page.total_is_exact && this.totalIsExact ? Math.max(newer, page.total - this.total) : newer;
	}

	/** Everything above it that matches was not there when the list was read. */
	#newestSeq(): number {
		return this.pages.count > 0 ? this.pages.newest_seq : (this.pages.next_before_seq ?? 1) - 1;
	}

	/** After captures went: how many are left, of which so many are not in the list. */
	async recount(waiting: number): Promise<void> {
		const generation = this.#generation;
		const page = await this.#backend.listCaptures(this.filter, null, 1);
		if (generation !== this.#generation) return;
		const total = Math.max(this.pages.count, page.total - waiting);
		if (page.total_is_exact) this.#setTotal(total);
		else if (this.pages.next_before_seq === null) this.#setTotal(this.pages.count);
		else [this.total, this.totalIsExact] = [total, false];
	}

	#setTotal(total: number): void {
		this.total = total;
		this.totalIsExact = true;
	}

	/** Reads a page that was dropped again and puts it in its place. */
	async restore(missing: Stretch): Promise<boolean> {
		if (this.#restoring.has(missing.before_seq)) return false;
		const generation = this.#generation;
		const isWanted = () => generation === this.#generation;
		this.#restoring.add(missing.before_seq);
		try {
			const rows = await readStretch(this.#backend, this.filter, missing, isWanted);
			if (!isWanted()) return false;
			this.pages = this.pages.restored(missing.before_seq, rows);
			return true;
		} catch (error) {
			if (isWanted()) this.load = { state: 'failed', message: messageOf(error) };
			return false;
		} finally {
			this.#restoring.delete(missing.before_seq);
		}
	}

	/** Drops rows far from an index, but those around the selected one. */
	keepNear(index: number, selected: CaptureId | null): void {
		this.pages = this.pages.keepNear(index, selected);
	}

	/** The rows of captures that are no longer stored go. */
	leaveOut(gone: ReadonlySet<CaptureId>): void {
		this.pages = this.pages.without(gone);
	}

	/** Puts newer readings of rows in the place of older ones; nothing moves. */
	renew(rows: readonly CaptureRow[]): void {
		this.pages = this.pages.updated(rows);
	}
}
