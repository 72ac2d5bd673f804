import { describe, expect, it } from 'vitest';
import { seeded } from '../json/testing';
import { TextLines } from '../textLines';
import { declaredEncoding, outlineXml, type XmlOutline, XmlOutliner, xmlProblemSentence } from './outline';
import { xmlSourceSpans } from './spans';
import { XmlTree } from './tree';

function outline(text: string): XmlOutline {
	const result = outlineXml(text);
	if ('what' in result) throw new Error(xmlProblemSentence(result));
	return result;
}

function shown(text: string): string[] {
	const tree = new XmlTree(outline(text));
	return Array.from({ length: tree.count }, (_, row) => {
		const line = tree.spansOf(row, 0, 10_000).map((span) => span.text).join('');
		expect(tree.lengthOf(row)).toBe(line.length);
		return '  '.repeat(tree.depthOf(row)) + line;
	});
}

function problem(text: string): string {
	const result = outlineXml(text);
	return 'what' in result ? xmlProblemSentence(result).replace('Not well-formed XML: ', '') : 'well-formed';
}

describe('the tree of XML', () => {
	it('has an element a line, and its text with it', () => {
		expect(
			shown('<?xml version="1.0" encoding="ISO-8859-1"?><Inventory site="BER-2"><Item sku="A-1001"><Name>Größe M</Name><OnHand>14</OnHand></Item><Empty/><Both>a<b/>c</Both></Inventory>'),
		).toEqual([
			'<?xml version="1.0" encoding="ISO-8859-1"?>',
			'<Inventory site="BER-2">',
			'  <Item sku="A-1001">',
			'    <Name>Größe M</Name>',
			'    <OnHand>14</OnHand>',
			'  </Item>',
			'  <Empty/>',
			'  <Both>',
			'    a',
			'    <b/>',
			'    c',
			'  </Both>',
			'</Inventory>',
		]);
	});

	it('keeps comments, CDATA, instructions, several lines and references as they were sent', () => {
		expect(shown('<a\n  x="1"\n  y=\'2\'\n/>')).toEqual(['<a', 'x="1"', "y='2'", '/>']);
		expect(shown('<a><!-- one\n two --><?go now?><![CDATA[<b> & ]]>\n &lt;&#x41;&own; </a>')).toEqual([
			'<a>',
			'  <!-- one',
			'  two -->',
			'  <?go now?>',
			'  <![CDATA[<b> & ]]>',
			'  &lt;&#x41;&own;',
			'</a>',
		]);
	});

	it('folds a node into what it holds', () => {
		const tree = new XmlTree(outline('<a><b>1</b><c/>text</a>'));
		expect(tree.fold(0, true)).toBe(true);
		expect(tree.count).toBe(1);
		expect(tree.spansOf(0, 0, 99).map((span) => span.text).join('')).toBe('<a> 2 inside </a>');
		expect(tree.spansOf(0, 2, 8).map((span) => span.text).join('')).toBe('> 2 in');
		expect(tree.fold(0, false)).toBe(true);
		expect(tree.count).toBe(5);
	});

	it('finds text with every node open', () => {
		const tree = new XmlTree(outline('<a><b>Needle</b></a>'));
		tree.fold(0, true);
		const found: { line: number; from: number; to: number }[] = [];
		tree.searchable.start('needle').run(1_000, found);
		expect(found).toEqual([{ line: 1, from: 3, to: 9 }]);
		expect(tree.searchable.show(found[0] as { line: number; from: number; to: number })).toEqual({ line: 1, column: 3 });
	});

	it('colours tags, attributes and text, and its source is the exact text', () => {
		const text = '<?xml version="1.0"?>\r\n<a  href = "x>y"\n b=\'q\'>one &amp; two</a>\n';
		const document = outline(text);
		expect(new XmlTree(document).spansOf(1, 0, 99)).toContainEqual({ kind: 'string', text: '"x>y"' });
		const lines = new TextLines(text, { colour: (_, from, to) => xmlSourceSpans(document, from, to), showLineEnds: true });
		for (const step of [1, 3, 7, 100]) {
			let joined = '';
			for (let line = 0; line < lines.count; line += 1) {
				for (let from = 0; from < lines.lengthOf(line); from += step) {
					joined += lines.spansOf(line, from, from + step).map((span) => span.text).join('');
				}
			}
			expect(joined).toBe(text);
		}
	});

	it('names the encoding that is declared', () => {
		expect(declaredEncoding('<?xml version="1.0" encoding="ISO-8859-1"?>')).toBe('ISO-8859-1');
		expect(declaredEncoding("\uFEFF<?xml version='1.0' encoding='utf-8'?>")).toBe('utf-8');
		expect(declaredEncoding('<a encoding="x"/>')).toBeNull();
	});
});

