import { describe, expect, it } from 'vitest';
import { formatAge, formatBytes, formatCount, formatDay, formatDuration, formatIso, formatPlural, formatTimeMillis } from './format';

/** The narrow space between number and unit, as a plain one. */
const plain = (text: string) => text.replaceAll('\u202f', ' ');

describe('sizes', () => {
	it.each([
		[0, '0 B'],
		[612, '612 B'],
		[999, '999 B'],
		[1000, '1.0 KB'],
		[2900, '2.9 KB'],
		[99_949, '99.9 KB'],
		[99_950, '100 KB'],
		[412_000_000, '412 MB'],
		[999_499, '999 KB'],
		[999_500, '1.0 MB'],
		[999_999, '1.0 MB'],
		[3_200_000_000, '3.2 GB'],
		[12_000_000_000_000_000, '12000 TB'],
	])('%d bytes', (bytes, text) => expect(plain(formatBytes(bytes))).toBe(text));
});

describe('durations', () => {
	it.each([
		[840, '840 µs'],
		[34_000, '34 ms'],
		[999_400, '999 ms'],
		[999_600, '1.0 s'],
		[5_000_000, '5.0 s'],
		[59_960_000, '1 min 0 s'],
		[125_000_000, '2 min 5 s'],
	])('%d µs', (microseconds, text) => expect(plain(formatDuration(microseconds))).toBe(text));
});

describe('ages', () => {
	const now = 1_000_000_000_000;
	it.each([
		[0, 'just now'],
		[-5000, 'just now'],
		[999, 'just now'],
		[4000, '4 s ago'],
		[59_999, '59 s ago'],
		[60_000, '1 min ago'],
		[3 * 3_600_000, '3 h ago'],
		[47 * 3_600_000, '47 h ago'],
		[48 * 3_600_000, '2 d ago'],
	])('%d ms', (age, text) => expect(plain(formatAge(now - age, now))).toBe(text));
});

describe('times', () => {
	const at = new Date(2026, 10, 23, 14, 32, 7, 48).getTime();

	it('are local, with milliseconds and the offset where exactness counts', () => {
		expect(formatTimeMillis(at)).toBe('14:32:07.048');
		expect(formatIso(at)).toMatch(/^2026-11-23T14:32:07\.048[+-]\d\d:\d\d$/);
		expect(Date.parse(formatIso(at))).toBe(at);
	});

	it('name the day', () => {
		expect(formatDay(at, new Date(2026, 10, 23, 23, 59).getTime())).toBe('Today · Monday 23 November');
		expect(formatDay(at, new Date(2026, 10, 24, 0, 1).getTime())).toBe('Yesterday · Monday 23 November');
		expect(formatDay(at, new Date(2026, 10, 30).getTime())).toBe('Monday 23 November');
		expect(formatDay(at, new Date(2027, 0, 1).getTime())).toBe('Monday 23 November 2026');
	});
});

describe('counts', () => {
	it('group thousands and choose the word', () => {
		expect(formatCount(18204)).toBe('18,204');
		expect(formatPlural(1, 'capture')).toBe('1 capture');
		expect(formatPlural(0, 'capture')).toBe('0 captures');
		expect(formatPlural(2, 'delivery', 'deliveries')).toBe('2 deliveries');
	});
});
