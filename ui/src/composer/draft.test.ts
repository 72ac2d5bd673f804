import { describe, expect, it } from 'vitest';
import type { DraftView } from '../bindings';
import { seeded } from '../capture/json/testing';
import { changesOf } from './changes';
import { countEdits, editOf, inputOf, obstacle } from './draft';
import { diffLines } from './lineDiff';
import { localityOf } from './locality';

describe('where a request goes', () => {
	it.each([
		['http://localhost:3000/x', 'this_computer'],
		['http://LOCALHOST./', 'this_computer'],
		['http://app.localhost', 'this_computer'],
		['http://127.0.0.1', 'this_computer'],
		['http://127.9.9.9', 'this_computer'],
		['http://0x7f.1', 'this_computer'],
		['http://2130706433', 'this_computer'],
		['http://0.0.0.0:80', 'this_computer'],
		['http://[::1]:3000', 'this_computer'],
		['http://[::ffff:127.0.0.1]', 'this_computer'],
		['http://10.1.2.3', 'private_network'],
		['http://172.16.0.1', 'private_network'],
		['http://172.31.255.1', 'private_network'],
		['http://192.168.1.1', 'private_network'],
		['http://[fd00::1]', 'private_network'],
		['http://[fe80::1]', 'private_network'],
		['http://[::ffff:10.0.0.1]', 'private_network'],
		['http://nas.local', 'private_network'],
		['http://172.32.0.1', 'remote'],
		['http://11.0.0.1', 'remote'],
		['https://api.example.com', 'remote'],
		['http://localhost@example.com', 'remote'],
		['http://localhost.example.com', 'remote'],
		['http://127.0.0.1.example.com', 'remote'],
		['http://[2001:db8::1]', 'remote'],
		['http://[::ffff:8.8.8.8]', 'remote'],
		['ftp://localhost', 'unusable'],
		['localhost:3000', 'unusable'],
		['', 'unusable'],
	])('%s is %s', (target, kind) => {
		expect(localityOf(target).kind).toBe(kind);
	});

	it('names the host that is really called', () => {
		expect(localityOf('http://localhost@Example.com/x')).toEqual({ kind: 'remote', host: 'example.com' });
	});
});

describe('the difference of lines', () => {
	it('is what was edited', () => {
		expect(diffLines('a\nb\nc\nd', 'a\nB\nc\nd')).toMatchObject({ changed: [1], removedBefore: [], edits: 1 });
		expect(diffLines('a\nb\nc', 'a\nx\nb\nc')).toMatchObject({ changed: [1], removedBefore: [], edits: 1 });
		expect(diffLines('a\nb\nc', 'a\nc')).toMatchObject({ changed: [], removedBefore: [1], edits: 1 });
		expect(diffLines('a', 'a')).toEqual({ changed: [], removedBefore: [], places: [], edits: 0 });
		expect(diffLines('a\nb\nc\nd\ne\nf', 'a\nX\nc\nd\nY\nf').changed).toEqual([1, 4]);
	});

	it('leaves unmarked lines that are a common subsequence of both', () => {
		const random = seeded(3);
		for (let round = 0; round < 500; round += 1) {
			const text = (): string[] =>
				Array.from({ length: Math.floor(random() * 12) }, () => 'abc'.charAt(Math.floor(random() * 3)));
			const before = text();
			const after = text();
			const { changed } = diffLines(before.join('\n'), after.join('\n'));
			const afterLines = after.join('\n').split('\n');
			let at = 0;
			const beforeLines = before.join('\n').split('\n');
			for (const [index, line] of afterLines.entries()) {
				if (changed.includes(index)) continue;
				at = beforeLines.indexOf(line, at) + 1;
				expect(at).toBeGreaterThan(0);
			}
		}
	});

	it('marks all of the middle when too much differs', () => {
		const lines = (letter: string): string =>
			['first', ...Array.from({ length: 2000 }, (_, index) => letter + index), 'last'].join('\n');
		const diff = diffLines(lines('a'), lines('b'));
		expect(diff.changed).toHaveLength(2000);
		expect(diff.changed[0]).toBe(1);
	});
});

const DRAFT: DraftView = {
	parent: 'c1',
	title: 'invoice.paid',
	method: 'POST',
	target_url: 'http://localhost:3000/webhooks',
	headers: [
		{ name: 'Stripe-Signature', value: 't=1,v1=a', lossy: false },
		{ name: 'X-Twice', value: '1', lossy: false },
		{ name: 'X-Twice', value: '2', lossy: false },
	],
	body_bytes: 8,
	body_text: '{"a": 1}',
	resign: {
		provider: 'stripe',
		provider_name: 'Stripe',
		secrets: [
			{ id: 's1', label: 'Dashboard' },
			{ id: 's2', label: 'CLI' },
		],
		original_unix_seconds: 1_795_444_324,
	},
};

