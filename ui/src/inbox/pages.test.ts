import { describe, expect, it } from 'vitest';
import type { CaptureRow } from '../bindings';
import { captureRow } from '../backend/memory';
import { KEPT_PAGES, Pages, PAGE_ROWS } from './pages';

/** Rows `from` down to `to`, both included. */
function rows(from: number, to: number): CaptureRow[] {
	return Array.from({ length: from - to + 1 }, (_, at) => captureRow({ seq: from - at }));
}

function seqs(pages: Pages): (number | undefined)[] {
	return Array.from({ length: pages.count }, (_, index) => pages.row(index)?.seq);
}

/** `count` full pages, the newest row has the number `newest`. */
function full(count: number, newest: number): Pages {
	let pages = Pages.of(rows(newest, newest - PAGE_ROWS + 1), newest - PAGE_ROWS + 1);
	for (let page = 1; page < count; page += 1) {
		const top = newest - page * PAGE_ROWS;
		pages = pages.withOlder(rows(top, top - PAGE_ROWS + 1), top - PAGE_ROWS + 1);
	}
	return pages;
}

describe('Pages', () => {
	it('is one run of rows, newest first', () => {
		const pages = Pages.of(rows(10, 8), 8).withOlder(rows(7, 5), 5).withNewer(rows(12, 11));
		expect(seqs(pages)).toEqual([12, 11, 10, 9, 8, 7, 6, 5]);
		expect(pages.next_before_seq).toBe(5);
		expect(pages.newest_seq).toBe(12);
		expect(pages.indexOf('capture-7')).toBe(5);
		expect(pages.indexOf('capture-99')).toBe(-1);
	});

	it('keeps the order when the first page has grown and is cut', () => {
		let pages = Pages.of(rows(50, 1), null);
		for (let next = 51; next <= 900; next += 30) pages = pages.withNewer(rows(next + 29, next));
		expect(seqs(pages)).toEqual(rows(920, 1).slice(pages.count === 920 ? 0 : 920 - pages.count).map((row) => row.seq));
	});

	it('joins the small pages of a slow search, so that they are kept and dropped as one', () => {
		let pages = Pages.of(rows(5000, 5000), 4900);
		for (let seq = 4900; seq > 4900 - 10 * 250; seq -= 10) pages = pages.withOlder(rows(seq, seq), seq - 5);
		expect(pages.count).toBe(251);
		expect(pages.keepNear(0, null)).toBe(pages);
		expect(pages.kept(0, 251)).toEqual([
			{ before_seq: 5001, count: PAGE_ROWS, down_to: 2911 },
			{ before_seq: 2911, count: 51, down_to: 2405 },
		]);
		const unchanged = pages.withOlder([], 2000);
		expect([unchanged.count, unchanged.next_before_seq]).toEqual([251, 2000]);
	});

	it('drops rows far from the eye and says which pages to read again', () => {
		const pages = full(8, 2000).keepNear(0, null);
		expect(pages.count).toBe(8 * PAGE_ROWS);
		expect(pages.row(0)?.seq).toBe(2000);
		expect(pages.row(KEPT_PAGES * PAGE_ROWS - 1)?.seq).toBe(1001);
		expect(pages.row(KEPT_PAGES * PAGE_ROWS)).toBeUndefined();
		const [missing] = pages.missing(1390, 1410);
		expect(missing).toEqual({ before_seq: 801, count: PAGE_ROWS, down_to: 601 });
		expect(pages.restored(801, rows(800, 601)).row(1200)?.seq).toBe(800);
	});

	it('never drops the page of the selected capture', () => {
		const pages = full(8, 2000).keepNear(8 * PAGE_ROWS - 1, 'capture-1999');
		expect(pages.indexOf('capture-1999')).toBe(1);
		expect(pages.row(PAGE_ROWS)).toBeUndefined();
		expect(pages.keepNear(8 * PAGE_ROWS - 1, 'capture-1999')).toBe(pages);
	});

	it('knows its newest number after the top has been dropped', () => {
		const pages = full(8, 2000).keepNear(8 * PAGE_ROWS - 1, null);
		expect(pages.row(0)).toBeUndefined();
		expect(pages.topIsKept).toBe(false);
		expect(pages.newest_seq).toBe(2000);
		expect(pages.missing(0, 10)).toEqual([{ before_seq: 2001, count: PAGE_ROWS, down_to: 1801 }]);
	});

	it('puts a page back that lost captures meanwhile, without those of the next page', () => {
		const pages = full(8, 2000).keepNear(0, null);
		// Asked for as many as before, the store fills up with older ones.
		const restored = pages.restored(801, [...rows(800, 701), ...rows(600, 501)]);
		expect(restored.row(1200)?.seq).toBe(800);
		expect(restored.row(1299)?.seq).toBe(701);
		expect(restored.count).toBe(pages.count - 100);
		expect(restored.row(1300)).toBeUndefined();
		expect(restored.missing(1300, 1301)).toEqual([{ before_seq: 601, count: PAGE_ROWS, down_to: 401 }]);
		expect(pages.restored(801, rows(600, 401)).count).toBe(pages.count - PAGE_ROWS);
	});

	it('lets go of rows that are no longer stored, and of pages without any', () => {
		const pages = Pages.of(rows(10, 8), 8).withOlder(rows(7, 5), 5);
		const left = pages.without(new Set(['capture-10', 'capture-7', 'capture-6', 'capture-5']));
		expect([left.row(0)?.seq, left.row(1)?.seq, left.count]).toEqual([9, 8, 2]);
		expect(left.newest_seq).toBe(10);
		expect(left.next_before_seq).toBe(5);
	});
});
