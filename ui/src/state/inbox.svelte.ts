import { SvelteSet } from 'svelte/reactivity';
import type { Backend } from '../backend/backend';
import type { CaptureFilter, CaptureId, CaptureRow, EndpointId, Notice, VerdictKind } from '../bindings';
import type { RowOrder } from '../inbox/grouping';
import type { Pages, Stretch } from '../inbox/pages';
import { withTerm } from '../inbox/queryText';
import { CaptureFeed, type Load } from './captureFeed.svelte';
import { isFiltering, isSearch, NO_FILTER, sameFilter } from './captureFilter';
import { isFound, OneAtATime, readAgain, readDeleted, readInvalid } from './freshRows';
import { SearchText } from './searchText.svelte';
import { CaptureWork } from './captureWork.svelte';
import { Selection } from './selection.svelte';
import { Throttle } from './throttle';

export { NO_FILTER };

/** Rows that are read again at least: new ones stand on top before the view says that it shows them. */
const REFRESHED_ROWS = 40;
/** What waits is counted to this where only looking tells; the pill says no more than that. */
const MOST_WAITING = 100;
/** While captures pour in, a search looks for new ones at most this often, milliseconds. */
const SEARCH_AGAIN_MS = 500;

/**
 * The list of captures: what is loaded, what waits behind the pill, what is selected.
 *
 * Nothing moves under the reader's eyes: new captures are put on top only while the list is *pinned*, that is scrolled
 * to the top with nothing selected by hand; otherwise they are counted and wait.
 */
export class Inbox {
	/** What the filter finds. */
	readonly feed: CaptureFeed;
	/** What stands in the search field. */
	readonly searchText: SearchText;
	/** Captures that match the filter and wait to be shown. */
	waiting = $state(0);
	paused = $state(false);
	/** Whether the list is scrolled to the top; the view keeps it up to date. */
	atTop = $state(true);
	readonly selection = new Selection();
	/** Menus and dialogs about captures, and what can be undone. */
	readonly work = new CaptureWork();
	/** In a narrow window: whether the detail covers the list. */
	detailOpen = $state(false);
	/** Asks the view to bring a row into sight; the view sets it back to null. */
	reveal: { index: number } | null = $state.raw(null);
	/** Grows when stars were set: an open detail reads its capture again. */
	starsSet = $state(0);
	/** The order the view shows the rows in when that is not the order of arrival. */
	grouped: RowOrder | null = $state.raw(null);
	/** Where the view is scrolled to, pixels; kept while another screen is shown. */
	scrollTop_px = 0;

	#selectedIndex = $derived(this.pages.indexOf(this.selection.id));
	/** A selected capture that was found not to match the filter. */
	#hiddenId: CaptureId | null = $state(null);

