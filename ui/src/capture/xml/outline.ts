import { GrowingUint32 } from '../json/growing';
import { nameAt, placeAt } from '../textPlace';

/** What a line begins in, for colouring it alone. */
export const LINE = { markup: 0, inTag: 1, inDoubleQuotes: 2, inSingleQuotes: 3, text: 4, aside: 5 } as const;

/** Where and why a text is not well-formed. Line and column count from 1, columns in characters. */
export type XmlProblem = { offset: number; line: number; column: number; what: string };

/**
 * The lines of the tree view of an XML text, as positions in that text: nothing is copied, expanded or loaded. A line
 * holds a tag, a text, an element without elements, or a line of what spans several.
 */
export type XmlOutline = {
	text: string;
	count: number;
	starts: Uint32Array;
	ends: Uint32Array;
	depths: Uint32Array;
	/** For an opening tag the line of its closing tag, else 0. */
	closers: Uint32Array;
	/** For an opening tag the number of its children. */
	sizes: Uint32Array;
	/** One of `LINE`. */
	kinds: Uint32Array;
	/** There is a DTD. It is shown and never used. */
	hasDtd: boolean;
	/** The encoding that the XML declaration names. */
	encoding: string | null;
};

const NAME = /[\p{L}_:][\p{L}\p{N}\p{M}_:.\u00b7-]*/uy;
const ATTRIBUTE = /[ \t\r\n]+([\p{L}_:][\p{L}\p{N}\p{M}_:.\u00b7-]*)[ \t\r\n]*=[ \t\r\n]*(?:"[^"<]*"|'[^'<]*')/uy;
const TAG_END = /[ \t\r\n]*\/?>/y;
const BARE_AMPERSAND = /&(?!(?:[\p{L}_:][\p{L}\p{N}\p{M}_:.\u00b7-]*|#[0-9]+|#x[0-9a-fA-F]+);)/gu;
const SPACES = /[ \t\r\n]*/y;
/** A tag with more is not compared with itself. */
const MOST_COMPARED_ATTRIBUTES = 1_000;
/** Its parts are told apart in one go, so that it is not to be longer. */
const LONGEST_DTD_CHARS = 1_000_000;
const LONGEST_NAME_CHARS = 60;

type Item = { end: number; kind: number };
type Tag = { start: number; nameEnd: number; attributes: Set<string> };

/** Reads an XML text in slices, so that a large or hostile one never holds up the window: call `run` until it stops returning `more`. */
export class XmlOutliner {
	readonly #text: string;
	readonly #starts = new GrowingUint32();
	readonly #ends = new GrowingUint32();
	readonly #depths = new GrowingUint32();
	readonly #closers = new GrowingUint32();
	readonly #sizes = new GrowingUint32();
	readonly #kinds = new GrowingUint32();
	/** The lines of the elements that are open. */
	readonly #open = new GrowingUint32();
	/** Where the next line feed and the next ampersand stand, so that none is looked for twice. */
	readonly #feed: NextUnit;
	readonly #ampersand: NextUnit;
	#at: number;
	/** What is being put into lines. */
	#item: Item | null = null;
	/** The tag whose attributes are being read. */
	#tag: Tag | null = null;
	/** The line of an element that is open once its tag is written, so that the tag stands outside of it. */
	#opening = -1;
	#hasRoot = false;
	#hasDtd = false;
	problem: XmlProblem | null = null;

	constructor(text: string) {
		this.#text = text;
		this.#feed = new NextUnit(text, '\n');
		this.#ampersand = new NextUnit(text, '&');
		this.#at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
	}

	/** How many UTF-16 units have been read. */
	get position(): number {
		return this.#at;
	}

	/** Takes at most this many steps, each a line, a tag or an attribute. */
	run(steps: number): 'more' | 'done' | 'problem' {
		for (let left = steps; left > 0; left -= 1) {
			if (this.problem) return 'problem';
			if (this.#item) this.#line(this.#item);
			else if (this.#tag) this.#attribute(this.#tag);
			else if (this.#at >= this.#text.length) return this.#end();
			else if (this.#text.charCodeAt(this.#at) === 0x3c) this.#markup();
			else this.#characters();
		}
		return this.problem ? 'problem' : 'more';
	}

	/** What was read, whole when `run` has answered `done`. */
	outline(): XmlOutline {
		return {
			text: this.#text,
			count: this.#starts.length,
			starts: this.#starts.view(),
			ends: this.#ends.view(),
			depths: this.#depths.view(),
			closers: this.#closers.view(),
			sizes: this.#sizes.view(),
			kinds: this.#kinds.view(),
			hasDtd: this.#hasDtd,
			encoding: declaredEncoding(this.#text),
		};
	}

	#end(): 'done' | 'problem' {
		const left = this.#top;
		if (left >= 0) this.#stop(this.#starts.get(left), `<${shortName(this.#nameOf(left))}> is not closed`);
		else if (!this.#hasRoot) this.#stop(this.#text.length, 'there is no element');
		return this.problem ? 'problem' : 'done';
	}

	#characters(): void {
		const next = this.#text.indexOf('<', this.#at);
		const end = next < 0 ? this.#text.length : next;
		BARE_AMPERSAND.lastIndex = this.#at;
		const bare = this.#ampersand.from(this.#at) < end ? BARE_AMPERSAND.exec(this.#text.slice(0, end)) : null;
		if (bare) return this.#stop(bare.index, 'this & begins no reference such as &amp;');
		if (this.#open.length === 0) {
			const first = afterSpace(this.#text, this.#at);
			if (first < end) return this.#stop(first, `unexpected ${nameAt(this.#text, first)} outside of the root element`);
			this.#at = end;
			return;
		}
		this.#begin(end, LINE.text);
	}

	#markup(): void {
		const at = this.#at;
		if (this.#text.startsWith('<!--', at)) this.#aside('-->', 4, 'this comment is not closed');
		else if (this.#text.startsWith('<![CDATA[', at)) {
			if (this.#open.length === 0) return this.#stop(at, 'a CDATA section outside of the root element');
			this.#aside(']]>', 9, 'this CDATA section is not closed', LINE.text);
		} else if (this.#text.startsWith('<!DOCTYPE', at)) this.#dtd();
		else if (this.#text.startsWith('<?', at)) this.#aside('?>', 2, 'this processing instruction is not closed');
		else if (this.#text.startsWith('</', at)) this.#close();
		else this.#openTag();
	}

	#aside(ending: string, skip: number, problem: string, kind: number = LINE.aside): void {
		const end = this.#text.indexOf(ending, this.#at + skip);
		if (end < 0) return this.#stop(this.#at, problem);
		this.#child();
		this.#begin(end + ending.length, kind);
	}

	#dtd(): void {
		const from = this.#at;
		if (this.#hasRoot || this.#hasDtd) return this.#stop(from, 'a DTD may only stand before the root element');
		const text = this.#text.slice(from, from + LONGEST_DTD_CHARS);
		const signs = /["'[\]>]|<!--/g;
		signs.lastIndex = '<!DOCTYPE'.length;
		let isInside = false;
		for (let sign = signs.exec(text); sign; sign = signs.exec(text)) {
			const [what] = sign;
			if (what === '[') isInside = true;
			else if (what === ']') isInside = false;
			else if (what === '>') {
				if (isInside) continue;
				this.#hasDtd = true;
				return this.#begin(from + signs.lastIndex, LINE.aside);
			} else {
				const close = what === '<!--' ? '-->' : what;
				const end = text.indexOf(close, signs.lastIndex);
				if (end < 0) break;
				signs.lastIndex = end + close.length;
			}
		}
		const isCut = this.#text.length - from > LONGEST_DTD_CHARS;
		this.#stop(from, isCut ? 'this DTD is longer than is read here' : 'this DTD is not closed');
	}

	#openTag(): void {
		const start = this.#at;
		NAME.lastIndex = start + 1;
		if (!NAME.test(this.#text)) return this.#stop(start + 1, `unexpected ${nameAt(this.#text, start + 1)} after <`);
		if (this.#open.length === 0 && this.#hasRoot) return this.#stop(start, 'a second root element');
		this.#tag = { start, nameEnd: NAME.lastIndex, attributes: new Set() };
		this.#at = NAME.lastIndex;
	}

	#attribute(tag: Tag): void {
		ATTRIBUTE.lastIndex = this.#at;
		const attribute = ATTRIBUTE.exec(this.#text);
		if (attribute) {
			const name = attribute[1] ?? '';
			if (tag.attributes.has(name)) return this.#stop(afterSpace(this.#text, this.#at), `a second attribute ${shortName(name)}`);
			if (tag.attributes.size < MOST_COMPARED_ATTRIBUTES) tag.attributes.add(name);
			this.#at = ATTRIBUTE.lastIndex;
			return;
		}
		TAG_END.lastIndex = this.#at;
		if (!TAG_END.test(this.#text)) {
			const at = afterSpace(this.#text, this.#at);
			const wrong = at < this.#text.length ? `unexpected ${nameAt(this.#text, at)}` : 'the text ends';
			return this.#stop(at, `${wrong} in the tag <${shortName(this.#text.slice(tag.start + 1, tag.nameEnd))}>`);
		}
		this.#hasRoot = true;
		this.#tag = null;
		this.#child();
		const end = TAG_END.lastIndex;
		this.#at = tag.start;
		const isEmpty = this.#text.charAt(end - 2) === '/';
		const line = this.#starts.length;
		this.#begin(end, LINE.markup);
		if (!isEmpty) this.#opening = line;
	}

	#close(): void {
		const start = this.#at;
		const end = this.#text.indexOf('>', start);
		const top = this.#top;
		NAME.lastIndex = start + 2;
		const nameEnd = NAME.test(this.#text) ? NAME.lastIndex : start + 2;
		const name = this.#text.slice(start + 2, nameEnd);
		if (end < 0 || afterSpace(this.#text, nameEnd) !== end) {
			const at = Math.min(afterSpace(this.#text, nameEnd), this.#text.length);
			return this.#stop(at, `unexpected ${nameAt(this.#text, at)} in the closing tag`);
		}
		if (top < 0) return this.#stop(start, `</${shortName(name)}> closes nothing`);
		const opened = this.#nameOf(top);
		if (name !== opened) return this.#stop(start, `</${shortName(name)}> does not close <${shortName(opened)}>`);
		this.#open.length -= 1;
		if (this.#joins(top, start)) {
			this.#sizes.set(top, 0);
			this.#ends.set(top, end + 1);
			this.#at = end + 1;
			return;
		}
		this.#closers.set(top, this.#starts.length);
		this.#begin(end + 1, LINE.markup);
	}

	/** An element with nothing or one line of text in it is one line; takes the line of its text away. */
	#joins(opener: number, closeStart: number): boolean {
		const lines = this.#starts.length - 1 - opener;
		const isText = lines === 1 && this.#kinds.get(opener + 1) === LINE.text;
		if (lines !== 0 && !isText) return false;
		const between = this.#text.slice(this.#ends.get(opener), closeStart);
		if (between.includes('\n') || between.startsWith('<![CDATA[')) return false;
		if (isText) {
			for (const list of [this.#starts, this.#ends, this.#depths, this.#closers, this.#sizes, this.#kinds]) list.length -= 1;
		}
		return true;
	}

	/** Counts what follows as a child of the open element. */
	#child(): void {
		const parent = this.#top;
		if (parent >= 0) this.#sizes.set(parent, this.#sizes.get(parent) + 1);
	}

	#begin(end: number, kind: number): void {
		this.#item = { end, kind };
	}

	/** Writes one line of an item. */
	#line(item: Item): void {
		const start = afterSpace(this.#text, this.#at);
		if (start < item.end) {
			const next = Math.min(this.#feed.from(start), item.end);
			let end = next;
			while (end > start && isSpace(this.#text.charCodeAt(end - 1))) end -= 1;
			this.#push(start, end, item.kind);
			if (item.kind < LINE.text && next < item.end) item.kind = kindAfter(this.#text.slice(start, next), item.kind);
			this.#at = next;
		}
		if (start < item.end && this.#at < item.end) return;
		this.#at = item.end;
		this.#item = null;
		if (this.#opening >= 0) this.#open.push(this.#opening);
		this.#opening = -1;
	}

	#push(start: number, end: number, kind: number): void {
		this.#starts.push(start);
		this.#ends.push(end);
		this.#depths.push(this.#open.length);
		this.#closers.push(0);
		this.#sizes.push(0);
		this.#kinds.push(kind);
	}

	/** The line of the innermost open element; -1 outside of all. */
	get #top(): number {
		return this.#open.length === 0 ? -1 : this.#open.get(this.#open.length - 1);
	}

	#nameOf(line: number): string {
		NAME.lastIndex = this.#starts.get(line) + 1;
		return NAME.exec(this.#text)?.[0] ?? '';
	}

	#stop(offset: number, what: string): void {
		this.problem = { offset, ...placeAt(this.#text, offset), what };
	}
}

/** Reads a text in one go; for texts small enough not to matter. */
export function outlineXml(text: string): XmlOutline | XmlProblem {
	const outliner = new XmlOutliner(text);
	outliner.run(Number.POSITIVE_INFINITY);
	return outliner.problem ?? outliner.outline();
}

/** The sentence shown above a body that is not well-formed. */
export function xmlProblemSentence({ what, line, column }: XmlProblem): string {
	return `Not well-formed XML: ${what}, at line ${line}, column ${column}`;
}

/** The encoding that an XML declaration names. */
export function declaredEncoding(text: string): string | null {
	return /^\uFEFF?<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][\w.-]{0,40})["']/.exec(text.slice(0, 400))?.[1] ?? null;
}

/** What the next line of a tag begins in, after a line that began in `kind`. */
function kindAfter(line: string, kind: number): number {
	let now: number = kind === LINE.markup ? LINE.inTag : kind;
	for (const [quote] of line.matchAll(/["']/g)) {
		const own = quote === '"' ? LINE.inDoubleQuotes : LINE.inSingleQuotes;
		if (now === LINE.inTag) now = own;
		else if (now === own) now = LINE.inTag;
	}
	return now;
}

/** The place of the next unit of a kind, looked up once for each that there is. */
class NextUnit {
	readonly #text: string;
	readonly #unit: string;
	#at = -1;

	constructor(text: string, unit: string) {
		this.#text = text;
		this.#unit = unit;
	}

	/** Its first place at an offset or behind it, infinite when there is none. Offsets must grow. */
	from(offset: number): number {
		if (this.#at < offset) {
			const found = this.#text.indexOf(this.#unit, offset);
			this.#at = found < 0 ? Number.POSITIVE_INFINITY : found;
		}
		return this.#at;
	}
}

function isSpace(unit: number): boolean {
	return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

function afterSpace(text: string, from: number): number {
	SPACES.lastIndex = from;
	SPACES.test(text);
	return SPACES.lastIndex;
}

function shortName(name: string): string {
	return name.length <= LONGEST_NAME_CHARS ? name : `${name.slice(0, LONGEST_NAME_CHARS)}…`;
}
