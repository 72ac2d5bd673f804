import { SvelteSet } from 'svelte/reactivity';
import type { CaptureId, CaptureRow } from '../bindings';
import type { RowOrder } from '../inbox/grouping';

/** Which captures are selected, by id: it survives filters, inserts and dropped pages. */
export class Selection {
	/** The capture the detail shows. */
	id: CaptureId | null = $state(null);
	/** Captures selected together; empty unless there are at least two. */
	readonly marked = new SvelteSet<CaptureId>();
	/** A person chose, so the list stops following. */
	byHand = $state(false);
	/** The row of `id` as it was when it was selected. */
	row: CaptureRow | null = $state.raw(null);
	/** Where a range begins. */
	#anchor: CaptureId | null = null;

	/** What an action on the selection is about. */
	get ids(): CaptureId[] {
		if (this.marked.size > 0) return [...this.marked];
		return this.id === null ? [] : [this.id];
	}

	/** A choice of the person. */
	choose(row: CaptureRow): void {
		this.byHand = true;
		this.marked.clear();
		this.#anchor = row.id;
		this.show(row);
	}

	/** Shows a capture without it being a choice. */
	show(row: CaptureRow): void {
		this.id = row.id;
		this.row = row;
	}

	/** A newer reading of the selected row. */
	renew(row: CaptureRow): void {
		if (row.id === this.id) this.row = row;
	}

	/** Keeps what is shown, but lets the list follow again. */
	release(): void {
		this.byHand = false;
		this.marked.clear();
	}

	clear(): void {
		this.release();
		this.#anchor = null;
		this.id = null;
		this.row = null;
	}

	/** Everything between the anchor and a row. */
	extendTo(row: CaptureRow, pages: RowOrder): void {
		const anchor = pages.indexOf(this.#anchor ?? this.id);
		const to = pages.indexOf(row.id);
		if (anchor < 0 || to < 0) {
			this.choose(row);
			return;
		}
		this.byHand = true;
		this.#anchor ??= pages.row(anchor)?.id ?? null;
		this.marked.clear();
		for (let index = Math.min(anchor, to); index <= Math.max(anchor, to); index += 1) {
			const between = pages.row(index);
			if (between) this.marked.add(between.id);
		}
		this.#show(row);
	}

	/** Every row that is loaded. Gives how many that are. */
	markAll(pages: RowOrder): number {
		const ids: CaptureId[] = [];
		for (let index = 0; index < pages.count; index += 1) {
			const row = pages.row(index);
			if (row) ids.push(row.id);
		}
		if (ids.length === 0) return 0;
		this.byHand = true;
		this.marked.clear();
		if (ids.length > 1) for (const id of ids) this.marked.add(id);
		// What the detail shows stays one of the selected.
		const shown = this.id !== null && this.marked.has(this.id) ? undefined : pages.row(pages.indexOf(ids[0] ?? null));
		if (shown) this.show(shown);
		return ids.length;
	}

	/** Adds a row or takes it out. */
	toggle(row: CaptureRow, pages: RowOrder): void {
		this.byHand = true;
		if (this.marked.size === 0 && this.id !== null) this.marked.add(this.id);
		if (this.marked.delete(row.id)) {
			// What the detail shows stays one of the selected.
			const next = row.id === this.id ? pages.row(pages.indexOf([...this.marked].at(-1) ?? null)) : this.row;
			if (next) this.#show(next);
			return;
		}
		this.marked.add(row.id);
		this.#anchor = row.id;
		this.#show(row);
	}

	#show(row: CaptureRow): void {
		if (this.marked.size < 2) this.marked.clear();
		this.show(row);
	}
}
