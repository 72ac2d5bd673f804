import { nextTask } from '../bodyText';

/** One part, as positions in the body. */
export type Part = {
	/** Where its headers begin, and its content. */
	headStart: number;
	start: number;
	end: number;
	/** Its headers as sent, one a line; folded ones joined. */
	headers: { name: string; value: string }[];
	/** The name and the file name of its content-disposition, as text. */
	name: string | null;
	fileName: string | null;
	contentType: string | null;
};

/** Something wrong with the framing, and at which byte of the body it shows. */
export type PartsProblem = { at: number; sentence: string };

export type Parts = {
	boundary: string;
	parts: Part[];
	problems: PartsProblem[];
	/** There are more parts than were read. */
	isCut: boolean;
};

/** No form has more, and each is a row. */
export const MOST_PARTS = 1_000;
const MOST_PROBLEMS = 20;
/** Headers of a part; more is not a header. */
const MOST_HEAD_BYTES = 16 * 1024;
/** RFC 2046 section 5.1.1. */
const MOST_BOUNDARY_CHARS = 70;
/** Bytes looked at between two looks at the clock, and the longest stretch of work between two frames. */
const SLICE_BYTES = 256 * 1024;
const SLICE_MS = 8;

const DASH = 0x2d;
const LF = 0x0a;
const CR = 0x0d;

/** The boundary that a content-type names; null without one. */
export function boundaryOf(contentType: string | null): string | null {
	return parameterOf(contentType ?? '', 'boundary');
}

/**
 * Takes a multipart body apart (RFC 2046 section 5.1), by its bytes: a part may hold anything. Resolves to null when
 * `isStale` says that nobody waits for it any more.
 */
export async function readParts(bytes: Uint8Array, contentType: string | null, isStale: () => boolean = () => false): Promise<Parts | null> {
	const boundary = boundaryOf(contentType);
	const result: Parts = { boundary: boundary ?? '', parts: [], problems: [], isCut: false };
	const tell = (at: number, sentence: string): void => {
		if (result.problems.length < MOST_PROBLEMS) result.problems.push({ at, sentence });
	};
	if (boundary === null || boundary === '') {
		tell(0, 'The Content-Type names no boundary, so that the parts cannot be told apart.');
		return result;
	}
	if (boundary.length > MOST_BOUNDARY_CHARS) tell(0, `The boundary has ${boundary.length} characters, and 70 are allowed.`);
	const isForm = /^\s*multipart\/form-data\b/i.test(contentType ?? '');
	const delimiter = Uint8Array.from(`--${boundary}`, (character) => character.charCodeAt(0) & 0xff);
	let at = 0;
	let open: Part | null = null;
	let isClosed = false;
	for (;;) {
		const found = await nextDelimiter(bytes, delimiter, at, isStale);
		if (found === null) return null;
		if (open) {
			open.end = found < 0 ? bytes.length : Math.max(open.start, contentEnd(bytes, found));
			result.parts.push(open);
		} else if (at === 0 && found > 0 && contentEnd(bytes, found) > 0) {
			tell(0, `${count(contentEnd(bytes, found), 'byte')} before the first boundary, which readers leave out.`);
		}
		if (found < 0) break;
		if (found > 0 && bytes[found - 2] !== CR) tell(found - 1, 'A line before a boundary ends in LF alone, and CRLF is required.');
		const after = found + delimiter.length;
		if (bytes[after] === DASH && bytes[after + 1] === DASH) {
			isClosed = true;
			const rest = afterLine(bytes, after + 2);
			if (rest < bytes.length) tell(rest, `${count(bytes.length - rest, 'byte')} after the closing boundary, which readers leave out.`);
			break;
		}
		if (result.parts.length >= MOST_PARTS) {
			result.isCut = true;
			return result;
		}
		const headStart = afterLine(bytes, after);
		open = readPart(bytes, headStart, isForm, tell);
		at = open.start;
	}
	if (result.parts.length === 0 && !isClosed) {
		result.problems = [{ at: 0, sentence: `The boundary “${boundary}” of the Content-Type does not stand in the body.` }];
	} else if (!isClosed) {
		tell(bytes.length, 'The closing boundary is missing. The body may have been cut.');
	}
	return result;
}

