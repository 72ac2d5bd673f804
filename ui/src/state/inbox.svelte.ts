import { SvelteSet } from 'svelte/reactivity';
import type { Backend } from '../backend/backend';
import type { CaptureFilter, CaptureId, CaptureRow, EndpointId, Notice, VerdictKind } from '../bindings';
import { Pages, PAGE_ROWS } from '../inbox/pages';
import { matchesFilter, sameFilter } from './captureFilter';
import { OneAtATime, readAgain, readDeleted, readInvalid } from './freshRows';
import { Selection } from './selection.svelte';
import { messageOf } from './toasts.svelte';

export const NO_FILTER: CaptureFilter = { endpoint: null, verdict: null, query: '' };

/** Typing is answered after this pause, milliseconds. */
const SEARCH_PAUSE_MS = 120;
/** How many pages a jump to the oldest or to a far capture reads at most, so that a key press always ends. */
const MOST_JUMP_PAGES = 50;

type Load = { state: 'loading' } | { state: 'ready' } | { state: 'failed'; message: string };
/** Rows that are read again at least: new ones stand on top before the view says that it shows them. */
const REFRESHED_ROWS = 40;

/**
 * The list of captures: what is loaded, what waits behind the pill, what is selected.
 *
 * Nothing moves under the reader's eyes: new captures are put on top only while the list is *pinned*, that is scrolled
 * to the top with nothing selected by hand; otherwise they are counted and wait.
 */
export class Inbox {
	filter: CaptureFilter = $state.raw(NO_FILTER);
	pages: Pages = $state.raw(Pages.empty);
	/** Captures that match the filter and are in the list or older than it. */
	total = $state(0);
	/** Captures that match the filter and wait to be shown. */
	waiting = $state(0);
	load: Load = $state.raw({ state: 'loading' });
	loadingOlder = $state(false);
	paused = $state(false);
	/** Whether the list is scrolled to the top; the view keeps it up to date. */
	atTop = $state(true);
	readonly selection = new Selection();
	/** In a narrow window: whether the detail covers the list. */
	detailOpen = $state(false);
	/** Asks the view to bring a row into sight; the view sets it back to null. */
	reveal: { index: number } | null = $state.raw(null);
	/** Grows when stars were set: an open detail reads its capture again. */
	starsSet = $state(0);
	/** Where the view is scrolled to, pixels; kept while another screen is shown. */
	scrollTop_px = 0;

	#selectedIndex = $derived(this.pages.indexOf(this.selection.id));

	#backend: Backend;
	#read = new SvelteSet<CaptureId>();
	/** Captures up to this one were there when the window opened; they are not unread. */
	#oldSeq: number;
	#generation = 0;
	#searchTimer: ReturnType<typeof setTimeout> | undefined;
	readonly #check = new OneAtATime(() => this.#checkNew());
	#restoring = new Set<number>();
	#firstVisible = 0;
	#endVisible = 0;
	readonly #rowsRefresh = new OneAtATime(() => this.#refreshRows());
	readonly #deletion = new OneAtATime(() => this.#leaveOutDeleted());
	/** How often it was told that rows look different: a reading that this overtook is old already. */
	#told = 0;
	/** Pages are being read far from what is in sight; they must not be dropped before the jump lands. */
	#jumping = false;

	constructor(backend: Backend, latest_seq: number) {
		this.#backend = backend;
		this.#oldSeq = latest_seq;
	}

	/** The capture the detail shows. */
	get selectedId(): CaptureId | null {
		return this.selection.id;
	}

	/** Position of the selected capture in the list; −1 when it is not in it. */
	get selectedIndex(): number {
		return this.#selectedIndex;
	}

	/** Only then are new captures put on top by themselves. */
	get pinned(): boolean {
		return this.atTop && !this.selection.byHand && !this.paused;
	}

	get filtered(): boolean {
		return this.filter.endpoint !== null || this.filter.verdict !== null || this.filter.query !== '';
	}

