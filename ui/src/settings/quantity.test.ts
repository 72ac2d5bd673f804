import { describe, expect, it } from 'vitest';
import { limitsView } from '../backend/examples';
import { defaultText, editOfLimits, limitFieldOf, LIMITS, limitsOfEdit, linesOf, withDefaults } from './limits';
import { BYTE_UNITS, COUNT_UNITS, messageAtField, read, SECOND_UNITS, write, writeText } from './quantity';
import { editOfRule, isStricter, KEEP_EVERYTHING, ownRule, ruleOf, ruleOfEdit, ruleText } from './retentionRules';
import { checkTls, editOfTls, inputOfTls, tlsFieldOf } from './tlsForm';

describe('numbers with units', () => {
	it.each([
		[26_214_400, { text: '25', unit: 'MiB' }],
		[1536, { text: '1.5', unit: 'KiB' }],
		[1024 ** 3, { text: '1', unit: 'GiB' }],
		[1000, { text: '1000', unit: 'B' }],
		[65_537, { text: '65537', unit: 'B' }],
		[0, { text: '0', unit: 'B' }],
	])('are written in the largest unit that is exact: %d', (bytes, written) => {
		expect(write(bytes, BYTE_UNITS)).toEqual(written);
		expect(read(written, BYTE_UNITS)).toBe(bytes);
	});

	it('are seconds where milliseconds are kept', () => {
		expect(write(10_000, SECOND_UNITS)).toEqual({ text: '10', unit: 's' });
		expect(write(250, SECOND_UNITS)).toEqual({ text: '0.25', unit: 's' });
		expect(read({ text: '0.25', unit: 's' }, SECOND_UNITS)).toBe(250);
	});

	it('take a unit that is typed behind the number, and thousands separators', () => {
		expect(read({ text: '2 GiB', unit: 'MiB' }, BYTE_UNITS)).toBe(2 * 1024 ** 3);
		expect(read({ text: '10,000', unit: '' }, COUNT_UNITS)).toBe(10_000);
		expect(read({ text: ' .5 ', unit: 'KiB' }, BYTE_UNITS)).toBe(512);
	});

	it.each(['', 'many', '-1', '1e9', '5 parsecs', '1.2.3', '99999999999999999999'])('refuse %j', (text) => {
		expect(read({ text, unit: 'B' }, BYTE_UNITS)).toBeNull();
	});

	it('are read as one text', () => {
		expect(writeText(26_214_400, BYTE_UNITS)).toBe('25\u202fMiB');
		expect(writeText(10_000, COUNT_UNITS)).toBe('10,000');
		expect(writeText(600_000, SECOND_UNITS)).toBe('600\u202fs');
	});

	it('stand in what the program says of a field, without the field’s own name', () => {
		expect(messageAtField('body_bytes: write a number from 1024 to 1073741824.', BYTE_UNITS)).toBe(
			'Write a number from 1\u202fKiB to 1\u202fGiB.',
		);
		expect(messageAtField('header_ms: write a number from 100 to 86400000.', SECOND_UNITS)).toBe(
			'Write a number from 0.1\u202fs to 86,400\u202fs.',
		);
		expect(messageAtField('max_connections: write a number from 1 to 100000.')).toBe('Write a number from 1 to 100,000.');
		expect(messageAtField('allowed_clients: “x” is no network.')).toBe('“x” is no network.');
		expect(messageAtField('The disk is full.')).toBe('The disk is full.');
	});
});

