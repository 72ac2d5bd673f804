import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { createRawSnippet } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandError, endpointView, MemoryBackend, providerInfo, secretView, vaultState } from '../backend/memory';
import EndpointScreen from '../endpoints/EndpointScreen.svelte';
import InboxScreen from '../inbox/InboxScreen.svelte';
import { Keymap } from '../keys/keymap';
import { contextMap, type WindowContext } from '../state/context';
import { Inbox } from '../state/inbox.svelte';
import { Layout } from '../state/layout.svelte';
import { Router } from '../state/router.svelte';
import { Session } from '../state/session.svelte';
import { ToastQueue } from '../state/toasts.svelte';

let backend: MemoryBackend;
let context: WindowContext;
let stop: () => void = () => undefined;

const SECRET = secretView({ id: 's1', label: 'Dashboard', masked: 'whsec_••••c3Zk' });
const STRIPE = endpointView({ id: 'e1', slug: 'stripe', provider: 'stripe', secrets: [SECRET] });

/** The state of a window, wired as App.svelte does. */
async function open(): Promise<void> {
	const session = await Session.open(backend);
	const inbox = new Inbox(backend, session.app.latest_seq);
	const keymap = new Keymap(false);
	context = { backend, session, inbox, keymap, router: new Router(), toasts: new ToastQueue() };
	const forward = session.onNotice((notice) => inbox.take(notice));
	const onkeydown = (event: KeyboardEvent) => void keymap.press(event, event.timeStamp);
	window.addEventListener('keydown', onkeydown);
	await Promise.all([session.start(), inbox.reload()]);
	stop = () => {
		forward();
		session.close();
		window.removeEventListener('keydown', onkeydown);
	};
}

async function showEndpoint(): Promise<void> {
	await open();
	render(EndpointScreen, { props: { endpointId: 'e1' }, context: contextMap(context) });
}

async function showInbox(): Promise<void> {
	await open();
	const layout = new Layout({ getItem: () => null, setItem: () => undefined });
	layout.measure(1280, 16);
	const detail = createRawSnippet<[string]>((id) => ({ render: () => `<p data-testid="detail">${id()}</p>` }));
	render(InboxScreen, { props: { layout, detail, onshortcuts: () => undefined }, context: contextMap(context) });
}

const press = (testid: string): Promise<void> => userEvent.click(screen.getByTestId(testid));
const inert = (testid: string): boolean => screen.getByTestId(testid).getAttribute('aria-disabled') === 'true';

beforeEach(() => {
	backend = new MemoryBackend();
	backend.providers = [providerInfo({ id: 'stripe', name: 'Stripe' }), providerInfo({ id: 'ably', name: 'Ably' })];
	backend.samples.set('stripe', [
		{ event: 'invoice.paid', title: 'An invoice was paid' },
		{ event: 'charge.refunded', title: 'A charge was refunded' },
	]);
	backend.endpoints = [...backend.endpoints, STRIPE];
	vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(720);
});
afterEach(() => stop());

