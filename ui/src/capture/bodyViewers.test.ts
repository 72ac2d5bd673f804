import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaptureDetail as Detail } from '../bindings';
import { MemoryBackend } from '../backend/memory';
import { openWindow, type TestWindow } from '../state/testing';
import CaptureDetail from './CaptureDetail.svelte';

const HOSTILE = '<img src=x onerror=alert(1)>';
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

let backend: MemoryBackend;
let opened: TestWindow;
let terms: string[];

beforeEach(() => {
	backend = new MemoryBackend();
	terms = [];
});
afterEach(() => opened.close());

async function show(body: string | Uint8Array, contentType: string | null, detail: Partial<Detail> = {}, canFilter = true) {
	const bytes = typeof body === 'string' ? bytesOf(body) : body;
	const { id } = backend.receive({ content_type: contentType, body_bytes: bytes.length }, { body: bytes, detail });
	opened = await openWindow(backend);
	const onfilter = canFilter ? (term: string) => void terms.push(term) : undefined;
	const view = render(CaptureDetail, { props: { captureId: id, onfilter }, context: opened.context });
	await screen.findByTestId('resend');
	return view;
}
const view = (name: string): Promise<void> => userEvent.click(screen.getByRole('radio', { name }));
const count = (): string => screen.getByTestId('find-count').textContent;
const marked = (container: Element): string[] => Array.from(container.querySelectorAll('.match, .current-match'), (mark) => mark.textContent);

describe('find in body', () => {
	it('counts, marks, steps and gives the focus back', async () => {
		const { container } = await show('{"a":"evt one","b":"EVT two","c":"evt three"}', 'application/json');
		const tree = await screen.findByRole('tree');
		tree.focus();
		await userEvent.keyboard('{Control>}f{/Control}');
		const field = screen.getByTestId('find-needle');
		expect(document.activeElement).toBe(field);
		await userEvent.type(field, 'evt');
		expect(count()).toBe('1 of 3');
		expect(marked(container)).toEqual(['evt', 'EVT', 'evt']);
		await userEvent.keyboard('{Enter}');
		expect(count()).toBe('2 of 3');
		expect(container.querySelector('.current-match')?.textContent).toBe('EVT');
		await userEvent.keyboard('{Shift>}{Enter}{Enter}{/Shift}');
		expect(count()).toBe('3 of 3');
		await userEvent.keyboard('{F3}');
		expect(count()).toBe('1 of 3');
		await userEvent.keyboard('{Shift>}{F3}{/Shift}');
		expect(count()).toBe('3 of 3');
		await userEvent.keyboard('{Escape}');
		expect(screen.queryByTestId('find-needle')).toBeNull();
		expect(document.activeElement).toBe(tree);
		expect(marked(container)).toEqual([]);
	});

	it('unfolds what hides a match, and says when there is none', async () => {
		const items = Array.from({ length: 500 }, (_, index) => ({ deep: { deeper: { name: `needle${index}` } } }));
		await show(JSON.stringify({ data: items }), 'application/json');
		expect((await screen.findByRole('tree')).textContent).not.toContain('needle0');
		await userEvent.keyboard('{Control>}f{/Control}');
		await userEvent.type(screen.getByTestId('find-needle'), '"needle0"');
		await waitFor(() => expect(screen.getByRole('tree').textContent).toContain('needle0'));
		await userEvent.type(screen.getByTestId('find-needle'), 'x');
		await waitFor(() => expect(count()).toBe('No matches'));
	});

	it('works in source, hex and the raw request', async () => {
		const { container } = await show('{"a":"evt"}', 'application/json', {});
		await screen.findByRole('tree');
		await view('Source');
		await userEvent.keyboard('{Control>}f{/Control}');
		await userEvent.type(screen.getByTestId('find-needle'), 'evt');
		expect(marked(container)).toEqual(['evt']);
		await userEvent.keyboard('{Escape}');
		await view('Hex');
		await userEvent.keyboard('{Control>}f{/Control}');
		await userEvent.type(screen.getByTestId('find-needle'), '65 76 74');
		expect(count()).toBe('1 of 1');
		// The gap between the two groups of eight lies in it.
		expect(marked(container)).toEqual(['65 76  74', 'evt']);
		await userEvent.click(screen.getByLabelText('Close find'));
		await userEvent.click(screen.getByTestId('tab-raw'));
		await screen.findByLabelText('Request as received');
		await userEvent.keyboard('{Control>}f{/Control}');
		await userEvent.type(screen.getByTestId('find-needle'), 'evt');
		await waitFor(() => expect(marked(container)).toEqual(['evt']));
	});

	it('wraps a line that is too long to be drawn up to the match', async () => {
		const { container } = await show(`${'x'.repeat(2_000_000)}needle`, 'text/plain');
		await screen.findByLabelText('Body, Source');
		await userEvent.keyboard('{Control>}f{/Control}');
		await userEvent.type(screen.getByTestId('find-needle'), 'needle');
		await waitFor(() => expect(container.querySelector('.current-match')?.textContent).toBe('needle'));
		expect(screen.getByLabelText('Wrap long lines').getAttribute('aria-pressed')).toBe('true');
		expect(container.textContent.length).toBeLessThan(100_000);
	});
});

