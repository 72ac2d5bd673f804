import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CaptureRow } from '../bindings';
import { commandError, MemoryBackend } from '../backend/memory';
import { Inbox } from './inbox.svelte';

let backend: MemoryBackend;
let inbox: Inbox;

async function open(): Promise<void> {
	const { latest_seq } = await backend.appState();
	inbox = new Inbox(backend, latest_seq);
	await backend.subscribe((notice) => inbox.take(notice));
	await inbox.reload();
}

/** Lets everything that was started by a notice end. */
async function settle(): Promise<void> {
	for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}

const shown = () => Array.from({ length: inbox.pages.count }, (_, index) => inbox.pages.row(index)?.seq);

beforeEach(() => {
	backend = new MemoryBackend();
});

describe('paging', () => {
	it('reads pages of 200 by cursor, until the end', async () => {
		for (let count = 0; count < 450; count += 1) backend.receive();
		await open();
		await inbox.loadOlder();
		await inbox.loadOlder();
		await inbox.loadOlder();
		expect(backend.pagesRead.map(({ beforeSeq, limit }) => [beforeSeq, limit])).toEqual([
			[null, 200],
			[251, 200],
			[51, 200],
		]);
		expect(shown()).toEqual(Array.from({ length: 450 }, (_, at) => 450 - at));
		expect(inbox.total).toBe(450);
	});

	it('keeps five pages and reads a dropped one again when it comes into sight', async () => {
		for (let count = 0; count < 1600; count += 1) backend.receive();
		await open();
		inbox.selection.clear();
		await inbox.goOldest();
		expect(inbox.selectedId).toBe('capture-1');
		expect(inbox.pages.row(0)).toBeUndefined();
		inbox.shown(0, 20);
		await settle();
		expect(inbox.pages.row(0)?.seq).toBe(1600);
		expect(inbox.pages.row(1100)).toBeUndefined();
		// The page of the selection stays, so that j and k go on from there.
		inbox.move(-1);
		expect(inbox.selectedId).toBe('capture-2');
	});

	it('goes back to the newest after they have been dropped', async () => {
		for (let count = 0; count < 1600; count += 1) backend.receive();
		await open();
		inbox.selection.clear();
		await inbox.goOldest();
		await inbox.goNewest();
		expect(inbox.selectedId).toBe('capture-1600');
		inbox.move(1);
		expect(inbox.selectedId).toBe('capture-1599');
	});

	it('says what failed and recovers on retry', async () => {
		backend.receive();
		await open();
		backend.failure = commandError('store_unavailable', 'The database is locked.');
		await inbox.reload();
		expect(inbox.load).toEqual({ state: 'failed', message: 'The database is locked.' });
		backend.failure = null;
		await inbox.reload();
		expect(inbox.load.state).toBe('ready');
		expect(shown()).toEqual([1]);
	});

	it('ignores the answer to a filter that is no longer set', async () => {
		backend.receive({ event_type: 'invoice.paid' });
		backend.receive({ event_type: 'charge.refunded' });
		await open();
		const first = inbox.setFilter({ query: 'refunded' });
		const second = inbox.setFilter({ query: 'paid' });
		await Promise.all([first, second]);
		expect(shown()).toEqual([1]);
	});
});

