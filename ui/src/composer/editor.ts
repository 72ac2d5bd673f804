import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import {
	bracketMatching,
	codeFolding,
	foldGutter,
	foldKeymap,
	HighlightStyle,
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
import { tags } from '@lezer/highlight';
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

/** Colours by token, so that both themes work without building two. */
const colours = HighlightStyle.define([
	{ tag: tags.propertyName, color: 'var(--c-key)' },
	{ tag: tags.string, color: 'var(--c-str)' },
	{ tag: tags.number, color: 'var(--c-num)' },
	{ tag: [tags.bool, tags.null], color: 'var(--c-lit)' },
	{ tag: [tags.punctuation, tags.separator, tags.brace, tags.squareBracket], color: 'var(--c-punc)' },
]);

const look = EditorView.theme({
	'&': { height: '100%', backgroundColor: 'transparent', color: 'var(--tx-1)' },
	'&.cm-focused': { outline: 'none' },
	'.cm-scroller': { font: 'var(--t-mono) var(--font-mono)', fontFeatureSettings: '"calt" 0, "liga" 0', letterSpacing: '0' },
	'.cm-content': { padding: '6px 0', caretColor: 'var(--ac)' },
	'.cm-line': { padding: '0 12px 0 6px' },
	'.cm-cursor': { borderLeftColor: 'var(--ac)' },
	'.cm-gutters': { backgroundColor: 'transparent', color: 'var(--tx-off)', border: 'none' },
	'.cm-lineNumbers .cm-gutterElement': { minWidth: '38px', padding: '0 6px 0 0' },
	'.cm-foldGutter .cm-gutterElement': { width: '14px', color: 'var(--tx-3)' },
	'&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
		backgroundColor: 'var(--ac-bg)',
	},
	'.cm-selectionMatch': { backgroundColor: 'var(--mark)' },
	'&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--bg-4)', outline: '1px solid var(--line-3)' },
	'.cm-specialChar': { color: 'var(--warn)', backgroundColor: 'var(--warn-bg)' },
	'.cm-foldPlaceholder': { backgroundColor: 'var(--bg-4)', border: 'none', color: 'var(--tx-2)' },
	'.cm-changed': { backgroundColor: 'var(--ins-bg)', borderLeft: '2px solid var(--ok)', paddingLeft: '4px' },
	'.cm-removed-above': { borderTop: '1px solid var(--bad)' },
	'.cm-panels': { backgroundColor: 'var(--bg-2)', color: 'var(--tx-1)', borderColor: 'var(--line-1)' },
	'.cm-textfield': { backgroundColor: 'var(--bg-3)', border: '1px solid var(--line-2)', color: 'inherit' },
	'.cm-button': { backgroundImage: 'none', backgroundColor: 'var(--bg-3)', border: '1px solid var(--line-2)' },
	'.cm-searchMatch': { backgroundColor: 'var(--mark)' },
});

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
