import type { Backend } from '../backend/backend';
import type { Notice, RejectedPage, RejectedRow } from '../bindings';
import { OneAtATime } from '../state/freshRows';
import { messageOf } from '../state/toasts.svelte';

/** Rows per page. */
export const REJECTED_PAGE_ROWS = 100;
/** How many pages a jump to the oldest reads at most, so that a key press always ends. */
const MOST_JUMP_PAGES = 50;

type Load = { state: 'loading' } | { state: 'ready' } | { state: 'failed'; message: string };

/**
 * The rejected requests, newest first. As in the inbox nothing moves under the reader's eyes: new ones are put on top
 * only while the list is scrolled to the top and nothing was chosen by hand; otherwise they wait.
 */
export class RejectedFeed {
	load: Load = $state.raw({ state: 'loading' });
	rows: readonly RejectedRow[] = $state.raw([]);
	/** How many are listed in all. */
	total = $state(0);
	/** How many newer ones wait to be shown, counted to a page's worth. */
	waiting = $state(0);
	loadingOlder = $state(false);
	/** The one that is shown beside the list. It stays, also when it leaves the list. */
	selected: RejectedRow | null = $state.raw(null);
	/** Whether the list is scrolled to the top; the view keeps it up to date. */
	atTop = $state(true);
	/** Asks the view to bring a row into sight; the view sets it back to null. */
	reveal: { index: number } | null = $state.raw(null);

	#byHand = false;
	#nextBeforeId: number | null = null;
	#generation = 0;
	readonly #backend: Pick<Backend, 'listRejected' | 'clearRejected'>;
	readonly #check = new OneAtATime(() => this.#lookForNew());

	constructor(backend: Pick<Backend, 'listRejected' | 'clearRejected'>) {
		this.#backend = backend;
	}

	get selectedIndex(): number {
		return this.selected === null ? -1 : this.#indexOf(this.selected.id);
	}

	/** Only then are new ones put on top by themselves. */
	get pinned(): boolean {
		return this.atTop && !this.#byHand;
	}

	async reload(): Promise<void> {
		const generation = ++this.#generation;
		this.load = { state: 'loading' };
		try {
			const page = await this.#backend.listRejected(null, REJECTED_PAGE_ROWS);
			if (generation === this.#generation) this.#begin(page);
		} catch (error) {
			if (generation === this.#generation) this.load = { state: 'failed', message: messageOf(error) };
		}
	}

	async loadOlder(): Promise<void> {
		const cursor = this.#nextBeforeId;
		if (cursor === null || this.loadingOlder || this.load.state !== 'ready') return;
		const generation = this.#generation;
		this.loadingOlder = true;
		try {
			const page = await this.#backend.listRejected(cursor, REJECTED_PAGE_ROWS);
			if (generation !== this.#generation) return;
			this.rows = [...this.rows, ...page.rows];
			this.#nextBeforeId = page.next_before_id;
		} catch (error) {
			if (generation === this.#generation) this.load = { state: 'failed', message: messageOf(error) };
		} finally {
			this.loadingOlder = false;
		}
	}

	take(notice: Notice): void {
		if (notice.kind === 'rejected') void this.#check.request();
	}

	/** Puts what waits on top. Returns how many rows were added above, so that the view can hold its place. */
	async showWaiting(): Promise<number> {
		const generation = this.#generation;
		const page = await this.#backend.listRejected(null, REJECTED_PAGE_ROWS);
		if (generation !== this.#generation) return 0;
		return this.#insert(page);
	}

	/** To the newest, with the choice given up, so that the list follows again. */
	async goNewest(): Promise<void> {
		this.#byHand = false;
		this.atTop = true;
		await this.showWaiting();
		this.selected = this.rows[0] ?? null;
		this.reveal = { index: 0 };
	}

	async goOldest(): Promise<void> {
		for (let page = 0; page < MOST_JUMP_PAGES && this.#nextBeforeId !== null; page += 1) {
			await this.loadOlder();
			if (this.load.state !== 'ready') return;
		}
		this.selectAt(this.rows.length - 1);
	}

	/** A choice of the person: the list stops following from now on. */
	select(row: RejectedRow): void {
		this.#byHand = true;
		this.selected = row;
	}

	selectAt(index: number): void {
		const row = this.rows[Math.min(Math.max(index, 0), this.rows.length - 1)];
		if (!row) return;
		this.select(row);
		this.reveal = { index: this.#indexOf(row.id) };
	}

	move(step: number): void {
		this.selectAt(this.selectedIndex < 0 ? 0 : this.selectedIndex + step);
	}

	/** Keeps what is shown, but lets the list follow again. */
	release(): void {
		this.#byHand = false;
		if (this.pinned && this.waiting > 0) void this.#check.request();
	}

	async clear(): Promise<void> {
		await this.#backend.clearRejected();
		this.#byHand = false;
		this.selected = null;
		await this.reload();
	}

	#begin(page: RejectedPage): void {
		this.rows = page.rows;
		this.total = page.total;
		this.waiting = 0;
		this.#nextBeforeId = page.next_before_id;
		this.load = { state: 'ready' };
		if (this.selected === null) this.selected = page.rows[0] ?? null;
	}

	async #lookForNew(): Promise<void> {
		if (this.load.state !== 'ready') return;
		const generation = this.#generation;
		const page = await this.#backend.listRejected(null, REJECTED_PAGE_ROWS);
		if (generation !== this.#generation) return;
		if (this.pinned || page.rows.length === 0) {
			this.#insert(page);
			return;
		}
		this.#renew(page);
		this.waiting = this.#newerOf(page).length;
	}

	#insert(page: RejectedPage): number {
		const newer = this.#newerOf(page);
		// More than a page is new, or the list was cleared meanwhile: there would be a gap, so begin anew.
		if (newer.length === page.rows.length) {
			this.#generation += 1;
			if (page.rows.length === 0) this.selected = null;
			this.#begin(page);
			return 0;
		}
		this.#renew(page);
		this.waiting = 0;
		this.rows = [...newer, ...this.rows];
		return newer.length;
	}

	#newerOf(page: RejectedPage): RejectedRow[] {
		const newest = this.rows[0]?.id ?? -1;
		return page.rows.filter((row) => row.id > newest);
	}

	/** The same thing may have happened again: its row counts it and stays where it is. */
	#renew(page: RejectedPage): void {
		const fresh = new Map(page.rows.map((row) => [row.id, row]));
		this.total = page.total;
		this.rows = this.rows.map((row) => fresh.get(row.id) ?? row);
		if (this.selected !== null) this.selected = fresh.get(this.selected.id) ?? this.selected;
	}

	#indexOf(id: number): number {
		return this.rows.findIndex((row) => row.id === id);
	}
}
