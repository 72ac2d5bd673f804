/** How a body is best shown. */
export type BodyKind = 'empty' | 'json' | 'ndjson' | 'form' | 'text' | 'binary';

/** A body made readable. `text` is null when it is not text. */
export type ReadableBody = { kind: BodyKind; text: string | null; encoding: string | null };

/** A NUL in the first 8 KiB means binary, as Git and grep decide it. */
const BINARY_PROBE_BYTES = 8 * 1024;
/** Decoding this much takes a few milliseconds; between slices the window may draw. */
const SLICE_BYTES = 1024 * 1024;

/** Decodes a body from the charset of this name (as the program has it) in slices. Resolves to null when `isStale` says that nobody waits for it any more. */
export async function readBody(
	bytes: Uint8Array,
	contentType: string | null,
	charset: string,
	isStale: () => boolean = () => false,
): Promise<ReadableBody | null> {
	if (bytes.length === 0) return { kind: 'empty', text: '', encoding: null };
	const decoded = await decode(bytes, charset, isStale);
	if (decoded === null) return null;
	if (decoded.text === null) return { kind: 'binary', text: null, encoding: null };
	return { kind: kindOf(contentType, decoded.text), text: decoded.text, encoding: decoded.encoding };
}

/** Bytes as text although they are not, each bad byte as U+FFFD. */
export function lossyText(bytes: Uint8Array): string {
	return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

async function decode(
	bytes: Uint8Array,
	charset: string,
	isStale: () => boolean,
): Promise<{ text: string | null; encoding: string } | null> {
	if (bytes.subarray(0, BINARY_PROBE_BYTES).includes(0) && !charset.startsWith('UTF-16')) {
		return { text: null, encoding: '' };
	}
	const decoder = new TextDecoder(charset, { fatal: true, ignoreBOM: true });
	const pieces: string[] = [];
	try {
		for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
			if (at > 0) {
				await nextTask();
				if (isStale()) return null;
			}
			const last = at + SLICE_BYTES >= bytes.length;
			pieces.push(decoder.decode(bytes.subarray(at, at + SLICE_BYTES), { stream: !last }));
		}
	} catch {
		return { text: null, encoding: '' };
	}
	return { text: pieces.join(''), encoding: decoder.encoding.toUpperCase() };
}

/** Lets the window draw and take input before the work goes on. */
export function nextTask(): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, 0));
}

function kindOf(contentType: string | null, text: string): BodyKind {
	const media = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
	if (/[/+]x-?ndjson$|[/+]jsonl(ines)?$|[/+]json-seq$/.test(media)) return 'ndjson';
	if (/[/+]json$/.test(media)) return 'json';
	// `curl -d '{…}'` says form although it sends JSON; a form's first name never begins like that.
	if (media === 'application/x-www-form-urlencoded' && !/^\s*(\{\s*["}]|\[\s*["{[])/.test(text)) return 'form';
	const namesOtherText = /^text\/(?!plain)|[/+]xml$|javascript$/.test(media);
	return !namesOtherText && /^[\uFEFF\s]*[{[]/.test(text) ? 'json' : 'text';
}
