import { describe, expect, it } from 'vitest';
import { MOST_ROWS, scrollToShow, virtualWindow } from './virtualWindow';

const list = { rowHeight_px: 48, viewport_px: 720 };

describe('virtualWindow', () => {
	it('draws what is visible and twelve rows on each side', () => {
		expect(virtualWindow({ ...list, scrollTop_px: 48 * 100, count: 1000 })).toEqual({
			first: 88,
			end: 127,
			offset_px: 88 * 48,
			height_px: 48_000,
		});
	});

	it('begins at the first row and ends at the last', () => {
		expect(virtualWindow({ ...list, scrollTop_px: 0, count: 1000 })).toMatchObject({ first: 0, end: 27 });
		expect(virtualWindow({ ...list, scrollTop_px: 48_000 - 720, count: 1000 })).toMatchObject({ first: 973, end: 1000 });
	});

	it('counts rows that are cut by an edge as visible', () => {
		const { first, end } = virtualWindow({ ...list, scrollTop_px: 48 * 50 + 1, count: 1000, overscan: 0 });
		expect([first, end]).toEqual([50, 66]);
	});

	it('survives elastic scrolling beyond both ends and a list that has become shorter', () => {
		expect(virtualWindow({ ...list, scrollTop_px: -200, count: 1000 })).toMatchObject({ first: 0, end: 27 });
		expect(virtualWindow({ ...list, scrollTop_px: 1e9, count: 5 })).toMatchObject({ first: 0, end: 5 });
	});

	it('never draws more than the cap, and keeps the visible rows when it bites', () => {
		for (let scrollTop_px = 0; scrollTop_px < 48 * 500; scrollTop_px += 311) {
			const tall = virtualWindow({ rowHeight_px: 48, viewport_px: 3000, scrollTop_px, count: 600 });
			expect(tall.end - tall.first).toBeLessThanOrEqual(MOST_ROWS);
			expect(tall.first).toBeLessThanOrEqual(Math.floor(scrollTop_px / 48));
			expect(tall.end).toBeGreaterThanOrEqual(Math.min(600, Math.ceil((scrollTop_px + 3000) / 48)));
		}
	});

	it('draws nothing for an empty list', () => {
		expect(virtualWindow({ ...list, scrollTop_px: 0, count: 0 })).toEqual({ first: 0, end: 0, offset_px: 0, height_px: 0 });
	});
});

describe('scrollToShow', () => {
	it('moves only as far as needed', () => {
		expect(scrollToShow({ ...list, index: 20, scrollTop_px: 480 })).toBe(480);
		expect(scrollToShow({ ...list, index: 2, scrollTop_px: 480 })).toBe(96);
		expect(scrollToShow({ ...list, index: 40, scrollTop_px: 480 })).toBe(41 * 48 - 720);
	});
});
