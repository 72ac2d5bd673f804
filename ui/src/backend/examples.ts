import type { CaptureRow, CharsetView, CommandError, DecodedView, EndpointView, HealthView, LimitsView, RejectedRow, SecretView, VaultState } from '../bindings';

// What the program answers, with every field, from the few that matter to a test.

export function commandError(code: CommandError['code'], message: string): CommandError {
	return { code, message };
}

/** A row with every field, from the ones that matter to a test. */
export function captureRow(row: Partial<CaptureRow> & { seq: number }): CaptureRow {
	return {
		id: `capture-${row.seq}`,
		received_at: Date.UTC(2026, 10, 23, 13, 32, 7) + row.seq,
		endpoint: 'default',
		endpoint_slug: 'default',
		provider: null,
		method: 'POST',
		target: '/hello',
		content_type: 'application/json',
		body_bytes: 2900,
		truncated: false,
		event_type: null,
		event_id: null,
		verdict: 'not_checked',
		badge: 'Not checked',
		answer_status: 200,
		diagnosed: false,
		starred: false,
		duplicate: null,
		...row,
	};
}

/** UTF-8 that nothing names, unless a test says otherwise. */
export function charsetView(view: Partial<CharsetView> = {}): CharsetView {
	return { name: 'UTF-8', source: 'default', unknown: null, ...view };
}

/** A body that was decoded whole, unless a test says otherwise. */
export function decodedView(view: Partial<DecodedView> = {}): DecodedView {
	return { undone: ['gzip'], body_bytes: 0, decoded_bytes: 0, notes: [], charset: charsetView(), ...view };
}

/** A vault that can be used, unless a test says otherwise. */
export function vaultState(state: Partial<VaultState>): VaultState {
	return {
		place: null,
		condition: 'ready',
		problem: null,
		key_file: null,
		sealed: 0,
		held: 0,
		set_aside: 0,
		set_aside_passphrase: false,
		...state,
	};
}

export function secretView(view: Partial<SecretView> & Pick<SecretView, 'id' | 'label'>): SecretView {
	return {
		masked: '••••',
		available: true,
		state: 'ready',
		last_matched_at: null,
		matches: 0,
		superseded: false,
		...view,
	};
}

export function endpointView(view: Partial<EndpointView> & Pick<EndpointView, 'id' | 'slug'>): EndpointView {
	return {
		url: `http://127.0.0.1:4665/${view.slug}`,
		provider: null,
		secrets: [],
		public_url: null,
		tolerance_seconds: null,
		target_url: null,
		setup_text: null,
		captures: 0,
		invalid: 0,
		built_in: false,
		...view,
	};
}

/** Bytes as the program writes them: printable ones as they are, others as `\\xNN`. */
export function rejectedRow(row: Partial<RejectedRow> & { id: number }, firstBytes = 'GET / HTTP/1.1\r\n\r\n'): RejectedRow {
	const bytes = new TextEncoder().encode(firstBytes);
	const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
	return {
		at: Date.UTC(2026, 10, 23, 13, 32, 7) + row.id,
		client: '127.0.0.1:50412',
		over_tls: false,
		code: 'no_host',
		title: 'No host header',
		sentence: 'An HTTP/1.1 request names its host. The sender got 400.',
		first_bytes: [...bytes].map((byte, at) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${hex[at] ?? ''}`)).join(''),
		first_bytes_hex: hex.join(''),
		times: 1,
		...row,
	};
}

const MIB = 1024 * 1024;

/** The limits when nothing was set. */
export function limitsView(view: Partial<LimitsView> = {}): LimitsView {
	return {
		body_bytes: 25 * MIB,
		head_bytes: 64 * 1024,
		header_lines: 200,
		first_byte_ms: 10_000,
		header_ms: 10_000,
		body_progress_ms: 30_000,
		whole_body_ms: 600_000,
		keep_alive_idle_ms: 75_000,
		max_connections: 10_000,
		allowed_clients: [],
		decoded_view_bytes: 25 * MIB,
		decoded_view_ratio: 1_000,
		...view,
	};
}

/** All is well, unless a test says otherwise. */
export function healthView(view: Partial<HealthView> = {}): HealthView {
	return {
		listening: true,
		probe: { at: Date.UTC(2026, 10, 23, 13, 32), ok: true, took_us: 420, sentence: '127.0.0.1:4665 answered.' },
		tls_probe: null,
		last_received_at: null,
		captures_per_minute: 0,
		open_connections: 1,
		queue_depth: 0,
		last_commit_us: 2100,
		disk_free_bytes: 212_000_000_000,
		wal_bytes: 1_200_000,
		store_problem: null,
		warnings: [],
		...view,
	};
}

/** Stands for the SHA-256 of a body: the same for the same bytes (FNV-1a). */
export function bodyDigest(body: Uint8Array = new Uint8Array()): string {
	let hash = 0x811c9dc5;
	for (const byte of body) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
	return hash.toString(16).padStart(8, '0').padEnd(64, '0');
}
