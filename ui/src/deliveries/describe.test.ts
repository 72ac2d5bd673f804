import { describe, expect, it } from 'vitest';
import type { AttemptView } from '../bindings';
import { attemptsSentence, headersOf, resultSentence, resultWord, shortTarget, statusClass, toneOfAttempt } from './describe';

function attempt(fields: Partial<AttemptView>): AttemptView {
	return {
		id: 'a1',
		number: 1,
		started_at: 0,
		total_us: 1000,
		status: null,
		error_kind: null,
		error_message: null,
		response_head: null,
		response_text: null,
		response_bytes: 0,
		response_truncated: false,
		request_head: '',
		...fields,
	};
}

describe('an attempt', () => {
	it('is named by its status or by what went wrong', () => {
		expect(resultWord(attempt({ status: 503 }))).toBe('503');
		expect(resultWord(attempt({ error_kind: 'dns' }))).toBe('DNS');
		expect(resultWord(attempt({ error_kind: 'refused' }))).toBe('refused');
		expect(resultWord(attempt({ total_us: null }))).toBe('sending');
	});

	it('fails on everything outside 2xx', () => {
		expect(toneOfAttempt(attempt({ status: 204 }))).toBe('ok');
		expect(toneOfAttempt(attempt({ status: 301 }))).toBe('failed');
		expect(toneOfAttempt(attempt({ error_kind: 'unknown' }))).toBe('unknown');
		expect(toneOfAttempt(attempt({}))).toBe('open');
		expect(statusClass(attempt({ status: 404 }))).toBe('warn');
		expect(statusClass(attempt({ status: 500 }))).toBe('bad');
	});

	it('says the reason phrase, a known one, or the failure', () => {
		expect(resultSentence(attempt({ status: 200, response_head: 'HTTP/1.1 200 Fine by me\r\n\r\n' }))).toBe('Fine by me');
		expect(resultSentence(attempt({ status: 503, response_head: 'HTTP/2 503\r\n' }))).toBe('Service Unavailable');
		expect(resultSentence(attempt({ status: 301, response_head: 'HTTP/1.1 301 Moved\r\nLocation: /login\r\n' }))).toBe(
			'Moved to /login, most providers count this as failure',
		);
		expect(resultSentence(attempt({ error_kind: 'refused', error_message: 'Nothing listens there.' }))).toBe(
			'Nothing listens there.',
		);
	});

	it('has headers in order with duplicates', () => {
		expect(headersOf('HTTP/1.1 200 OK\r\nA: 1\r\nb:2\r\nA: 3\r\n\r\n')).toEqual([
			{ name: 'A', value: '1' },
			{ name: 'b', value: '2' },
			{ name: 'A', value: '3' },
		]);
	});
});

describe('a delivery', () => {
	it('tells its attempts in words', () => {
		const delivery = {
			id: 'd',
			parent: null,
			title: '',
			provider: null,
			created_at: 0,
			method: 'POST',
			target_url: '',
			state: 'failed' as const,
			attempts: [attempt({ status: 500 }), attempt({ number: 2, error_kind: 'timeout' })],
		};
		expect(attemptsSentence(delivery)).toBe('attempt 1: 500, attempt 2: timeout');
	});

	it('has a target that fits a column', () => {
		expect(shortTarget('http://localhost:3000/webhooks/stripe')).toBe(':3000/…/stripe');
		expect(shortTarget('http://127.0.0.1:8787/gh')).toBe(':8787/gh');
		expect(shortTarget('https://api.example.com/a/b/c')).toBe('api.example.com/…/c');
		expect(shortTarget('nonsense')).toBe('nonsense');
	});
});
