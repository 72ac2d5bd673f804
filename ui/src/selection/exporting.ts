import type { Backend } from '../backend/backend';
import type { CaptureId } from '../bindings';
import type { ToastQueue } from '../state/toasts.svelte';
import { formatPlural } from '../text/format';

/** Writes captures to a file that the person chooses. */
export async function exportCaptures(backend: Pick<Backend, 'exportHar'>, toasts: ToastQueue, ids: readonly CaptureId[]): Promise<void> {
	try {
		const path = await backend.exportHar([...ids]);
		if (path !== null) toasts.show({ text: `${formatPlural(ids.length, 'capture')} exported`, detail: path, icon: 'download' });
	} catch (error) {
		toasts.failure(ids.length === 1 ? 'The capture could not be exported' : 'The captures could not be exported', error);
	}
}
