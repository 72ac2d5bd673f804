import { imageFormat } from './image/format';

/** How a body is best shown. */
export type BodyKind = 'empty' | 'json' | 'ndjson' | 'xml' | 'form' | 'multipart' | 'text' | 'image' | 'binary';

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
	// What it is decides its bytes: a picture is one whatever its header says, and nothing else is.
	if (imageFormat(bytes) !== null) return { kind: 'image', text: null, encoding: null };
	const decoded = await decode(bytes, charset, isStale);
	if (decoded === null) return null;
	const text = decoded.text;
	if (mediaOf(contentType).startsWith('multipart/')) return { kind: 'multipart', text, encoding: text === null ? null : decoded.encoding };
	if (text === null) return { kind: 'binary', text: null, encoding: null };
	return { kind: kindOf(contentType, text), text, encoding: decoded.encoding };
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

/** Pages and drawings are shown as their source: they are made to be rendered, and are not here. */
const SOURCE_ONLY: ReadonlySet<string> = new Set(['application/xhtml+xml', 'image/svg+xml', 'text/html']);

function mediaOf(contentType: string | null): string {
	return (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function kindOf(contentType: string | null, text: string): BodyKind {
	const media = mediaOf(contentType);
	if (/[/+]x-?ndjson$|[/+]jsonl(ines)?$|[/+]json-seq$/.test(media)) return 'ndjson';
	if (/[/+]json$/.test(media)) return 'json';
	// `curl -d '{…}'` says form although it sends JSON; a form's first name never begins like that.
	if (media === 'application/x-www-form-urlencoded' && !/^\s*(\{\s*["}]|\[\s*["{[])/.test(text)) return 'form';
	if (/^(text|application)\/xml$|\+xml$/.test(media) && !SOURCE_ONLY.has(media)) return 'xml';
	if (/^\uFEFF?\s*<\?xml\s/.test(text) && !SOURCE_ONLY.has(media)) return 'xml';
	const namesOtherText = /^text\/(?!plain)|[/+]xml$|javascript$/.test(media);
	return !namesOtherText && /^[\uFEFF\s]*[{[]/.test(text) ? 'json' : 'text';
}
