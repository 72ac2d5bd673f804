import type { HealthView, ListenerState, ProbeView, UnixMillis } from '../bindings';
import { formatAge, formatBytes, formatCount, formatDuration, formatPlural } from '../text/format';

/** One line of the health card. */
export interface HealthFact {
	id: string;
	label: string;
	text: string;
	tone: 'ok' | 'warn' | 'bad' | 'plain';
}

/** Less free space than this is worth a colour; the program says by its warnings what follows from it. */
const LOW_DISK_BYTES = 1_000_000_000;

export function healthFacts(view: HealthView, tls: ListenerState | null, now: UnixMillis): HealthFact[] {
	const facts: HealthFact[] = [portFact('probe', 'Plain port', view.listening, view.probe, now)];
	if (tls !== null) facts.push(portFact('tls-probe', 'TLS port', tls.state === 'listening', view.tls_probe, now));
	facts.push(
		plain('received', 'Last received', view.last_received_at === null ? 'nothing yet' : formatAge(view.last_received_at, now)),
		plain('rate', 'In the last minute', formatPlural(view.captures_per_minute, 'capture')),
		plain('connections', 'Open connections', formatCount(view.open_connections)),
		plain('queue', 'Waiting to be stored', formatPlural(view.queue_depth, 'capture')),
		view.store_problem === null
			? plain('commit', 'Last write to disk', view.last_commit_us === 0 ? 'none yet' : `took ${formatDuration(view.last_commit_us)}`)
			: { id: 'commit', label: 'Last write to disk', text: view.store_problem, tone: 'bad' },
		plain('wal', 'Write-ahead log', formatBytes(view.wal_bytes)),
		diskFact(view.disk_free_bytes),
	);
	return facts;
}

/** Whether the port really answers: it is open, and the last request sent through it came back. */
export function answers(view: HealthView | null): boolean | null {
	if (view === null || view.probe === null) return null;
	return view.listening && view.probe.ok;
}

function portFact(id: string, label: string, open: boolean, probe: ProbeView | null, now: UnixMillis): HealthFact {
	if (!open) return { id, label, text: 'not open', tone: 'bad' };
	if (probe === null) return { id, label, text: 'open, not checked yet', tone: 'plain' };
	const age = formatAge(probe.at, now);
	if (!probe.ok) return { id, label, text: `${probe.sentence} Checked ${age}.`, tone: 'bad' };
	return { id, label, text: `answered in ${formatDuration(probe.took_us)}, ${age}`, tone: 'ok' };
}

function diskFact(free: number | null): HealthFact {
	const fact = { id: 'disk', label: 'Disk free' };
	if (free === null) return { ...fact, text: 'not known', tone: 'plain' };
	return { ...fact, text: formatBytes(free), tone: free < LOW_DISK_BYTES ? 'warn' : 'plain' };
}

function plain(id: string, label: string, text: string): HealthFact {
	return { id, label, text, tone: 'plain' };
}
