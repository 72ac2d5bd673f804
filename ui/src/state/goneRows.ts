import type { Backend } from '../backend/backend';
import type { CaptureId, CaptureRow } from '../bindings';
import { isFound } from './freshRows';
import type { Inbox } from './inbox.svelte';

/** The ids in the order of the list; those that are not in it stand last. */
export function inListOrder(inbox: Inbox, ids: readonly CaptureId[]): CaptureId[] {
	const wanted = new Set(ids);
	const ordered: CaptureId[] = [];
	for (let index = 0; index < inbox.pages.count && wanted.size > 0; index += 1) {
		const id = inbox.pages.row(index)?.id;
		if (id !== undefined && wanted.delete(id)) ordered.push(id);
	}
	return [...ordered, ...wanted];
}

/** Takes the rows of deleted captures out of the list; the selection moves to the next row, else to the one before. */
export async function takeOut(inbox: Inbox, ids: readonly CaptureId[]): Promise<void> {
	const gone = new Set(ids);
	const successor = successorOf(inbox, gone);
	inbox.feed.leaveOut(gone);
	for (const id of gone) inbox.selection.marked.delete(id);
	if (inbox.selection.id !== null && gone.has(inbox.selection.id)) {
		if (successor) inbox.select(successor);
		else inbox.selection.clear();
		const index = inbox.pages.indexOf(inbox.selection.id);
		if (index >= 0) inbox.reveal = { index };
	}
	// Some may stand in pages that are not kept: only the store knows how many match now.
	await inbox.feed.recount(inbox.waiting);
	// Older ones may not have been read yet.
	if (inbox.pages.count === 0) await inbox.reload();
}

/** The row that takes the place of the selected one when some go. */
function successorOf(inbox: Inbox, gone: ReadonlySet<CaptureId>): CaptureRow | null {
	const at = inbox.selectedIndex;
	const stays = (row: CaptureRow): boolean => !gone.has(row.id);
	const next = inbox.pages.find(at + 1, 1, stays);
	return inbox.pages.row(next >= 0 ? next : inbox.pages.find(at - 1, -1, stays)) ?? null;
}

/** Deleted captures are stored again: their rows come back to where they were, and are selected. `ids` in the order of the list. */
export async function putBack(backend: Pick<Backend, 'getCapture' | 'listCaptures'>, inbox: Inbox, ids: readonly CaptureId[]): Promise<void> {
	const [newest, oldest] = [ids[0], ids.at(-1)];
	if (newest === undefined || oldest === undefined) return;
	const [{ row }, last] = await Promise.all([backend.getCapture(newest), backend.getCapture(oldest)]);
	await inbox.reload();
	inbox.select(row);
	// In another filter the detail shows the capture and says that the list does not.
	if (await isFound(backend, inbox.filter, last.row)) await inbox.loadUntil(last.row);
	const index = inbox.pages.indexOf(newest);
	if (index >= 0) inbox.reveal = { index };
	const listed = ids.filter((id) => inbox.pages.indexOf(id) >= 0);
	if (listed.length > 1) for (const id of listed) inbox.selection.marked.add(id);
}
