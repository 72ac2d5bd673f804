import type { CaptureId, CaptureNotes } from '../bindings';

/** The note and labels of the capture that is shown. */
export class NotesLoad {
	/** null: not read yet, or they cannot be. */
	notes: CaptureNotes | null = $state.raw(null);
	/** Whether it is known what there is; the head waits for it, so that nothing below moves when it comes. */
	settled = $state(false);
	readonly #fetch: (id: CaptureId) => Promise<CaptureNotes>;
	#id: CaptureId | null = null;

	constructor(fetch: (id: CaptureId) => Promise<CaptureNotes>) {
		this.#fetch = fetch;
	}

	async open(id: CaptureId | null): Promise<void> {
		if (this.#id === id) return;
		this.#id = id;
		this.notes = null;
		this.settled = id === null;
		await this.refresh();
	}

	async refresh(): Promise<void> {
		const id = this.#id;
		if (id === null) return;
		try {
			const notes = await this.#fetch(id);
			if (this.#id === id) this.notes = notes;
		} catch {
			// The capture is shown without them; the editor says what is wrong when it is opened.
		} finally {
			if (this.#id === id) this.settled = true;
		}
	}

	/** Whether there is anything to show. */
	get some(): boolean {
		return this.notes !== null && (this.notes.note !== '' || this.notes.labels.length > 0);
	}
}
