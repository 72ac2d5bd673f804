import { describe, expect, it } from 'vitest';
import type { CaptureRow } from '../bindings';
import { captureRow } from '../backend/examples';
import { GroupedRows } from './grouping';
import { ListMode, type Grouping } from './listMode.svelte';
import { tableTier } from './tableColumns';

const NAMES = { endpoint: (row: CaptureRow) => row.endpoint_slug, provider: (row: CaptureRow) => row.provider ?? 'No provider' };
const grouped = (rows: CaptureRow[], grouping: Exclude<Grouping, 'none'>, open: (key: string) => boolean = () => true): GroupedRows =>
	new GroupedRows(rows, grouping, open, NAMES);
const drawn = ({ items }: GroupedRows): string[] =>
	items.map((item) => (item.kind === 'group' ? `${item.label} ${item.count}` : `${'-'.repeat(item.level)}${item.row.seq}${item.family ? ` x${item.family.times}` : ''}`));

const row = (seq: number, part: Partial<CaptureRow> = {}): CaptureRow => captureRow({ seq, ...part });

describe('grouped rows', () => {
	const rows = [row(5, { provider: 'stripe' }), row(4), row(3, { provider: 'github' }), row(2, { provider: 'stripe' }), row(1)];

	it('stand under a header with their count, groups where their newest row stands', () => {
		expect(drawn(grouped(rows, 'provider'))).toEqual(['stripe 2', '--5', '--2', 'No provider 2', '--4', '--1', 'github 1', '--3']);
	});

	it('are hidden in a closed group, which then stands for them', () => {
		const list = grouped(rows, 'provider', (key) => key !== 'provider ');
		expect(drawn(list)).toEqual(['stripe 2', '--5', '--2', 'No provider 2', 'github 1', '--3']);
		expect(list.itemOf('capture-4')).toBe(3);
		expect(list.isShown('capture-4')).toBe(false);
		// By key one goes on from where the group stands.
		expect(list.row(list.indexOf('capture-4') + 1)?.seq).toBe(3);
		expect(list.row(list.indexOf('capture-4'))?.seq).toBe(2);
	});

	it('folds retries of one event into the newest, and only those', () => {
		const retries = [
			row(6, { event_id: 'evt_1', provider: 'stripe' }),
			row(5, { event_id: 'evt_2', provider: 'stripe' }),
			row(4, { event_id: 'evt_1', provider: 'stripe' }),
			row(3, { event_id: 'evt_1', provider: 'github' }),
			row(2),
			row(1),
		];
		const closed = grouped(retries, 'event', () => false);
		expect(drawn(closed)).toEqual(['-6 x2', '-5', '-3', '-2', '-1']);
		expect(closed.itemOf('capture-4')).toBe(0);
		expect(closed.indexOf('capture-4')).toBe(0);
		expect(drawn(grouped(retries, 'event'))).toEqual(['-6 x2', '--4', '-5', '-3', '-2', '-1']);
	});

	it('can be gone through by key in the order they are shown in, each once', () => {
		for (const grouping of ['endpoint', 'provider', 'event'] as const) {
			const list = grouped(rows, grouping);
			const order = Array.from({ length: list.count }, (_, at) => list.row(at)?.id ?? '');
			expect(new Set(order).size).toBe(rows.length);
			expect(order.map((id) => list.indexOf(id))).toEqual(order.map((_, at) => at));
			const ids = list.items.flatMap((item) => (item.kind === 'capture' ? [item.row.id] : []));
			expect(ids).toEqual(order);
		}
	});
});

describe('the mode of the list', () => {
	it('is remembered, and survives nonsense', () => {
		const stored = new Map<string, string>();
		const storage = { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, value: string) => void stored.set(key, value) };
		const mode = new ListMode(storage);
		expect([mode.table, mode.grouping, mode.rowHeight_px]).toEqual([false, 'none', 48]);
		mode.setTable(true);
		mode.setGrouping('event');
		const again = new ListMode(storage);
		expect([again.table, again.grouping, again.rowHeight_px]).toEqual([true, 'event', 28]);
		expect(new ListMode({ getItem: () => '{"x"', setItem: () => undefined }).grouping).toBe('none');
	});

	it('has groups open and families closed at first', () => {
		const mode = new ListMode({ getItem: () => null, setItem: () => undefined });
		mode.setGrouping('endpoint');
		expect(mode.isOpen('a')).toBe(true);
		mode.setOpen('a', false);
		expect(mode.isOpen('a')).toBe(false);
		mode.setGrouping('event');
		expect(mode.isOpen('a')).toBe(false);
		mode.setOpen('a', true);
		mode.setOpen('a', true);
		expect(mode.isOpen('a')).toBe(true);
	});

	it('shows more columns in a wider list', () => {
		expect([320, 500, 759, 760].map(tableTier)).toEqual(['small', 'middle', 'middle', 'large']);
	});
});
