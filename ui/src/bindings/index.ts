// Interim, written by hand in the shape of the generated file; replaced by `cargo xtask bindings`.

export type CaptureId = string;
export type EndpointId = string;
export type DeliveryId = string;
export type AttemptId = string;
export type SecretId = string;
export type ProviderId = string;
export type UnixMillis = number;

export type VerdictKind = 'valid' | 'invalid' | 'unsigned' | 'not_checked' | 'config_error';

/** `{code, message}`: switch on `code`, show `message`. */
export type CommandError = { code: ErrorCode; message: string };
export type ErrorCode =
	| 'not_found'
	| 'invalid_input'
	| 'address_in_use'
	| 'store_unavailable'
	| 'vault_unavailable'
	| 'cancelled'
	| 'internal';

export type ListenerState =
	| { state: 'listening'; address: string; url: string }
	| {
			state: 'stopped';
			/** `127.0.0.1:4665` */
			address: string;
			/** Whether another program holds the address. */
			in_use: boolean;
			/** Cause, effect and next step in one or two sentences. */
			message: string;
			/** A port that was free a moment ago, offered, never taken by itself. */
			next_free_port: number | null;
			since: UnixMillis;
	  };

/** Where secret values are kept. */
export type VaultState =
	| { kind: 'keychain' }
	/** No keychain answered: secrets live until the application closes. `reason` says why. */
	| { kind: 'memory'; reason: string };

export type AppState = {
	version: string;
	data_dir: string;
	listener: ListenerState;
	vault: VaultState;
	captures_total: number;
	store_bytes: number;
	latest_seq: number;
	last_received_at: UnixMillis | null;
	/** Why captures cannot be stored now, e.g. "The disk is full …"; null when all is well. */
	store_problem: string | null;
};

export type CaptureRow = {
	id: CaptureId;
	seq: number;
	received_at: UnixMillis;
	endpoint: EndpointId;
	endpoint_slug: string;
	provider: ProviderId | null;
	method: string;
	/** Path and query. */
	target: string;
	content_type: string | null;
	body_bytes: number;
	truncated: boolean;
	event_type: string | null;
	event_id: string | null;
	verdict: VerdictKind;
	/** The few words for the badge: "Valid", "No secret matches", "412 s too old" … */
	badge: string;
	/** What the sender was told. */
	answer_status: number;
};

export type CaptureFilter = {
	endpoint: EndpointId | null;
	verdict: VerdictKind | null;
	/** Substring of event type, event id, method, path, provider; empty matches all. */
	text: string;
};

export type CapturePage = {
	rows: CaptureRow[];
	/** How many captures match the filter. */
	total: number;
	/** Pass as `before_seq` to get the next older page; null at the end. */
	next_before_seq: number | null;
};

export type HeaderView = { name: string; value: string; /** value had bytes that are not UTF-8 */ lossy: boolean };

export type CaptureDetail = {
	row: CaptureRow;
	headers: HeaderView[];
	protocol: 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2';
	client: string;
	framing: 'none' | 'content_length' | 'chunked' | 'frames';
	body_sha256: string;
	head_us: number;
	body_us: number;
	signature: SignatureView;
	deliveries_total: number;
};

export type SignatureView = {
	/** What happened and what to do. */
	sentence: string;
	reason_code: string | null;
	/** e.g. "Stripe v1 · HMAC-SHA256 · hex"; null without a provider. */
	scheme: string | null;
	provider: ProviderId | null;
	provider_name: string | null;
	/** Signatures as received. */
	received: { label: string; value: string }[];
	/** The parts that were hashed, in order, e.g. timestamp, separator, body. */
	signed_parts: { name: string; text: string; bytes: number }[];
	matched_secret: string | null;
};

export type ProviderInfo = {
	id: ProviderId;
	name: string;
	/** One or two letters for the tile. */
	monogram: string;
	/** 0–359 for the tile's tint; null: neutral. */
	hue: number | null;
	/** e.g. "Stripe-Signature · t, v1 · HMAC-SHA256 hex" */
	summary: string;
	signature_headers: string[];
	/** What a secret looks like, e.g. "whsec_…" */
	secret_hint: string;
	tolerance_seconds: number | null;
	docs: string;
	/** false: community recipe, not confirmed by the vendor. */
	official: boolean;
};

export type EndpointView = {
	id: EndpointId;
	slug: string;
	/** The full local address, e.g. http://127.0.0.1:4665/stripe */
	url: string;
	provider: ProviderId | null;
	secrets: { id: SecretId; label: string; /** `whsec_••••c3Zk` */ masked: string; available: boolean }[];
	public_url: string | null;
	tolerance_seconds: number | null;
	target_url: string | null;
	captures: number;
	invalid: number;
	/** Whether this is the built-in one, which cannot be renamed or deleted. */
	built_in: boolean;
};

