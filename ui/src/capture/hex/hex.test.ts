import { describe, expect, it } from 'vitest';
import { byteAtColumn, hexColumns, HexLines } from '../byteLines';
import { numberReadings, rangeSentence, textReading } from './inspect';
import { moved, rangeOf } from './selection';

const bytes = Uint8Array.from([0x00, 0x08, 0x92, 0xf2, 0xd8, 0xff, 0x01, 0x02, 0x03, 0x04, 0x41]);

describe('the inspector', () => {
	it('names the selection', () => {
		expect(rangeSentence(bytes, { start: 1, end: 5 })).toBe('4 bytes at 0x1: 08 92 f2 d8');
		expect(rangeSentence(bytes, { start: 10, end: 11 })).toBe('1 byte at 0xa: 41');
		expect(rangeSentence(new Uint8Array(2000), { start: 51, end: 1551 })).toMatch(/^1,500 bytes at 0x33: 00 .* …$/);
	});

	it('reads numbers both ways', () => {
		// Also from a piece of a larger memory.
		expect(Object.fromEntries(numberReadings(bytes.subarray(1), 0).map(({ label, value }) => [label, value]))).toEqual({
			u8: '8',
			i8: '8',
			'u16 LE': '37384',
			'u16 BE': '2194',
			'u32 LE': '3639775752',
			'u32 BE': '143848152',
			'u64 LE': '216737930435269128',
			'u64 BE': '617823112708293123',
		});
		expect(numberReadings(bytes, 5)[1]).toEqual({ label: 'i8', value: '-1' });
	});

	it('leaves out what ends beyond the body', () => {
		expect(numberReadings(bytes, 10).map(({ label }) => label)).toEqual(['u8', 'i8']);
		expect(numberReadings(bytes, 8).map(({ label }) => label)).toEqual(['u8', 'i8', 'u16 LE', 'u16 BE']);
		expect(numberReadings(bytes, 11)).toEqual([]);
	});

	it('reads text as UTF-8', () => {
		const text = new TextEncoder().encode('Größe\u0000');
		expect(textReading(text, { start: 0, end: 5 })).toBe('Grö\uFFFD');
		expect(textReading(new TextEncoder().encode('x'.repeat(99)), { start: 0, end: 99 })).toBe(`${'x'.repeat(64)}…`);
	});
});

describe('places in a hex dump', () => {
	it('are bytes, in hex and in text', () => {
		const text = new HexLines(Uint8Array.from({ length: 16 }, (_, index) => 0x41 + index)).spansOf(0).map((span) => span.text).join('');
		for (let byte = 0; byte < 16; byte += 1) {
			const [hex, ascii] = hexColumns(0, { line: 0, from: byte, to: byte + 1 });
			expect(text.slice(hex?.from, hex?.to)).toBe((0x41 + byte).toString(16));
			expect(text.slice(ascii?.from, ascii?.to)).toBe(String.fromCharCode(0x41 + byte));
			for (const columns of [hex, ascii]) expect(byteAtColumn(columns?.from ?? -1)).toBe(byte);
		}
		expect([byteAtColumn(0), byteAtColumn(999)]).toEqual([0, 15]);
	});

	it('move with the arrows, and extend with Shift', () => {
		const at = (focus: number) => ({ anchor: focus, focus });
		expect(moved(null, 'ArrowDown', false, 40)).toEqual(at(0));
		expect(moved(at(0), 'ArrowRight', false, 40)).toEqual(at(1));
		expect(moved(at(0), 'ArrowLeft', false, 40)).toEqual(at(0));
		expect(moved(at(3), 'ArrowDown', false, 40)).toEqual(at(19));
		expect(moved(at(30), 'ArrowDown', false, 40)).toEqual(at(30));
		expect(moved(at(20), 'Home', false, 40)).toEqual(at(16));
		expect(moved(at(35), 'End', false, 40)).toEqual(at(39));
		expect(moved(at(3), 'ArrowLeft', true, 40)).toEqual({ anchor: 3, focus: 2 });
		expect(moved(at(3), 'a', false, 40)).toBeNull();
		expect(moved(null, 'Home', false, 0)).toBeNull();
		expect(rangeOf({ anchor: 5, focus: 2 })).toEqual({ start: 2, end: 6 });
	});
});
