import type { EndpointInput, EndpointView, ProviderId, SecretId, SecretState, SetupTextInput, SetupTextView, UnixMillis } from '../bindings';

export type SecretEdit = {
	key: number;
	id: SecretId | null;
	label: string;
	masked: string | null;
	state: SecretState;
	/** When the newest capture that it verified was received; null: never. */
	last_matched_at: UnixMillis | null;
	/** A newer secret has taken over. */
	superseded: boolean;
	/** What was typed; empty keeps the stored value. */
	value: string;
};

/** What the endpoint screen holds while it is edited. Numbers are as typed. */
export type EndpointEdit = {
	slug: string;
	provider: ProviderId | null;
	secrets: SecretEdit[];
	publicUrl: string;
	tolerance: string;
	targetUrl: string;
	/** The text that handshakes compare; never known here, so that only what becomes of it can be edited. */
	setupText: SetupTextEdit;
};

export type SetupTextEdit = {
	/** The stored one, masked; null: none, or it is taken away. */
	stored: SetupTextView | null;
	/** Whether another one, or none, takes the stored one's place. */
	changed: boolean;
	/** What was typed; empty: none. */
	value: string;
};

export type EndpointField = 'slug' | 'provider' | 'secrets' | 'public_url' | 'tolerance_seconds' | 'target_url' | 'setup_text';
export type FieldErrors = Partial<Record<EndpointField, string>>;

/** Longest slug and its rule, as the model crate has them. */
const SLUG_MAX_CHARS = 48;
const SLUG = /^[a-z0-9][a-z0-9_-]*$/;

/** What a new endpoint begins with. */
export interface EndpointStart {
	provider: ProviderId | null;
	slug: string;
}

/** A form for an endpoint, or for a new one. */
export function editOfEndpoint(endpoint: EndpointView | null, start?: EndpointStart): EndpointEdit {
	return {
		slug: endpoint?.slug ?? start?.slug ?? '',
		provider: endpoint?.provider ?? start?.provider ?? null,
		secrets: (endpoint?.secrets ?? []).map(({ id, label, masked, state, last_matched_at, superseded }, key) => ({
			key,
			id,
			label,
			masked,
			state,
			last_matched_at,
			superseded,
			value: '',
		})),
		publicUrl: endpoint?.public_url ?? '',
		tolerance: endpoint?.tolerance_seconds?.toString() ?? '',
		targetUrl: endpoint?.target_url ?? '',
		setupText: { stored: endpoint?.setup_text ?? null, changed: false, value: '' },
	};
}

/** A path name for a new endpoint of this provider that no other endpoint has; empty without a provider. */
export function suggestedSlug(provider: ProviderId | null, taken: readonly string[]): string {
	if (provider === null) return '';
	let slug = provider;
	for (let number = 2; taken.includes(slug); number += 1) slug = `${provider}-${number}`;
	return slug;
}

/** A path name for a new endpoint that takes requests like this one: the first part of the path, as a name may be written. */
export function slugOfTarget(target: string, taken: readonly string[]): string {
	const first = target.split(/[?#]/, 1)[0]?.split('/').find((part) => part !== '') ?? '';
	const base = first
		.toLowerCase()
		.replace(/[^a-z0-9_-]+/g, '-')
		.replace(/^[-_]+|-+$/g, '')
		.slice(0, SLUG_MAX_CHARS);
	if (base === '') return '';
	let slug = base;
	for (let number = 2; taken.includes(slug); number += 1) {
		const ending = `-${number}`;
		slug = `${base.slice(0, SLUG_MAX_CHARS - ending.length)}${ending}`;
	}
	return slug;
}

/** What can be said before asking the application. It has the last word. */
export function checkEndpoint(edit: EndpointEdit): FieldErrors {
	const errors: FieldErrors = {};
	const slug = edit.slug.trim();
	if (slug === '') errors.slug = 'A path name is needed, for example stripe.';
	else if (slug.length > SLUG_MAX_CHARS) errors.slug = `A path name has at most ${SLUG_MAX_CHARS} characters.`;
	else if (!SLUG.test(slug)) {
		errors.slug = 'A path name has only a-z, 0-9, - and _ and starts with a letter or digit.';
	}
	if (edit.tolerance.trim() !== '' && !/^\d{1,9}$/.test(edit.tolerance.trim())) {
		errors.tolerance_seconds = 'Write whole seconds, for example 300.';
	}
	if (edit.publicUrl.trim() !== '' && !isWebAddress(edit.publicUrl)) {
		errors.public_url = 'Write the whole address, for example https://example.com/webhooks.';
	}
	if (edit.targetUrl.trim() !== '' && !isWebAddress(edit.targetUrl)) {
		errors.target_url = 'Write the whole address, for example http://localhost:3000/webhooks.';
	}
	if (edit.secrets.some((secret) => secret.id === null && secret.value === '' && secret.label.trim() !== '')) {
		errors.secrets = 'A new secret needs its value. Paste it or remove the row.';
	}
	return errors;
}

/** What is saved. A new row without label and value is left out. */
export function inputOfEndpoint(id: string | null, edit: EndpointEdit): EndpointInput {
	const optional = (text: string): string | null => (text.trim() === '' ? null : text.trim());
	const tolerance = optional(edit.tolerance);
	const kept = edit.secrets.filter((secret) => secret.id !== null || secret.value !== '');
	return {
		id,
		slug: edit.slug.trim(),
		provider: edit.provider,
		secrets: kept.map((secret, index) => ({
			id: secret.id,
			label: secret.label.trim() || `Secret ${index + 1}`,
			value: secret.value === '' ? null : secret.value,
		})),
		public_url: optional(edit.publicUrl),
		tolerance_seconds: tolerance === null ? null : Number(tolerance),
		target_url: optional(edit.targetUrl),
		setup_text: inputOfSetupText(edit.setupText),
	};
}

function inputOfSetupText({ changed, value }: SetupTextEdit): SetupTextInput {
	if (value !== '') return { kind: 'set', text: value };
	return { kind: changed ? 'clear' : 'keep' };
}

/** The field that a message of the application is about, read from its words; null when it names none. */
export function fieldOf(message: string): EndpointField | null {
	const text = message.toLowerCase();
	// The text's own name is the provider's, for example verify token.
	if (/can be compared/.test(text)) return 'setup_text';
	if (/\bsecrets?\b/.test(text)) return 'secrets';
	if (/path name|slug/.test(text)) return 'slug';
	if (/public (url|address)/.test(text)) return 'public_url';
	if (/tolerance|seconds/.test(text)) return 'tolerance_seconds';
	if (/target/.test(text)) return 'target_url';
	if (/provider/.test(text)) return 'provider';
	return null;
}

function isWebAddress(text: string): boolean {
	try {
		return /^https?:$/.test(new URL(text.trim()).protocol);
	} catch {
		return false;
	}
}
