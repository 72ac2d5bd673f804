/** What well-known request and webhook headers say, by their lower-case names. */
export const KNOWN_HEADERS: Readonly<Record<string, string>> = {
	// HTTP itself
	accept: 'The kinds of answer the sender can read.',
	'accept-charset': 'The charsets the sender can read. Hardly anybody sends it any more.',
	'accept-encoding': 'The compressions the sender can undo in the answer.',
	'accept-language': 'The languages the sender prefers.',
	authorization: 'Credentials of the sender, for example Basic or Bearer.',
	'cache-control': 'What caches on the way may keep.',
	connection: 'Whether the connection stays open, and which headers are for the next hop alone.',
	'content-disposition': 'A name for the content, and whether to show or to save it.',
	'content-encoding': 'How the body was compressed, in the order it was done.',
	'content-language': 'The language of the body.',
	'content-length': 'The size of the body in bytes, as it was sent.',
	'content-md5': 'An MD5 of the body in Base64. No longer part of HTTP.',
	'content-type': 'The format of the body and, for text, its charset.',
	cookie: 'Cookies that the address was given before.',
	date: 'When the sender made the request, by its own clock.',
	digest: 'A digest of the body. Content-Digest took its place.',
	'content-digest': 'A digest of the body as sent (RFC 9530).',
	'repr-digest': 'A digest of the content whatever the encoding it is sent in (RFC 9530).',
	expect: 'With 100-continue the sender waits for consent before it sends the body.',
	from: 'A mail address of whoever runs the sender.',
	host: 'The name and port that the sender called.',
	'idempotency-key': 'The same for each attempt at one action, so that it is done once.',
	'if-match': 'Do it only if the resource is still at this version.',
	'if-none-match': 'Do it only if the resource is not at this version.',
	'if-modified-since': 'Answer in full only if it changed since then.',
	'keep-alive': 'How long an idle connection stays open.',
	'max-forwards': 'How many more proxies may pass the request on.',
	origin: 'The site whose page sent the request. Servers do not send it by themselves.',
	pragma: 'An old way of saying no-cache.',
	priority: 'How urgent the request is (RFC 9218).',
	range: 'The part of a resource that is wanted.',
	referer: 'The page from which the request was made.',
	te: 'The transfer codings the sender takes, and whether it takes trailers.',
	trailer: 'Which headers come after a chunked body.',
	'transfer-encoding': 'How the body is framed; chunked means in pieces of announced size.',
	upgrade: 'The protocols the sender would like to change to.',
	'user-agent': 'The program that sent the request.',
	via: 'The proxies that the request came through.',
	warning: 'A note of a cache. No longer part of HTTP.',
	// Proxies and tunnels
	forwarded: 'Who called the proxy, by which name and protocol (RFC 7239).',
	'x-forwarded-for': 'The address that called the proxy, then that of each further proxy. Anybody can write it.',
	'x-forwarded-host': 'The host name that was called before the proxy changed it.',
	'x-forwarded-port': 'The port that was called at the proxy.',
	'x-forwarded-proto': 'Whether the proxy was called by http or https.',
	'x-real-ip': 'The address that called the proxy, as the proxy saw it.',
	'x-request-id': 'An id of the request, to find it in logs.',
	'x-correlation-id': 'An id that related requests share.',
	'x-amzn-trace-id': 'The id by which AWS traces the request.',
	'cf-connecting-ip': 'The address that called Cloudflare.',
	'cf-ray': 'The id of the request at Cloudflare.',
	traceparent: 'The trace and span that the request belongs to (W3C Trace Context).',
	tracestate: 'What each tracing system adds to traceparent.',
	baggage: 'Key and value pairs that go along with a trace.',
	// Browsers
	'sec-fetch-site': 'A browser says how the page relates to the address.',
	'sec-fetch-mode': 'A browser says in which mode it makes the request.',
	'sec-fetch-dest': 'A browser says what it wants the answer for.',
	'x-requested-with': 'Set by scripts of pages; XMLHttpRequest as a rule.',
	// Webhooks
	signature: 'A signature over parts of the request that Signature-Input names (RFC 9421).',
	'signature-input': 'Which parts of the request are signed, when and with which key (RFC 9421).',
	'webhook-id': 'The id of the message, the same at each attempt (Standard Webhooks).',
	'webhook-timestamp': 'When this attempt was made, in seconds since 1970. It is signed (Standard Webhooks).',
	'webhook-signature': 'One or more signatures over id, timestamp and body (Standard Webhooks).',
	'svix-id': 'The id of the message, the same at each attempt (Svix).',
	'svix-timestamp': 'When this attempt was made, in seconds since 1970. It is signed (Svix).',
	'svix-signature': 'One or more signatures over id, timestamp and body (Svix).',
	'stripe-signature': 'The time of sending and signatures over time and body (Stripe).',
	'x-github-event': 'The kind of event (GitHub).',
	'x-github-delivery': 'The id of this delivery. A redelivery has it, too (GitHub).',
	'x-github-hook-id': 'The id of the webhook that is set up (GitHub).',
	'x-hub-signature': 'HMAC-SHA1 of the body, kept for old receivers.',
	'x-hub-signature-256': 'HMAC-SHA256 of the body in hex.',
	'x-gitlab-event': 'The kind of event (GitLab).',
	'x-gitlab-token': 'The secret token of the webhook in plain text (GitLab).',
	'x-shopify-topic': 'The kind of event (Shopify).',
	'x-shopify-hmac-sha256': 'HMAC-SHA256 of the body in Base64 (Shopify).',
	'x-shopify-shop-domain': 'The shop that the event is from (Shopify).',
	'x-shopify-webhook-id': 'The id of the delivery, the same at each attempt (Shopify).',
	'x-slack-signature': 'HMAC-SHA256 over version, timestamp and body (Slack).',
	'x-slack-request-timestamp': 'When the request was made, in seconds since 1970. It is signed (Slack).',
	'x-slack-retry-num': 'Which repetition this is (Slack).',
	'x-slack-retry-reason': 'Why the request is repeated (Slack).',
	'x-twilio-signature': 'HMAC-SHA1 over the address and the form fields (Twilio).',
	'paypal-transmission-id': 'The id of this transmission. It is signed (PayPal).',
	'paypal-transmission-sig': 'The signature of the transmission (PayPal).',
	'x-amz-sns-message-type': 'Whether it is a notification or a confirmation (Amazon SNS).',
	'ce-id': 'The id of the event, unique for its source (CloudEvents).',
	'ce-source': 'Where the event happened (CloudEvents).',
	'ce-specversion': 'The version of CloudEvents.',
	'ce-type': 'The kind of event (CloudEvents).',
	'ce-time': 'When the event happened (CloudEvents).',
};

/** What a header says, in a sentence; null for one that is not known. */
export function headerMeaning(name: string): string | null {
	const key = name.toLowerCase();
	return Object.hasOwn(KNOWN_HEADERS, key) ? (KNOWN_HEADERS[key] ?? null) : null;
}

/** Which of several headers of one name each is: `2 of 3`; null for a header that stands once. Case does not matter. */
export function repetitions(names: readonly string[]): (string | null)[] {
	const totals = new Map<string, number>();
	for (const name of names) totals.set(name.toLowerCase(), (totals.get(name.toLowerCase()) ?? 0) + 1);
	const seen = new Map<string, number>();
	return names.map((name) => {
		const key = name.toLowerCase();
		const total = totals.get(key) ?? 0;
		seen.set(key, (seen.get(key) ?? 0) + 1);
		return total > 1 ? `${seen.get(key) ?? 0} of ${total}` : null;
	});
}