describe('a draft', () => {
	it('that nobody touched sends the captured bytes, signed now', () => {
		expect(inputOf(DRAFT, editOf(DRAFT))).toEqual({
			parent: 'c1',
			method: 'POST',
			target_url: 'http://localhost:3000/webhooks',
			headers: [
				{ name: 'Stripe-Signature', value: 't=1,v1=a' },
				{ name: 'X-Twice', value: '1' },
				{ name: 'X-Twice', value: '2' },
			],
			body_text: null,
			resign: { provider: 'stripe', secret: 's1', timestamp: { kind: 'now' }, id: 'keep' },
		});
		expect(countEdits(DRAFT, editOf(DRAFT), 0, false)).toBe(0);
	});

	it('sends an edited body, and captured bytes again when the edit is undone', () => {
		const edit = editOf(DRAFT);
		edit.bodyText = '{"a": 2}';
		expect(inputOf(DRAFT, edit).body_text).toBe('{"a": 2}');
		edit.bodyText = DRAFT.body_text;
		expect(inputOf(DRAFT, edit).body_text).toBeNull();
	});

	it('can be emptied', () => {
		const edit = editOf(DRAFT);
		edit.bodyText = '';
		expect(inputOf(DRAFT, edit).body_text).toBe('');
	});

	it('takes the timestamp that was chosen', () => {
		const edit = editOf(DRAFT);
		edit.resign.timestamp = 'original';
		expect(inputOf(DRAFT, edit).resign?.timestamp).toEqual({ kind: 'at', unix_seconds: 1_795_444_324 });
		edit.resign.timestamp = 'custom';
		edit.resign.customSeconds = ' 12 ';
		expect(inputOf(DRAFT, edit).resign?.timestamp).toEqual({ kind: 'at', unix_seconds: 12 });
		expect(obstacle(DRAFT, edit)).toBeNull();
		edit.resign.customSeconds = 'yesterday';
		expect(obstacle(DRAFT, edit)).toContain('Unix seconds');
	});

	it('is not signed when that is off or impossible', () => {
		const edit = editOf(DRAFT);
		edit.resign.enabled = false;
		expect(inputOf(DRAFT, edit).resign).toBeNull();
		const unsigned = { ...DRAFT, resign: null };
		expect(inputOf(unsigned, editOf(unsigned)).resign).toBeNull();
		expect(obstacle(unsigned, editOf(unsigned))).toBeNull();
	});

	it('counts every place that differs', () => {
		const edit = editOf(DRAFT);
		edit.method = 'PUT';
		edit.targetUrl = 'http://localhost:4000';
		edit.headers = edit.headers.filter((header) => header.value !== '2');
		edit.headers.push({ key: 9, name: 'X-New', value: '' });
		expect(countEdits(DRAFT, edit, 3, true)).toBe(7);
	});

	it('needs names for its headers', () => {
		const edit = editOf(DRAFT);
		edit.headers.push({ key: 9, name: ' ', value: 'x' });
		expect(obstacle(DRAFT, edit)).toContain('header has no name');
	});
});

describe('what changes', () => {
	const context = { formatted: false, signatureHeaders: ['Stripe-Signature'], secretLabel: 'Dashboard' };

	it('lists edits, what signing sets and what transport needs', () => {
		const draft: DraftView = {
			...DRAFT,
			headers: [...DRAFT.headers, { name: 'Connection', value: 'keep-alive', lossy: false }, { name: 'Accept', value: '*/*', lossy: false }],
			body_text: '{\n"a": 1,\n"b": 2\n}',
			body_bytes: 18,
		};
		const edit = editOf(draft);
		edit.method = 'PUT';
		edit.bodyText = '{\n"a": 1,\n"b": 30\n}';
		edit.headers = edit.headers.filter((header) => header.value !== '2');
		edit.headers.push({ key: 99, name: 'X-New', value: 'yes' });
		const changes = changesOf(draft, edit, context);
		expect(changes.edited).toEqual([
			{ what: 'Method', before: ['POST'], after: ['PUT'], note: '' },
			{ what: 'X-New', before: [], after: ['yes'], note: 'header added' },
			{ what: 'X-Twice', before: ['2'], after: [], note: 'header removed' },
			{ what: 'b', before: ['"b": 2'], after: ['"b": 30'], note: 'body line 3' },
		]);
		expect(changes.signed).toEqual([
			{ what: 'Stripe-Signature', before: ['t=1,v1=a'], after: ['set when it is sent'], note: 'Dashboard · timestamp: now' },
		]);
		expect(changes.transport).toEqual([
			{ what: 'Host', before: [], after: ['localhost:3000'], note: 'from the target' },
			{ what: 'Content-Length', before: [], after: ['19'], note: 'computed' },
			{ what: 'Connection', before: ['keep-alive'], after: [], note: 'concerns one connection' },
		]);
		expect(changes.unchangedHeaders).toBe(2);
	});

	it('is nothing of ours when nobody touched it', () => {
		const edit = editOf(DRAFT);
		edit.resign.enabled = false;
		expect(changesOf(DRAFT, edit, context)).toMatchObject({ edited: [], signed: [] });
	});
});
