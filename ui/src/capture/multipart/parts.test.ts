import { describe, expect, it } from 'vitest';
import { MOST_PARTS, parameterOf, type Parts, readParts } from './parts';

const FORM = 'multipart/form-data; boundary=7d9f1c';
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function read(body: string | Uint8Array, type: string = FORM): Promise<Parts> {
	const parts = await readParts(typeof body === 'string' ? bytesOf(body) : body, type);
	if (parts === null) throw new Error('stopped');
	return parts;
}

async function told(body: string, type: string = FORM): Promise<string[]> {
	return (await read(body, type)).problems.map(({ at, sentence }) => `${at}: ${sentence}`);
}

const part = (head: string, content: string): string => `--7d9f1c\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;

describe('a multipart body', () => {
	it('is taken apart by its bytes', async () => {
		const image = Uint8Array.from([0x89, 0x50, 0, 0xff, 0x0d, 0x0a, 0x2d, 0x2d]);
		const head = bytesOf(
			`${part('name="payload"', '{"order":1}')}--7d9f1c\r\nContent-Disposition: form-data; name="file"; filename="thumb \\"x\\".png"\r\ncontent-type: image/png\r\n\r\n`,
		);
		const tail = bytesOf('\r\n--7d9f1c--\r\n');
		const body = Uint8Array.from([...head, ...image, ...tail]);
		const { parts, problems, boundary } = await read(body);
		expect(boundary).toBe('7d9f1c');
		expect(problems).toEqual([]);
		expect(parts).toMatchObject([
			{ name: 'payload', fileName: null, contentType: null },
			{ name: 'file', fileName: 'thumb "x".png', contentType: 'image/png' },
		]);
		expect(parts.map(({ start, end }) => [...body.slice(start, end)])).toEqual([[...bytesOf('{"order":1}')], [...image]]);
	});

	it('may have empty parts, folded headers and other file names', async () => {
		const body = `${part('name="e"', '')}--7d9f1c\r\nContent-Disposition: form-data;\r\n name=n;\r\n filename*=UTF-8''na%C3%AFve.txt\r\n\r\nx\r\n--7d9f1c--`;
		const { parts, problems } = await read(body);
		expect(problems).toEqual([]);
		expect(parts).toMatchObject([{ name: 'e' }, { name: 'n', fileName: 'naïve.txt' }]);
		expect(parts.map(({ start, end }) => end - start)).toEqual([0, 1]);
	});

	it('does not take a longer boundary for its own', async () => {
		const { parts, problems } = await read(`${part('name="a"', '--7d9f1cc\r\nx--7d9f1c\r\n--7d9f1cX')}--7d9f1c--`);
		expect(problems).toEqual([]);
		expect(parts).toHaveLength(1);
	});

	it('may have its boundary quoted', async () => {
		const type = 'Multipart/Mixed; charset=utf-8; BOUNDARY="a b:c"';
		const { parts, problems } = await read('--a b:c\r\n\r\nx\r\n--a b:c--\r\n', type);
		expect(parts).toHaveLength(1);
		// Only forms have names.
		expect(problems).toEqual([]);
	});

	it('ends in a bound', async () => {
		const { parts, isCut } = await read(part('name="a"', '').repeat(MOST_PARTS + 5));
		expect([parts.length, isCut]).toEqual([MOST_PARTS, true]);
	});

	it('stops when nobody waits for it', async () => {
		expect(await readParts(new Uint8Array(25_000_000), FORM, () => true)).toBeNull();
	});

	it('of nothing but dashes and line feeds is read all the same', async () => {
		const body = new Uint8Array(5_000_000).map((_, index) => (index % 2 === 0 ? 0x0a : 0x2d));
		expect((await read(body)).parts).toEqual([]);
	});
});

describe('a mistake in the framing', () => {
	it('is said, with the byte where it shows', async () => {
		expect(await told('x', 'multipart/form-data')).toEqual(['0: The Content-Type names no boundary, so that the parts cannot be told apart.']);
		expect(await told('--other\r\n\r\nx\r\n--other--')).toEqual(['0: The boundary “7d9f1c” of the Content-Type does not stand in the body.']);
		const open = part('name="a"', 'x');
		expect(await told(open)).toEqual([`${open.length}: The closing boundary is missing. The body may have been cut.`]);
		expect(await told(`intro\r\n${open}--7d9f1c--\r\nend`)).toEqual([
			'0: 5 bytes before the first boundary, which readers leave out.',
			`${7 + open.length + 12}: 3 bytes after the closing boundary, which readers leave out.`,
		]);
		expect(await told('--7d9f1c\nContent-Disposition: form-data; name="a"\n\nx\n--7d9f1c--')).toEqual([
			'52: A line before a boundary ends in LF alone, and CRLF is required.',
		]);
		expect(await told('--7d9f1c\r\nContent-Type: text/plain\r\n\r\nx\r\n--7d9f1c--')).toEqual([
			'10: A part has no Content-Disposition, so that it has no name.',
		]);
		expect(await told('--7d9f1c\r\nContent-Disposition: form-data; name="a"\r\nno header\r\n--7d9f1c--')).toEqual([
			'52: The headers of a part are not followed by an empty line.',
		]);
	});
});

describe('a parameter of a header', () => {
	it.each([
		['form-data; name="a"; filename="b;c"', 'filename', 'b;c'],
		['form-data; filename="x"; name=y', 'name', 'y'],
		['form-data; filename="C:\\\\dir\\\\f.txt"', 'filename', 'C:\\dir\\f.txt'],
		['form-data; name="%22q%22"', 'name', '"q"'],
		['form-data; filename="x"', 'name', null],
		['form-data; name=', 'name', ''],
	])('%s', (value, name, found) => expect(parameterOf(value, name)).toBe(found));
});
