import type { Backend } from '../backend/backend';
import type { CaptureRow } from '../bindings';
import { base64 } from '../capture/byteLines';
import type { ToastQueue } from '../state/toasts.svelte';
import { formatBytes } from '../text/format';

export type CopyWhat = 'curl' | 'body' | 'url' | 'id' | 'headers' | 'raw';

/** What copying needs of the window. */
export interface Copying {
	backend: Pick<Backend, 'copyAsCurl' | 'captureBody' | 'captureWire' | 'getCapture' | 'copyText'>;
	toasts: ToastQueue;
	/** Where requests are sent to, e.g. `http://127.0.0.1:4665`. */
	base: string;
}

const WORDS: Record<CopyWhat, string> = {
	curl: 'cURL',
	body: 'Body',
	url: 'URL',
	id: 'Event id',
	headers: 'Headers',
	raw: 'Raw request',
};

/** Puts a part of a capture on the clipboard, as it was received, and says so. */
export async function copyPart({ backend, toasts, base }: Copying, row: CaptureRow, what: CopyWhat): Promise<void> {
	const word = WORDS[what];
	try {
		if (what === 'curl') {
			await backend.copyAsCurl(row.id);
			toasts.show({ text: `${word} copied` });
			return;
		}
		const part = await partOf(backend, base, row, what);
		const { text, note } = typeof part === 'string' ? { text: part, note: null } : asText(part);
		await backend.copyText(text);
		toasts.show({ text: note === null ? `${word} copied` : `${word} copied ${note}`, ...(typeof part === 'string' ? {} : { detail: formatBytes(part.length) }) });
	} catch (error) {
		toasts.failure(`${word}: not copied`, error);
	}
}

async function partOf(backend: Copying['backend'], base: string, row: CaptureRow, what: Exclude<CopyWhat, 'curl'>): Promise<string | Uint8Array> {
	switch (what) {
		case 'body':
			return backend.captureBody(row.id);
		case 'raw':
			return backend.captureWire(row.id);
		case 'headers': {
			const { headers } = await backend.getCapture(row.id);
			return headers.map(({ name, value }) => `${name}: ${value}\n`).join('');
		}
		case 'url':
			// In absolute form the request line has it all.
			return /^https?:\/\//i.test(row.target) ? row.target : `${base}${row.target}`;
		case 'id':
			return row.event_id ?? '';
	}
}

/** Bytes for a clipboard, which takes text only: what is not UTF-8 goes as Base64, so that nothing is lost. */
function asText(bytes: Uint8Array): { text: string; note: string | null } {
	try {
		return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), note: null };
	} catch {
		return { text: base64(bytes), note: 'as Base64' };
	}
}
