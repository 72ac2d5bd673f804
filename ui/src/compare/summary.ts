import type { CaptureDetail } from '../bindings';
import { formatIso, formatPlural, formatSpan } from '../text/format';
import { exactBytes } from '../capture/exactBytes';

/** One line of what the two captures have in common or not. */
export interface Fact {
	id: 'method' | 'target' | 'endpoint' | 'event' | 'event-id' | 'verdict' | 'answer' | 'body' | 'received';
	label: string;
	a: string;
	b: string;
	same: boolean;
	/** More about the difference. */
	note: string | null;
}

const NONE = '—';

/** What can be said about two captures without reading their bodies. */
export function factsOf(a: CaptureDetail, b: CaptureDetail): Fact[] {
	const fact = (id: Fact['id'], label: string, one: string, other: string, note: string | null = null): Fact => ({
		id,
		label,
		a: one,
		b: other,
		same: one === other,
		note,
	});
	const sameBytes = a.body_sha256 === b.body_sha256 && a.row.body_bytes === b.row.body_bytes;
	return [
		fact('method', 'Method', a.row.method, b.row.method),
		fact('target', 'Target', a.row.target, b.row.target),
		fact('endpoint', 'Endpoint', a.row.endpoint_slug || NONE, b.row.endpoint_slug || NONE),
		fact('event', 'Event', a.row.event_type ?? NONE, b.row.event_type ?? NONE),
		fact('event-id', 'Event id', a.row.event_id ?? NONE, b.row.event_id ?? NONE),
		fact('verdict', 'Verdict', a.row.badge, b.row.badge),
		fact('answer', 'Answered', String(a.row.answer_status), String(b.row.answer_status)),
		{
			...fact('body', 'Body', exactBytes(a.row.body_bytes), exactBytes(b.row.body_bytes), bodyNote(a, b, sameBytes)),
			same: sameBytes,
		},
		fact('received', 'Received', formatIso(a.row.received_at), formatIso(b.row.received_at), apart(a.row.received_at, b.row.received_at)),
	];
}

function bodyNote(a: CaptureDetail, b: CaptureDetail, same: boolean): string {
	const cut = a.row.truncated || b.row.truncated;
	if (same) return cut ? 'the same, as far as it was kept' : 'the same, byte for byte';
	const bytes = Math.abs(a.row.body_bytes - b.row.body_bytes);
	return bytes === 0 ? 'other bytes of the same length' : `${formatPlural(bytes, 'byte')} ${b.row.body_bytes > a.row.body_bytes ? 'more' : 'fewer'}`;
}

/** How long B was received after A. */
export function apart(a: number, b: number): string {
	const difference = Math.abs(b - a);
	if (difference === 0) return 'at the same time';
	return `${formatSpan(difference) ?? `${difference}\u202fms`} ${b > a ? 'later' : 'earlier'}`;
}