describe('new captures', () => {
	beforeEach(async () => {
		for (let count = 0; count < 3; count += 1) backend.receive();
		await open();
	});

	it('are put on top while the list is pinned', async () => {
		expect(inbox.pinned).toBe(true);
		backend.receive();
		await settle();
		expect(shown()).toEqual([4, 3, 2, 1]);
		expect(inbox.waiting).toBe(0);
	});

	it('wait behind the pill after a choice by hand, and nothing moves', async () => {
		inbox.selectAt(1);
		const before = shown();
		backend.receive();
		backend.receive();
		await settle();
		expect(shown()).toEqual(before);
		expect(inbox.waiting).toBe(2);
		expect(inbox.selectedId).toBe('capture-2');
	});

	it('wait while the list is scrolled or paused', async () => {
		inbox.atTop = false;
		backend.receive();
		await settle();
		expect(inbox.waiting).toBe(1);
		inbox.atTop = true;
		await inbox.setPaused(true);
		backend.receive();
		await settle();
		expect(inbox.waiting).toBe(2);
		expect(shown()).toEqual([3, 2, 1]);
		await inbox.setPaused(false);
		expect(inbox.waiting).toBe(0);
		expect(shown()).toEqual([5, 4, 3, 2, 1]);
	});

	it('are shown by the pill, which pins the list again', async () => {
		inbox.selectAt(2);
		backend.receive();
		await settle();
		await inbox.goNewest();
		expect(shown()).toEqual([4, 3, 2, 1]);
		expect(inbox.pinned).toBe(true);
		backend.receive();
		await settle();
		expect(shown()[0]).toBe(5);
	});

	it('only count for the filter that is set', async () => {
		await inbox.setFilter({ verdict: 'invalid' });
		inbox.atTop = false;
		backend.receive({ verdict: 'valid' });
		await settle();
		expect(inbox.waiting).toBe(0);
		backend.receive({ verdict: 'invalid' });
		await settle();
		expect(inbox.waiting).toBe(1);
	});

	it('leave no gap when more than a page arrived', async () => {
		inbox.selectAt(1);
		for (let count = 0; count < 500; count += 1) backend.receive();
		await settle();
		expect(inbox.waiting).toBe(500);
		await inbox.goNewest();
		expect(shown()).toEqual(Array.from({ length: 200 }, (_, at) => 503 - at));
		expect(inbox.pages.next_before_seq).toBe(304);
	});

	it('say how many rows came above, so that the view holds its place', async () => {
		inbox.selectAt(0);
		backend.receive();
		backend.receive();
		await settle();
		expect(await inbox.showWaiting()).toBe(2);
	});

	it('are unread until they have been selected', async () => {
		const row = backend.receive();
		await settle();
		expect(inbox.isUnread(row)).toBe(true);
		expect(inbox.pages.row(1) && inbox.isUnread(inbox.pages.row(1) as typeof row)).toBe(false);
		inbox.markRead(row.id);
		expect(inbox.isUnread(row)).toBe(false);
	});
});

describe('selection', () => {
	beforeEach(async () => {
		for (let count = 0; count < 6; count += 1) {
			backend.receive({ verdict: count === 1 ? 'invalid' : 'valid', event_type: count === 2 ? 'special' : 'plain' });
		}
		await open();
	});

	it('fills an empty detail once and never switches it by itself', async () => {
		expect(inbox.selectedId).toBe('capture-6');
		backend.receive();
		await settle();
		expect(shown()[0]).toBe(7);
		expect(inbox.selectedId).toBe('capture-6');
	});

	it('moves and stops at both ends', () => {
		inbox.move(-1);
		expect(inbox.selectedId).toBe('capture-6');
		for (let step = 0; step < 10; step += 1) inbox.move(1);
		expect(inbox.selectedId).toBe('capture-1');
	});

	it('extends from where it began, in both directions', () => {
		inbox.selectAt(2);
		inbox.move(1, true);
		inbox.move(1, true);
		expect([...inbox.selection.marked].sort()).toEqual(['capture-2', 'capture-3', 'capture-4']);
		inbox.move(-1, true);
		expect(inbox.selection.marked.size).toBe(2);
		inbox.move(-1, true);
		expect(inbox.selection.marked.size).toBe(0);
		inbox.move(-1, true);
		expect([...inbox.selection.marked].sort()).toEqual(['capture-4', 'capture-5']);
		expect(inbox.selection.ids).toHaveLength(2);
	});

	it('adds and removes single rows', () => {
		inbox.selectAt(0);
		const third = inbox.pages.row(2);
		if (!third) throw new Error('no third row');
		inbox.selection.toggle(third, inbox.pages);
		expect([...inbox.selection.marked].sort()).toEqual(['capture-4', 'capture-6']);
		inbox.selection.toggle(third, inbox.pages);
		expect(inbox.selection.marked.size).toBe(0);
		expect(inbox.selectedId).toBe('capture-6');
	});

	it('survives a filter it does not match, and says so', async () => {
		inbox.selectAt(0);
		await inbox.setFilter({ query: 'special' });
		expect(inbox.selectedId).toBe('capture-6');
		expect(inbox.selectionHidden).toBe(true);
		await inbox.showSelectedInInbox();
		expect(inbox.selectionHidden).toBe(false);
		expect(inbox.selectedIndex).toBe(0);
	});

	it('finds the next invalid capture beyond what is loaded', async () => {
		for (let count = 0; count < 300; count += 1) backend.receive({ verdict: 'valid' });
		await inbox.goNewest();
		expect(inbox.pages.indexOf('capture-2')).toBe(-1);
		expect(await inbox.nextInvalid()).toBe(true);
		expect(inbox.selectedId).toBe('capture-2');
		expect(inbox.selectedIndex).toBeGreaterThan(200);
		expect(await inbox.nextInvalid()).toBe(false);
	});

	it('opens a capture from a notification and finds it in the list', async () => {
		await inbox.setFilter({ query: 'special' });
		await inbox.openCapture('capture-1');
		expect(inbox.selectedId).toBe('capture-1');
		expect(inbox.selectedIndex).toBe(5);
	});
});

