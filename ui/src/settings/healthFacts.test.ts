import { describe, expect, it } from 'vitest';
import { healthView } from '../backend/examples';
import { answers, healthFacts } from './healthFacts';

const NOW = Date.UTC(2026, 10, 23, 13, 32, 30);
const probe = { at: NOW - 30_000, ok: true, took_us: 420, sentence: 'It answered.' };

function fact(id: string, view: Parameters<typeof healthView>[0], tls: Parameters<typeof healthFacts>[1] = null) {
	return healthFacts(healthView(view), tls, NOW).find((one) => one.id === id);
}

describe('the facts of health', () => {
	it('say that a port is open only when it answered', () => {
		expect(fact('probe', { probe })).toMatchObject({ tone: 'ok', text: 'answered in 420\u202fµs, 30\u202fs ago' });
		expect(fact('probe', { probe: null })).toMatchObject({ tone: 'plain', text: 'open, not checked yet' });
		expect(fact('probe', { probe: { ...probe, ok: false, sentence: 'No answer in 2 s.' } })).toMatchObject({
			tone: 'bad',
			text: 'No answer in 2 s. Checked 30\u202fs ago.',
		});
		expect(fact('probe', { listening: false, probe })).toMatchObject({ tone: 'bad', text: 'not open' });
	});

	it('leave the TLS port out while it is off', () => {
		expect(fact('tls-probe', {})).toBeUndefined();
		const stopped = { state: 'stopped', address: 'a:1', in_use: false, message: '', next_free_port: null, since: 0 } as const;
		expect(fact('tls-probe', {}, stopped)).toMatchObject({ tone: 'bad' });
		expect(fact('tls-probe', { tls_probe: probe }, { state: 'listening', address: 'a:1', url: 'https://a:1' })).toMatchObject({ tone: 'ok' });
	});

	it('say what the store is doing', () => {
		expect(fact('commit', { last_commit_us: 2100 })).toMatchObject({ text: 'took 2\u202fms', tone: 'plain' });
		expect(fact('commit', { last_commit_us: 0 })).toMatchObject({ text: 'none yet' });
		expect(fact('commit', { store_problem: 'The disk is full.' })).toMatchObject({ text: 'The disk is full.', tone: 'bad' });
		expect(fact('disk', { disk_free_bytes: 200_000_000 })).toMatchObject({ tone: 'warn' });
		expect(fact('disk', { disk_free_bytes: null })).toMatchObject({ text: 'not known', tone: 'plain' });
		expect(fact('received', { last_received_at: NOW - 4000 })).toMatchObject({ text: '4\u202fs ago' });
	});

	it('know whether the listener answers', () => {
		expect(answers(null)).toBeNull();
		expect(answers(healthView({ probe: null }))).toBeNull();
		expect(answers(healthView({ probe }))).toBe(true);
		expect(answers(healthView({ probe: { ...probe, ok: false } }))).toBe(false);
		expect(answers(healthView({ listening: false, probe }))).toBe(false);
	});
});
