import type { Backend } from '../backend/backend';
import type { CaptureId, CaptureRow } from '../bindings';
import type { Inbox } from './inbox.svelte';

/** Stars what is selected, or takes the stars away when all of it has one. */
export async function toggleStars(backend: Pick<Backend, 'setStar'>, inbox: Inbox): Promise<void> {
	const { ids, id: shown, row: shownRow } = inbox.selection;
	if (ids.length === 0) return;
	const rows = ids.map((id) => inbox.pages.row(inbox.pages.indexOf(id)) ?? (id === shown ? shownRow : null));
	const starred = !rows.every((row) => row?.starred === true);
	await setStars(backend, inbox, ids, starred, rows.filter((row) => row !== null));
}

/** `rows`: those of them that are known, to be shown with it at once. */
export async function setStars(
	backend: Pick<Backend, 'setStar'>,
	inbox: Inbox,
	ids: CaptureId[],
	starred: boolean,
	rows: readonly CaptureRow[],
): Promise<void> {
	await backend.setStar(ids, starred);
	inbox.renew(rows.map((row) => ({ ...row, starred })));
	inbox.starsSet += 1;
}
