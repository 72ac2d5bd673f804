import type { Backend } from '../backend/backend';
import type { CaptureDetail } from '../bindings';
import type { ToastQueue } from '../state/toasts.svelte';
import type { BodyLoad } from './bodyLoad.svelte';
import { base64 } from './byteLines';
import { exactBytes } from './exactBytes';
import { signedBytes } from './signedParts';

/** Puts every signed byte of a capture on the clipboard, as Base64 where it is no text, and says so. */
export async function copySigned(backend: Backend, toasts: ToastQueue, load: BodyLoad, detail: CaptureDetail): Promise<void> {
	try {
		await load.open(detail);
		const body = load.state.kind === 'ready' ? load.state.bytes : null;
		const { bytes, whole } = signedBytes(detail.signature.signed_parts, body);
		if (!whole) {
			toasts.show({ tone: 'bad', text: 'The signed bytes are longer than what is known here, so nothing was copied.' });
			return;
		}
		const text = textOf(bytes);
		await backend.copyText(text ?? base64(bytes));
		toasts.show({ text: text === null ? 'Signed bytes copied as Base64' : 'Signed bytes copied', detail: exactBytes(bytes.length) });
	} catch (error) {
		toasts.failure('The signed bytes were not copied', error);
	}
}

function textOf(bytes: Uint8Array): string | null {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return null;
	}
}
