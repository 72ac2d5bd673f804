import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CapturePage } from '../bindings';
import { commandError, MemoryBackend } from '../backend/memory';
import { CaptureFeed } from './captureFeed.svelte';
import { NO_FILTER } from './captureFilter';

let backend: MemoryBackend;
let feed: CaptureFeed;

const PAID = { ...NO_FILTER, query: 'paid' };
const seqs = () => Array.from({ length: feed.pages.count }, (_, index) => feed.pages.row(index)?.seq);

async function settle(): Promise<void> {
	for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
}

/** `count` captures, of which every `each`th is found. */
function receive(count: number, each: number): void {
	for (let seq = 1; seq <= count; seq += 1) backend.receive({ event_type: seq % each === 0 ? 'invoice.paid' : 'charge.failed' });
}

/** Holds every page back until it is let go. */
function holdPages(): { next: () => Promise<void>; asked: () => number } {
	const read = backend.listCaptures.bind(backend);
	const waiting: (() => void)[] = [];
	let asked = 0;
	backend.listCaptures = async (...of): Promise<CapturePage> => {
		asked += 1;
		await new Promise<void>((resolve) => waiting.push(resolve));
		return read(...of);
	};
	return {
		async next() {
			waiting.shift()?.();
			await settle();
		},
		asked: () => asked,
	};
}

beforeEach(() => {
	backend = new MemoryBackend();
	feed = new CaptureFeed(backend);
});
afterEach(() => vi.useRealTimers());

describe('a search whose pages end for lack of time', () => {
	it('goes on by itself, says how many were found, and knows the number at the end', async () => {
		receive(100, 10);
		backend.search.looksPerPage = 30;
		backend.search.countsTo = 2;
		backend.search.partly = 3;
		const pages = holdPages();
		const reading = feed.read(PAID);
		await pages.next();
		expect(await reading).toBe('read');
		expect([seqs(), feed.searching, feed.total, feed.totalIsExact]).toEqual([[100, 90, 80], true, 2, false]);
		expect(feed.answered_ms).toBeNull();
		await pages.next();
		expect([feed.pages.count, feed.total, feed.searching]).toEqual([6, 6, true]);
		await pages.next();
		await pages.next();
		expect(seqs()).toEqual([100, 90, 80, 70, 60, 50, 40, 30, 20, 10]);
		expect([feed.total, feed.totalIsExact, feed.searching, feed.loadingOlder]).toEqual([10, true, false, false]);
		expect(feed.answered_ms).not.toBeNull();
		expect(feed.searchedPartly).toBe(12);
		expect(pages.asked()).toBe(4);
	});

	it('shows an empty page as searching, not as nothing', async () => {
		receive(100, 1000);
		backend.search.looksPerPage = 40;
		const pages = holdPages();
		void feed.read(PAID);
		await pages.next();
		expect([feed.load, feed.searching, feed.pages.count]).toEqual([{ state: 'ready' }, true, 0]);
		await pages.next();
		await pages.next();
		expect([feed.searching, feed.pages.count, feed.total]).toEqual([false, 0, 0]);
	});

	it('is stopped where it is, keeps what it found, and goes on when asked', async () => {
		receive(100, 10);
		backend.search.looksPerPage = 30;
		const pages = holdPages();
		void feed.read(PAID);
		await pages.next();
		feed.stop();
		await pages.next();
		expect([seqs(), feed.searching, feed.stopped]).toEqual([[100, 90, 80], false, true]);
		expect(pages.asked()).toBe(2);
		const on = feed.loadOlder();
		expect(feed.stopped).toBe(false);
		for (let page = 0; page < 3; page += 1) await pages.next();
		await on;
		expect(feed.pages.count).toBe(10);
	});

	it('is left for another filter at once', async () => {
		receive(100, 10);
		backend.search.looksPerPage = 30;
		const pages = holdPages();
		void feed.read(PAID);
		await pages.next();
		const all = feed.read(NO_FILTER);
		expect(feed.searching).toBe(false);
		await pages.next();
		await pages.next();
		await all;
		expect([feed.pages.count, feed.totalIsExact]).toEqual([100, true]);
		expect(pages.asked()).toBe(3);
	});

	it('stops by itself when a page of rows is there', async () => {
		receive(1000, 2);
		backend.search.looksPerPage = 100;
		await feed.read(PAID);
		await settle();
		expect(feed.pages.count).toBe(200);
		expect(feed.searching).toBe(false);
		expect(backend.pagesRead).toHaveLength(4);
	});
});

