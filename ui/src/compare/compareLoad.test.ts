import { beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryBackend } from '../backend/memory';
import { CompareLoad } from './compareLoad.svelte';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

let backend: MemoryBackend;

beforeEach(() => {
	backend = new MemoryBackend();
});

function receive(body: string): string {
	const bytes = bytesOf(body);
	return backend.receive({ body_bytes: bytes.length }, { body: bytes }).id;
}

describe('the comparison', () => {
	it('drops an answer that comes after it was closed', async () => {
		const [a, b] = [receive('{"a":1}'), receive('{"a":2}')];
		const load = new CompareLoad(backend);
		await load.open({ a, b });
		let answer: (bytes: Uint8Array) => void = () => undefined;
		vi.spyOn(backend, 'captureBody').mockImplementation(() => new Promise((resolve) => (answer = resolve)));
		const comparing = load.openBody(null);
		load.close();
		answer(bytesOf('{"a":1}'));
		await comparing;
		expect(load.body.kind).toBe('idle');
		expect(load.sides.kind).toBe('idle');
	});

	it('stops what it does when it is closed between two slices', async () => {
		const many = (start: number): string => JSON.stringify(Array.from({ length: 60_000 }, (_, at) => ({ n: start + at, s: 'x'.repeat(20) })));
		const [a, b] = [receive(many(0)), receive(many(7))];
		const load = new CompareLoad(backend);
		await load.open({ a, b });
		const comparing = load.openBody('json');
		// The bodies are there and it is at work: the window gets its turn.
		for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setTimeout(resolve, 0));
		expect(load.body.kind).toBe('loading');
		load.close();
		await comparing;
		expect(load.body.kind).toBe('idle');
	});

	it('shows the last captures that were asked for, whatever answers first', async () => {
		const [a, b, c] = [receive('1'), receive('2'), receive('3')];
		const load = new CompareLoad(backend);
		const first = load.open({ a, b });
		const second = load.open({ a, b: c });
		await Promise.all([first, second]);
		expect(load.sides.kind === 'ready' && load.sides.sides.b.row.id).toBe(c);
	});
});