	#backend: Backend;
	#read = new SvelteSet<CaptureId>();
	/** Captures up to this one were there when the window opened; they are not unread. */
	#oldSeq: number;
	readonly #check = new OneAtATime(() => this.#checkNew());
	readonly #searchAgain = new Throttle(() => this.#check.request(), SEARCH_AGAIN_MS);
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
		this.feed = new CaptureFeed(backend);
		this.feed.latestSeq = latest_seq;
		this.searchText = new SearchText(backend, (query) => void this.setFilter({ query }));
	}

	get filter(): CaptureFilter {
		return this.feed.filter;
	}

	get pages(): Pages {
		return this.feed.pages;
	}

	/** Captures that match the filter and are in the list or older than it; at least, while `totalIsExact` is false. */
	get total(): number {
		return this.feed.total;
	}

	get totalIsExact(): boolean {
		return this.feed.totalIsExact;
	}

	get load(): Load {
		return this.feed.load;
	}

	get loadingOlder(): boolean {
		return this.feed.loadingOlder;
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
		return isFiltering(this.filter);
	}

	/** The selected capture does not match the filter, so the list cannot show where it is. */
	get selectionHidden(): boolean {
		return this.selectedId !== null && this.#selectedIndex < 0 && this.#hiddenId === this.selectedId;
	}

	isUnread(row: CaptureRow): boolean {
		return row.seq > this.#oldSeq && !this.#read.has(row.id);
	}

	markRead(id: CaptureId): void {
		this.#read.add(id);
	}

	/** Reads the first page of the present filter. */
	reload(): Promise<void> {
		return this.#show(this.filter);
	}

	async #show(filter: CaptureFilter): Promise<void> {
		const told = this.#told;
		this.#searchAgain.cancel();
		if ((await this.feed.read(filter)) !== 'read') return;
		this.waiting = 0;
		this.#selectFirst();
		this.#lookAgain(told);
		await this.#askAboutSelection();
	}

	/** Whether the selected capture, which the list does not show, matches the filter. */
	async #askAboutSelection(): Promise<void> {
		const { row } = this.selection;
		const { filter } = this;
		const found = row === null || this.#selectedIndex >= 0 || (await isFound(this.#backend, filter, row).catch(() => true));
		if (this.filter === filter) this.#hiddenId = found ? null : (row?.id ?? null);
	}

	/** A query that cannot be understood leaves the list as it is; the search field says what is wrong. */
	setFilter(change: Partial<CaptureFilter>): Promise<void> {
		const next = { ...this.filter, ...change };
		if (change.query !== undefined && change.query !== this.searchText.text.trim()) this.searchText.show(change.query);
		if (sameFilter(next, this.filter)) return Promise.resolve();
		this.selection.marked.clear();
		this.#toTop();
		return this.#show(next);
	}

	showEndpoint(endpoint: EndpointId | null): Promise<void> {
		return this.setFilter({ endpoint, verdict: null });
	}

	showVerdict(verdict: VerdictKind): Promise<void> {
		return this.setFilter({ endpoint: null, verdict });
	}

	/** Only what a query finds, whichever endpoint took it. */
	showQuery(query: string): Promise<void> {
		return this.setFilter({ endpoint: null, verdict: null, query });
	}

	/** The search as it is typed; the list follows after a short pause. */
	search(query: string): void {
		this.searchText.type(query);
	}

	/** Narrows the search to what a term says, e.g. `event:invoice.paid`; see `inbox/queryText.ts` for the quotes of values. */
	addTerm(term: string): Promise<void> {
		const text = this.searchText.isGood ? this.searchText.text : this.filter.query;
		return this.setFilter({ query: withTerm(text, term) });
	}

	loadOlder(): Promise<void> {
		return this.feed.loadOlder();
	}

	/** The view shows these rows now: reads what is missing, drops what is far. */
	shown(first: number, end: number): void {
		this.#firstVisible = first;
		this.#endVisible = end;
		if (this.load.state !== 'ready' || this.#jumping) return;
		this.feed.keepNear(Math.floor((first + end) / 2), this.selection.id);
		for (const missing of this.pages.missing(first, end)) void this.#restore(missing);
		if (end >= this.pages.count && !this.feed.stopped) void this.loadOlder();
	}

	/** The view shows the rows put together: all of them count as seen, and older ones are read while there are fewer than `most`. */
	shownTogether(atEnd: boolean, most: number): void {
		this.#firstVisible = 0;
		this.#endVisible = this.pages.count;
		if (this.load.state !== 'ready' || this.#jumping) return;
		// Rows of dropped pages cannot be put together: begin anew at the newest.
		if (this.pages.missing(0, this.pages.count).length > 0) void this.reload();
		else if (atEnd && this.pages.count < most) void this.loadOlder();
	}

	async #restore(missing: Stretch): Promise<void> {
		if (await this.feed.restore(missing)) this.feed.keepNear(this.#firstVisible, this.selection.id);
	}

	/** Takes a notice in; the list is about captures and what was found out about them. */
	take(notice: Notice): void {
		if (notice.kind === 'diagnosed' || notice.kind === 'duplicates') {
			this.#told += 1;
			void this.refreshRows();
		}
		if (notice.kind === 'captures') {
			this.feed.latestSeq = notice.latest_seq;
			if (isSearch(this.filter)) this.#searchAgain.request();
			else void this.#check.request();
		}
		if (notice.kind === 'deleted') void this.#deletion.request();
	}

	/** Reads the rows in sight again and shows what changed in their places. */
	refreshRows(): Promise<void> {
		return this.#rowsRefresh.request();
	}

	async #refreshRows(): Promise<void> {
		const { generation } = this.feed;
		const range = { first: this.#firstVisible, end: Math.max(this.#endVisible, this.#firstVisible + REFRESHED_ROWS) };
		const fresh = await readAgain(this.#backend, this.filter, this.pages, range);
		if (generation !== this.feed.generation) return;
		this.renew(fresh);
	}

	/** The rows of deleted captures go, wherever they stand: there is nothing behind them any more. */
	async #leaveOutDeleted(): Promise<void> {
		const { generation } = this.feed;
		const gone = await readDeleted(this.#backend, this.filter, this.pages);
		if (generation !== this.feed.generation) return;
		this.feed.leaveOut(gone);
		for (const id of gone) this.selection.marked.delete(id);
		await this.feed.recount(this.waiting);
		if (this.pages.count === 0 && this.total > 0) await this.reload();
	}

	/** Puts newer readings of rows in the place of older ones; nothing moves. */
	renew(rows: readonly CaptureRow[]): void {
		this.feed.renew(rows);
		for (const row of rows) this.selection.renew(row);
	}

	/** Shows new captures when pinned, counts them otherwise. */
	async #checkNew(): Promise<void> {
		if (this.load.state === 'failed') return;
		if (this.pinned) await this.showWaiting();
		else this.waiting = (await this.feed.countNewer(MOST_WAITING)) ?? this.waiting;
	}

	/** Puts the waiting captures on top. Returns how many rows were added above, so that the view can hold its place. */
	async showWaiting(): Promise<number> {
		const told = this.#told;
		const added = await this.feed.takeNewer();
		if (this.load.state === 'failed') return 0;
		this.waiting = 0;
		if (added === 0) return 0;
		this.#selectFirst();
		this.#lookAgain(told);
		return added === 'anew' ? 0 : added;
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
		if (this.grouped !== null) {
			const last = this.grouped.row(this.grouped.count - 1);
			if (last) this.selectAt(this.pages.indexOf(last.id));
			return;
		}
		this.#jumping = true;
		try {
			const arrived = await this.feed.loadWhile(({ next_before_seq }) => {
				this.feed.keepNear(this.pages.count - 1, this.selection.id);
				return next_before_seq !== null;
			});
			if (arrived) this.selectAt(this.pages.count - 1);
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
		else if (row.seq > this.pages.newest_seq || !(await isFound(this.#backend, this.filter, row))) await this.showSelectedInInbox();
		else await this.loadUntil(row);
	}

	/** Clears the filter and reads on until the selected capture is in the list. */
	async showSelectedInInbox(): Promise<void> {
		const { row } = this.selection;
		if (!row) return;
		this.searchText.show('');
		await this.#show(NO_FILTER);
		await this.loadUntil(row);
	}

	/** Reads older pages until the row is among them. */
	async loadUntil(row: CaptureRow): Promise<void> {
		// Everything newer than the cursor has been read.
		const arrived = await this.feed.loadWhile(
			(pages) => pages.indexOf(row.id) < 0 && pages.next_before_seq !== null && row.seq < pages.next_before_seq,
		);
		const index = this.pages.indexOf(row.id);
		if (arrived && index >= 0) this.reveal = { index };
	}

	/** Moves by rows; `extend` keeps what was selected before. */
	move(step: 1 | -1, extend = false): void {
		const order: RowOrder = this.grouped ?? this.pages;
		const from = order.indexOf(this.selection.id);
		const to = from < 0 ? this.#firstVisible : from + step;
		const row = order.row(to);
		if (!row) return;
		if (extend) this.selection.extendTo(row, order);
		else this.select(row);
		this.reveal = { index: this.pages.indexOf(row.id) };
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
		const { generation } = this.feed;
		const isWanted = () => generation === this.feed.generation;
		const row = await readInvalid(this.#backend, this.filter, this.pages.next_before_seq, isWanted);
		if (!row || !isWanted()) return false;
		this.select(row);
		await this.loadUntil(row);
		return true;
	}
}
