import type { Backend } from '../backend/backend';
import type { Inbox } from '../state/inbox.svelte';
import type { ToastQueue } from '../state/toasts.svelte';
import type { CompareState } from './compareState.svelte';

/**
 * Compares what is selected: two marked captures with each other, the earlier one first; a single one with the one before
 * it in its family.
 */
export async function compareSelected(backend: Pick<Backend, 'getCapture'>, inbox: Inbox, compare: CompareState, toasts: ToastQueue): Promise<void> {
	const { ids } = inbox.selection;
	if (ids.length > 2) {
		toasts.show({ tone: 'neutral', text: 'Two captures can be compared', detail: `${ids.length} are selected` });
		return;
	}
	try {
		const [first, second] = await Promise.all(ids.map((id) => backend.getCapture(id)));
		if (first && second) {
			const [a, b] = first.row.seq < second.row.seq ? [first, second] : [second, first];
			compare.compare(a.row.id, b.row.id);
			return;
		}
		if (!first) return;
		const before = first.family.filter(({ seq }) => seq < first.row.seq).at(-1);
		if (before) compare.compare(before.id, first.row.id);
		else toasts.show({ tone: 'neutral', text: 'Nothing to compare with', detail: 'Select a second capture with ⇧J or Ctrl click, then press C' });
	} catch (error) {
		toasts.failure('The captures could not be compared', error);
	}
}
