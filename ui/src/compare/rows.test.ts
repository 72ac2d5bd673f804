import { describe, expect, it } from 'vitest';
import type { CaptureDetail } from '../bindings';
import { diffBytes } from '../diff/bytes';
import { diffHeaders } from '../diff/headers';
import { atOnce } from '../diff/slices';
import { jsonDiff, seeded } from '../diff/testing';
import { bytePieces, byteRows } from './byteRows';
import { Differences } from './differences.svelte';
import { Ignores } from './ignores.svelte';
import { changeNote, changeTexts, jsonRows } from './jsonRows';
import { linePair, wholeLine } from './lineMarks';
import { apart, factsOf } from './summary';
import { MOST_ROWS, textRows } from './textRows';

const kept = () => {
	const stored = new Map<string, string>();
	return { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, value: string) => void stored.set(key, value) };
};

describe('the rows of a line diff', () => {
	it('shows what differs with a few equal lines around it, and folds the rest', () => {
		const places = [{ aStart: 50, aEnd: 52, bStart: 50, bEnd: 51 }];
		const { rows, starts } = textRows({ a: 100, b: 99 }, places);
		expect(rows.map(({ kind }) => kind)).toEqual([
			'fold', 'same', 'same', 'same', 'removed', 'removed', 'added', 'same', 'same', 'same', 'fold',
		]);
		expect(rows[0]).toMatchObject({ count: 47 });
		expect(starts).toEqual([4]);
		expect(rows[4]).toEqual({ kind: 'removed', a: 50, partner: 50 });
		expect(rows[5]).toEqual({ kind: 'removed', a: 51, partner: null });
	});

	it('gives lines of a fold when asked', () => {
		const places = [{ aStart: 50, aEnd: 51, bStart: 50, bEnd: 51 }];
		const { rows } = textRows({ a: 60, b: 60 }, places, new Map([[0, 500]]));
		expect(rows.slice(0, 50).every(({ kind }) => kind === 'same')).toBe(true);
	});

	it('holds every line of both sides once, whatever is folded', () => {
		const random = seeded(9);
		for (let round = 0; round < 100; round += 1) {
			const places = [];
			let a = 0;
			let b = 0;
			for (let count = Math.floor(random() * 5); count > 0; count -= 1) {
				const equal = 1 + Math.floor(random() * 12);
				const [removed, added] = [Math.floor(random() * 4), Math.floor(random() * 4)];
				if (removed + added === 0) continue;
				places.push({ aStart: a + equal, aEnd: a + equal + removed, bStart: b + equal, bEnd: b + equal + added });
				a += equal + removed;
				b += equal + added;
			}
			const counts = { a: a + 9, b: b + 9 };
			const { rows } = textRows(counts, places);
			const size = (side: 'a' | 'b'): number =>
				rows.reduce((sum, row) => sum + (row.kind === 'fold' ? row.count : side in row ? 1 : 0), 0);
			expect([size('a'), size('b')]).toEqual([counts.a, counts.b]);
		}
	});

	it('stops at a number of rows', () => {
		const made = textRows({ a: 300_000, b: 0 }, [{ aStart: 0, aEnd: 300_000, bStart: 0, bEnd: 0 }]);
		expect(made.rows).toHaveLength(MOST_ROWS);
		expect(made.cut).toBe(true);
	});
});

describe('the rows of a byte diff', () => {
	it('holds every byte of both sides once', () => {
		const random = seeded(31);
		for (let round = 0; round < 200; round += 1) {
			const a = Uint8Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 3));
			const b = Uint8Array.from([...a].flatMap((byte) => (random() < 0.05 ? [] : random() < 0.05 ? [byte, 9] : [byte])));
			const { rows } = byteRows({ a: a.length, b: b.length }, atOnce(diffBytes(a, b)));
			const made: { a: number[]; b: number[] } = { a: [], b: [] };
			for (const row of rows) {
				const length = row.kind === 'fold' ? row.count : row.length;
				if ('a' in row) made.a.push(...a.slice(row.a, row.a + length));
				if ('b' in row) made.b.push(...b.slice(row.b, row.b + length));
				if (row.kind === 'same' || row.kind === 'fold') expect(a.slice(row.a, row.a + length)).toEqual(b.slice(row.b, row.b + length));
			}
			expect(made).toEqual({ a: [...a], b: [...b] });
		}
	});

	it('marks within a row what differs', () => {
		const bytes = new TextEncoder().encode('abcdef');
		expect(bytePieces(bytes, 0, 6, [[2, 3], [5, 6]])).toEqual([
			{ hex: '61 62 ', ascii: 'ab', changed: false },
			{ hex: '63 ', ascii: 'c', changed: true },
			{ hex: '64 65 ', ascii: 'de', changed: false },
			{ hex: '66 ', ascii: 'f', changed: true },
		]);
	});
});

