import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import {
	bracketMatching,
	codeFolding,
	foldGutter,
	foldKeymap,
	indentOnInput,
	syntaxHighlighting,
} from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension, RangeSetBuilder, StateEffect, StateField } from '@codemirror/state';
import {
	Decoration,
	type DecorationSet,
	drawSelection,
	EditorView,
	highlightSpecialChars,
	keymap,
	lineNumbers,
} from '@codemirror/view';
import { colours, look } from '../text/editorLook';
import type { LineDiff } from './lineDiff';

/** Which lines differ from the capture. */
const markChanges = StateEffect.define<LineDiff>();

const CHANGED = Decoration.line({ class: 'cm-changed' });
const REMOVED_ABOVE = Decoration.line({ class: 'cm-removed-above' });

const changedLines = StateField.define<DecorationSet>({
	create: () => Decoration.none,
	update(marks, transaction) {
		let next = marks.map(transaction.changes);
		for (const effect of transaction.effects) {
			if (effect.is(markChanges)) next = decorate(transaction.state, effect.value);
		}
		return next;
	},
	provide: (field) => EditorView.decorations.from(field),
});

function decorate(state: EditorState, diff: LineDiff): DecorationSet {
	const builder = new RangeSetBuilder<Decoration>();
	const removed = new Set(diff.removedBefore);
	const changed = new Set(diff.changed);
	for (const line of [...new Set([...removed, ...changed])].sort((a, b) => a - b)) {
		if (line >= state.doc.lines) continue;
		const { from } = state.doc.line(line + 1);
		if (changed.has(line)) builder.add(from, from, CHANGED);
		if (removed.has(line)) builder.add(from, from, REMOVED_ABOVE);
	}
	return builder.finish();
}

/** Chords that mean something else in the composer: send, re-sign, what changes. */
const COMPOSER_KEYS = new Set(['Mod-Enter', 'Mod-g', 'Mod-d']);

/**
 * What separates the lines of a text in the editor. CodeMirror splits at exactly this and puts it back, so a text
 * with a mix of line ends is split at line feeds and keeps its carriage returns as characters.
 */
export function lineEndOf(text: string): '\n' | '\r\n' {
	return /\r\n/.test(text) && !/(^|[^\r])\n/.test(text) ? '\r\n' : '\n';
}

type Settings = {
	parent: HTMLElement;
	text: string;
	label: string;
	isJson: boolean;
	wrap: boolean;
	onchange: () => void;
};

/** The body editor. It is built once for a draft and lives as long as the composer. */
export class BodyEditor {
	readonly #view: EditorView;
	readonly #wrapping = new Compartment();

	constructor(settings: Settings) {
		const lineEnd = lineEndOf(settings.text);
		const extensions: Extension[] = [
			EditorState.lineSeparator.of(lineEnd),
			lineNumbers(),
			codeFolding(),
			foldGutter({ openText: '⌄', closedText: '›' }),
			highlightSpecialChars({ addSpecialChars: /[\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069]/g }),
			history(),
			drawSelection(),
			indentOnInput(),
			bracketMatching(),
			highlightSelectionMatches(),
			search({ top: true }),
			EditorState.tabSize.of(2),
			settings.isJson ? json() : [],
			syntaxHighlighting(colours),
			look,
			changedLines,
			this.#wrapping.of(settings.wrap ? EditorView.lineWrapping : []),
			EditorView.contentAttributes.of({ 'aria-label': settings.label, spellcheck: 'false', 'data-testid': 'composer-body' }),
			// Tab indents; Escape then Tab leaves the editor, as CodeMirror documents it.
			keymap.of([
				...[...defaultKeymap, ...historyKeymap, ...foldKeymap, ...searchKeymap].filter(
					(binding) => binding.key === undefined || !COMPOSER_KEYS.has(binding.key),
				),
				indentWithTab,
			]),
			EditorView.updateListener.of((update) => {
				if (update.docChanged) settings.onchange();
			}),
		];
		this.#view = new EditorView({ parent: settings.parent, doc: settings.text, extensions });
	}

	get text(): string {
		return this.#view.state.sliceDoc();
	}

	/** Replaces everything, as one step of undo. */
	replace(text: string): void {
		this.#view.dispatch({
			changes: { from: 0, to: this.#view.state.doc.length, insert: this.#view.state.toText(text) },
			annotations: isolateHistory.of('full'),
		});
	}

	/** Marks the lines that differ. */
	mark(diff: LineDiff): void {
		this.#view.dispatch({ effects: markChanges.of(diff) });
	}

	wrap(on: boolean): void {
		this.#view.dispatch({ effects: this.#wrapping.reconfigure(on ? EditorView.lineWrapping : []) });
	}

	/** Puts the cursor on a line from 1 and a column from 1 in UTF-16 units, in the middle of the view. */
	goTo(line: number, column: number): void {
		const at = this.#view.state.doc.line(Math.min(line, this.#view.state.doc.lines));
		const position = Math.min(at.from + column - 1, at.to);
		this.#view.dispatch({ selection: { anchor: position }, effects: EditorView.scrollIntoView(position, { y: 'center' }) });
		this.#view.focus();
	}

	destroy(): void {
		this.#view.destroy();
	}
}