describe('a number that is not exact', () => {
	it('is counted on behind the loaded rows', async () => {
		receive(3000, 2);
		backend.search.countsTo = 150;
		await feed.read(PAID);
		await settle();
		expect([feed.pages.count, feed.total, feed.totalIsExact]).toEqual([200, 1500, true]);
		// The pages that are only counted are not kept.
		expect(backend.pagesRead.map(({ limit }) => limit)).toEqual([200, 500, 500, 500]);
	});

	it('is counted to ten thousand', async () => {
		receive(11_000, 1);
		backend.search.countsTo = 150;
		await feed.read(PAID);
		await vi.waitFor(() => expect(feed.total).toBeGreaterThanOrEqual(10_000));
		await settle();
		expect([feed.total, feed.totalIsExact]).toEqual([10_200, false]);
	});

	it('does not go down, and counts what comes on top', async () => {
		receive(3000, 2);
		backend.search.countsTo = 150;
		const pages = holdPages();
		void feed.read(PAID);
		await pages.next();
		backend.receive({ event_type: 'invoice.paid' });
		const newer = feed.takeNewer();
		for (let page = 0; page < 6; page += 1) await pages.next();
		expect(await newer).toBe(1);
		expect([feed.pages.row(0)?.seq, feed.total, feed.totalIsExact]).toEqual([3001, 1501, true]);
	});
});

describe('a query that cannot be understood', () => {
	it('leaves the list and its filter as they were', async () => {
		receive(10, 5);
		await feed.read(PAID);
		expect(await feed.read({ ...NO_FILTER, query: 'colour:red' })).toBe('not_understood');
		expect([feed.filter, feed.load, seqs()]).toEqual([PAID, { state: 'ready' }, [10, 5]]);
	});

	it('is told from a store that fails', async () => {
		receive(10, 5);
		await feed.read(PAID);
		backend.failure = commandError('store_unavailable', 'The disk is away.');
		expect(await feed.read({ ...NO_FILTER, query: 'failed' })).toBe('failed');
		expect(feed.load).toEqual({ state: 'failed', message: 'The disk is away.' });
	});
});

describe('what came since', () => {
	beforeEach(async () => {
		receive(100, 10);
		backend.search.looksPerPage = 30;
		await feed.read(PAID);
		await settle();
	});

	it('joins the list when the page that brings it ended for lack of time', async () => {
		backend.receive({ event_type: 'invoice.paid' });
		for (let count = 0; count < 40; count += 1) backend.receive();
		feed.latestSeq = 141;
		expect(await feed.takeNewer()).toBe(1);
		expect(seqs().slice(0, 3)).toEqual([101, 100, 90]);
		expect(feed.pages.count).toBe(11);
		expect([feed.total, feed.totalIsExact]).toEqual([11, true]);
	});

	it('is looked for only above what has been looked through', async () => {
		for (let seq = 101; seq <= 5000; seq += 1) backend.receive();
		feed.latestSeq = 5000;
		await feed.read(PAID);
		await vi.waitFor(() => expect(feed.searching).toBe(false));
		backend.receive({ event_type: 'invoice.paid' });
		feed.latestSeq = 5001;
		backend.pagesRead = [];
		expect(await feed.takeNewer()).toBe(1);
		// A thousand numbers may be under way; the 4,000 below them are not read again.
		expect(backend.pagesRead.length).toBeLessThan(40);
		expect(seqs().slice(0, 2)).toEqual([5001, 100]);
	});

	it('is counted without being shown', async () => {
		expect(await feed.countNewer(100)).toBe(0);
		backend.receive({ event_type: 'invoice.paid' });
		backend.receive({ event_type: 'charge.failed' });
		backend.receive({ event_type: 'invoice.paid' });
		expect(await feed.countNewer(100)).toBe(2);
		expect(feed.pages.count).toBe(10);
	});
});
