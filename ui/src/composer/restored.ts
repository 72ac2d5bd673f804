import type { DraftView } from '../bindings';
import { type DraftEdit, editOf } from './draft';

/**
 * A draft of a capture that begins with the body as it was signed. The capture stays what edits are compared with, so
 * that the composer shows what was restored, and discarding the edits goes back to what arrived.
 */
export function restoredEdit(draft: DraftView, signed: DraftView): { draft: DraftView; edit: DraftEdit } {
	if (signed.body_text === null) {
		throw new Error('The body as it was signed is not text or is too long for the editor, so it cannot be opened as a draft.');
	}
	const edit = editOf(draft);
	const left = new Map(draft.headers.map((header, key) => [key, header.name.toLowerCase()]));
	edit.headers = signed.headers.map((header, index) => {
		// A header keeps the place it was captured at; one that was not captured has a place of its own.
		const found = [...left].find(([, name]) => name === header.name.toLowerCase())?.[0];
		if (found !== undefined) left.delete(found);
		return { key: found ?? draft.headers.length + index, name: header.name, value: header.value };
	});
	// Bytes that arrived as no text are compared as nothing: an unchanged text would send the captured bytes.
	const base = draft.body_text === null ? { ...draft, body_text: '' } : draft;
	edit.bodyText = signed.body_text === base.body_text ? null : signed.body_text;
	return { draft: base, edit };
}
