import type { AttemptView, DeliveryView } from '../bindings';

/** How an attempt or delivery is coloured and shaped: round for success, square for failure, ring while open. */
export type Tone = 'ok' | 'failed' | 'open' | 'unknown';

/** An answer outside 2xx counts as failure, as with providers. */
export function toneOfAttempt(attempt: AttemptView): Tone {
	if (attempt.status !== null) return attempt.status >= 200 && attempt.status < 300 ? 'ok' : 'failed';
	if (attempt.error_kind === 'unknown') return 'unknown';
	return attempt.error_kind === null ? 'open' : 'failed';
}

const WORDS: Readonly<Record<string, string>> = { dns: 'DNS', tls: 'TLS' };

/** The status, or the word that stands for it: `200`, `timeout`, `sending`. */
export function resultWord(attempt: AttemptView): string {
	if (attempt.status !== null) return String(attempt.status);
	if (attempt.error_kind === null) return 'sending';
	return WORDS[attempt.error_kind] ?? attempt.error_kind;
}

/** The class of a status for its colour: 2xx, 3xx and 4xx, or 5xx and no answer. */
export function statusClass(attempt: AttemptView): 'ok' | 'warn' | 'bad' | 'open' {
	const tone = toneOfAttempt(attempt);
	if (tone === 'open') return 'open';
	if (tone === 'ok') return 'ok';
	return attempt.status !== null && attempt.status < 500 ? 'warn' : 'bad';
}

/** What stands beside the status: the reason phrase, or what went wrong in words. */
export function resultSentence(attempt: AttemptView): string {
	if (attempt.error_message !== null) return attempt.error_message;
	if (attempt.status === null) return attempt.error_kind === null ? 'Waiting for the answer' : attempt.error_kind;
	const phrase = /^HTTP\/\S+ \d{3} ?(.*)$/.exec((attempt.response_head ?? '').split(/\r?\n/, 1)[0] ?? '')?.[1]?.trim();
	if (attempt.status >= 300 && attempt.status < 400) {
		const location = headerOf(attempt.response_head ?? '', 'location');
		return `${phrase || 'Redirect'}${location === null ? '' : ` to ${location}`}, most providers count this as failure`;
	}
	return phrase || (PHRASES[attempt.status] ?? 'Answered');
}

/** For answers without a reason phrase, as in HTTP/2 (RFC 9110 section 15). */
const PHRASES: Readonly<Record<number, string>> = {
	200: 'OK',
	201: 'Created',
	202: 'Accepted',
	204: 'No Content',
	400: 'Bad Request',
	401: 'Unauthorized',
	403: 'Forbidden',
	404: 'Not Found',
	405: 'Method Not Allowed',
	409: 'Conflict',
	410: 'Gone',
	413: 'Content Too Large',
	415: 'Unsupported Media Type',
	422: 'Unprocessable Content',
	429: 'Too Many Requests',
	500: 'Internal Server Error',
	501: 'Not Implemented',
	502: 'Bad Gateway',
	503: 'Service Unavailable',
	504: 'Gateway Timeout',
};

/** The first value of a header in a head, case ignored. */
export function headerOf(head: string, name: string): string | null {
	return headersOf(head).find((header) => header.name.toLowerCase() === name)?.value ?? null;
}

/** The header lines of a head, in order, without its first line. */
export function headersOf(head: string): { name: string; value: string }[] {
	return head
		.split(/\r?\n/)
		.slice(1)
		.filter((line) => line !== '')
		.map((line) => {
			const colon = line.indexOf(':');
			return colon < 0
				? { name: line, value: '' }
				: { name: line.slice(0, colon), value: line.slice(colon + 1).trim() };
		});
}

/** The newest attempt. */
export function lastAttempt(delivery: DeliveryView): AttemptView | null {
	return delivery.attempts.at(-1) ?? null;
}

/** Every attempt in one sentence, for people who do not see the dots. */
export function attemptsSentence(delivery: DeliveryView): string {
	if (delivery.attempts.length === 0) return 'No attempt yet';
	return delivery.attempts.map((attempt) => `attempt ${attempt.number}: ${resultWord(attempt)}`).join(', ');
}

/** A target short enough for a column: the port on this computer, else the host, and the end of the path. */
export function shortTarget(target: string): string {
	let url: URL;
	try {
		url = new URL(target);
	} catch {
		return target;
	}
	const local = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname) && url.port !== '';
	const segments = url.pathname.split('/').filter((segment) => segment !== '');
	const path = segments.length > 1 ? `/…/${segments.at(-1) ?? ''}` : url.pathname;
	return `${local ? `:${url.port}` : url.host}${path}`;
}
