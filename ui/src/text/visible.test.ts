import { describe, expect, it } from 'vitest';
import { visibleText } from './visible';

describe('visibleText', () => {
	it('leaves ordinary text of any script alone', () => {
		for (const text of ['invoice.paid', 'Grüße aus Köln', '決済', 'דוגמה', '🙂 ok', 'a\u0301']) expect(visibleText(text)).toBe(text);
	});

	it('shows control characters as pictures', () => {
		expect(visibleText('a\r\nb\u0000\u001b[31m\u007f')).toBe('a␍␊b␀␛[31m␡');
		expect(visibleText('a\nb\tc\u0000', { keepLines: true })).toBe('a\nb\tc␀');
	});

	it('shows what would reorder or hide text', () => {
		expect(visibleText('invoice\u202efdp.exe')).toBe('invoice⟨U+202E⟩fdp.exe');
		expect(visibleText('\u2066x\u2069')).toBe('⟨U+2066⟩x⟨U+2069⟩');
		expect(visibleText('pay\u200bpal')).toBe('pay⟨U+200B⟩pal');
		expect(visibleText('\ufeffa\u2028b\u0085')).toBe('⟨U+FEFF⟩a⟨U+2028⟩b⟨U+0085⟩');
		expect(visibleText('x\u{e0041}')).toBe('x⟨U+E0041⟩');
	});

	it('shows lone surrogates', () => {
		expect(visibleText('\ud800x')).toBe('⟨U+D800⟩x');
	});
});
