import type { CaptureId, CaptureRow, UnixMillis } from '../bindings';

/** How long the application keeps what was deleted, milliseconds. */
const UNDO_MS = 10 * 60 * 1000;

/** Captures that were deleted together. */
export interface Deletion {
	ids: readonly CaptureId[];
	at: UnixMillis;
	/** The message that offers to take it back. */
	toast?: number;
}

/** A menu that is to be shown: about which captures, and where. */
export interface MenuRequest {
	ids: readonly CaptureId[];
	/** The capture itself when there is one. */
	row: CaptureRow | null;
	/** Of the window, pixels. */
	x: number;
	y: number;
}

/** A note and labels as they stand in an editor. */
export interface NoteEdit {
	note: string;
	labels: string[];
}

/** What is being done to captures: the menu and dialogs that are open over the list, and what can be undone. */
export class CaptureWork {
	menu: MenuRequest | null = $state.raw(null);
	/** A capture that its detail is to send again as soon as it is shown; `ask`: after asking where to. */
	resending: { id: CaptureId; ask: boolean } | null = $state.raw(null);
	/** Whose note is being written. */
	noting: CaptureId | null = $state(null);
	/** Captures that are being given labels together. */
	labelling: readonly CaptureId[] | null = $state.raw(null);
	/** Captures that are many enough to ask before they are deleted. */
	confirming: readonly CaptureId[] | null = $state.raw(null);
	/** Opens the comparison of captures; null: there is none. With one capture it asks for the other. */
	oncompare: ((ids: readonly CaptureId[]) => void) | null = $state.raw(null);
	/** Grows when notes or labels were written: an open detail reads them again. */
	notesSet = $state(0);
	/** Captures that are being deleted: what still shows one of them does not tell that it is gone. */
	going: ReadonlySet<CaptureId> = new Set();
	/** What was written and not saved when the editor was left. */
	readonly unsaved = new Map<CaptureId, NoteEdit>();
	#deletions: readonly Deletion[] = $state.raw([]);

	/** The last deletion that can be taken back at that moment. */
	undoable(now: UnixMillis): Deletion | null {
		const last = this.#deletions.at(-1);
		return last && now - last.at <= UNDO_MS ? last : null;
	}

	deleted(deletion: Deletion): void {
		const old = deletion.at - UNDO_MS;
		this.#deletions = [...this.#deletions.filter(({ at }) => at >= old), deletion];
	}

	/** It is being taken back; false when it was before. */
	forget(deletion: Deletion): boolean {
		const kept = this.#deletions.filter((one) => one !== deletion);
		const known = kept.length < this.#deletions.length;
		this.#deletions = kept;
		return known;
	}
}
