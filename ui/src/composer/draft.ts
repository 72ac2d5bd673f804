import type { DraftInput, DraftView, IdChoice, ProviderId, SecretId } from '../bindings';
import { diffLines } from './lineDiff';

export type HeaderEdit = { key: number; name: string; value: string };
export type TimestampKind = 'now' | 'original' | 'custom';

/** What the composer holds while a draft is edited. */
export type DraftEdit = {
	method: string;
	targetUrl: string;
	headers: HeaderEdit[];
	/** Null as long as nobody touched it, and for binary bodies: the captured bytes are sent. */
	bodyText: string | null;
	resign: {
		enabled: boolean;
		secret: SecretId | null;
		timestamp: TimestampKind;
		/** Unix seconds as typed. */
		customSeconds: string;
		id: IdChoice;
	};
};

/** The draft as it opens: everything as captured, signed again now when that is possible. */
export function editOf(draft: DraftView): DraftEdit {
	return {
		method: draft.method,
		targetUrl: draft.target_url,
		headers: draft.headers.map((header, key) => ({ key, name: header.name, value: header.value })),
		bodyText: null,
		resign: {
			enabled: draft.resign !== null,
			secret: draft.resign?.secrets[0]?.id ?? null,
			timestamp: 'now',
			customSeconds: String(draft.resign?.original_unix_seconds ?? ''),
			id: 'keep',
		},
	};
}

/** What is sent. */
export function inputOf(draft: DraftView, edit: DraftEdit): DraftInput {
	return {
		parent: draft.parent,
		method: edit.method,
		target_url: edit.targetUrl.trim(),
		headers: edit.headers.map(({ name, value }) => ({ name, value })),
		// Text that is the same again is not an edit: the captured bytes are the better copy.
		body_text: edit.bodyText === draft.body_text ? null : edit.bodyText,
		resign: resignOf(draft.resign?.provider ?? null, edit, draft.resign?.original_unix_seconds ?? null),
	};
}

/** Why the draft cannot be sent yet; null when it can. */
export function obstacle(draft: DraftView, edit: DraftEdit): string | null {
	if (edit.headers.some((header) => header.name.trim() === '')) return 'A header has no name. Name it or remove it.';
	const { resign } = edit;
	if (!resign.enabled || draft.resign === null) return null;
	if (resign.secret === null) return 'Choose a secret, or turn Re-sign off.';
	if (resign.timestamp === 'custom' && !/^\d{1,12}$/.test(resign.customSeconds.trim())) {
		return 'Write the timestamp as Unix seconds, for example 1795444324.';
	}
	return null;
}

/** How many places differ from the capture. `formatted` counts lines against the formatted original. */
export function countEdits(draft: DraftView, edit: DraftEdit, bodyEdits: number, formatted: boolean): number {
	let edits = bodyEdits + (formatted ? 1 : 0);
	if (edit.method !== draft.method) edits += 1;
	if (edit.targetUrl.trim() !== draft.target_url) edits += 1;
	const asLines = (headers: { name: string; value: string }[]): string =>
		headers.map((header) => `${header.name}: ${header.value}`.replaceAll('\n', ' ')).join('\n');
	return edits + diffLines(asLines(draft.headers), asLines(edit.headers)).edits;
}

function resignOf(provider: ProviderId | null, edit: DraftEdit, original: number | null): DraftInput['resign'] {
	const { resign } = edit;
	if (!resign.enabled || provider === null || resign.secret === null) return null;
	const custom = resign.timestamp === 'custom' ? Number(resign.customSeconds.trim()) : null;
	const seconds = resign.timestamp === 'original' ? original : custom;
	return {
		provider,
		secret: resign.secret,
		timestamp: seconds === null ? { kind: 'now' } : { kind: 'at', unix_seconds: seconds },
		id: resign.id,
	};
}

/** Fields that concern one connection and are not passed on (RFC 9110 sections 7.6.1, 11.7, 6.6.2 and 10.1.1). */
const NOT_SENT = new Set([
	'connection',
	'keep-alive',
	'proxy-connection',
	'te',
	'transfer-encoding',
	'upgrade',
	'http2-settings',
	'proxy-authenticate',
	'proxy-authorization',
	'trailer',
	'expect',
]);

/** What happens to a header when it is sent, in a word for its row; null when it goes as it stands. */
export function headerFate(name: string, signatureHeaders: readonly string[]): 'target' | 'computed' | 'not sent' | 're-signed' | null {
	const lower = name.trim().toLowerCase();
	if (lower === 'host') return 'target';
	if (lower === 'content-length') return 'computed';
	if (NOT_SENT.has(lower)) return 'not sent';
	return signatureHeaders.some((header) => header.toLowerCase() === lower) ? 're-signed' : null;
}