	/** The selected capture does not match the filter, so the list cannot show where it is. */
	get selectionHidden(): boolean {
		if (this.selectedId === null || this.#selectedIndex >= 0 || this.load.state !== 'ready') return false;
		const { row } = this.selection;
		return row !== null && !matchesFilter(row, this.filter);
	}

	isUnread(row: CaptureRow): boolean {
		return row.seq > this.#oldSeq && !this.#read.has(row.id);
	}

	markRead(id: CaptureId): void {
		this.#read.add(id);
	}

	/** Reads the first page of the present filter. */
	async reload(): Promise<void> {
		const generation = ++this.#generation;
		const told = this.#told;
		this.load = { state: 'loading' };
		try {
			const page = await this.#backend.listCaptures(this.filter, null, PAGE_ROWS);
			if (generation !== this.#generation) return;
			this.pages = Pages.of(page.rows, page.next_before_seq);
			this.total = page.total;
			this.waiting = 0;
			this.loadingOlder = false;
			this.load = { state: 'ready' };
			this.#selectFirst();
			this.#lookAgain(told);
		} catch (error) {
			if (generation !== this.#generation) return;
			this.load = { state: 'failed', message: messageOf(error) };
		}
	}

	setFilter(change: Partial<CaptureFilter>): Promise<void> {
		const next = { ...this.filter, ...change };
		clearTimeout(this.#searchTimer);
		if (sameFilter(next, this.filter)) return Promise.resolve();
		this.filter = next;
		this.selection.marked.clear();
		this.#toTop();
		return this.reload();
	}

	showEndpoint(endpoint: EndpointId | null): Promise<void> {
		return this.setFilter({ endpoint, verdict: null });
	}

	showVerdict(verdict: VerdictKind): Promise<void> {
		return this.setFilter({ endpoint: null, verdict });
	}

	/** The search as it is typed; the list follows after a short pause. */
	search(query: string): void {
		clearTimeout(this.#searchTimer);
		this.#searchTimer = setTimeout(() => void this.setFilter({ query }), SEARCH_PAUSE_MS);
	}

	async loadOlder(): Promise<void> {
		const cursor = this.pages.next_before_seq;
		if (cursor === null || this.loadingOlder) return;
		const generation = this.#generation;
		this.loadingOlder = true;
		try {
			const page = await this.#backend.listCaptures(this.filter, cursor, PAGE_ROWS);
			if (generation !== this.#generation) return;
			this.pages = this.pages.withOlder(page.rows, page.next_before_seq);
		} catch (error) {
			if (generation === this.#generation) this.load = { state: 'failed', message: messageOf(error) };
		} finally {
			if (generation === this.#generation) this.loadingOlder = false;
		}
	}

	/** The view shows these rows now: reads what is missing, drops what is far. */
	shown(first: number, end: number): void {
		this.#firstVisible = first;
		this.#endVisible = end;
		if (this.load.state !== 'ready' || this.#jumping) return;
		this.pages = this.pages.keepNear(Math.floor((first + end) / 2), this.selection.id);
		for (const missing of this.pages.missing(first, end)) void this.#restore(missing);
		if (end >= this.pages.count) void this.loadOlder();
	}

	async #restore(missing: { before_seq: number; count: number }): Promise<void> {
		if (this.#restoring.has(missing.before_seq)) return;
		const generation = this.#generation;
		this.#restoring.add(missing.before_seq);
		try {
			const page = await this.#backend.listCaptures(this.filter, missing.before_seq, missing.count);
			if (generation !== this.#generation) return;
			this.pages = this.pages.restored(missing.before_seq, page.rows).keepNear(this.#firstVisible, this.selection.id);
		} catch (error) {
			if (generation === this.#generation) this.load = { state: 'failed', message: messageOf(error) };
		} finally {
			this.#restoring.delete(missing.before_seq);
		}
	}

	/** Takes a notice in; the list is about captures and what was found out about them. */
	take(notice: Notice): void {
		if (notice.kind === 'diagnosed' || notice.kind === 'duplicates') {
			this.#told += 1;
			void this.refreshRows();
		}
		if (notice.kind === 'captures') void this.#check.request();
		if (notice.kind === 'deleted') void this.#deletion.request();
	}

	/** Reads the rows in sight again and shows what changed in their places. */
	refreshRows(): Promise<void> {
		return this.#rowsRefresh.request();
	}

	async #refreshRows(): Promise<void> {
		const generation = this.#generation;
		const range = { first: this.#firstVisible, end: Math.max(this.#endVisible, this.#firstVisible + REFRESHED_ROWS) };
		const fresh = await readAgain(this.#backend, this.filter, this.pages, range);
		if (generation !== this.#generation) return;
		this.renew(fresh);
	}

	/** The rows of deleted captures go, wherever they stand: there is nothing behind them any more. */
	async #leaveOutDeleted(): Promise<void> {
		const generation = this.#generation;
		const { gone, total } = await readDeleted(this.#backend, this.filter, this.pages);
		if (generation !== this.#generation) return;
		this.pages = this.pages.without(gone);
		this.total = Math.max(this.pages.count, total - this.waiting);
		for (const id of gone) this.selection.marked.delete(id);
		if (this.pages.count === 0 && total > 0) await this.reload();
	}

	/** Puts newer readings of rows in the place of older ones; nothing moves. */
	renew(rows: readonly CaptureRow[]): void {
		this.pages = this.pages.updated(rows);
		for (const row of rows) this.selection.renew(row);
	}

	/** Shows new captures when pinned, counts them otherwise. */
	async #checkNew(): Promise<void> {
		if (this.load.state === 'failed') return;
		if (this.pinned) await this.showWaiting();
		else await this.#countWaiting();
	}

	async #countWaiting(): Promise<void> {
		const generation = this.#generation;
		try {
			const page = await this.#backend.listCaptures(this.filter, null, 1);
			if (generation !== this.#generation) return;
			const newest = page.rows[0];
			this.waiting = newest && newest.seq > this.pages.newest_seq ? Math.max(1, page.total - this.total) : 0;
		} catch {
			// The next notice counts again; the rows that are shown are still right.
		}
	}

	/** Puts the waiting captures on top. Returns how many rows were added above, so that the view can hold its place. */
	async showWaiting(): Promise<number> {
		const generation = this.#generation;
		const told = this.#told;
		try {
			const page = await this.#backend.listCaptures(this.filter, null, PAGE_ROWS);
			if (generation !== this.#generation) return 0;
			const newer = page.rows.filter((row) => row.seq > this.pages.newest_seq);
			this.waiting = 0;
			this.total = page.total;
			if (newer.length === 0) return 0;
			// More than a page arrived, or the top is not in memory: there would be a gap, so begin anew.
			if (newer.length === page.rows.length || !this.pages.topIsKept) {
				this.pages = Pages.of(page.rows, page.next_before_seq);
				this.loadingOlder = false;
				this.#generation += 1;
				this.#selectFirst();
				this.#lookAgain(told);
				return 0;
			}
			this.pages = this.pages.withNewer(newer);
			this.#selectFirst();
			this.#lookAgain(told);
			return newer.length;
		} catch (error) {
			if (generation === this.#generation) this.load = { state: 'failed', message: messageOf(error) };
			return 0;
		}
	}

	/** Stops or resumes the display; captures are stored all the same. */
	async setPaused(paused: boolean): Promise<void> {
		this.paused = paused;
		if (!paused && this.pinned) await this.showWaiting();
	}

	/** To the newest, with the selection given up, so that the list follows again. */
	async goNewest(): Promise<void> {
		this.selection.release();
		this.#toTop();
		// The newest rows may have been dropped on the way down.
		if (this.pages.topIsKept) await this.showWaiting();
		else await this.reload();
		const newest = this.pages.row(0);
		if (newest) this.selection.show(newest);
		this.#toTop();
	}

	#toTop(): void {
		this.atTop = true;
		this.scrollTop_px = 0;
		this.reveal = { index: 0 };
	}

	async goOldest(): Promise<void> {
		const generation = this.#generation;
		this.#jumping = true;
		try {
			for (let page = 0; page < MOST_JUMP_PAGES && this.pages.next_before_seq !== null; page += 1) {
				await this.loadOlder();
				if (generation !== this.#generation || this.load.state === 'failed') return;
				this.pages = this.pages.keepNear(this.pages.count - 1, this.selection.id);
			}
			this.selectAt(this.pages.count - 1);
		} finally {
			this.#jumping = false;
		}
	}

	selectAt(index: number): void {
		const row = this.pages.row(index);
		if (!row) return;
		this.select(row);
		this.reveal = { index };
	}

	/** A choice of the person: the list stops following from now on. */
	select(row: CaptureRow): void {
		this.selection.choose(row);
	}

	/** A verdict or a mark may have been told of after a row was read and before it stood in the list. */
	#lookAgain(toldBefore: number): void {
		if (this.#told !== toldBefore) void this.refreshRows();
	}

	/** Fills an empty detail; never replaces what it shows. */
	#selectFirst(): void {
		const newest = this.pages.row(0);
		if (this.selection.id === null && newest) this.selection.show(newest);
	}

	/** Shows a capture that need not be in the list, e.g. from a notification. */
	async openCapture(id: CaptureId): Promise<void> {
		const { row } = await this.#backend.getCapture(id);
		this.select(row);
		this.detailOpen = true;
		const index = this.pages.indexOf(id);
		if (index >= 0) this.reveal = { index };
		else if (!matchesFilter(row, this.filter) || row.seq > this.pages.newest_seq) await this.showSelectedInInbox();
		else await this.#loadUntil(row);
	}

	/** Clears the filter and reads on until the selected capture is in the list. */
	async showSelectedInInbox(): Promise<void> {
		const { row } = this.selection;
		if (!row) return;
		this.filter = NO_FILTER;
		await this.reload();
		await this.#loadUntil(row);
	}

	/** Reads older pages until the row is among them, at most `MOST_JUMP_PAGES`. */
	async #loadUntil(row: CaptureRow): Promise<void> {
		const generation = this.#generation;
		for (let page = 0; page < MOST_JUMP_PAGES && this.pages.indexOf(row.id) < 0; page += 1) {
			const cursor = this.pages.next_before_seq;
			// Everything newer than the cursor has been read.
			if (cursor === null || row.seq >= cursor) break;
			await this.loadOlder();
			if (generation !== this.#generation || this.load.state === 'failed') return;
		}
		const index = this.pages.indexOf(row.id);
		if (index >= 0) this.reveal = { index };
	}

	/** Moves by rows; `extend` keeps what was selected before. */
	move(step: 1 | -1, extend = false): void {
		const from = this.#selectedIndex;
		const to = from < 0 ? this.#firstVisible : from + step;
		const row = this.pages.row(to);
		if (!row) return;
		if (extend) this.selection.extendTo(row, this.pages);
		else this.select(row);
		this.reveal = { index: to };
	}

	nextUnread(): void {
		const at = this.pages.find(this.#selectedIndex + 1, 1, (row) => this.isUnread(row));
		if (at >= 0) this.selectAt(at);
	}

	/** The next older invalid capture; false when there is none. */
	async nextInvalid(): Promise<boolean> {
		const known = this.pages.find(this.#selectedIndex + 1, 1, (row) => row.verdict === 'invalid');
		if (known >= 0) {
			this.selectAt(known);
			return true;
		}
		const generation = this.#generation;
		const row = await readInvalid(this.#backend, this.filter, this.pages.next_before_seq);
		if (!row || generation !== this.#generation) return false;
		this.select(row);
		await this.#loadUntil(row);
		return true;
	}
}