function readPart(bytes: Uint8Array, headStart: number, isForm: boolean, tell: (at: number, sentence: string) => void): Part {
	const limit = Math.min(bytes.length, headStart + MOST_HEAD_BYTES);
	const headers: Part['headers'] = [];
	let start = headStart;
	let isEnded = false;
	while (start < limit && !isEnded) {
		const next = afterLine(bytes, start);
		const line = decodeUtf8(bytes.subarray(start, Math.min(next, limit))).replace(/\r?\n$/, '');
		const colon = line.indexOf(':');
		const last = headers.at(-1);
		if (line === '') isEnded = true;
		else if (/^[ \t]/.test(line) && last) last.value += ` ${line.trim()}`;
		else if (colon > 0) headers.push({ name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() });
		else {
			tell(start, 'The headers of a part are not followed by an empty line.');
			isEnded = true;
			break;
		}
		start = next;
	}
	if (!isEnded) tell(headStart, 'The headers of a part do not end.');
	const disposition = valueOf(headers, 'content-disposition');
	if (disposition === null && isForm) tell(headStart, 'A part has no Content-Disposition, so that it has no name.');
	return {
		headStart,
		start,
		end: start,
		headers,
		name: disposition === null ? null : parameterOf(disposition, 'name'),
		fileName: disposition === null ? null : (extendedParameterOf(disposition, 'filename') ?? parameterOf(disposition, 'filename')),
		contentType: valueOf(headers, 'content-type'),
	};
}

/** Where the next boundary at the beginning of a line stands; -1 when there is none, null when nobody waits. */
async function nextDelimiter(
	bytes: Uint8Array,
	delimiter: Uint8Array,
	from: number,
	isStale: () => boolean,
): Promise<number | null> {
	let sliceEnds = performance.now() + SLICE_MS;
	for (let sliceStart = from; sliceStart < bytes.length; sliceStart += SLICE_BYTES) {
		const end = Math.min(sliceStart + SLICE_BYTES, bytes.length - delimiter.length + 1);
		for (let at = sliceStart; at < end; at += 1) {
			if (bytes[at] !== DASH || (at > 0 && bytes[at - 1] !== LF)) continue;
			if (startsWith(bytes, delimiter, at) && endsDelimiter(bytes, at + delimiter.length)) return at;
		}
		if (performance.now() < sliceEnds) continue;
		await nextTask();
		if (isStale()) return null;
		sliceEnds = performance.now() + SLICE_MS;
	}
	return -1;
}

function startsWith(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
	for (let index = 0; index < wanted.length; index += 1) if (bytes[at + index] !== wanted[index]) return false;
	return true;
}

/** After the boundary come two dashes or white space: `--a` is not the boundary in a line `--ab`. */
function endsDelimiter(bytes: Uint8Array, after: number): boolean {
	const next = bytes[after];
	if (next === DASH) return bytes[after + 1] === DASH;
	return next === undefined || next === CR || next === LF || next === 0x20 || next === 0x09;
}

/** The line end before a boundary belongs to the boundary. */
function contentEnd(bytes: Uint8Array, delimiter: number): number {
	return bytes[delimiter - 2] === CR ? delimiter - 2 : delimiter - 1;
}

function afterLine(bytes: Uint8Array, from: number): number {
	const feed = bytes.indexOf(LF, from);
	return feed < 0 ? bytes.length : feed + 1;
}

function valueOf(headers: Part['headers'], name: string): string | null {
	return headers.find((header) => header.name.toLowerCase() === name)?.value ?? null;
}

/** A parameter of a header value, quoted or not; null when it is not there. */
export function parameterOf(value: string, name: string): string | null {
	const pattern = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'is');
	const match = pattern.exec(value);
	if (!match) return null;
	// Browsers write a file name with a backslash as it is, and a quote as %22 (HTML, 4.10.22.7).
	return match[1] === undefined ? (match[2] ?? '') : match[1].replace(/\\(["\\])/g, '$1').replaceAll('%22', '"');
}

/** A parameter as RFC 5987 writes it: `filename*=UTF-8''na%C3%AFve.txt`. */
function extendedParameterOf(value: string, name: string): string | null {
	const match = new RegExp(`;\\s*${name}\\*\\s*=\\s*utf-8'[^']*'([^;\\s]*)`, 'i').exec(value);
	if (match?.[1] === undefined) return null;
	try {
		return decodeURIComponent(match[1]);
	} catch {
		return null;
	}
}

function decodeUtf8(bytes: Uint8Array): string {
	return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function count(bytes: number, unit: string): string {
	return `${bytes.toLocaleString('en-US')} ${bytes === 1 ? unit : `${unit}s`}`;
}