describe('sending a sample from an endpoint', () => {
	it('goes to the endpoint itself by keyboard alone and leads to the capture', async () => {
		await showEndpoint();
		await userEvent.keyboard('{Control>}{Enter}{/Control}');
		const event = await screen.findByTestId<HTMLSelectElement>('sample-event');
		await waitFor(() => expect(document.activeElement).toBe(event));
		expect([...event.options].map((option) => option.textContent)).toEqual([
			'An invoice was paid · invoice.paid',
			'A charge was refunded · charge.refunded',
		]);
		expect(screen.queryByTestId('sample-secret')).toBeNull();
		await userEvent.selectOptions(event, 'charge.refunded');
		await userEvent.keyboard('{Control>}{Enter}{/Control}');
		const result = await screen.findByTestId('sample-result');
		expect(backend.samplesSent).toEqual([
			{ endpoint: 'e1', provider: 'stripe', event: 'charge.refunded', secret: 's1', target: { kind: 'this_endpoint' } },
		]);
		expect(result.textContent).toContain('Answered 200 in 3');
		expect(result.querySelector('[data-verdict=valid]')).not.toBeNull();
		await press('sample-open-capture');
		await waitFor(() => expect(context.inbox.selectedId).toBe('capture-1'));
		expect(context.router.screen).toEqual({ name: 'inbox' });
		expect(screen.getByTestId<HTMLDialogElement>('sample-dialog').open).toBe(false);
	});

	it('does not save the endpoint by sending', async () => {
		const save = vi.spyOn(backend, 'saveEndpoint');
		await showEndpoint();
		await press('endpoint-sample');
		await screen.findByTestId('sample-event');
		await press('sample-send');
		await screen.findByTestId('sample-result');
		expect(save).not.toHaveBeenCalled();
	});

	it('signs with the chosen secret and goes to a handler', async () => {
		const second = secretView({ id: 's2', label: 'CLI', masked: 'whsec_••••9f1e' });
		const unread = secretView({ id: 's3', label: 'Old', available: false, state: 'damaged' });
		backend.endpoints = [endpointView({ ...STRIPE, secrets: [SECRET, second, unread], target_url: 'http://localhost:3000/hooks' })];
		backend.sampleAnswer = 500;
		await showEndpoint();
		await press('endpoint-sample');
		const secret = await screen.findByTestId<HTMLSelectElement>('sample-secret');
		expect([...secret.options].map((option) => option.value)).toEqual(['s1', 's2']);
		await userEvent.selectOptions(secret, 's2');
		await press('sample-url');
		const target = screen.getByTestId<HTMLInputElement>('sample-target');
		expect(target.value).toBe('http://localhost:3000/hooks');
		await userEvent.clear(target);
		await userEvent.type(target, 'localhost{Enter}');
		await waitFor(() => expect(target.getAttribute('aria-invalid')).toBe('true'));
		expect(backend.samplesSent).toHaveLength(0);
		await userEvent.clear(target);
		await userEvent.type(target, 'http://localhost:8000/{Enter}');
		const result = await screen.findByTestId('sample-result');
		expect(result.textContent).toContain('Not accepted: 500');
		expect(screen.queryByTestId('sample-open-capture')).toBeNull();
		expect(backend.samplesSent[0]).toMatchObject({ secret: 's2', target: { kind: 'url', url: 'http://localhost:8000/' } });
		await press('sample-open-deliveries');
		expect(context.router.screen).toEqual({ name: 'deliveries' });
	});

	it('says that it is sending until the answer comes', async () => {
		backend.sampleAnswer = null;
		await showEndpoint();
		await press('endpoint-sample');
		await screen.findByTestId('sample-event');
		await press('sample-send');
		await waitFor(() => expect(screen.getByTestId('sample-send').getAttribute('aria-busy')).toBe('true'));
		await press('sample-send');
		const [delivery] = backend.deliveries;
		if (!delivery) throw new Error('nothing was sent');
		const timeout = { error_kind: 'timeout', error_message: 'no answer in 20 s', total_us: 20_000_000 };
		backend.deliveries = [
			{ ...delivery, state: 'failed', attempts: delivery.attempts.map((attempt) => ({ ...attempt, ...timeout })) },
		];
		backend.notify({ kind: 'delivery', id: delivery.id, parent: null });
		const result = await screen.findByTestId('sample-result');
		expect(result.textContent).toContain('no answer in 20 s');
		expect(backend.samplesSent).toHaveLength(1);
	});

	it('says what is missing', async () => {
		backend.endpoints = [endpointView({ ...STRIPE, secrets: [] })];
		await showEndpoint();
		await press('endpoint-sample');
		expect(await screen.findByText('There is no secret to sign with')).toBeTruthy();
		expect(inert('sample-send')).toBe(true);
		await userEvent.type(screen.getByTestId('endpoint-slug'), 'x');
		expect(inert('endpoint-sample')).toBe(true);
	});

	it('offers to unlock a locked secret', async () => {
		backend.state.vault = vaultState({ place: 'passphrase', condition: 'locked', problem: { code: 'locked', message: 'Locked.' } });
		backend.endpoints = [endpointView({ ...STRIPE, secrets: [{ ...SECRET, available: false, state: 'locked' }] })];
		await showEndpoint();
		await press('endpoint-sample');
		expect(await screen.findByTestId('sample-unlock')).toBeTruthy();
		expect(inert('sample-send')).toBe(true);
	});

	it('has an empty state, and tries again after an error', async () => {
		backend.endpoints = [endpointView({ ...STRIPE, provider: 'ably' })];
		const list = backend.sampleList.bind(backend);
		backend.sampleList = () => Promise.reject(commandError('internal', 'The samples are away.'));
		await showEndpoint();
		await press('endpoint-sample');
		expect(await screen.findByText('The samples are away.')).toBeTruthy();
		backend.sampleList = list;
		await userEvent.click(screen.getByText('Try again'));
		expect(await screen.findByText('There are no sample events of Ably yet')).toBeTruthy();
		expect(inert('sample-send')).toBe(true);
	});

	it('shows the words of the application when it refuses', async () => {
		backend.sampleSend = () => Promise.reject(commandError('invalid_input', 'Stripe signs the URL; enter the public address.'));
		await showEndpoint();
		await press('endpoint-sample');
		await screen.findByTestId('sample-event');
		await press('sample-send');
		expect((await screen.findByTestId('sample-failure')).textContent).toContain('enter the public address');
	});
});

