import { describe, expect, it } from 'vitest';
import { secretView } from '../backend/memory';
import type { EndpointView, ProviderInfo } from '../bindings';
import { providerInfo } from '../backend/memory';
import { checkEndpoint, editOfEndpoint, fieldOf, inputOfEndpoint, suggestedSlug } from './form';
import { searchProviders } from './search';

function provider(id: string, name: string, summary: string, headers: string[]): ProviderInfo {
	return providerInfo({ id, name, summary, signature_headers: headers });
}

const PROVIDERS = [
	provider('github', 'GitHub', 'X-Hub-Signature-256 · HMAC-SHA256 hex', ['X-Hub-Signature-256']),
	provider('shopify', 'Shopify', 'X-Shopify-Hmac-Sha256 · HMAC-SHA256 base64', ['X-Shopify-Hmac-Sha256']),
	provider('standard-webhooks', 'Standard Webhooks', 'webhook-id, -timestamp, -signature', ['webhook-signature']),
	provider('stripe', 'Stripe', 'Stripe-Signature · t, v1 · HMAC-SHA256 hex', ['Stripe-Signature']),
];
const found = (query: string): string[] => searchProviders(PROVIDERS, query).map((entry) => entry.id);

describe('finding a provider', () => {
	it('goes by name first', () => {
		expect(found('stripe')[0]).toBe('stripe');
		expect(found('St')).toEqual(['standard-webhooks', 'stripe']);
		expect(found('web')[0]).toBe('standard-webhooks');
	});

	it('knows headers and schemes, and letters in order', () => {
		expect(found('x-hub')).toEqual(['github']);
		expect(found('base64')).toEqual(['shopify']);
		expect(found('std wh')).toEqual(['standard-webhooks']);
		expect(found('zzz')).toEqual([]);
		expect(found('')).toHaveLength(4);
	});
});

const ENDPOINT: EndpointView = {
	id: 'e1',
	slug: 'stripe',
	url: 'http://127.0.0.1:4665/stripe',
	provider: 'stripe',
	secrets: [secretView({ id: 's1', label: 'Dashboard', masked: 'whsec_••••c3Zk' })],
	public_url: null,
	tolerance_seconds: 300,
	target_url: 'http://localhost:3000',
	setup_text: null,
	captures: 0,
	invalid: 0,
	built_in: false,
};

describe('a suggested path name', () => {
	it('is the provider, numbered when taken', () => {
		expect(suggestedSlug('stripe', ['default'])).toBe('stripe');
		expect(suggestedSlug('stripe', ['stripe', 'stripe-2'])).toBe('stripe-3');
		expect(suggestedSlug(null, [])).toBe('');
	});
});

describe('an endpoint form', () => {
	it('keeps, replaces or takes away the text that handshakes compare', () => {
		const edit = editOfEndpoint({ ...ENDPOINT, setup_text: { masked: '••••', state: 'ready' } });
		expect(inputOfEndpoint('e1', edit).setup_text).toEqual({ kind: 'keep' });
		edit.setupText.changed = true;
		expect(inputOfEndpoint('e1', edit).setup_text).toEqual({ kind: 'clear' });
		edit.setupText.value = ' kept as typed';
		expect(inputOfEndpoint('e1', edit).setup_text).toEqual({ kind: 'set', text: ' kept as typed' });
		expect(fieldOf('The verify token has 2000 bytes; at most 1024 can be compared. Enter a shorter one.')).toBe('setup_text');
	});

	it('gives back what it was opened with, secrets by name only', () => {
		expect(inputOfEndpoint('e1', editOfEndpoint(ENDPOINT))).toEqual({
			setup_text: { kind: 'keep' },
			id: 'e1',
			slug: 'stripe',
			provider: 'stripe',
			secrets: [{ id: 's1', label: 'Dashboard', value: null }],
			public_url: null,
			tolerance_seconds: 300,
			target_url: 'http://localhost:3000',
		});
	});

	it('leaves out rows that were never filled and names unnamed secrets', () => {
		const edit = editOfEndpoint(null);
		edit.slug = ' github ';
		edit.secrets = [
			{ key: 0, id: null, label: '', masked: null, state: 'ready', last_matched_at: null, superseded: false, value: 'hush' },
			{ key: 1, id: null, label: '', masked: null, state: 'ready', last_matched_at: null, superseded: false, value: '' },
		];
		const input = inputOfEndpoint(null, edit);
		expect(input.slug).toBe('github');
		expect(input.secrets).toEqual([{ id: null, label: 'Secret 1', value: 'hush' }]);
		expect(input.tolerance_seconds).toBeNull();
	});

	it('says beside the field what cannot be', () => {
		const edit = editOfEndpoint(ENDPOINT);
		expect(checkEndpoint(edit)).toEqual({});
		edit.slug = 'Stripe Billing';
		edit.tolerance = '5 min';
		edit.publicUrl = 'example.com';
		edit.targetUrl = 'javascript:alert(1)';
		edit.secrets.push({ key: 5, id: null, label: 'CLI', masked: null, state: 'ready', last_matched_at: null, superseded: false, value: '' });
		expect(Object.keys(checkEndpoint(edit)).sort()).toEqual([
			'public_url',
			'secrets',
			'slug',
			'target_url',
			'tolerance_seconds',
		]);
	});

	it('finds the field that the application complains about', () => {
		expect(fieldOf('a path name has at most 48 characters')).toBe('slug');
		expect(fieldOf('The secret “x” is not base64.')).toBe('secrets');
		expect(fieldOf('Something else.')).toBeNull();
	});
});