describe('a line of the JSON tree', () => {
	const BODY = '{"id":12345678901234567890,"created":1764000000,"lines":[{"note":"say \\"hi\\""}]}';

	it('has its path and value copied, and filters by its value, by key', async () => {
		await show(BODY, 'application/json');
		(await screen.findByRole('tree')).focus();
		await userEvent.keyboard('{ArrowDown}{ArrowDown}v');
		expect(backend.clipboard).toBe('12345678901234567890');
		await userEvent.keyboard('f');
		expect(terms).toEqual(['json.id:12345678901234567890']);
		await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}{ArrowDown}{Shift>}v{/Shift}');
		expect(backend.clipboard).toBe('lines.0.note');
		await userEvent.keyboard('v');
		expect(backend.clipboard).toBe('say "hi"');
		await userEvent.keyboard('f');
		expect(terms[1]).toBe('json.lines.0.note:"say \\"hi\\""');
		// A container is no value that can be asked for; that is said.
		await userEvent.keyboard('{ArrowUp}f');
		expect(terms).toHaveLength(2);
		expect(opened.toasts.items.at(-1)?.text).toContain('cannot ask for this value');
	});

	it('has the same as buttons, on the pointer and on the current line', async () => {
		await show(BODY, 'application/json');
		const tree = await screen.findByRole('tree');
		expect(screen.queryByLabelText('Copy value')).toBeNull();
		await userEvent.hover(within(tree).getByText('1764000000'));
		await userEvent.click(within(tree).getByLabelText('Copy value'));
		expect(backend.clipboard).toBe('1764000000');
		await userEvent.click(within(tree).getByLabelText('Filter by this value'));
		expect(terms).toEqual(['json.created:1764000000']);
		await userEvent.click(within(tree).getByLabelText('Copy path'));
		expect(backend.clipboard).toBe('created');
	});

	it('offers no filter where nobody takes it', async () => {
		await show(BODY, 'application/json', {}, false);
		const tree = await screen.findByRole('tree');
		await userEvent.hover(within(tree).getByText('1764000000'));
		expect(within(tree).queryByLabelText('Filter by this value')).toBeNull();
		expect(within(tree).getByLabelText('Copy path')).toBeTruthy();
	});

	it('has the time that a number reads as beside it', async () => {
		await show(BODY, 'application/json');
		expect((await screen.findByText(/^2025-11-24T/)).className).toContain('hint');
	});

	it('of NDJSON stands in its own document', async () => {
		await show('{"a":1}\n{"a":2}\n', 'application/x-ndjson');
		const tree = await screen.findByRole('tree');
		expect(within(tree).getAllByRole('treeitem')).toHaveLength(6);
		await userEvent.hover(within(tree).getByText('2', { selector: 'bdi' }));
		expect(within(tree).queryByLabelText('Filter by this value')).toBeNull();
		await userEvent.click(within(tree).getByLabelText('Copy path'));
		expect(backend.clipboard).toBe('a');
	});
});