describe('long lines', () => {
	it('are drawn around what differs, and say how much is left out', () => {
		const line = (middle: string): string => 'x'.repeat(50_000) + middle + 'y'.repeat(70_000);
		const { a, b } = linePair(line('old'), line('new!'));
		const size = (pieces: typeof a): number => pieces.reduce((sum, piece) => sum + piece.text.length + (piece.left ?? 0), 0);
		expect([size(a), size(b)]).toEqual([120_003, 120_004]);
		expect(a.filter(({ changed }) => changed).map(({ text }) => text)).toEqual(['old']);
		expect(b.filter(({ changed }) => changed).map(({ text }) => text)).toEqual(['new!']);
		expect(a.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(1200);
		expect(wholeLine('z'.repeat(5000), true).at(-1)).toMatchObject({ left: 4000 });
	});
});

describe('the tree of changes', () => {
	const rowsOf = (a: string, b: string, ignores: Ignores, showIgnored = false) => {
		const diff = jsonDiff(a, b);
		return { diff, ...jsonRows(diff.changes, (change) => ignores.ignoresChange(change), showIgnored) };
	};

	it('names each container on the way once', () => {
		const { rows, starts } = rowsOf('{"data":{"a":1,"b":[1,2]},"z":1}', '{"data":{"a":2,"b":[1,3]},"z":2}', new Ignores(null));
		expect(rows.map(({ depth, label, change }) => `${depth} ${label} ${change?.kind ?? ''}`.trim())).toEqual([
			'0 data', '1 a changed', '1 b', '2 [1] changed', '0 z changed',
		]);
		expect(starts).toEqual([1, 3, 4]);
	});

	it('counts what is ignored, and shows it when asked', () => {
		const ignores = new Ignores(null);
		ignores.toggle('ids', true);
		expect(ignores.addPath('data.object.total')).toBeNull();
		const [a, b] = ['{"id":"evt_1","data":{"object":{"total":1,"id":"x"}}}', '{"id":"evt_2","data":{"object":{"total":2,"id":"y"}}}'];
		const { rows, ignored, starts } = rowsOf(a, b, ignores);
		expect(ignored).toBe(2);
		expect(rows.filter(({ change }) => change).map(({ label }) => label)).toEqual(['id']);
		expect(starts).toHaveLength(1);
		const all = rowsOf(a, b, ignores, true);
		expect(all.rows.filter(({ change }) => change)).toHaveLength(3);
		expect(all.starts).toHaveLength(1);
	});

	it('shows both writings, names in their order, and where an element went', () => {
		const first = (a: string, b: string) => {
			const diff = jsonDiff(a, b);
			const change = diff.changes[0];
			if (!change) throw new Error('no change');
			return { ...changeTexts(diff, change, 60), note: changeNote(change) };
		};
		expect(first('[1.0]', '[1]')).toEqual({ a: '1.0', b: '1', note: 'same value, written differently' });
		expect(first('{"a":1,"b":2}', '{"b":2,"a":1}')).toEqual({ a: '"a", "b"', b: '"b", "a"', note: 'same members, another order' });
		expect(first('["x","y","z"]', '["z","x","y"]')).toEqual({ a: null, b: '"z"', note: 'moved from [2] to [0]' });
		expect(first('{}', '{"a": {\n"b" :[1,\t2] } }').b).toBe('{"b": [1, 2]}');
		expect(first('{}', `{"a":[${'1,'.repeat(100)}1]}`).b?.length).toBeLessThan(70);
	});
});

describe('what is ignored', () => {
	const ignoresName = (ignores: Ignores, name: string): boolean => {
		const [pair] = diffHeaders([], [{ name, value: '1', lossy: false }]);
		return pair !== undefined && ignores.ignoresHeader(pair);
	};

	it('is nothing at first, and is remembered', () => {
		const storage = kept();
		const ignores = new Ignores(storage);
		expect(ignores.any).toBe(false);
		expect(ignoresName(ignores, 'Stripe-Signature')).toBe(false);
		ignores.toggle('signatures', true);
		expect(ignores.addHeader('X-Trace-*')).toBeNull();
		expect(ignores.addPath('$.a.b')).toBeNull();
		const again = new Ignores(storage);
		expect(again.sets).toEqual(['signatures']);
		expect(ignoresName(again, 'Stripe-Signature')).toBe(true);
		expect(ignoresName(again, 'x-hub-signature-256')).toBe(true);
		expect(ignoresName(again, 'X-TRACE-id')).toBe(true);
		expect(ignoresName(again, 'X-Trac')).toBe(false);
		again.removeHeader('x-trace-*');
		expect(ignoresName(again, 'X-Trace-Id')).toBe(false);
	});

	it('says what is wrong with what was typed, and survives a damaged memory', () => {
		const ignores = new Ignores({ getItem: () => '{"sets":3,"paths":["a[", "ok"],"headers":null', setItem: () => undefined });
		expect(ignores.any).toBe(false);
		expect(ignores.addHeader('a b')).toMatch(/^Write a header name/);
		expect(ignores.addPath('a[')).toMatch(/^Nothing is known by/);
	});

	it('takes the built-in paths as they are meant', () => {
		const ignores = new Ignores(null);
		for (const id of ['ids', 'timestamps', 'signatures', 'delivery'] as const) ignores.toggle(id, true);
		const left = (a: string, b: string): number => jsonDiff(a, b).changes.filter((change) => !ignores.ignoresChange(change)).length;
		expect(left('{"id":1,"created":2,"data":{"created_at":3}}', '{"id":2,"created":3,"data":{"created_at":4}}')).toBe(0);
		expect(left('{"data":{"id":1}}', '{"data":{"id":2}}')).toBe(1);
		expect(ignoresName(ignores, 'X-GitHub-Delivery')).toBe(true);
		expect(ignoresName(ignores, 'X-GitHub-Event')).toBe(false);
		expect(ignoresName(ignores, 'Content-Type')).toBe(false);
	});
});

describe('the place among the differences', () => {
	it('goes round in both directions', () => {
		const differences = new Differences();
		differences.step(1);
		expect(differences.place).toBe('no difference');
		differences.set(3);
		expect(differences.place).toBe('3 differences');
		differences.step(-1);
		expect(differences.place).toBe('3 of 3');
		differences.step(1);
		expect(differences.place).toBe('1 of 3');
	});
});

describe('the summary', () => {
	it('says how far apart in time', () => {
		expect(apart(1000, 1000)).toBe('at the same time');
		expect(apart(1000, 1250)).toBe('250\u202fms later');
		expect(apart(130_000, 5000)).toBe('2\u202fmin earlier');
	});

	it('tells equal bodies from bodies of equal size', () => {
		const detail = (body_sha256: string, body_bytes: number): CaptureDetail =>
			({ row: { method: 'POST', target: '/', endpoint_slug: 'a', event_type: null, event_id: null, badge: 'Valid', answer_status: 200, body_bytes, received_at: 0, truncated: false }, body_sha256 }) as CaptureDetail;
		const body = (a: CaptureDetail, b: CaptureDetail) => factsOf(a, b).find(({ id }) => id === 'body');
		expect(body(detail('x', 5), detail('x', 5))).toMatchObject({ same: true, note: 'the same, byte for byte' });
		expect(body(detail('x', 5), detail('y', 5))).toMatchObject({ same: false, note: 'other bytes of the same length' });
		expect(body(detail('x', 5), detail('y', 6))).toMatchObject({ same: false, note: '1 byte more' });
	});
});
