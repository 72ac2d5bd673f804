import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandError } from '../backend/memory';
import { bytesPart, changed, doctorView, finding, gap, same } from '../backend/doctorExamples';
import type { DoctorView } from '../bindings';
import { copyOf, legendOf, placeRuns } from './byteRuns';
import { diagnosisText } from './plainText';
import { Reveal, revealedOf, REVEAL_MS } from './reveal.svelte';
import { asksSame, emptyForm, inputOf, obstacle, receivedSeconds } from './scratch';
import { CauseSearch } from './search.svelte';
import { ageWords, headlineOf, hintMark, outcomeWords } from './words';

describe('a search', () => {
	const calls: string[] = [];
	let order: ((view: DoctorView) => void)[];
	const backend = {
		// The order takes a moment to arrive.
		stopDiagnosis: async () => {
			await Promise.resolve();
			calls.push('stop');
		},
	};
	const ask = (name: string) => () => {
		calls.push(name);
		return new Promise<DoctorView>((resolve) => order.push(resolve));
	};
	const turn = () => new Promise((resolve) => setTimeout(resolve));

	beforeEach(() => {
		calls.length = 0;
		order = [];
	});

	it('stops the older one before a newer begins, and drops what comes of it', async () => {
		const search = new CauseSearch(backend);
		void search.run(ask('first'));
		await turn();
		void search.run(ask('second'));
		await turn();
		expect(calls).toEqual(['first', 'stop', 'second']);
		order[0]?.(doctorView({ elapsed_us: 1_000 }));
		await turn();
		expect(search.state.kind).toBe('searching');
		order[1]?.(doctorView({ elapsed_us: 2_000 }));
		await turn();
		expect(search.state).toMatchObject({ kind: 'found', view: { elapsed_us: 2_000 } });
	});

	it('tells a stop elsewhere from a failure, and stops nothing that does not run', async () => {
		const search = new CauseSearch(backend);
		await search.run(() => Promise.reject(commandError('cancelled', 'stopped')));
		expect(search.state.kind).toBe('cancelled');
		await search.run(() => Promise.reject(commandError('internal', 'broken')));
		expect(search.state).toMatchObject({ kind: 'failed', error: { message: 'broken' } });
		search.cancel();
		search.close();
		expect(calls).toEqual([]);
	});
});

describe('revealing', () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it('masks again after ten seconds, counting down four times a second', async () => {
		const reveal = new Reveal();
		await reveal.show(async () => [{ label: 'a', value: 'full' }]);
		expect(reveal.values).toEqual([{ label: 'a', value: 'full' }]);
		vi.advanceTimersByTime(250);
		expect(reveal.left_ms).toBe(REVEAL_MS - 250);
		vi.advanceTimersByTime(REVEAL_MS - 500);
		expect(reveal.values).not.toBeNull();
		vi.advanceTimersByTime(250);
		expect(reveal.values).toBeNull();
		expect(vi.getTimerCount()).toBe(0);
	});

	it('shows nothing that arrives after it was left', async () => {
		const reveal = new Reveal();
		let answer: (values: { label: string; value: string }[]) => void = () => undefined;
		const shown = reveal.show(() => new Promise((resolve) => (answer = resolve)));
		reveal.hide();
		answer([{ label: 'a', value: 'full' }]);
		await shown;
		expect(reveal.values).toBeNull();
		expect(vi.getTimerCount()).toBe(0);
	});

	it('finds the text of a row by its label, by order where labels repeat', () => {
		const row = { masked: '', equal: false, can_reveal: true };
		const computed = [
			{ ...row, label: 'x' },
			{ ...row, label: 'y', can_reveal: false },
			{ ...row, label: 'x' },
		];
		const values = [
			{ label: 'x', value: '1' },
			{ label: 'x', value: '2' },
		];
		expect(computed.map((_, index) => revealedOf(computed, index, values))).toEqual(['1', null, '2']);
		expect(revealedOf(computed, 0, null)).toBeNull();
	});
});

describe('the bytes', () => {
	const parts = [
		bytesPart('timestamp', same('17')),
		bytesPart('separator', same('.')),
		bytesPart('id', changed('m')),
		bytesPart('separator', same('.')),
		bytesPart('body', same('a'), changed('\\/'), gap(1204), changed('')),
	];

	it('number their differences through all parts', () => {
		expect(placeRuns(parts).map((part) => [part.tone, part.runs.map((run) => run.change)])).toEqual([
			['value', [null]],
			['separator', [null]],
			['value', [0]],
			['separator', [null]],
			['body', [null, 1, null, 2]],
		]);
	});

	it('name each part once', () => {
		expect(legendOf(parts).map((entry) => [entry.name, entry.sign, entry.changes])).toEqual([
			['timestamp', 't', 0],
			['separator', '.', 0],
			['id', 'i', 1],
			['body', '', 2],
		]);
	});

	it('are copied as shown, and as hexadecimal where text would lose them', () => {
		expect(copyOf(parts, 'text')).toEqual({ text: '17.m.a\\/… 1,204\u202fB left out …', mode: 'text', whole: false });
		expect(copyOf(parts.slice(0, 2), 'hex')).toEqual({ text: '31 37 2e', mode: 'hex', whole: true });
		const binary = [bytesPart('body', { kind: 'same', text: 'a\uFFFD', hex: '61 ff', bytes: 2 })];
		expect(copyOf(binary, 'text')).toEqual({ text: '61 ff', mode: 'hex', whole: true });
	});
});

