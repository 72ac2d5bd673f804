import type { DraftView } from '../bindings';
import { formatJson } from '../capture/json/format';
import { type DraftEdit, headerFate } from './draft';
import { diffLines } from './lineDiff';

/** One difference between the capture and what is sent. */
export type Change = {
	what: string;
	/** Lines that were there; empty when something was added. */
	before: string[];
	/** Lines that are there now; empty when something was removed. */
	after: string[];
	/** Where it is, or why it changes. */
	note: string;
};

export type Changes = {
	/** What the person changed. */
	edited: Change[];
	/** What the new signature sets; values are known when it is sent. */
	signed: Change[];
	/** What sending needs. */
	transport: Change[];
	/** Headers that go as captured. */
	unchangedHeaders: number;
};

/** Longer lists and lines do not help to decide; the editor shows everything. */
const MOST_PLACES = 50;
const MOST_LINES = 6;
const MOST_CHARS = 200;

/** Everything that will differ from the capture, by reason. */
export function changesOf(
	draft: DraftView,
	edit: DraftEdit,
	context: { formatted: boolean; signatureHeaders: readonly string[]; secretLabel: string | null },
): Changes {
	const edited: Change[] = [];
	if (edit.method !== draft.method) edited.push(change('Method', draft.method, edit.method, ''));
	if (edit.targetUrl.trim() !== draft.target_url) edited.push(change('Target', draft.target_url, edit.targetUrl.trim(), ''));
	edited.push(...headerEdits(draft, edit), ...bodyEdits(draft, edit, context.formatted));
	return {
		edited,
		signed: signedHeaders(draft, edit, context),
		transport: transport(draft, edit),
		unchangedHeaders: edit.headers.filter(
			(header) => !isEdited(draft, header) && headerFate(header.name, context.signatureHeaders) === null,
		).length,
	};
}

function change(what: string, before: string | null, after: string | null, note: string): Change {
	return { what, before: before === null ? [] : [before], after: after === null ? [] : [after], note };
}

function isEdited(draft: DraftView, header: DraftEdit['headers'][number]): boolean {
	const from = draft.headers[header.key];
	return from === undefined || from.name !== header.name || from.value !== header.value;
}

function headerEdits(draft: DraftView, edit: DraftEdit): Change[] {
	const kept = new Set(edit.headers.map((header) => header.key));
	const removed = draft.headers
		.filter((_, key) => !kept.has(key))
		.map((header) => change(header.name, header.value, null, 'header removed'));
	const changed = edit.headers
		.filter((header) => isEdited(draft, header))
		.map((header) => {
			const from = draft.headers[header.key];
			if (from === undefined) return change(header.name, null, header.value, 'header added');
			const renamed = from.name !== header.name;
			return renamed
				? change(header.name, `${from.name}: ${from.value}`, `${header.name}: ${header.value}`, 'header renamed')
				: change(header.name, from.value, header.value, 'header');
		});
	return [...changed, ...removed];
}

function bodyEdits(draft: DraftView, edit: DraftEdit, formatted: boolean): Change[] {
	if (edit.bodyText === null || draft.body_text === null) return [];
	const original = (formatted ? formatJson(draft.body_text) : null) ?? draft.body_text;
	const before = original.split('\n');
	const after = edit.bodyText.split('\n');
	const { places } = diffLines(original, edit.bodyText);
	const shown = places.slice(0, MOST_PLACES).map((place) => ({
		what: keyOf(after[place.newStart] ?? before[place.oldStart] ?? '') ?? 'Body',
		before: cut(before.slice(place.oldStart, place.oldEnd)),
		after: cut(after.slice(place.newStart, place.newEnd)),
		note: `body line ${place.newStart + 1}`,
	}));
	if (places.length > MOST_PLACES) {
		shown.push({ what: 'Body', before: [], after: [], note: `${places.length - MOST_PLACES} more places` });
	}
	return formatted ? [{ what: 'Body', before: [], after: [], note: 'formatted, one item a line' }, ...shown] : shown;
}

function signedHeaders(draft: DraftView, edit: DraftEdit, context: { signatureHeaders: readonly string[]; secretLabel: string | null }): Change[] {
	if (!edit.resign.enabled || draft.resign === null) return [];
	const timestamp = { now: 'timestamp: now', original: 'timestamp: original', custom: `timestamp: ${edit.resign.customSeconds}` };
	const note = [context.secretLabel, timestamp[edit.resign.timestamp]].filter(Boolean).join(' · ');
	return context.signatureHeaders.map((name) => {
		const from = edit.headers.find((header) => header.name.toLowerCase() === name.toLowerCase());
		return change(name, from === undefined ? null : shorten(from.value), 'set when it is sent', note);
	});
}

function transport(draft: DraftView, edit: DraftEdit): Change[] {
	const changes: Change[] = [];
	const first = (name: string): string | null =>
		edit.headers.find((header) => header.name.trim().toLowerCase() === name)?.value ?? null;
	const host = hostOf(edit.targetUrl);
	if (host !== null && first('host') !== host) changes.push(change('Host', first('host'), host, 'from the target'));
	const size = String(edit.bodyText === null ? draft.body_bytes : new TextEncoder().encode(edit.bodyText).length);
	if (first('content-length') !== size && (size !== '0' || first('content-length') !== null)) {
		changes.push(change('Content-Length', first('content-length'), size, 'computed'));
	}
	for (const header of edit.headers) {
		if (headerFate(header.name, []) === 'not sent') changes.push(change(header.name, header.value, null, 'concerns one connection'));
	}
	return changes;
}

function hostOf(target: string): string | null {
	try {
		return new URL(target.trim()).host;
	} catch {
		return null;
	}
}

/** The key of a line of JSON, to name a place by. */
function keyOf(line: string): string | null {
	return /^\s*"((?:[^"\\]|\\.)*)"\s*:/.exec(line)?.[1] ?? null;
}

function cut(lines: string[]): string[] {
	const shown = lines.slice(0, MOST_LINES).map((line) => shorten(line.trim()));
	return lines.length > MOST_LINES ? [...shown, `… ${lines.length - MOST_LINES} more lines`] : shown;
}

function shorten(text: string): string {
	return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
}