describe('what is not well-formed', () => {
	it.each([
		['<a><b></a>', '</a> does not close <b>, at line 1, column 7'],
		['<a>\n  <b>', '<b> is not closed, at line 2, column 3'],
		['</a>', '</a> closes nothing, at line 1, column 1'],
		['<a/><b/>', 'a second root element, at line 1, column 5'],
		['<a/>x', 'unexpected x outside of the root element, at line 1, column 5'],
		['<a b=1/>', 'unexpected b in the tag <a>, at line 1, column 4'],
		['<a b="1" b="2"/>', 'a second attribute b, at line 1, column 10'],
		['<a>1 & 2</a>', 'this & begins no reference such as &amp;, at line 1, column 6'],
		['<a>1 < 2</a>', 'unexpected space after <, at line 1, column 7'],
		['<a><!-- x</a>', 'this comment is not closed, at line 1, column 4'],
		['<a', 'the text ends in the tag <a>, at line 1, column 3'],
		['<a></a', 'unexpected end in the closing tag, at line 1, column 7'],
		['', 'there is no element, at line 1, column 1'],
		['<!-- only -->', 'there is no element, at line 1, column 14'],
		['<!DOCTYPE a [ <!ENTITY x "y">', 'this DTD is not closed, at line 1, column 1'],
	])('%s', (text, sentence) => expect(problem(text)).toBe(sentence));

	it('never throws, whatever stands there', () => {
		const random = seeded(11);
		const pieces = ['<', '>', '/', '</a>', '<a>', '"', "'", '=', ' b="c"', '&', '&amp;', '<!--', '-->', '<![CDATA[', ']]>', '<?', '?>', '<!DOCTYPE', '[', ']', '\n', 'é😀', 'x'];
		for (let round = 0; round < 3_000; round += 1) {
			const text = Array.from({ length: Math.floor(random() * 12) }, () => pieces[Math.floor(random() * pieces.length)]).join('');
			const result = outlineXml(text);
			if ('what' in result) expect(result.offset).toBeLessThanOrEqual(text.length);
			else expect(new XmlTree(result).count).toBeGreaterThan(0);
		}
	});
});

describe('hostile XML', () => {
	/** Reads in slices as the window does; the longest of them in milliseconds. */
	function longestSlice(text: string): number {
		const outliner = new XmlOutliner(text);
		let longest = 0;
		for (let state = 'more'; state === 'more'; ) {
			const started = performance.now();
			state = outliner.run(20_000);
			longest = Math.max(longest, performance.now() - started);
		}
		return longest;
	}

	it('expands no entity', () => {
		const entities = Array.from({ length: 10 }, (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`).join('');
		const laughs = `<!DOCTYPE l [<!ENTITY e0 "ha">${entities}<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&e10;&x;</l>`;
		const document = outline(laughs);
		expect(document.hasDtd).toBe(true);
		expect(document.count).toBe(2);
		expect(new XmlTree(document).spansOf(1, 0, 99).map((span) => span.text).join('')).toBe('<l>&e10;&x;</l>');
	});

	it('is read in slices, however it is built', () => {
		const depth = 1_000_000;
		const cases = {
			deep: `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`,
			'one line': `<r>${'<item id="1">x</item>'.repeat(300_000)}</r>`,
			'one text': `<r>${'x'.repeat(10_000_000)}</r>`,
			'many lines': `<r>${'x\n'.repeat(3_000_000)}</r>`,
			attributes: `<r ${Array.from({ length: 500_000 }, (_, index) => `a${index}="1"`).join(' ')}/>`,
			spaces: `<r>${' '.repeat(10_000_000)}</r>`,
			'not closed': '<a>'.repeat(depth),
		};
		// A slice of 20,000 steps takes a few milliseconds; what reads all of it again at each step takes minutes.
		for (const [name, text] of Object.entries(cases)) expect(longestSlice(text), name).toBeLessThan(1_000);
	}, 30_000);
});
