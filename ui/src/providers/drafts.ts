import type { RecipeSource } from '../state/router.svelte';

const PREFIX = 'hookglass.recipe.';

/**
 * Edits of recipes that were not saved. They survive leaving the editor and closing the window; a recipe holds no
 * secret, so they may lie in the page's own storage.
 */
export class RecipeDrafts {
	readonly #storage: Storage;

	constructor(storage: Storage) {
		this.#storage = storage;
	}

	get(source: RecipeSource): string | null {
		return this.#storage.getItem(keyOf(source));
	}

	has(source: RecipeSource): boolean {
		return this.get(source) !== null;
	}

	/** false: the storage is full, so the edits live in the editor alone. */
	keep(source: RecipeSource, text: string): boolean {
		try {
			this.#storage.setItem(keyOf(source), text);
			return true;
		} catch {
			return false;
		}
	}

	drop(source: RecipeSource): void {
		this.#storage.removeItem(keyOf(source));
	}
}

function keyOf(source: RecipeSource): string {
	switch (source.kind) {
		case 'new':
			return `${PREFIX}new`;
		case 'mend':
			return `${PREFIX}mend:${source.file}`;
		default:
			return `${PREFIX}${source.kind}:${source.id}`;
	}
}
