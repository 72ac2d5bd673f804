import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandError, healthView } from '../backend/examples';
import { HEALTH_POLL_MS, HealthWatch } from './healthWatch.svelte';

let asked: number;
let visible: boolean;
let answer: () => Promise<ReturnType<typeof healthView>>;
let watch: HealthWatch;

beforeEach(() => {
	vi.useFakeTimers();
	asked = 0;
	visible = true;
	answer = () => Promise.resolve(healthView());
	const health = () => {
		asked += 1;
		return answer();
	};
	watch = new HealthWatch({ health, checkListener: () => Promise.resolve(healthView({ queue_depth: 7 })) }, () => visible);
});
afterEach(() => {
	watch.close();
	vi.useRealTimers();
});

describe('watching the health', () => {
	it('asks at once, then every five seconds, however many watch, and ends with the last', async () => {
		const first = watch.watch();
		const second = watch.watch();
		await vi.advanceTimersByTimeAsync(0);
		expect(asked).toBe(1);
		expect(watch.view).toEqual(healthView());
		await vi.advanceTimersByTimeAsync(2 * HEALTH_POLL_MS);
		expect(asked).toBe(3);
		first();
		await vi.advanceTimersByTimeAsync(HEALTH_POLL_MS);
		expect(asked).toBe(4);
		second();
		await vi.advanceTimersByTimeAsync(10 * HEALTH_POLL_MS);
		expect(asked).toBe(4);
	});

	it('does not ask while the window is hidden, nor for news that come fast', async () => {
		watch.watch();
		await vi.advanceTimersByTimeAsync(0);
		for (let news = 0; news < 100; news += 1) watch.news();
		expect(asked).toBe(1);
		visible = false;
		await vi.advanceTimersByTimeAsync(3 * HEALTH_POLL_MS);
		watch.news();
		expect(asked).toBe(1);
		visible = true;
		watch.news();
		expect(asked).toBe(2);
	});

	it('never asks again while an answer is awaited', async () => {
		answer = () => new Promise(() => undefined);
		watch.watch();
		await vi.advanceTimersByTimeAsync(5 * HEALTH_POLL_MS);
		expect(asked).toBe(1);
	});

	it('keeps the last answer when one fails, and says that it failed', async () => {
		watch.watch();
		await vi.advanceTimersByTimeAsync(0);
		answer = () => Promise.reject(commandError('internal', 'No answer.'));
		await vi.advanceTimersByTimeAsync(HEALTH_POLL_MS);
		expect(watch.failure).toBe('No answer.');
		expect(watch.view).toEqual(healthView());
		answer = () => Promise.resolve(healthView());
		await vi.advanceTimersByTimeAsync(HEALTH_POLL_MS);
		expect(watch.failure).toBeNull();
	});

	it('does not let an older answer overwrite that of a check', async () => {
		let late = (): void => undefined;
		answer = () => new Promise((resolve) => (late = () => resolve(healthView({ queue_depth: 1 }))));
		watch.watch();
		await watch.check();
		late();
		await vi.advanceTimersByTimeAsync(0);
		expect(watch.view?.queue_depth).toBe(7);
		expect(watch.checking).toBe(false);
	});
});