describe('an XML body', () => {
	it('is a tree that folds, and names its encoding', async () => {
		const body = Uint8Array.from([...bytesOf('<?xml version="1.0" encoding="UTF-8"?><a><b>Gr'), 0xf6, ...bytesOf('n</b><c/></a>')]);
		await show(body, 'text/xml; charset=iso-8859-1', { charset: { name: 'windows-1252', source: 'content_type', unknown: null } });
		const tree = await screen.findByRole('tree');
		expect(within(tree).getAllByRole('treeitem').map((row) => row.querySelector('.text')?.textContent)).toEqual([
			'<?xml version="1.0" encoding="UTF-8"?>',
			'<a>',
			'<b>Grön</b>',
			'<c/>',
			'</a>',
		]);
		expect(screen.getByTestId('xml-note').textContent).toBe('The XML declaration says UTF-8; the text is read as WINDOWS-1252.');
		tree.focus();
		await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowLeft}');
		expect(tree.textContent).toContain('<a> 2 inside </a>');
		await view('Source');
		expect((await screen.findByLabelText('Body, Source')).textContent).toContain('<b>Grön</b>');
	});

	it('says where it is not well-formed, and goes there', async () => {
		const { container } = await show('<a>\n  <b></a>', 'application/xml');
		expect(await screen.findByText('Not well-formed XML: </a> does not close <b>, at line 2, column 6')).toBeTruthy();
		expect(screen.queryByRole('tree')).toBeNull();
		await userEvent.click(screen.getByText('Go to it'));
		expect(container.querySelector('.lines .problem')?.textContent).toBe('<');
	});

	it('never uses a DTD, and says so', async () => {
		const { container } = await show(`<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;${HOSTILE.replace('src=x', 'src="x"').replace('=alert(1)>', '="y"/>')}</a>`, 'application/xml');
		expect((await screen.findByRole('tree')).textContent).toContain('&x;');
		expect(screen.getByTestId('xml-note').textContent).toContain('no entity of it is expanded');
		expect(container.querySelector('img')).toBeNull();
	});

	it('is only source when it is made to be rendered', async () => {
		const { container } = await show('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', 'image/svg+xml');
		expect((await screen.findByLabelText('Body, Source')).textContent).toContain('<svg');
		expect(screen.queryByRole('tree')).toBeNull();
		expect(container.querySelector('.body script, .body img')).toBeNull();
	});
});