export type EndpointInput = {
	/** null makes a new one. */
	id: EndpointId | null;
	slug: string;
	provider: ProviderId | null;
	/** In the order they are tried. `value` null keeps the stored one; a secret left out is removed. */
	secrets: { id: SecretId | null; label: string; value: string | null }[];
	public_url: string | null;
	tolerance_seconds: number | null;
	target_url: string | null;
};

export type TimestampChoice = { kind: 'now' } | { kind: 'at'; unix_seconds: number };
export type IdChoice = 'keep' | 'new';
export type Resign = { provider: ProviderId; secret: SecretId; timestamp: TimestampChoice; id: IdChoice };

/** A draft as the composer opens it. */
export type DraftView = {
	parent: CaptureId;
	title: string;
	method: string;
	target_url: string;
	headers: HeaderView[];
	body_bytes: number;
	/** The body as text when it is UTF-8; null: binary, sent unchanged. */
	body_text: string | null;
	/** The scheme and secrets it can be signed with again; null: none. */
	resign: {
		provider: ProviderId;
		provider_name: string;
		secrets: { id: SecretId; label: string }[];
		/** The timestamp the original was signed with. */
		original_unix_seconds: number | null;
	} | null;
};

export type DraftInput = {
	parent: CaptureId;
	method: string;
	target_url: string;
	headers: { name: string; value: string }[];
	/** null: the captured bytes, unchanged. */
	body_text: string | null;
	resign: Resign | null;
};

export type DeliveryState = 'sending' | 'delivered' | 'failed' | 'unknown';

export type AttemptView = {
	id: AttemptId;
	number: number;
	started_at: UnixMillis;
	/** null while it is under way. */
	total_us: number | null;
	status: number | null;
	/** e.g. "refused", "timeout"; null when there is an answer or it is under way. */
	error_kind: string | null;
	/** e.g. "Nothing listens on localhost:3000." */
	error_message: string | null;
	/** Status line and headers of the answer. */
	response_head: string | null;
	/** The answer's body as text (invalid bytes replaced), at most 64 KiB. */
	response_text: string | null;
	response_bytes: number;
	response_truncated: boolean;
	/** The request as it was handed to the network. */
	request_head: string;
};

export type DeliveryView = {
	id: DeliveryId;
	parent: CaptureId | null;
	title: string;
	provider: ProviderId | null;
	created_at: UnixMillis;
	method: string;
	target_url: string;
	state: DeliveryState;
	attempts: AttemptView[];
};

export type Theme = 'system' | 'dark' | 'light';
export type NotifyOn = 'all' | 'invalid' | 'none';
export type Preferences = { theme: Theme; notify_on: NotifyOn; listen: string };

/** Small hints that something changed; the window pulls what it shows. At most 10 a second. */
export type Notice =
	| { kind: 'captures'; latest_seq: number; total: number; last_received_at: UnixMillis | null }
	| { kind: 'delivery'; id: DeliveryId; parent: CaptureId | null }
	| { kind: 'endpoints' }
	| { kind: 'listener'; state: ListenerState }
	| { kind: 'store'; problem: string | null }
	/** A notification was clicked: show this capture. */
	| { kind: 'open_capture'; id: CaptureId };

// Commands, as they will be generated (each rejects with CommandError):
//   app_state() -> AppState
//   listen_on(address: string) -> ListenerState           // "127.0.0.1:4681"; also "try again"
//   list_captures(filter: CaptureFilter, before_seq: number | null, limit: number) -> CapturePage
//   get_capture(id) -> CaptureDetail
//   capture_body(id) -> ArrayBuffer        (raw bytes)
//   capture_head(id) -> ArrayBuffer        (raw bytes)
//   list_providers() -> ProviderInfo[]
//   list_endpoints() -> EndpointView[]
//   save_endpoint(input: EndpointInput) -> EndpointView
//   delete_endpoint(id) -> null
//   open_draft(capture: CaptureId) -> DraftView
//   send_draft(draft: DraftInput) -> DeliveryView          // returns once the first attempt is recorded as started
//   resend_capture(id, target_url: string) -> DeliveryView // as captured, re-signed now when a secret is known
//   list_deliveries(parent: CaptureId | null, limit: number) -> DeliveryView[]   // newest first
//   copy_text(text: string) -> null
//   copy_as_curl(id) -> string             // puts it on the clipboard and returns it
//   export_har(ids: CaptureId[]) -> string | null          // asks where; null when cancelled; else the path
//   get_preferences() -> Preferences
//   set_preferences(preferences: Preferences) -> Preferences
//   subscribe(channel: Channel<Notice>) -> null
