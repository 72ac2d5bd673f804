import type { CaptureDetail } from '../bindings';
import { formatDuration } from '../text/format';

/** A moment in the life of a capture. */
export interface Moment {
	id: 'first-byte' | 'head' | 'body' | 'committed' | 'answered';
	label: string;
	/** Microseconds since the first byte; null: not known, or it did not happen. */
	at_us: number | null;
	/** More about it. */
	note: string | null;
	tone: 'plain' | 'ok' | 'bad';
}

/** What happened to the request, in order. */
export function momentsOf(detail: CaptureDetail): Moment[] {
	const { row } = detail;
	const plain = { note: null, tone: 'plain' } as const;
	return [
		{ id: 'first-byte', label: 'First byte', at_us: 0, ...plain },
		{ id: 'head', label: 'End of the head', at_us: detail.head_us, ...plain },
		{
			id: 'body',
			label: row.truncated ? 'End of what was kept of the body' : 'End of the body',
			at_us: detail.body_us,
			...plain,
		},
		{
			id: 'committed',
			label: 'On the disk',
			at_us: detail.committed_us,
			note: detail.committed_us === null ? 'not recorded' : null,
			tone: detail.committed_us === null ? 'plain' : 'ok',
		},
		answered(detail),
	];
}

function answered({ answered_us, answer_delivered, row }: CaptureDetail): Moment {
	const moment = { id: 'answered', at_us: answered_us } as const;
	if (answer_delivered === false) {
		return { ...moment, label: `Answer ${row.answer_status} not delivered`, note: 'the sender was gone', tone: 'bad' };
	}
	if (answered_us === null) {
		return { ...moment, label: `Answered ${row.answer_status}`, note: 'not recorded', tone: 'plain' };
	}
	return { ...moment, label: `Answered ${row.answer_status}`, note: null, tone: answer_delivered === true ? 'ok' : 'plain' };
}

/** Where a moment stands between the first byte and the last moment, from 0 to 1. */
export function partOf(moment: Moment, moments: readonly Moment[]): number {
	const last = Math.max(1, ...moments.map(({ at_us }) => at_us ?? 0));
	return Math.min(1, Math.max(0, (moment.at_us ?? 0) / last));
}

/** `+ 840 µs`; the first byte is where counting begins. */
export function momentTime(moment: Moment): string {
	if (moment.at_us === null) return '—';
	if (moment.id === 'first-byte') return '0';
	// Commit and answer are often within one millisecond.
	const fine = moment.at_us >= 1000 && moment.at_us < 100_000;
	return `+ ${fine ? `${(moment.at_us / 1000).toFixed(1)}\u202fms` : formatDuration(moment.at_us)}`;
}
