import type { BytesPartView, BytesRunView, DoctorView, Finding } from '../bindings';

// What the doctor answers, with every field, from the few that matter to a test.

export function finding(part: Partial<Finding> & Pick<Finding, 'cause'>): Finding {
	return {
		reproduced: true,
		badge: 'Secret has a newline',
		sentence: 'The secret “main” ends with a line end.',
		remedy: 'Enter the secret again without the line end.',
		steps: ['Take the line end away from the secret “main”'],
		actions: [],
		secret_label: 'main',
		raw_body_guide: false,
		...part,
	};
}

const hexOf = (text: string): string => [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');

export const same = (text: string): BytesRunView => ({ kind: 'same', text, hex: hexOf(text), bytes: new TextEncoder().encode(text).length });
export const changed = (text: string): BytesRunView => ({ ...same(text), kind: 'changed' });
export const gap = (bytes: number): BytesRunView => ({ kind: 'gap', text: '', hex: '', bytes });

export function bytesPart(name: string, ...runs: BytesRunView[]): BytesPartView {
	return { name, bytes: runs.reduce((sum, run) => sum + run.bytes, 0), runs };
}

const sizeOf = (parts: readonly BytesPartView[]): number => parts.reduce((sum, part) => sum + part.bytes, 0);

export function doctorView({ diagnosis, ...view }: Partial<Omit<DoctorView, 'diagnosis'>> & { diagnosis?: Partial<DoctorView['diagnosis']> }): DoctorView {
	const signed = view.signed ?? [bytesPart('timestamp', same('1795444327')), bytesPart('separator', same('.')), bytesPart('body', same('{"a":1}'))];
	return {
		diagnosis: { findings: [], tried: 2, steps_tried: [], exhausted: false, ...diagnosis },
		elapsed_us: 3_200,
		provider: 'stripe',
		provider_name: 'Stripe',
		scheme: 'Stripe v1 · HMAC-SHA256 · hex',
		recognised: false,
		verdict: {
			kind: 'invalid',
			badge: 'No secret matches',
			sentence: 'No secret of this endpoint makes this signature.',
			reason_code: 'no_match',
		},
		received: [{ label: 'v1', value: '9038188bc9c9' }],
		computed: [{ label: 'Endpoint secret “main”', masked: 'e6bd••••b4b2', equal: false, can_reveal: true }],
		signed,
		arrived: [],
		signed_bytes: sizeOf(signed),
		arrived_bytes: sizeOf(view.arrived ?? signed),
		differences: 0,
		alike: 0,
		...view,
	};
}