describe('the limits', () => {
	const limits = limitsView({ allowed_clients: ['127.0.0.0/8', 'fd00::/8'] });

	it('have a field each and come back as they were', () => {
		const fields = [...LIMITS.map(({ field }) => field), 'allowed_clients'];
		expect(fields.toSorted()).toEqual(Object.keys(limits).toSorted());
		expect(limitsOfEdit(editOfLimits(limits))).toEqual({ limits });
	});

	it('name every field that cannot be read', () => {
		const edit = editOfLimits(limits);
		edit.body_bytes.text = 'big';
		edit.max_connections.text = '0';
		edit.allowed_clients = '10.0.0.0/8\n10.0.0.300';
		const result = limitsOfEdit(edit);
		expect('errors' in result && Object.keys(result.errors)).toEqual(['body_bytes', 'max_connections', 'allowed_clients']);
		expect('errors' in result && result.errors.allowed_clients).toContain('“10.0.0.300”');
	});

	it.each(['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8', '0.0.0.0/0'])('allow the client %s', (line) => {
		expect('limits' in limitsOfEdit({ ...editOfLimits(limits), allowed_clients: line })).toBe(true);
	});

	it.each(['localhost', '10.0.0/8', '10.0.0.0/33', '::1/129', '1.2.3.4/8/9', 'fd00:::/8', '<b>'])('refuse the client %s', (line) => {
		expect('errors' in limitsOfEdit({ ...editOfLimits(limits), allowed_clients: line })).toBe(true);
	});

	it('know whose field a refusal is', () => {
		expect(limitFieldOf('body_bytes: at most 1 GiB.')).toBe('body_bytes');
		expect(limitFieldOf('header-lines: at most 10,000.')).toBe('header_lines');
		expect(limitFieldOf('header: at most a day.')).toBe('header_ms');
		expect(limitFieldOf('The largest head has to be above 1 KiB.')).toBe('head_bytes');
		expect(limitFieldOf('allowed_clients: “x” is no network.')).toBe('allowed_clients');
		expect(limitFieldOf('The disk is full.')).toBeNull();
	});

	it('go back to the defaults, but not to who may send', () => {
		const edit = editOfLimits({ ...limits, body_bytes: 1024 });
		const restored = limitsOfEdit(withDefaults(edit, limitsView()));
		expect(restored).toEqual({ limits: limitsView({ allowed_clients: limits.allowed_clients }) });
		const [body] = LIMITS;
		expect(body && defaultText(body, limitsView())).toBe('25\u202fMiB');
	});

	it('are a list of lines', () => {
		expect(linesOf(' a \n\nb, c\n')).toEqual(['a', 'b', 'c']);
	});
});

describe('retention', () => {
	it('reads an empty field as no limit', () => {
		expect(ruleOfEdit(editOfRule(KEEP_EVERYTHING))).toEqual({ rule: KEEP_EVERYTHING });
		const rule = { max_age_days: 30, max_captures: 10_000, max_bytes: 5 * 1024 ** 3 };
		expect(ruleOfEdit(editOfRule(rule))).toEqual({ rule });
		expect(ruleText(rule)).toBe('At most 30 days, 10,000 captures, 5\u202fGiB');
		expect(ruleText(KEEP_EVERYTHING)).toBe('No limit');
	});

	it('refuses nothing-at-all and words', () => {
		const edit = editOfRule(KEEP_EVERYTHING);
		edit.age.text = '0';
		edit.bytes.text = 'much';
		const result = ruleOfEdit(edit);
		expect('errors' in result && Object.keys(result.errors)).toEqual(['age', 'bytes']);
	});

	it('knows when more would be deleted', () => {
		const rule = { max_age_days: 30, max_captures: null, max_bytes: null };
		expect(isStricter(KEEP_EVERYTHING, rule)).toBe(true);
		expect(isStricter(rule, { ...rule, max_age_days: 29 })).toBe(true);
		expect(isStricter(rule, { ...rule, max_captures: 5 })).toBe(true);
		expect(isStricter(rule, { ...rule, max_age_days: 31 })).toBe(false);
		expect(isStricter(rule, KEEP_EVERYTHING)).toBe(false);
	});

	it('finds the rule of an endpoint', () => {
		const rule = { max_age_days: 1, max_captures: null, max_bytes: null };
		const all = { ...KEEP_EVERYTHING, max_captures: 9 };
		const view = { all, endpoints: [{ endpoint: 'a', rule }], last_run: null };
		expect(ruleOf(view, 'a')).toEqual(rule);
		expect(ruleOf(view, 'b')).toEqual(all);
		expect(ownRule(view, 'b')).toBeNull();
		expect(ruleOf(view, null)).toEqual(all);
	});
});

describe('the TLS form', () => {
	const input = { enabled: true, address: '127.0.0.1:4666', names: ['a.test', 'b.test'], own: null };

	it('comes back as it was', () => {
		expect(inputOfTls(editOfTls(input))).toEqual(input);
		const own = { ...input, own: { certificate_path: '/c.pem', key_path: '/k.pem' } };
		expect(inputOfTls(editOfTls(own))).toEqual(own);
	});

	it('wants an address, and both files when they are one’s own', () => {
		expect(checkTls({ ...editOfTls(input), address: 'nowhere' })).toHaveProperty('address');
		expect(Object.keys(checkTls({ ...editOfTls(input), certificate: 'own' }))).toEqual(['certificate_path', 'key_path']);
		expect(checkTls(editOfTls(input))).toEqual({});
	});

	it('knows whose field a refusal is', () => {
		expect(tlsFieldOf('key_path: the key does not belong to the certificate.')).toBe('key_path');
		expect(tlsFieldOf('certificate_path: no certificate in it.')).toBe('certificate_path');
		expect(tlsFieldOf('names: “a b” is no name.')).toBe('names');
		expect(tlsFieldOf('The disk is full.')).toBeNull();
	});
});
