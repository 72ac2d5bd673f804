import type { CaptureRow, CommandError, EndpointView, SecretView, VaultState } from '../bindings';

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
		...row,
	};
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
