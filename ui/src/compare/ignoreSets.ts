/** Differences that two deliveries of one event always have, and that one may want to leave aside. */
export interface IgnoreSet {
	id: 'ids' | 'timestamps' | 'signatures' | 'delivery';
	label: string;
	/** Which they are, in a few words. */
	hint: string;
	/** Names in lower case; `*` stands for any characters. */
	headers: readonly string[];
	/** JSON paths, as one types them. */
	paths: readonly string[];
}

export const IGNORE_SETS: readonly IgnoreSet[] = [
	{
		id: 'ids',
		label: 'Ids',
		hint: 'ids of the event, the request and the delivery',
		headers: [
			'x-request-id', 'request-id', 'x-correlation-id', 'idempotency-key', 'webhook-id', 'svix-id', 'x-*-delivery', 'x-*-delivery-id',
			'x-*-event-id', 'x-*-webhook-id', 'x-*-request-id', 'x-*-message-id', '*-eventsub-message-id', 'paypal-transmission-id',
		],
		paths: [
			'id', 'event_id', 'eventId', 'webhook_id', 'webhookId', 'delivery_id', 'deliveryId', 'message_id', 'messageId', 'request_id',
			'requestId', 'request.id', 'request.idempotency_key', 'idempotency_key', 'trace_id',
		],
	},
	{
		id: 'timestamps',
		label: 'Timestamps',
		hint: 'when it was made, changed and sent',
		headers: ['date', 'webhook-timestamp', 'svix-timestamp', '*-timestamp', '*-triggered-at', '*-transmission-time', '*-sent-at'],
		paths: [
			'..created', '..created_at', '..createdAt', '..updated', '..updated_at', '..updatedAt', '..timestamp', '..event_time', '..eventTime',
			'..sent_at', '..sentAt', '..occurred_at', '..occurredAt', '..triggered_at', '..delivered_at',
		],
	},
	{
		id: 'signatures',
		label: 'Signatures',
		hint: 'and tokens that prove the sender',
		headers: ['*signature*', '*hmac*', 'authorization', 'x-*-token', 'paypal-transmission-sig'],
		paths: ['signature', '..signature'],
	},
	{
		id: 'delivery',
		label: 'Transport',
		hint: 'headers of the connection, proxies, traces and tries',
		headers: [
			'content-length', 'connection', 'x-forwarded-*', 'forwarded', 'x-real-ip', 'via', 'cf-*', 'cdn-loop', 'traceparent', 'tracestate',
			'baggage', 'sentry-trace', 'x-amzn-trace-id', 'x-b3-*', 'x-datadog-*', 'x-cloud-trace-context', '*-retry*', '*-attempt*',
		],
		paths: [],
	},
];
