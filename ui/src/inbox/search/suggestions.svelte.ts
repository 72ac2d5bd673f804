import type { Backend } from '../../backend/backend';
import type { CompletionItem, CompletionView } from '../../bindings';

/** A change of the text in the field. */
export interface Edit {
	from: number;
	to: number;
	insert: string;
	/** The text goes on with a value, so the next suggestions are wanted at once. */
	goesOn: boolean;
}

/** What can stand at the cursor: asked for as one types, one question at a time. */
export class Suggestions {
	/** −1: none is chosen, so Enter is not about them. */
	active = $state(-1);
	#isWanted = $state(false);
	/** The newest answer and what it was about. */
	#answer: { text: string; cursor: number; view: CompletionView } | null = $state.raw(null);
	#asked: { text: string; cursor: number } | null = null;
	#running = false;
	readonly #backend: Pick<Backend, 'completeSearch'>;

	constructor(backend: Pick<Backend, 'completeSearch'>) {
		this.#backend = backend;
	}

	get items(): readonly CompletionItem[] {
		return this.#isWanted && this.#answer !== null ? this.#answer.view.items : [];
	}

	get open(): boolean {
		return this.items.length > 0;
	}

	/** Opens them for a place in the text. */
	async ask(text: string, cursor: number): Promise<void> {
		this.#isWanted = true;
		this.#asked = { text, cursor };
		if (this.#running) return;
		this.#running = true;
		try {
			for (let asked = this.#take(); asked !== null; asked = this.#take()) {
				const view = await this.#backend.completeSearch(asked.text, asked.cursor);
				this.active = -1;
				this.#answer = { ...asked, view: withoutWhatStands(asked.text, view) };
			}
		} catch {
			// The text can be written without them.
			this.close();
		} finally {
			this.#running = false;
		}
	}

	#take(): { text: string; cursor: number } | null {
		const asked = this.#asked;
		this.#asked = null;
		return asked;
	}

	close(): void {
		this.#isWanted = false;
		this.#answer = null;
		this.#asked = null;
		this.active = -1;
	}

	/** To the next or the one before, round. */
	move(step: 1 | -1): void {
		const { length } = this.items;
		if (length === 0) return;
		this.active = this.active < 0 ? (step > 0 ? 0 : length - 1) : (this.active + step + length) % length;
	}

	/** What choosing one changes; null when the answer is to an older text. */
	edit(index: number, text: string): Edit | null {
		const item = this.items[index];
		if (!item || this.#answer?.text !== text) return null;
		const { from, to } = this.#answer.view;
		const goesOn = /[.:]$/.test(item.insert);
		const isLast = /^\s*$/.test(text.slice(to));
		return { from, to: isLast ? text.length : to, insert: goesOn || !isLast ? item.insert : `${item.insert} `, goesOn };
	}
}

/** One that would change nothing is none. */
function withoutWhatStands(text: string, view: CompletionView): CompletionView {
	const stands = text.slice(view.from, view.to);
	const [only] = view.items;
	return view.items.length === 1 && only?.insert === stands ? { ...view, items: [] } : view;
}