describe('the first sample of a fresh window', () => {
	beforeEach(() => {
		backend.endpoints = backend.endpoints.filter((endpoint) => endpoint.built_in);
	});

	it('makes a test endpoint, sends to it and shows the capture', async () => {
		const saved = vi.spyOn(backend, 'saveEndpoint');
		await showInbox();
		await press('starter');
		expect(saved).not.toHaveBeenCalled();
		await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('starter-make')));
		await userEvent.keyboard('{Enter}');
		expect((await screen.findByTestId('capture-row')).getAttribute('aria-label')).toContain('invoice.paid, Stripe, valid');
		const input = saved.mock.calls[0]?.[0];
		expect(input).toMatchObject({ id: null, slug: 'stripe', provider: 'stripe' });
		expect(input?.secrets[0]?.value).toMatch(/^whsec_test_[0-9a-f]{64}$/);
		await waitFor(() => expect(context.toasts.items[0]?.text).toBe('Sample Stripe event sent'));
		expect(backend.endpoints.map((endpoint) => endpoint.slug)).toEqual(['default', 'stripe']);
	});

	it('makes a secret of its own each time', async () => {
		const { testSecret } = await import('./starter');
		expect(testSecret()).not.toBe(testSecret());
	});

	it('changes nothing when it is cancelled or does not arrive', async () => {
		backend.sampleAnswer = 503;
		await showInbox();
		await press('starter');
		await userEvent.click(screen.getByText('Cancel'));
		expect(backend.endpoints).toHaveLength(1);
		await press('starter');
		await press('starter-make');
		expect((await screen.findByTestId('starter-failure')).textContent).toContain('503: Service Unavailable');
		await waitFor(() => expect(backend.endpoints).toHaveLength(1));
	});

	it('uses the endpoint there is, at once, and leaves it', async () => {
		backend.endpoints = [...backend.endpoints, STRIPE];
		await showInbox();
		const send = backend.sampleSend.bind(backend);
		backend.sampleSend = () => Promise.reject(commandError('vault_locked', 'The secret is locked.'));
		await press('starter');
		expect((await screen.findByTestId('starter-failure')).textContent).toContain('The secret is locked.');
		expect(backend.endpoints).toHaveLength(2);
		backend.sampleSend = send;
		await press('starter');
		expect(await screen.findByTestId('capture-row')).toBeTruthy();
	});
});
