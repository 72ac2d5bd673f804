import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandError, MemoryBackend } from '../backend/memory';
import { Layout } from './layout.svelte';
import { Router } from './router.svelte';
import { Session } from './session.svelte';
import { applyTheme } from './theme';
import { messageOf, ToastQueue } from './toasts.svelte';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('Session', () => {
	it('follows the notices and pulls counts at most once a second', async () => {
		const backend = new MemoryBackend();
		const session = await Session.open(backend, () => 42);
		await session.start();
		const listEndpoints = vi.spyOn(backend, 'listEndpoints');
		for (let count = 0; count < 50; count += 1) backend.receive({ verdict: 'invalid' });
		expect(session.app.captures_total).toBe(50);
		expect(session.app.latest_seq).toBe(50);
		await vi.advanceTimersByTimeAsync(2500);
		expect(listEndpoints).toHaveBeenCalledTimes(2);
		expect(session.invalidTotal).toBe(50);
		backend.notify({ kind: 'store', problem: 'The disk is full.' });
		expect(session.app.store_problem).toBe('The disk is full.');
		session.close();
	});

	it('counts deliveries under way', async () => {
		const backend = new MemoryBackend();
		const { id } = backend.receive();
		const session = await Session.open(backend);
		await session.start();
		await backend.resendCapture(id, 'http://localhost:3000/');
		await vi.advanceTimersByTimeAsync(1500);
		expect(session.running).toBe(1);
		session.close();
	});
});

describe('Router', () => {
	it('goes back to where one came from', () => {
		const router = new Router();
		router.go({ name: 'deliveries' });
		router.go({ name: 'composer', captureId: 'a' });
		router.back();
		expect(router.screen).toEqual({ name: 'deliveries' });
	});
});

describe('Layout', () => {
	const stored = new Map<string, string>();
	const storage = {
		getItem: (key: string) => stored.get(key) ?? null,
		setItem: (key: string, value: string) => void stored.set(key, value),
	};

	it.each([
		[1280, 16, 'wide', false],
		[1120, 16, 'wide', false],
		[1119, 16, 'medium', true],
		[900, 16, 'medium', true],
		[899, 16, 'narrow', true],
		[1280, 32, 'narrow', true],
	] as const)('%d px at %d px per rem is %s', (width, rem, tier, railNarrow) => {
		const layout = new Layout(storage);
		layout.measure(width, rem);
		expect([layout.tier, layout.railNarrow]).toEqual([tier, railNarrow]);
	});

	it('remembers the rail and the width of the list, and leaves room for the detail', () => {
		const layout = new Layout(storage);
		layout.measure(1280, 16);
		expect(layout.listWidth_px).toBe(456);
		layout.toggleRail();
		layout.listWidth_px = 600;
		const again = new Layout(storage);
		again.measure(1280, 16);
		expect([again.railNarrow, again.listWidth_px]).toEqual([true, 600]);
		again.measure(1000, 16);
		expect(again.listWidth_px).toBe(1000 - 52 - 440);
	});
});

describe('ToastQueue', () => {
	it('clears after six seconds, but not while it is looked at', () => {
		const toasts = new ToastQueue();
		toasts.show({ text: 'Copied' });
		toasts.hold();
		vi.advanceTimersByTime(20_000);
		expect(toasts.items).toHaveLength(1);
		toasts.release();
		vi.advanceTimersByTime(5999);
		expect(toasts.items).toHaveLength(1);
		vi.advanceTimersByTime(1);
		expect(toasts.items).toHaveLength(0);
	});

	it('says what failed and why', () => {
		const toasts = new ToastQueue();
		toasts.failure('The address could not be copied', commandError('internal', 'There is no clipboard.'));
		expect(toasts.items[0]).toMatchObject({ tone: 'bad', text: 'The address could not be copied: There is no clipboard.' });
		expect(messageOf('plain')).toBe('plain');
	});
});

describe('applyTheme', () => {
	it('follows the system until another choice is made', () => {
		const root = document.createElement('html');
		const query = Object.assign(new EventTarget(), { matches: true });
		const stop = applyTheme('system', root, () => query as unknown as MediaQueryList);
		expect(root.dataset['theme']).toBe('dark');
		query.matches = false;
		query.dispatchEvent(new Event('change'));
		expect(root.dataset['theme']).toBe('light');
		stop();
		applyTheme('dark', root, () => query as unknown as MediaQueryList);
		query.dispatchEvent(new Event('change'));
		expect(root.dataset['theme']).toBe('dark');
	});
});