describe('search', () => {
	it('asks once for what was typed', async () => {
		vi.useFakeTimers();
		try {
			backend.receive({ event_type: 'invoice.paid' });
			backend.receive({ event_type: 'charge.refunded' });
			await open();
			for (const text of ['i', 'in', 'inv']) inbox.search(text);
			await vi.advanceTimersByTimeAsync(500);
			// And once whether the selected capture is among them.
			expect(backend.pagesRead.map(({ filter, beforeSeq }) => [filter.query, beforeSeq])).toEqual([
				['', null],
				['inv', null],
				['inv', 3],
			]);
			expect(shown()).toEqual([1]);
		} finally {
			vi.useRealTimers();
		}
	});
});

describe('a search', () => {
	beforeEach(async () => {
		for (let seq = 1; seq <= 6; seq += 1) backend.receive({ event_type: seq % 2 === 0 ? 'invoice.paid' : 'charge.failed' });
		await open();
	});

	it('that is wrong keeps the last good result, until it is right again', async () => {
		vi.useFakeTimers();
		try {
			inbox.search('paid');
			await vi.advanceTimersByTimeAsync(500);
			expect(shown()).toEqual([6, 4, 2]);
			const reads = backend.pagesRead.length;
			inbox.search('paid colour:red');
			await vi.advanceTimersByTimeAsync(500);
			expect([shown(), inbox.filter.query, inbox.load]).toEqual([[6, 4, 2], 'paid', { state: 'ready' }]);
			expect(inbox.searchText.problem?.message).toBe('No filter called colour.');
			expect(backend.pagesRead.length).toBe(reads);
			inbox.search('failed');
			await vi.advanceTimersByTimeAsync(500);
			expect([shown(), inbox.searchText.problem]).toEqual([[5, 3, 1], null]);
		} finally {
			vi.useRealTimers();
		}
	});

	it('that comes from elsewhere and is wrong is shown as wrong, beside the last good result', async () => {
		await inbox.showQuery('paid');
		await inbox.showQuery('colour:red');
		await settle();
		expect([shown(), inbox.filter.query]).toEqual([[6, 4, 2], 'paid']);
		expect([inbox.searchText.text, inbox.searchText.problem?.from]).toEqual(['colour:red', 0]);
	});

	it('leaves it to the back end whether the selected capture is found', async () => {
		inbox.selectAt(1);
		await inbox.setFilter({ query: 'event:invoice.paid' });
		expect([inbox.selectedId, inbox.selectionHidden]).toEqual(['capture-5', true]);
		expect(backend.pagesRead.at(-1)).toEqual({ filter: inbox.filter, beforeSeq: 6, limit: 1 });
		await inbox.setFilter({ query: '-event:invoice.paid' });
		expect([inbox.selectedIndex, inbox.selectionHidden]).toEqual([0, false]);
	});

	it('finds a selected capture beyond what is loaded, however long that takes', async () => {
		for (let seq = 7; seq <= 300; seq += 1) backend.receive({ event_type: 'invoice.paid' });
		await inbox.openCapture('capture-2');
		backend.search.looksPerPage = 210;
		await inbox.setFilter({ query: 'event:invoice.paid' });
		expect([inbox.selectedIndex, inbox.selectionHidden]).toEqual([-1, false]);
	});

	it('loses deleted captures alone, also when its pages end early', async () => {
		await inbox.setFilter({ query: 'paid' });
		backend.search.looksPerPage = 2;
		backend.captures = backend.captures.filter(({ row }) => row.id !== 'capture-4');
		backend.notify({ kind: 'deleted' });
		await settle();
		await settle();
		expect(shown()).toEqual([6, 2]);
		expect(inbox.total).toBe(2);
	});

	it('keeps the row of a capture that it would not find any more', async () => {
		await inbox.setFilter({ query: 'event:invoice.paid' });
		const capture = backend.captures.find(({ row }) => row.id === 'capture-4');
		if (capture) capture.row = { ...capture.row, event_type: 'invoice.voided' };
		backend.captures = backend.captures.filter(({ row }) => row.id !== 'capture-2');
		backend.notify({ kind: 'deleted' });
		await settle();
		await settle();
		expect(shown()).toEqual([6, 4]);
	});

	it('looks for new captures at most twice a second while they pour in', async () => {
		vi.useFakeTimers();
		try {
			await inbox.setFilter({ query: 'paid' });
			inbox.atTop = false;
			const reads = backend.pagesRead.length;
			for (let count = 0; count < 20; count += 1) {
				backend.receive({ event_type: 'invoice.paid' });
				await vi.advanceTimersByTimeAsync(50);
			}
			await vi.advanceTimersByTimeAsync(500);
			expect(inbox.waiting).toBe(20);
			expect(backend.pagesRead.length - reads).toBeLessThanOrEqual(4);
		} finally {
			vi.useRealTimers();
		}
	});

	it('is narrowed by a term, once', async () => {
		await inbox.addTerm('event:invoice.paid');
		expect([inbox.filter.query, inbox.searchText.text]).toEqual(['event:invoice.paid', 'event:invoice.paid']);
		expect(shown()).toEqual([6, 4, 2]);
		await inbox.addTerm('verdict:not_checked');
		await inbox.addTerm('event:invoice.paid');
		expect(inbox.filter.query).toBe('event:invoice.paid verdict:not_checked');
		// What is half typed is not built upon.
		inbox.searchText.show('colour:red');
		await settle();
		await inbox.addTerm('method:POST');
		expect(inbox.filter.query).toBe('event:invoice.paid verdict:not_checked method:POST');
		await settle();
		expect(inbox.searchText.text).toBe('event:invoice.paid verdict:not_checked method:POST');
	});
});

