import { describe, expect, it, vi } from 'vitest';
import { captureRow } from '../backend/memory';
import { itemsOf, type MenuItem } from '../components/menu';
import { captureMenu, type CaptureMenu } from './captureMenu';

const nothing = (): void => undefined;

function menuOf(change: Partial<CaptureMenu> = {}): Map<string, MenuItem> {
	const entries = captureMenu({
		count: 1,
		row: captureRow({ seq: 1 }),
		starred: false,
		labels: [{ label: 'bug', captures: 3 }],
		own: [],
		caps: () => [],
		resend: nothing,
		edit: nothing,
		copy: nothing,
		star: nothing,
		note: nothing,
		label: nothing,
		newLabel: nothing,
		filter: nothing,
		compare: null,
		createEndpoint: nothing,
		exportHar: nothing,
		remove: nothing,
		...change,
	});
	const all = itemsOf(entries).flatMap((item) => [item, ...itemsOf(item.items ?? [])]);
	// Every line does something, has lines of its own, or says why not.
	for (const item of all) expect(item.run ?? item.items ?? item.disabled, item.id).toBeDefined();
	return new Map(all.map((item) => [item.id, item]));
}

describe('the lines of the menu', () => {
	it('offers to compare only where there is a comparison, and of several only two', () => {
		expect(menuOf().has('compare')).toBe(false);
		const compare = vi.fn();
		expect(menuOf({ compare }).get('compare')?.label).toBe('Compare with…');
		expect(menuOf({ compare, row: null, count: 2 }).get('compare')?.label).toBe('Compare');
		expect(menuOf({ compare, row: null, count: 3 }).has('compare')).toBe(false);
		menuOf({ compare }).get('compare')?.run?.();
		expect(compare).toHaveBeenCalledOnce();
	});

	it('says why a part cannot be copied or filtered by', () => {
		const menu = menuOf({ row: captureRow({ seq: 1, body_bytes: 0, endpoint_slug: '' }) });
		expect(menu.get('copy-body')?.disabled).toBe('It has no body.');
		expect(menu.get('copy-id')?.disabled).toBe('No event id was found in it.');
		expect(menu.get('filter-event')?.disabled).toBe('It has no event type.');
		expect(menu.get('filter-endpoint')?.disabled).toBe('Its endpoint was deleted.');
		expect(menu.get('filter-path')?.disabled).toBeUndefined();
	});

	it('switches labels of one capture, and puts them on several', () => {
		const label = vi.fn();
		const one = menuOf({ own: ['bug', 'mine'], label });
		expect(one.get('label-bug')?.checked).toBe(true);
		one.get('label-bug')?.run?.();
		expect(label).toHaveBeenLastCalledWith('bug', false);
		expect(one.has('label-mine')).toBe(true);
		const several = menuOf({ row: null, own: null, count: 5, label });
		expect(several.get('label-bug')?.checked).toBeUndefined();
		several.get('label-bug')?.run?.();
		expect(label).toHaveBeenLastCalledWith('bug', true);
	});

	it('says that the labels are being read', () => {
		expect(menuOf({ labels: null }).get('labels-reading')?.disabled).toBeTruthy();
		expect(menuOf({ own: null }).has('labels-reading')).toBe(true);
	});

	it('names the number when it is about several', () => {
		const several = menuOf({ row: null, own: null, count: 1240 });
		expect(several.get('delete')?.label).toBe('Delete 1,240');
		expect(several.get('export')?.label).toBe('Export 1,240…');
		expect(several.has('resend')).toBe(false);
	});
});
