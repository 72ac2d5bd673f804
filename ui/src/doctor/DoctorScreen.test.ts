import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandError, MemoryBackend, providerInfo } from '../backend/memory';
import { doctorView, finding } from '../backend/doctorExamples';
import { Keymap } from '../keys/keymap';
import Rail from '../rail/Rail.svelte';
import { contextMap, type WindowContext } from '../state/context';
import { Inbox } from '../state/inbox.svelte';
import { Router } from '../state/router.svelte';
import { Session } from '../state/session.svelte';
import { ToastQueue } from '../state/toasts.svelte';
import DoctorScreen from './DoctorScreen.svelte';

let backend: MemoryBackend;
let context: WindowContext;
let unlisten: () => void;

beforeEach(async () => {
	backend = new MemoryBackend();
	backend.providers = [
		providerInfo({ id: 'stripe', name: 'Stripe' }),
		providerInfo({ id: 'twilio', name: 'Twilio', signs_url: true }),
	];
	const session = await Session.open(backend);
	await session.start();
	const keymap = new Keymap(false);
	context = { backend, session, keymap, router: new Router(), toasts: new ToastQueue(), inbox: new Inbox(backend, 0) };
	const onkeydown = (event: KeyboardEvent) => void keymap.press(event, event.timeStamp);
	window.addEventListener('keydown', onkeydown);
	unlisten = () => window.removeEventListener('keydown', onkeydown);
});
afterEach(() => {
	unlisten();
	vi.useRealTimers();
});

const show = () => render(DoctorScreen, { context: contextMap(context) });
const field = (id: string) => screen.getByTestId<HTMLTextAreaElement>(id);

async function fill(request = 'Stripe-Signature: t=1,v1=a'): Promise<void> {
	await userEvent.click(field('scratch-request'));
	await userEvent.paste(request);
}