describe('what the doctor finds', () => {
	/** Changes what the back end holds, without a word. */
	function change(id: string, row: Partial<CaptureRow>): void {
		const capture = backend.captures.find((one) => one.row.id === id);
		if (capture) capture.row = { ...capture.row, ...row };
	}

	it('is shown in the rows in sight, which stay where they are', async () => {
		for (let count = 0; count < 3; count += 1) backend.receive({ verdict: 'invalid', badge: 'No secret matches' });
		await open();
		inbox.selectAt(1);
		inbox.shown(0, 3);
		change('capture-2', { badge: 'Secret has a newline', diagnosed: true });
		const reads = backend.pagesRead.length;
		// Notices that pour in are answered by one more reading, not by one each.
		for (let count = 0; count < 5; count += 1) backend.notify({ kind: 'diagnosed' });
		await settle();
		expect(shown()).toEqual([3, 2, 1]);
		expect(inbox.pages.row(1)?.badge).toBe('Secret has a newline');
		expect(inbox.selection.row?.badge).toBe('Secret has a newline');
		expect(backend.pagesRead.length - reads).toBe(2);
	});

	it('is shown, too, when it is told between the reading of a new row and its place in the list', async () => {
		await open();
		const read = backend.listCaptures.bind(backend);
		let once = true;
		backend.listCaptures = async (...of) => {
			const page = await read(...of);
			if (once) {
				once = false;
				change('capture-1', { badge: 'Secret has quotes', diagnosed: true });
				backend.notify({ kind: 'diagnosed' });
				await settle();
			}
			return page;
		};
		backend.receive({ verdict: 'invalid', badge: 'No secret matches' });
		await settle();
		await settle();
		expect(inbox.pages.row(0)?.badge).toBe('Secret has quotes');
	});

	it('is shown, too, when it is a mark, which any row can get', async () => {
		await open();
		const read = backend.listCaptures.bind(backend);
		const duplicate = { kind: 'retry' as const, times: 2, first: null, first_seq: 1, sentence: 'The provider tried again.' };
		let once = true;
		backend.listCaptures = async (...of) => {
			const page = await read(...of);
			if (once) {
				once = false;
				change('capture-1', { duplicate });
				backend.notify({ kind: 'duplicates' });
				await settle();
			}
			return page;
		};
		backend.receive({ verdict: 'valid', badge: 'Valid' });
		await settle();
		await settle();
		expect(inbox.pages.row(0)?.duplicate).toEqual(duplicate);
	});

	it('does not take a mended row out of the filter it was found by', async () => {
		for (let count = 0; count < 3; count += 1) backend.receive({ verdict: 'invalid', badge: 'No secret matches' });
		await open();
		await inbox.showVerdict('invalid');
		inbox.shown(0, 3);
		change('capture-2', { verdict: 'valid', badge: 'Valid' });
		await inbox.refreshRows();
		expect(shown()).toEqual([3, 2, 1]);
		expect(inbox.pages.row(1)).toMatchObject({ verdict: 'valid', badge: 'Valid' });
	});

	it('leaves the rows as they are when they cannot be read', async () => {
		backend.receive({ badge: 'before' });
		await open();
		inbox.shown(0, 1);
		backend.failure = commandError('store_unavailable', 'The disk is away.');
		await inbox.refreshRows();
		expect(inbox.pages.row(0)?.badge).toBe('before');
		expect(inbox.load).toEqual({ state: 'ready' });
		backend.failure = null;
		change('capture-1', { badge: 'after' });
		await inbox.refreshRows();
		expect(inbox.pages.row(0)?.badge).toBe('after');
	});
});

