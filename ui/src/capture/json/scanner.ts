/** What a token is. `key` is decided by the reader of tokens: a string that a colon follows. */
export type TokenKind = 'punctuation' | 'string' | 'number' | 'literal' | 'end' | 'problem';

// RFC 8259 section 6: no leading zeros, no plus sign, digits on both sides of the point.
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERALS = ['true', 'false', 'null'] as const;
const HEX_DIGITS = /[0-9a-fA-F]{4}/y;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = 0xfeff;

/**
 * Walks over the tokens of a JSON text (RFC 8259) by position. It never builds values, so numbers keep their
 * digits, keys their order and duplicates stay; the fields of the current token are read off the scanner, which
 * makes no object for each token.
 */
export class JsonScanner {
	readonly text: string;
	kind: TokenKind = 'end';
	/** Offset of the token's first UTF-16 unit; for a problem, of the unit that cannot stand there. */
	start = 0;
	/** Offset after its last unit. */
	end = 0;

	constructor(text: string, from = 0) {
		this.text = text;
		this.end = from;
	}

	/** Moves to the next token and says what it is. At a problem it stays there. */
	next(): TokenKind {
		const at = skipSpace(this.text, this.end);
		this.start = at;
		if (at >= this.text.length) {
			this.end = at;
			return (this.kind = 'end');
		}
		const unit = this.text.charCodeAt(at);
		if (unit === QUOTE) return this.#string(at);
		if (isPunctuation(unit)) {
			this.end = at + 1;
			return (this.kind = 'punctuation');
		}
		if (unit === 0x2d || (unit >= 0x30 && unit <= 0x39)) {
			NUMBER.lastIndex = at;
			if (NUMBER.test(this.text)) {
				this.end = NUMBER.lastIndex;
				return (this.kind = 'number');
			}
			return this.#problem(at + 1);
		}
		for (const word of LITERALS) {
			if (this.text.startsWith(word, at)) {
				this.end = at + word.length;
				return (this.kind = 'literal');
			}
		}
		return this.#problem(at);
	}

	#string(at: number): TokenKind {
		const { text } = this;
		let position = at + 1;
		for (;;) {
			if (position >= text.length) return this.#problem(text.length);
			const unit = text.charCodeAt(position);
			if (unit === QUOTE) {
				this.end = position + 1;
				return (this.kind = 'string');
			}
			if (unit < SPACE) return this.#problem(position);
			if (unit !== BACKSLASH) {
				position += 1;
				continue;
			}
			const escaped = text.charAt(position + 1);
			if (escaped === 'u') {
				HEX_DIGITS.lastIndex = position + 2;
				if (!HEX_DIGITS.test(text)) return this.#problem(firstNonHex(text, position + 2));
				position += 6;
			} else if (escaped !== '' && '"\\/bfnrt'.includes(escaped)) {
				position += 2;
			} else {
				return this.#problem(position + 1);
			}
		}
	}

	#problem(at: number): TokenKind {
		this.start = Math.min(at, this.text.length);
		this.end = this.start;
		return (this.kind = 'problem');
	}
}

/** Whether the next unit after white space is a colon: a string before it is a key. */
export function isKey(text: string, afterString: number): boolean {
	return text.charCodeAt(skipSpace(text, afterString)) === 0x3a;
}

/** The first offset from there on that holds no white space. */
export function skipSpace(text: string, from: number): number {
	let at = from;
	// A byte order mark is no JSON white space, yet senders write it and most parsers drop it.
	if (at === 0 && text.charCodeAt(0) === BYTE_ORDER_MARK) at = 1;
	for (; at < text.length; at += 1) {
		const unit = text.charCodeAt(at);
		if (unit !== SPACE && unit !== LINE_FEED && unit !== CARRIAGE_RETURN && unit !== TAB) break;
	}
	return at;
}

function isPunctuation(unit: number): boolean {
	// { } [ ] : ,
	return unit === 0x7b || unit === 0x7d || unit === 0x5b || unit === 0x5d || unit === 0x3a || unit === 0x2c;
}

function firstNonHex(text: string, from: number): number {
	let at = from;
	while (at < text.length && /[0-9a-fA-F]/.test(text.charAt(at))) at += 1;
	return at;
}
