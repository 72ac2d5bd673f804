import type { Backend } from '../backend/backend';
import type { QueryProblem, QueryView } from '../bindings';

/** Typing is answered by the list after this pause, milliseconds. */
const SEARCH_PAUSE_MS = 120;

const NOTHING: QueryView = { reading: '', canonical: '', tokens: [], problem: null };

/** The text in the search field: what it means, what is wrong with it, and when the list follows it. */
export class SearchText {
	text = $state('');
	/** What the newest text that was explained means; that of `text` follows in a moment. */
	explained: { text: string; view: QueryView } = $state.raw({ text: '', view: NOTHING });

	readonly #backend: Pick<Backend, 'explainSearch'>;
	readonly #follow: (query: string) => void;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#explaining: Promise<void> = Promise.resolve();

	/** `follow` shows what a text finds. */
	constructor(backend: Pick<Backend, 'explainSearch'>, follow: (query: string) => void) {
		this.#backend = backend;
		this.#follow = follow;
	}

	/** What is wrong with the text; null while that is not known. */
	get problem(): QueryProblem | null {
		return this.explained.text === this.text ? this.explained.view.problem : null;
	}

	/** Whether the list can follow the text. */
	get isGood(): boolean {
		return this.explained.text === this.text && this.explained.view.problem === null;
	}

	/** The text as it is typed; the list follows after a short pause, if it can be understood. */
	type(text: string): void {
		this.show(text);
		this.#timer = setTimeout(() => void this.#settle(), SEARCH_PAUSE_MS);
	}

	/** Puts a text there that the list shows already, or is about to. */
	show(text: string): void {
		clearTimeout(this.#timer);
		this.text = text;
		this.#explaining = this.#explain(text);
	}

	/** Shows what the text finds now; false when it cannot be understood. */
	async apply(): Promise<boolean> {
		clearTimeout(this.#timer);
		return this.#settle();
	}

	async #settle(): Promise<boolean> {
		await this.#explaining;
		if (!this.isGood) return false;
		this.#follow(this.text.trim());
		return true;
	}

	async #explain(text: string): Promise<void> {
		if (text.trim() === '') {
			this.explained = { text, view: NOTHING };
			return;
		}
		// What cannot be explained is shown without colours; the list then says what fails.
		const view = await this.#backend.explainSearch(text).catch(() => NOTHING);
		if (text === this.text) this.explained = { text, view };
	}
}
