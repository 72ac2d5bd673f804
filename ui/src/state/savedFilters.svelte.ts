import { SvelteMap } from 'svelte/reactivity';
import type { Backend } from '../backend/backend';
import type { CountView, SavedFilterInput, SavedFilterView } from '../bindings';
import { OneAtATime } from './freshRows';
import { Throttle } from './throttle';

/** While captures pour in, the counts are read anew at most this often, milliseconds. */
const COUNT_AGAIN_MS = 2_000;

/** The searches with a name, and how many captures each finds. */
export class SavedFilters {
	items: readonly SavedFilterView[] = $state.raw([]);
	/** By id; without an entry it is not known, or not understood. */
	readonly counts = new SvelteMap<string, CountView>();

	readonly #backend: Pick<Backend, 'savedFilters' | 'saveFilter' | 'orderFilters' | 'deleteFilter' | 'countSearch'>;
	readonly #counting = new OneAtATime(() => this.#count());
	readonly #countAgain = new Throttle(() => this.#counting.request(), COUNT_AGAIN_MS);

	constructor(backend: Pick<Backend, 'savedFilters' | 'saveFilter' | 'orderFilters' | 'deleteFilter' | 'countSearch'>) {
		this.#backend = backend;
	}

	async load(): Promise<void> {
		this.#take(await this.#backend.savedFilters());
	}

	/** Captures came, went or were judged again. */
	news(): void {
		if (this.items.length > 0) this.#countAgain.request();
	}

	close(): void {
		this.#countAgain.cancel();
	}

	/** The one whose text is this query. */
	of(query: string): SavedFilterView | null {
		const text = query.trim();
		return text === '' ? null : (this.items.find((filter) => filter.query.trim() === text) ?? null);
	}

	/** Changes one, or adds one at the end. */
	async save(input: SavedFilterInput): Promise<void> {
		this.#take(await this.#backend.saveFilter(input));
	}

	/** Moves one to a place among the others, from 0. */
	async move(id: string, to: number): Promise<void> {
		const moved = this.items.find((filter) => filter.id === id);
		if (!moved) return;
		const before = this.items;
		const others = before.filter((filter) => filter !== moved);
		// At once, so that the row stays under the pointer.
		this.items = [...others.slice(0, to), moved, ...others.slice(to)];
		try {
			this.items = await this.#backend.orderFilters(this.items.map((filter) => filter.id));
		} catch (error) {
			this.items = before;
			throw error;
		}
	}

	/** Deletes one and gives the way back, which puts it where it was. */
	async remove(filter: SavedFilterView): Promise<() => Promise<void>> {
		const order = this.items.map(({ id }) => id);
		this.items = await this.#backend.deleteFilter(filter.id);
		this.counts.delete(filter.id);
		return async () => {
			const { id, name, query } = filter;
			await this.#backend.saveFilter({ id, name, query });
			this.#take(await this.#backend.orderFilters(order));
		};
	}

	#take(items: readonly SavedFilterView[]): void {
		this.items = items;
		void this.#counting.request();
	}

	/** One after the other: a count may take a tenth of a second of a reader that the list also needs. */
	async #count(): Promise<void> {
		for (const { id, query } of this.items) {
			// A text that this version does not understand has no count.
			const count = await this.#backend.countSearch(query).catch(() => null);
			if (count === null) this.counts.delete(id);
			else if (this.items.some((filter) => filter.id === id)) this.counts.set(id, count);
		}
	}
}
