import type { Backend } from '../backend/backend';
import type { DeliveryView, EndpointInput, EndpointView } from '../bindings';

/**
 * What a fresh window offers to try: the provider most people come with first. Its secrets are text that is used as it
 * stands, so one made here works; everything else about it comes from its recipe.
 */
export const STARTER = { provider: 'stripe', name: 'Stripe', secretPrefix: 'whsec_test_' } as const;

/** Random bytes of a test secret: as many as the output of HMAC-SHA256 has (RFC 2104 section 3). */
const SECRET_BYTES = 32;

/** A secret for trying, plainly marked as one. */
export function testSecret(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
	return STARTER.secretPrefix + Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** An endpoint for trying. */
export function testEndpoint(slug: string): EndpointInput {
	return {
		id: null,
		slug,
		provider: STARTER.provider,
		secrets: [{ id: null, label: 'Test secret, made here', value: testSecret() }],
		public_url: null,
		tolerance_seconds: null,
		target_url: null,
		setup_text: { kind: 'clear' },
	};
}

/** Sends the provider's first sample to the endpoint's own address. */
export async function sendStarter(backend: Backend, endpoint: EndpointView): Promise<DeliveryView> {
	const [sample] = await backend.sampleList(STARTER.provider);
	return backend.sampleSend({
		endpoint: endpoint.id,
		provider: STARTER.provider,
		// Without one the application says so in its own words.
		event: sample?.event ?? '',
		secret: null,
		target: { kind: 'this_endpoint' },
	});
}
