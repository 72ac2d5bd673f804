import type { CaptureId, CaptureNotes, LabelCount, Notice } from '../bindings';
import { commandError } from './examples';
import type { MemoryCapture } from './memory';

/** How long deleted captures can come back, milliseconds. */
const UNDO_MS = 10 * 60 * 1000;
const NOTE_CHARS_MAX = 10_000;
const LABEL_CHARS_MAX = 40;

/** The captures of a `MemoryBackend`. */
interface Holder {
	captures: MemoryCapture[];
	notify(notice: Notice): void;
}

/** Notes, labels and deleted captures, in memory. */
export class MemoryNotes {
	notes = new Map<CaptureId, string>();
	labelled = new Map<CaptureId, Set<string>>();
	/** Deletions that were asked for. */
	deletions: CaptureId[][] = [];
	#deleted = new Map<CaptureId, { capture: MemoryCapture; at: number }>();
	readonly #answer: () => Promise<void>;
	readonly #holder: Holder;

	constructor(answer: () => Promise<void>, holder: Holder) {
		this.#answer = answer;
		this.#holder = holder;
	}

	async captureNotes(id: CaptureId): Promise<CaptureNotes> {
		await this.#answer();
		return { note: this.notes.get(id) ?? '', labels: [...(this.labelled.get(id) ?? [])].sort() };
	}

	async setNote(id: CaptureId, note: string): Promise<CaptureNotes> {
		await this.#answer();
		if (note.length > NOTE_CHARS_MAX) throw commandError('invalid_input', `note: write at most ${NOTE_CHARS_MAX} characters.`);
		if (!this.#holder.captures.some((capture) => capture.row.id === id)) {
			throw commandError('not_found', 'This capture does not exist any more.');
		}
		this.notes.set(id, note.trim() === '' ? '' : note);
		this.#holder.notify({ kind: 'duplicates' });
		return this.captureNotes(id);
	}

	async setLabel(ids: CaptureId[], label: string, on: boolean): Promise<void> {
		await this.#answer();
		const name = label.trim();
		if (name === '' || name.length > LABEL_CHARS_MAX || name.includes('"')) {
			throw commandError('invalid_input', `label: write 1 to ${LABEL_CHARS_MAX} characters, without quotes and line breaks.`);
		}
		for (const id of ids) {
			const labels = this.labelled.get(id) ?? new Set();
			if (on) labels.add(name);
			else labels.delete(name);
			this.labelled.set(id, labels);
		}
		this.#holder.notify({ kind: 'duplicates' });
	}

	async labels(): Promise<LabelCount[]> {
		await this.#answer();
		const counts = new Map<string, number>();
		for (const labels of this.labelled.values()) for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
		return [...counts].map(([label, captures]) => ({ label, captures })).sort((a, b) => b.captures - a.captures);
	}

	async deleteCaptures(ids: CaptureId[]): Promise<CaptureId[]> {
		await this.#answer();
		this.deletions.push(ids);
		const going = this.#holder.captures.filter((capture) => ids.includes(capture.row.id));
		for (const capture of going) this.#deleted.set(capture.row.id, { capture, at: Date.now() });
		this.#holder.captures = this.#holder.captures.filter((capture) => !going.includes(capture));
		this.#tell();
		return going.map((capture) => capture.row.id);
	}

	async undoDelete(ids: CaptureId[]): Promise<number> {
		await this.#answer();
		const back = ids.flatMap((id) => {
			const deleted = this.#deleted.get(id);
			return deleted && Date.now() - deleted.at <= UNDO_MS ? [deleted.capture] : [];
		});
		for (const { row } of back) this.#deleted.delete(row.id);
		this.#holder.captures = [...this.#holder.captures, ...back].sort((a, b) => a.row.seq - b.row.seq);
		this.#tell();
		return back.length;
	}

	#tell(): void {
		const { captures } = this.#holder;
		const newest = captures.at(-1)?.row;
		this.#holder.notify({
			kind: 'captures',
			latest_seq: newest?.seq ?? 0,
			total: captures.length,
			last_received_at: newest?.received_at ?? null,
		});
		this.#holder.notify({ kind: 'duplicates' });
	}
}
