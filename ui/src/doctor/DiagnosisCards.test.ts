import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { commandError, MemoryBackend } from '../backend/memory';
import { bytesPart, changed, doctorView, finding, gap, same } from '../backend/doctorExamples';
import { showSignature } from './testing';

let backend: MemoryBackend;
beforeEach(() => {
	backend = new MemoryBackend();
});
const receive = () => backend.receive({ verdict: 'invalid', badge: 'No secret matches' }).id;

describe('the bytes that were signed', () => {
	const signed = [bytesPart('timestamp', same('17')), bytesPart('separator', same('.')), bytesPart('body', gap(1204), same('see '), changed('\\/'), same('x'), changed(' '))];
	const arrived = [bytesPart('timestamp', same('17')), bytesPart('separator', same('.')), bytesPart('body', gap(1204), same('see '), changed('/'), same('x'), changed(''))];

	it('stand beside those that arrived, with differences in sign, line and words', async () => {
		backend.doctor.found = doctorView({ signed, arrived, signed_bytes: 1214, arrived_bytes: 1212, differences: 2 });
		await showSignature(backend, receive());
		const card = await screen.findByRole('region', { name: 'Signed bytes' });
		expect(card.textContent?.replace(/\s+/g, ' ')).toContain('1,214 B signed · 1,212 B arrived · 2 differences');
		const [there, here] = [screen.getByTestId('doctor-signed'), screen.getByTestId('doctor-arrived')];
		expect([...there.querySelectorAll('ins')].map((one) => one.textContent)).toEqual(['only signed: \\/', 'only signed: ·']);
		expect([...here.querySelectorAll('del')].map((one) => one.textContent)).toEqual(['only arrived: /', 'only arrived: nothing']);
		expect(there.textContent).toContain('… 1,204\u202fB left out …');
		expect(card.textContent).toContain('+ underlined');
		expect(card.textContent).toContain('− struck through');
		expect(within(card).getByRole('list', { name: 'Parts, in order' }).textContent).toContain('2 differences');

		await userEvent.click(screen.getByLabelText('Next difference'));
		await userEvent.click(screen.getByLabelText('Next difference'));
		expect(there.querySelector('.current')?.getAttribute('data-change')).toBe('1');
		expect(here.querySelector('.current')?.getAttribute('data-change')).toBe('1');
		expect(card.textContent).toContain('2 of 2 differences');
		await userEvent.click(screen.getByLabelText('Next difference'));
		expect(there.querySelector('.current')?.getAttribute('data-change')).toBe('0');
		await userEvent.click(screen.getByLabelText('Previous difference'));
		expect(there.querySelector('.current')?.getAttribute('data-change')).toBe('1');

		await userEvent.click(within(card).getByRole('radio', { name: 'Hex' }));
		expect(there.textContent).toContain('31 37 2e');
		expect(here.querySelector('del')?.textContent).toContain('2f');
		await userEvent.click(screen.getByLabelText('Copy signed bytes'));
		expect(backend.clipboard).toBe('31 37 2e … 1,204\u202fB left out … 73 65 65 20 5c 2f 78 20');
	});

	it('are copied whole from the capture when nothing differs', async () => {
		const signature = { sentence: '', reason_code: null, scheme: null, provider: null, provider_name: null, received: [], matched_secret: null };
		const body = new TextEncoder().encode('{"whole":1}');
		const row = backend.receive(
			{ verdict: 'invalid', body_bytes: body.length },
			{ body, detail: { signature: { ...signature, signed_parts: [{ name: 'body', text: '{"wh', bytes: body.length }] } } },
		);
		backend.doctor.found = doctorView({ signed: [bytesPart('body', same('{"wh'), gap(7))] });
		await showSignature(backend, row.id);
		await screen.findByTestId('doctor-signed');
		expect(screen.queryByTestId('doctor-arrived')).toBeNull();
		await userEvent.click(screen.getByLabelText('Copy signed bytes'));
		await waitFor(() => expect(backend.clipboard).toBe('{"whole":1}'));
	});
});

describe('what was tried', () => {
	it('shows a few, the one that matches among them, and all on demand', async () => {
		const steps_tried = Array.from({ length: 9 }, (_, index) => ({ what: `Family ${index}`, tried: 2, outcome: index === 8 ? ('matches' as const) : ('differs' as const) }));
		backend.doctor.found = doctorView({ diagnosis: { steps_tried, tried: 146 }, elapsed_us: 3_200 });
		await showSignature(backend, receive());
		const card = await screen.findByTestId('doctor-tried');
		expect(card.textContent?.replace(/\s+/g, ' ')).toContain('146 combinations · 3 ms');
		expect(within(card).getAllByRole('listitem').map((row) => row.dataset['outcome'])).toEqual([...Array(5).fill('differs'), 'matches']);
		const more = within(card).getByRole('button', { name: 'Show all' });
		await userEvent.click(more);
		expect(within(card).getAllByRole('listitem')).toHaveLength(9);
		await userEvent.click(within(card).getByRole('button', { name: 'Show fewer' }));
		expect(within(card).getAllByRole('listitem')).toHaveLength(6);
	});
});

describe('the guides to a raw body', () => {
	beforeEach(() => {
		localStorage.clear();
		backend.doctor.found = doctorView({ diagnosis: { findings: [finding({ cause: 'body.json_respaced', raw_body_guide: true })] } });
	});

	it('show the framework chosen last, and its code can be copied', async () => {
		await showSignature(backend, receive());
		expect((await screen.findByLabelText('Code for Express')).textContent).toContain('express.raw');
		await userEvent.selectOptions(screen.getByTestId('doctor-framework'), 'axum');
		await userEvent.click(screen.getByLabelText('Copy the code'));
		expect(backend.clipboard).toBe('async fn hook(body: Bytes) {}');
		cleanup();
		await showSignature(backend, receive());
		expect(await screen.findByLabelText('Code for axum')).toBeTruthy();
	});

	it('can fail and be read again', async () => {
		const guides = backend.frameworkGuides.bind(backend);
		backend.frameworkGuides = () => Promise.reject(commandError('internal', 'No guides.'));
		await showSignature(backend, receive());
		const card = await screen.findByTestId('doctor-guide');
		await within(card).findByText('No guides.');
		backend.frameworkGuides = guides;
		await userEvent.click(within(card).getByText('Try again'));
		expect(await screen.findByLabelText('Code for Express')).toBeTruthy();
	});

	it('are absent where the framework is not the cause', async () => {
		backend.doctor.found = doctorView({ diagnosis: { findings: [finding({ cause: 'secret.other' })] } });
		await showSignature(backend, receive());
		await screen.findByTestId('doctor-finding');
		expect(screen.queryByTestId('doctor-guide')).toBeNull();
	});
});
