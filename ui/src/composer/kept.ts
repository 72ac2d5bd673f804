import type { CaptureId } from '../bindings';
import type { DraftEdit } from './draft';

export type KeptDraft = { edit: DraftEdit; formatted: boolean };

/** Edits survive leaving the composer, as long as the window is open. */
const kept = new Map<CaptureId, KeptDraft>();
/** Older drafts go first; bodies of drafts are at most 5 MiB each. */
const MOST_DRAFTS = 20;

export function keepDraft(id: CaptureId, draft: KeptDraft): void {
	kept.delete(id);
	kept.set(id, draft);
	for (const oldest of kept.keys()) {
		if (kept.size <= MOST_DRAFTS) break;
		kept.delete(oldest);
	}
}

export function keptDraft(id: CaptureId): KeptDraft | null {
	return kept.get(id) ?? null;
}

export function dropDraft(id: CaptureId): void {
	kept.delete(id);
}
