import type { Backend } from '../backend/backend';
import type { CaptureId } from '../bindings';
import type { Handler } from '../keys/keymap';
import type { Deletion } from '../state/captureWork.svelte';
import { inListOrder, putBack, takeOut } from '../state/goneRows';
import type { Inbox } from '../state/inbox.svelte';
import type { ToastQueue } from '../state/toasts.svelte';
import { formatCount, formatPlural } from '../text/format';

/** Up to so many are deleted without a question: they can be brought back with one key. */
export const ASK_ABOVE = 100;

/** What deleting needs of the window. */
export interface Deleting {
	backend: Pick<Backend, 'deleteCaptures' | 'undoDelete' | 'getCapture' | 'listCaptures'>;
	inbox: Inbox;
	toasts: ToastQueue;
	/** Milliseconds. */
	clock?: () => number;
}

/** Deletes, or asks first when it is about many. */
export async function askToDelete(deleting: Deleting, ids: readonly CaptureId[]): Promise<void> {
	if (ids.length === 0) return;
	if (ids.length > ASK_ABOVE) deleting.inbox.work.confirming = ids;
	else await deleteNow(deleting, ids);
}

export async function deleteNow(deleting: Deleting, ids: readonly CaptureId[]): Promise<void> {
	const { backend, inbox, toasts, clock = Date.now } = deleting;
	let there: ReadonlySet<CaptureId>;
	inbox.work.going = new Set(ids);
	try {
		there = new Set(await backend.deleteCaptures([...ids]));
	} catch (error) {
		inbox.work.going = new Set();
		toasts.failure(ids.length === 1 ? 'The capture was not deleted' : 'The captures were not deleted', error);
		return;
	}
	const deletion: Deletion = { ids: inListOrder(inbox, ids).filter((id) => there.has(id)), at: clock() };
	if (deletion.ids.length === 0) {
		toasts.show({ tone: 'neutral', text: ids.length === 1 ? 'It was deleted before' : 'They were deleted before' });
	} else {
		inbox.work.deleted(deletion);
		deletion.toast = toasts.show({
			text: `${formatPlural(deletion.ids.length, 'capture')} deleted.`,
			icon: 'trash-2',
			action: { label: 'Undo', run: () => void undo(deleting, deletion) },
		});
	}
	try {
		// Those that the retention deleted before have no row any more either.
		await takeOut(inbox, ids);
	} catch (error) {
		toasts.failure('Deleted, but the list could not be read', error);
	} finally {
		inbox.work.going = new Set();
	}
}

/** Takes the last deletion back. */
export async function undoLast(deleting: Deleting): Promise<void> {
	const last = deleting.inbox.work.undoable((deleting.clock ?? Date.now)());
	if (last) await undo(deleting, last);
}

/** The key that takes the last deletion back, on every screen. */
export function undoHandler(deleting: Deleting): Handler {
	const { inbox, clock = Date.now } = deleting;
	return {
		run: () => void undoLast(deleting),
		enabled: () => inbox.work.undoable(clock()) !== null,
		reason: () => 'Nothing was deleted in the last ten minutes.',
		label: () => {
			const last = inbox.work.undoable(clock());
			return last === null ? 'Undo the last deletion' : `Undo: ${formatPlural(last.ids.length, 'capture')} deleted`;
		},
	};
}

async function undo({ backend, inbox, toasts }: Deleting, deletion: Deletion): Promise<void> {
	// At once, so that a second press of the key is about the deletion before this one.
	if (!inbox.work.forget(deletion)) return;
	// Its offer is taken.
	if (deletion.toast !== undefined) toasts.dismiss(deletion.toast);
	let back: number;
	try {
		back = await backend.undoDelete([...deletion.ids]);
	} catch (error) {
		inbox.work.deleted(deletion);
		toasts.failure('The captures did not come back', error);
		return;
	}
	if (back === 0) {
		toasts.show({ tone: 'neutral', text: 'They cannot come back any more', detail: 'deleted captures are kept for ten minutes' });
		return;
	}
	const all = back === deletion.ids.length;
	toasts.show({
		text: all ? `${formatPlural(back, 'capture')} brought back` : `${formatCount(back)} of ${formatPlural(deletion.ids.length, 'capture')} brought back`,
		icon: 'rotate-ccw',
		tone: all ? 'ok' : 'neutral',
	});
	try {
		await putBack(backend, inbox, deletion.ids);
	} catch (error) {
		toasts.failure('They are back, but the list could not be read', error);
	}
}
