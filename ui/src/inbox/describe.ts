import type { CaptureRow, ProviderInfo, VerdictKind } from '../bindings';
import { formatBytes, formatTime } from '../text/format';
import { visibleText } from '../text/visible';
import { duplicateSpoken } from './duplicates';

/** The row's first words: the event type, else the request line. */
export function rowTitle(row: CaptureRow): string {
	return visibleText(row.event_type ?? `${row.method} ${row.target}`);
}

/** What stands behind the title: the event id, else the content type. */
export function rowIdentity(row: CaptureRow): string {
	return visibleText(row.event_id ?? (row.event_type === null ? (row.content_type ?? '') : ''));
}

const VERDICT_WORDS: Record<VerdictKind, string> = {
	valid: 'valid',
	invalid: 'invalid',
	unsigned: 'unsigned',
	not_checked: 'not checked',
	config_error: 'could not be checked',
};

/** The row as one sentence, for its accessible name. */
export function rowSentence(row: CaptureRow, provider: ProviderInfo | null, unread: boolean): string {
	const verdict = VERDICT_WORDS[row.verdict];
	const spoken = row.verdict === 'invalid' || row.verdict === 'config_error' ? `${verdict}: ${visibleText(row.badge)}` : verdict;
	const parts = [
		rowTitle(row),
		provider?.name ?? null,
		spoken,
		row.duplicate === null ? null : duplicateSpoken(row.duplicate),
		`answered ${row.answer_status}`,
		row.truncated ? `${formatBytes(row.body_bytes)} kept, cut` : formatBytes(row.body_bytes),
		formatTime(row.received_at),
		row.starred ? 'starred' : null,
		unread ? 'unread' : null,
	];
	return `${parts.filter((part) => part !== null).join(', ')}.`;
}

/** The class of a status code: its colour. */
export function statusTone(status: number): 'ok' | 'warn' | 'bad' | 'meta' {
	if (status >= 500) return 'bad';
	if (status >= 400) return 'warn';
	if (status >= 200 && status < 300) return 'ok';
	return 'meta';
}
