import type { QueryTokenKind, QueryView } from '../../bindings';
import { visibleText } from '../../text/visible';

/** A run of the text that looks the same. */
export interface Piece {
	text: string;
	/** `plain`: white space, and what was typed since the text was explained. */
	kind: QueryTokenKind | 'plain';
	/** The problem stands here. */
	wrong: boolean;
	/** It belongs to a filter, which is drawn as one from its minus on. */
	inFilter: boolean;
	begins: boolean;
	ends: boolean;
}

const IN_A_FILTER = new Set<Piece['kind']>(['key', 'comparison', 'value', 'unknown_key']);

/** Scripts that are written from the right: cut into coloured pieces, their letters would stand elsewhere than in the field. */
const FROM_THE_RIGHT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Whether the pieces would stand exactly behind the text of the field. */
export function canBePainted(text: string): boolean {
	return !FROM_THE_RIGHT.test(text) && visibleText(text) === text;
}

interface Span {
	from: number;
	to: number;
	kind: Piece['kind'];
}

/** The whole text in pieces, in order; `explained` may be of the text as it was a few letters ago. */
export function piecesOf(text: string, explained: { text: string; view: QueryView }): Piece[] {
	const { problem } = explained.view;
	// One that has no extent, at the end of the text, is drawn beside it; see `gapAtEnd`.
	const wrong = problem !== null && explained.text === text ? problem : { from: -1, to: -1 };
	const pieces: Piece[] = [];
	for (const span of filled(text, spansNow(text, explained))) {
		for (const [from, to] of cut(span, wrong.from, wrong.to)) {
			const isWrong = from >= wrong.from && to <= wrong.to;
			pieces.push({ text: text.slice(from, to), kind: span.kind, wrong: isWrong, inFilter: IN_A_FILTER.has(span.kind), begins: false, ends: false });
		}
	}
	for (const [at, piece] of pieces.entries()) {
		piece.inFilter ||= piece.kind === 'not' && pieces[at + 1]?.inFilter === true;
	}
	for (const [at, piece] of pieces.entries()) {
		piece.begins = piece.inFilter && pieces[at - 1]?.inFilter !== true;
		piece.ends = piece.inFilter && pieces[at + 1]?.inFilter !== true;
	}
	return pieces;
}

/** Something is missing at the end of the text. */
export function gapAtEnd(text: string, explained: { text: string; view: QueryView }): boolean {
	const { problem } = explained.view;
	return problem !== null && explained.text === text && problem.from >= text.length;
}

/** The tokens at their places in the text as it is now: those before and behind what was changed. */
function spansNow(text: string, explained: { text: string; view: QueryView }): Span[] {
	const before = explained.text;
	const shorter = Math.min(text.length, before.length);
	let same = 0;
	while (same < shorter && text[same] === before[same]) same += 1;
	let sameBehind = 0;
	while (sameBehind < shorter - same && text.at(-1 - sameBehind) === before.at(-1 - sameBehind)) sameBehind += 1;
	const shift = text.length - before.length;
	const behind = before.length - sameBehind;
	const inserted = text.slice(same, text.length - sameBehind);
	// A letter more belongs to the word it was written to, so that typing does not flicker.
	const joins = inserted !== '' && !/[\s"():]/.test(inserted);
	return explained.view.tokens.flatMap(({ from, to, kind }) => {
		const grows = joins && to === same && (kind === 'text' || kind === 'value');
		if (to <= same) return [{ from, to: grows ? to + inserted.length : to, kind }];
		if (from >= behind) return [{ from: from + shift, to: to + shift, kind }];
		const holds = from < same && to >= behind && (joins || inserted === '');
		return holds ? [{ from, to: to + shift, kind }] : [];
	});
}

/** The spans with the text between them. */
function filled(text: string, spans: readonly Span[]): Span[] {
	const all: Span[] = [];
	let at = 0;
	for (const span of spans) {
		if (span.from > at) all.push({ from: at, to: span.from, kind: 'plain' });
		all.push(span);
		at = span.to;
	}
	if (at < text.length) all.push({ from: at, to: text.length, kind: 'plain' });
	return all;
}

/** A span cut where something begins and ends. */
function cut({ from, to }: Span, ...places: number[]): [number, number][] {
	const edges = [from, ...places.filter((place) => place > from && place < to), to];
	return edges.slice(1).map((end, index) => [edges[index] ?? from, end]);
}