describe('the doctor’s own screen', () => {
	it('is reached from the rail', async () => {
		render(Rail, { props: { narrow: false }, context: contextMap(context) });
		await userEvent.click(screen.getByTestId('nav-doctor'));
		expect(context.router.screen).toEqual({ name: 'doctor' });
		expect(screen.getByTestId('nav-doctor').getAttribute('aria-current')).toBe('page');
	});

	it('says that nothing is stored, begins at the headers and waits for them', async () => {
		show();
		expect(screen.getByTestId('doctor').textContent).toContain('Nothing is stored');
		expect(screen.getByText('Nothing diagnosed yet')).toBeTruthy();
		expect(document.activeElement).toBe(field('scratch-request'));
		const button = screen.getByTestId('scratch-diagnose');
		expect(button.dataset['tip']).toBe('Paste the headers of the request first.');
		await userEvent.keyboard('{Control>}{Enter}{/Control}');
		expect(backend.doctor.pasted).toEqual([]);
	});

	it('asks with everything that was pasted, by key', async () => {
		backend.doctor.pastedFound = doctorView({ recognised: true, diagnosis: { findings: [finding({ cause: 'secret.newline' })] } });
		show();
		await fill();
		await userEvent.click(field('scratch-body'));
		await userEvent.paste('{"ä":1}');
		expect(screen.getByTestId('scratch-body-size').textContent).toBe('8\u202fB');
		await userEvent.type(field('scratch-secret'), 'whsec_1{Enter}');
		const secrets = screen.getAllByTestId<HTMLInputElement>('scratch-secret');
		expect(secrets).toHaveLength(2);
		expect(document.activeElement).toBe(secrets[1]);
		await userEvent.keyboard('whsec_2');
		await userEvent.type(screen.getByTestId('scratch-received'), '1795444327');
		await userEvent.type(screen.getByTestId('scratch-url'), 'https://a.example/');
		await userEvent.keyboard('{Control>}{Enter}{/Control}');
		await waitFor(() =>
			expect(backend.doctor.pasted).toEqual([
				{
					request: 'Stripe-Signature: t=1,v1=a',
					body: '{"ä":1}',
					secrets: ['whsec_1', 'whsec_2'],
					provider: null,
					url: 'https://a.example/',
					received_at: 1_795_444_327,
				},
			]),
		);
		expect((await screen.findByTestId('scratch-recognised')).textContent).toContain('Recognised as Stripe');
		expect(screen.getByTestId('doctor-finding').textContent).toContain('ends with a line end');
		expect(screen.queryByTestId('doctor-reveal')).toBeNull();
		expect(screen.queryByTestId('doctor-recheck')).toBeNull();
	});

	it('takes the body from the text above when told so', async () => {
		show();
		await fill('A: b\n\n{}');
		await userEvent.click(screen.getByTestId('scratch-body-inline'));
		expect(screen.queryByTestId('scratch-body')).toBeNull();
		await userEvent.click(screen.getByTestId('scratch-diagnose'));
		await waitFor(() => expect(backend.doctor.pasted[0]).toMatchObject({ request: 'A: b\n\n{}', body: null }));
	});

	it('masks secrets, shows one for ten seconds, and keeps the line ends of what is pasted', async () => {
		vi.useFakeTimers({ shouldAdvanceTime: true });
		show();
		const secret = screen.getByTestId<HTMLInputElement>('scratch-secret');
		expect(secret.type).toBe('password');
		await userEvent.click(screen.getByLabelText('Reveal the value for 10 s'));
		expect(secret.type).toBe('text');
		await vi.advanceTimersByTimeAsync(10_000);
		expect(secret.type).toBe('password');
		await userEvent.click(screen.getByLabelText('Reveal the value for 10 s'));
		await fireEvent.blur(window);
		expect(secret.type).toBe('password');
		await userEvent.click(secret);
		await userEvent.paste('whsec_x\n');
		const area = screen.getByTestId<HTMLTextAreaElement>('scratch-secret');
		expect(area.tagName).toBe('TEXTAREA');
		expect(area.value).toBe('whsec_x\n');
		expect(area.className).toContain('concealed');
		expect(screen.getByText(/holds a line end/)).toBeTruthy();
		await userEvent.click(screen.getByLabelText('Remove secret 1'));
		expect(screen.getByTestId<HTMLInputElement>('scratch-secret').value).toBe('');
	});

	it('takes a provider instead of recognising it, and says when the URL is signed', async () => {
		show();
		await fill();
		const provider = screen.getByTestId<HTMLInputElement>('scratch-provider');
		expect(provider.value).toBe('Recognise it');
		await userEvent.click(provider);
		await userEvent.keyboard('twi{Enter}');
		expect(screen.getByTestId('doctor').textContent).toContain('Twilio signs this URL');
		await userEvent.click(screen.getByTestId('scratch-diagnose'));
		await waitFor(() => expect(backend.doctor.pasted[0]?.provider).toBe('twilio'));
	});

	it('offers only what can be done here, and does it in the form', async () => {
		backend.doctor.pastedFound = doctorView({
			diagnosis: {
				findings: [
					finding({
						cause: 'url.scheme',
						actions: [
							{ kind: 'add_secret', label: '' },
							{ kind: 'restore_body' },
							{ kind: 'set_public_url', url: 'https://b.example/' },
							{ kind: 'change_provider', provider: 'twilio', name: 'Twilio' },
						],
					}),
				],
			},
		});
		show();
		await fill();
		await userEvent.click(screen.getByTestId('scratch-diagnose'));
		const buttons = await screen.findAllByTestId('doctor-remedy');
		expect(buttons.map((button) => button.dataset['kind'])).toEqual(['set_public_url', 'change_provider']);
		await userEvent.click(buttons[0] as HTMLElement);
		await waitFor(() => expect(backend.doctor.pasted.at(-1)).toMatchObject({ url: 'https://b.example/' }));
		await userEvent.click((await screen.findAllByTestId('doctor-remedy'))[1] as HTMLElement);
		await waitFor(() => expect(backend.doctor.pasted.at(-1)).toMatchObject({ provider: 'twilio' }));
		expect(backend.doctor.applied).toEqual([]);
	});

	it('leads to another secret when none matches, and says when the answer is about older text', async () => {
		show();
		await fill();
		await userEvent.click(screen.getByTestId('scratch-diagnose'));
		await screen.findByTestId('doctor-nothing');
		expect(screen.queryByTestId('scratch-stale')).toBeNull();
		await userEvent.click(screen.getByTestId('scratch-another'));
		expect(document.activeElement).toBe(screen.getByTestId('scratch-secret'));
		await userEvent.keyboard('x');
		expect(screen.getByTestId('scratch-stale')).toBeTruthy();
		await userEvent.click(within(screen.getByTestId('doctor-tried')).getByTestId('doctor-copy'));
		expect(backend.clipboard).not.toContain('Stripe-Signature');
	});

	it('can be stopped, fail and be tried again', async () => {
		backend.doctor.held = true;
		const { unmount } = show();
		await fill();
		await userEvent.click(screen.getByTestId('scratch-diagnose'));
		await userEvent.click(await screen.findByTestId('doctor-cancel'));
		expect(backend.doctor.stops).toBe(1);
		expect(screen.getByTestId('doctor-ended').textContent).toContain('The search was stopped');
		backend.doctor.held = false;
		backend.doctor.failure = commandError('invalid_input', 'Line 2 is no header.');
		await userEvent.click(screen.getByTestId('scratch-diagnose'));
		expect((await screen.findByRole('alert')).textContent).toContain('Line 2 is no header.');
		backend.doctor.failure = null;
		backend.doctor.held = true;
		await userEvent.click(screen.getByText('Try again'));
		await screen.findByTestId('doctor-searching');
		await waitFor(() => expect(backend.doctor.pasted).toHaveLength(3));
		unmount();
		await waitFor(() => expect(backend.doctor.stops).toBe(2));
	});

	it('forgets everything when cleared or left', async () => {
		const { unmount } = show();
		await fill();
		await userEvent.type(screen.getByTestId('scratch-secret'), 'whsec_1');
		await userEvent.click(screen.getByTestId('scratch-clear'));
		expect(field('scratch-request').value).toBe('');
		expect(field('scratch-secret').value).toBe('');
		await fill();
		unmount();
		show();
		expect(field('scratch-request').value).toBe('');
		expect(Object.values({ ...localStorage }).join()).not.toContain('Stripe-Signature');
	});
});
