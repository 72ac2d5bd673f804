import type { CaptureId, CaptureRow } from '../bindings';
import type { Grouping } from './listMode.svelte';

/** Rows in the order they are shown in; `Pages` is one, too. */
export interface RowOrder {
	readonly count: number;
	row(index: number): CaptureRow | undefined;
	/** −1: it is not among them. */
	indexOf(id: CaptureId | null): number;
}

/** A retry family that stands in the place of its newest capture. */
export type Family = { key: string; times: number; open: boolean };

export type ListItem =
	| { kind: 'group'; key: string; label: string; count: number; open: boolean }
	/** `level` 2: within a group or an open family. */
	| { kind: 'capture'; row: CaptureRow; level: 1 | 2; family: Family | null };

/** What groups are called. */
export type GroupNames = { endpoint(row: CaptureRow): string; provider(row: CaptureRow): string };

/** The loaded rows put together, and which captures can be reached by key in which order. */
export class GroupedRows implements RowOrder {
	readonly items: readonly ListItem[];
	readonly #rows: CaptureRow[] = [];
	/** Where each capture stands among the reachable ones; of a hidden one where its group stands. */
	readonly #places = new Map<CaptureId, number>();
	/** The item of each capture; of a hidden one the item that stands for it. */
	readonly #items = new Map<CaptureId, number>();
	/** The key of the group or family of each capture. */
	readonly #keys = new Map<CaptureId, string>();

	constructor(rows: readonly CaptureRow[], grouping: Exclude<Grouping, 'none'>, isOpen: (key: string) => boolean, names: GroupNames) {
		const items: ListItem[] = [];
		for (const [key, members] of gathered(rows, grouping)) {
			if (grouping === 'event') this.#addFamily(items, key, members, isOpen(key));
			else this.#addGroup(items, key, members, isOpen(key), names[grouping]);
		}
		this.items = items;
	}

	get count(): number {
		return this.#rows.length;
	}

	row(index: number): CaptureRow | undefined {
		return this.#rows[index];
	}

	indexOf(id: CaptureId | null): number {
		return (id === null ? undefined : this.#places.get(id)) ?? -1;
	}

	/** Where a capture is drawn; −1: nowhere. */
	itemOf(id: CaptureId | null): number {
		return (id === null ? undefined : this.#items.get(id)) ?? -1;
	}

	/** The group or family a capture is in; null: in none that opens. */
	keyOf(id: CaptureId | null): string | null {
		return (id === null ? undefined : this.#keys.get(id)) ?? null;
	}

	/** Whether the capture has a row of its own. */
	isShown(id: CaptureId | null): boolean {
		const item = this.items[this.itemOf(id)];
		return item?.kind === 'capture' && item.row.id === id;
	}

	#addGroup(items: ListItem[], key: string, members: readonly CaptureRow[], open: boolean, name: (row: CaptureRow) => string): void {
		const [first] = members;
		if (!first) return;
		items.push({ kind: 'group', key, label: name(first), count: members.length, open });
		const header = items.length - 1;
		for (const row of members) {
			this.#keys.set(row.id, key);
			if (open) this.#add(items, row, 2, null);
			else this.#hide(row, header, this.#rows.length - 1);
		}
	}

	#addFamily(items: ListItem[], key: string, members: readonly CaptureRow[], open: boolean): void {
		const [newest, ...older] = members;
		if (!newest) return;
		this.#add(items, newest, 1, older.length > 0 ? { key, times: members.length, open } : null);
		if (older.length === 0) return;
		this.#keys.set(newest.id, key);
		const item = items.length - 1;
		const place = this.#rows.length - 1;
		for (const row of older) {
			this.#keys.set(row.id, key);
			if (open) this.#add(items, row, 2, null);
			else this.#hide(row, item, place);
		}
	}

	#add(items: ListItem[], row: CaptureRow, level: 1 | 2, family: Family | null): void {
		this.#items.set(row.id, items.length);
		this.#places.set(row.id, this.#rows.length);
		this.#rows.push(row);
		items.push({ kind: 'capture', row, level, family });
	}

	#hide(row: CaptureRow, item: number, place: number): void {
		this.#items.set(row.id, item);
		this.#places.set(row.id, place);
	}
}

/** Rows by key; groups stand where their newest row stands. */
function gathered(rows: readonly CaptureRow[], grouping: Exclude<Grouping, 'none'>): Map<string, CaptureRow[]> {
	const groups = new Map<string, CaptureRow[]>();
	for (const row of rows) {
		const key = keyFor(row, grouping);
		const group = groups.get(key);
		if (group) group.push(row);
		else groups.set(key, [row]);
	}
	return groups;
}

function keyFor(row: CaptureRow, grouping: Exclude<Grouping, 'none'>): string {
	if (grouping === 'endpoint') return `endpoint ${row.endpoint}`;
	if (grouping === 'provider') return `provider ${row.provider ?? ''}`;
	// Ids are unique only for the one who gives them; without an id nothing is known to belong together.
	return row.event_id === null ? `capture ${row.id}` : `event ${row.provider ?? row.endpoint} ${row.event_id}`;
}