describe('the words', () => {
	it('put a short sentence in bold, and the badge before a long one', () => {
		expect(headlineOf(finding({ cause: 'secret.newline' }))).toEqual({ title: 'The secret “main” ends with a line end', sentence: null });
		const long = `${'word '.repeat(40)}end.`;
		expect(headlineOf(finding({ cause: 'secret.unknown', badge: 'No secret matches', sentence: long }))).toEqual({
			title: 'No secret matches',
			sentence: long,
		});
	});

	it('never make an age shorter than it is', () => {
		expect([412, 900, 7200, 5400, 0].map(ageWords)).toEqual(['412\u202fs', '15\u202fmin', '2\u202fh', '90\u202fmin', '0\u202fs']);
	});

	it('mark what is not proved', () => {
		expect(hintMark(finding({ cause: 'secret.unknown', reproduced: false }))).toBe('Not proved');
		expect(hintMark(finding({ cause: 'secret.api_key', reproduced: false }))).toBe('Often the cause, not proved');
	});

	it('say what came of each family', () => {
		const step = { what: 'x', tried: 12 };
		const outcomes = ['matches', 'differs', 'not_needed', 'not_used', 'cut_short'] as const;
		expect(outcomes.map((outcome) => outcomeWords({ ...step, outcome }))).toEqual([
			'matches',
			'12 differ',
			'not needed',
			'not used',
			'cut short',
		]);
		expect(outcomeWords({ ...step, tried: 1, outcome: 'differs' })).toBe('differs');
	});

	it('of a copied diagnosis hold no signature and no byte', () => {
		const text = diagnosisText(
			doctorView({
				diagnosis: {
					findings: [finding({ cause: 'secret.newline', sentence: 'a\u202eb' }), finding({ cause: 'secret.api_key', reproduced: false, steps: [] })],
					tried: 31,
					steps_tried: [{ what: 'Every other known secret', tried: 4, outcome: 'differs' }],
				},
				received: [{ label: 'v1', value: 'RECEIVED' }],
				computed: [{ label: 'x', masked: 'COMPUTED', equal: false, can_reveal: true }],
				signed: [bytesPart('body', same('BYTES'))],
				arrived: [bytesPart('body', changed('ARRIVED'))],
			}),
		);
		expect(text).not.toMatch(/RECEIVED|COMPUTED|BYTES|ARRIVED/);
		expect(text).toBe(
			[
				'Signature diagnosis by Hookglass',
				'Scheme: Stripe v1 · HMAC-SHA256 · hex',
				'',
				'Proved: Secret has a newline (secret.newline)',
				'a⟨U+202E⟩b',
				'Remedy: Enter the secret again without the line end.',
				'The signature is reproduced by:',
				'  - Take the line end away from the secret “main”',
				'',
				'Not proved: Secret has a newline (secret.api_key)',
				'The secret “main” ends with a line end.',
				'Remedy: Enter the secret again without the line end.',
				'',
				'Tried: 31 combinations in 3\u202fms',
				'  - Every other known secret: 4 differ',
				'',
			].join('\n'),
		);
	});
});

describe('a pasted request', () => {
	it('becomes what is asked', () => {
		const form = { ...emptyForm(), request: 'A: b', body: '', url: ' ', secrets: [{ key: 0, value: 's\n' }, { key: 1, value: '' }] };
		expect(inputOf(form)).toEqual({ request: 'A: b', body: '', secrets: ['s\n'], provider: null, url: null, received_at: null });
		expect(inputOf({ ...form, bodyInRequest: true, url: 'https://x/', provider: 'stripe', receivedAt: '1795444327' })).toMatchObject({
			body: null,
			url: 'https://x/',
			provider: 'stripe',
			received_at: 1_795_444_327,
		});
		expect(asksSame(form, { ...form, secrets: [{ key: 7, value: 's\n' }] })).toBe(true);
		expect(asksSame(form, { ...form, secrets: [{ key: 0, value: 's' }] })).toBe(false);
	});

	it('is received at a moment in any common writing', () => {
		expect(receivedSeconds('')).toBeNull();
		expect(receivedSeconds('1795444327')).toBe(1_795_444_327);
		expect(receivedSeconds('1795444327123')).toBe(1_795_444_327);
		expect(receivedSeconds('2026-11-23T14:32:07Z')).toBe(Date.UTC(2026, 10, 23, 14, 32, 7) / 1000);
		expect(receivedSeconds('2026-11-23 14:32:07+01:00')).toBe(Date.UTC(2026, 10, 23, 13, 32, 7) / 1000);
		for (const wrong of ['yesterday', '2026-11-23', '14:32', '2026-13-45T99:99', '9'.repeat(20)]) expect(receivedSeconds(wrong)).toBeUndefined();
	});

	it('needs headers and a readable moment', () => {
		expect(obstacle(emptyForm())).toContain('Paste the headers');
		expect(obstacle({ ...emptyForm(), request: 'A: b', receivedAt: 'x' })).toContain('Unix seconds');
		expect(obstacle({ ...emptyForm(), request: 'A: b' })).toBeNull();
	});
});