describe('what was deleted', () => {
	function remove(...ids: string[]): void {
		backend.captures = backend.captures.filter(({ row }) => !ids.includes(row.id));
		backend.notify({ kind: 'deleted' });
	}

	it('goes from the list, and the rest stays in its place', async () => {
		for (let count = 0; count < 5; count += 1) backend.receive();
		await open();
		inbox.selectAt(2);
		remove('capture-1', 'capture-2', 'capture-4');
		await settle();
		expect(shown()).toEqual([5, 3]);
		expect(inbox.total).toBe(2);
		expect(inbox.selectedIndex).toBe(1);
	});

	it('goes far from what is in sight, too, and what waits still waits', async () => {
		for (let count = 0; count < 450; count += 1) backend.receive();
		await open();
		await inbox.loadOlder();
		inbox.selectAt(0);
		inbox.shown(0, 20);
		backend.receive();
		await settle();
		remove('capture-100', 'capture-60');
		await settle();
		expect(inbox.pages.count).toBe(398);
		expect([inbox.total, inbox.waiting]).toEqual([448, 1]);
	});

	it('leaves the list empty when nothing is left', async () => {
		for (let count = 0; count < 3; count += 1) backend.receive();
		await open();
		remove('capture-1', 'capture-2', 'capture-3');
		await settle();
		expect([inbox.pages.count, inbox.total]).toEqual([0, 0]);
	});
});