describe('a multipart body', () => {
	const part = (head: string, content: string): string => `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;

	it('is a list of parts, each with its own view and copied by itself', async () => {
		const body = `${part('name="payload"', '{"order":1042}')}${part(`name="file"; filename="${HOSTILE}"`, 'plain text')}--b--\r\n`;
		const { container } = await show(body, 'multipart/form-data; boundary=b');
		const parts = await screen.findAllByTestId('part');
		expect(parts).toHaveLength(2);
		expect((await screen.findByRole('tree')).textContent).toContain('1042');
		expect(parts[1]?.textContent).toContain(HOSTILE);
		expect(container.querySelector('img')).toBeNull();
		expect(screen.queryByTestId('parts-problems')).toBeNull();
		await userEvent.click(within(parts[1] as HTMLElement).getByRole('button', { expanded: false }));
		expect((await screen.findByLabelText('Part 2, Source')).textContent).toContain('plain text');
		await userEvent.click(screen.getByLabelText(`Copy ${HOSTILE}`));
		expect(backend.clipboard).toBe('plain text');
	});

	it('is read as bytes, and its mistakes are said', async () => {
		const body = Uint8Array.from([...bytesOf('--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n'), 0, 0xff, ...bytesOf('\r\n')]);
		await show(body, 'multipart/form-data; boundary=b');
		expect((await screen.findByTestId('parts-problems')).textContent).toContain('The closing boundary is missing');
		expect((await screen.findByLabelText('Part 1, Hex')).textContent).toContain('00 ff');
		await userEvent.click(screen.getByLabelText('Copy x'));
		// Without the closing boundary the last line end is content.
		expect(backend.clipboard).toBe('AP8NCg==');
	});
});

describe('bytes', () => {
	it('are inspected where they are selected, by key', async () => {
		await show(Uint8Array.from([0, 8, 0x92, 0xf2, 0xd8, 0x41]), 'application/x-protobuf');
		const hex = await screen.findByLabelText('Body, Hex');
		hex.focus();
		await userEvent.keyboard('{ArrowRight}{ArrowRight}{Shift>}{ArrowRight}{ArrowRight}{ArrowRight}{/Shift}');
		const inspector = screen.getByTestId('byte-inspector');
		expect(inspector.textContent).toContain('4 bytes at 0x1: 08 92 f2 d8');
		expect(inspector.textContent).toMatch(/u32 LE\s*3639775752/);
		expect(Array.from(hex.querySelectorAll('.chosen'), (mark) => mark.textContent)).toContain('08 92 f2 d8');
		await userEvent.click(screen.getByLabelText('Copy the selected bytes as hex'));
		expect(backend.clipboard).toBe('08 92 f2 d8');
	});

	it('are inspected where they are selected, by pointer', async () => {
		await show(Uint8Array.from([0, 0x41, 0x42, 0xff]), null);
		const hex = await screen.findByLabelText('Body, Hex');
		const text = hex.querySelector('.text') as HTMLElement;
		const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
		const find = (wanted: string): [Node, number] => {
			walker.currentNode = text;
			for (let node = walker.nextNode(); node; node = walker.nextNode()) {
				const at = node.textContent?.indexOf(wanted) ?? -1;
				if (at >= 0) return [node, at];
			}
			throw new Error(`no ${wanted}`);
		};
		const [node, at] = find('41 42');
		document.getSelection()?.setBaseAndExtent(node, at, node, at + 5);
		hex.dispatchEvent(new Event('pointerup', { bubbles: true }));
		expect((await screen.findByTestId('byte-inspector')).textContent).toContain('2 bytes at 0x1: 41 42');
	});

	it('of any text are offered as hex and Base64, too', async () => {
		await show('hello', 'text/plain');
		await screen.findByLabelText('Body, Source');
		await view('Base64');
		expect((await screen.findByLabelText('Body, Base64')).textContent).toContain('aGVsbG8=');
		await view('Hex');
		expect((await screen.findByLabelText('Body, Hex')).textContent).toContain('68 65 6c 6c 6f');
	});
});

describe('headers', () => {
	const header = (name: string, value: string, lossy = false) => ({ name, value, lossy });

	it('say what they are, which are repeated, and filter by a value', async () => {
		const headers = [header('Webhook-Id', 'msg_1'), header('X-A', 'one two'), header('x-a', '2'), header('X-Bad', '\uFFFD', true)];
		await show('{}', 'application/json', { headers });
		await userEvent.click(screen.getByTestId('tab-headers'));
		const table = screen.getByRole('table', { name: 'Headers in the order they came' });
		expect(within(table).getAllByRole('rowheader').map((cell) => cell.textContent)).toEqual(['Webhook-Id', 'X-A', 'x-a', 'X-Bad']);
		expect(within(table).getByText(/the same at each attempt \(Standard Webhooks\)/)).toBeTruthy();
		expect(within(table).getByText('1 of 2')).toBeTruthy();
		expect(within(table).getByText('2 of 2')).toBeTruthy();
		await userEvent.click(within(table).getByLabelText('Filter by this value of X-A'));
		expect(terms).toEqual(['header.X-A:"one two"']);
		// A guess at bytes that are no text finds nothing.
		expect(within(table).queryByLabelText('Filter by this value of X-Bad')).toBeNull();
		await userEvent.click(screen.getByText('Explain known headers'));
		expect(within(table).queryByText(/Standard Webhooks/)).toBeNull();
	});
});
