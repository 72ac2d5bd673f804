import type { Backend } from '../backend/backend';
import type { ToastQueue } from './toasts.svelte';

/** Puts a text on the clipboard and says so. */
export async function copyWithToast(backend: Backend, toasts: ToastQueue, text: string, what: string): Promise<void> {
	try {
		await backend.copyText(text);
		toasts.show({ text: `${what} copied` });
	} catch (error) {
		toasts.failure(`${what} could not be copied`, error);
	}
}
