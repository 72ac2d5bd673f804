import type { ProviderId, ScratchInput } from '../bindings';

/** A secret as it stands in its field. */
export interface ScratchSecret {
	key: number;
	value: string;
}

/** A pasted request as it stands in the form. Nothing of it outlives the screen. */
export interface ScratchForm {
	request: string;
	/** The body stands below the headers in the request. */
	bodyInRequest: boolean;
	body: string;
	secrets: ScratchSecret[];
	/** null: recognise it. */
	provider: ProviderId | null;
	url: string;
	/** As typed; empty: now. */
	receivedAt: string;
}

export function emptyForm(): ScratchForm {
	return { request: '', bodyInRequest: false, body: '', secrets: [{ key: 0, value: '' }], provider: null, url: '', receivedAt: '' };
}

/** Why it cannot be diagnosed yet; null when it can. */
export function obstacle(form: ScratchForm): string | null {
	if (form.request.trim() === '') return 'Paste the headers of the request first.';
	return receivedSeconds(form.receivedAt) === undefined ? RECEIVED_AT_HINT : null;
}

/** Whether two forms ask the same. */
export function asksSame(a: ScratchForm, b: ScratchForm): boolean {
	const [one, other] = [inputOf(a), inputOf(b)];
	return (
		one.request === other.request &&
		one.body === other.body &&
		one.provider === other.provider &&
		one.url === other.url &&
		one.received_at === other.received_at &&
		one.secrets.length === other.secrets.length &&
		one.secrets.every((secret, index) => secret === other.secrets[index])
	);
}

export const RECEIVED_AT_HINT = 'Write Unix seconds or a date and time, for example 2026-11-23T14:32:07Z.';

export function inputOf(form: ScratchForm): ScratchInput {
	const url = form.url.trim();
	return {
		request: form.request,
		body: form.bodyInRequest ? null : form.body,
		secrets: form.secrets.map((secret) => secret.value).filter((value) => value !== ''),
		provider: form.provider,
		url: url === '' ? null : url,
		received_at: receivedSeconds(form.receivedAt) ?? null,
	};
}

/** Beyond this a number of seconds would be one of milliseconds (the year 5138). */
const MOST_SECONDS = 99_999_999_999;

/** Unix seconds of what was typed; null: nothing was, undefined: it is no moment. Milliseconds are understood. */
export function receivedSeconds(typed: string): number | null | undefined {
	const text = typed.trim();
	if (text === '') return null;
	if (/^\d+$/.test(text)) {
		const value = Number(text);
		const seconds = value > MOST_SECONDS ? Math.floor(value / 1000) : value;
		return seconds > MOST_SECONDS ? undefined : seconds;
	}
	// A date without its time or the other way round would be read as something by one engine and as nothing by another.
	if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text)) return undefined;
	const at = Date.parse(text.replace(' ', 'T'));
	return Number.isNaN(at) ? undefined : Math.floor(at / 1000);
}
