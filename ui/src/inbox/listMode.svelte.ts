import { SvelteSet } from 'svelte/reactivity';

/** How the list puts captures together. */
export type Grouping = 'none' | 'endpoint' | 'provider' | 'event';

export const GROUPINGS: readonly { value: Grouping; label: string }[] = [
	{ value: 'none', label: 'No groups' },
	{ value: 'endpoint', label: 'Endpoint' },
	{ value: 'provider', label: 'Provider' },
	{ value: 'event', label: 'Event id' },
];

const ROWS_KEY = 'hookglass.list-rows';
const GROUP_KEY = 'hookglass.list-group';

/** How the rows of the list look and stand; remembered on this computer. */
export class ListMode {
	/** Rows of one line with columns instead of two lines. */
	table = $state(false);
	grouping: Grouping = $state('none');
	/** Groups a person opened or closed, by key. Families are closed at first, groups are open. */
	readonly toggled = new SvelteSet<string>();
	readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;

	constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
		this.#storage = storage;
		this.table = storage.getItem(ROWS_KEY) === 'table';
		const kept = storage.getItem(GROUP_KEY);
		this.grouping = GROUPINGS.find(({ value }) => value === kept)?.value ?? 'none';
	}

	/** Height of every row, pixels: equal heights keep the place of the list exact. */
	get rowHeight_px(): number {
		return this.table ? 28 : 48;
	}

	setTable(table: boolean): void {
		this.table = table;
		this.#storage.setItem(ROWS_KEY, table ? 'table' : 'comfortable');
	}

	setGrouping(grouping: Grouping): void {
		this.grouping = grouping;
		this.toggled.clear();
		this.#storage.setItem(GROUP_KEY, grouping);
	}

	isOpen(key: string): boolean {
		return this.toggled.has(key) === (this.grouping === 'event');
	}

	setOpen(key: string, open: boolean): void {
		if (this.isOpen(key) === open) return;
		if (!this.toggled.delete(key)) this.toggled.add(key);
	}
}
