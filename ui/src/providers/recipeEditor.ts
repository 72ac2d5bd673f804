import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from '@codemirror/commands';
import { bracketMatching, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { toml } from '@codemirror/legacy-modes/mode/toml';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Text } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import type { RecipeProblem } from '../bindings';
import { colours, look } from '../text/editorLook';

type Settings = {
	parent: HTMLElement;
	text: string;
	onchange: (text: string) => void;
};

/** The editor of a recipe: TOML with the problem marked where it is. */
export class RecipeEditor {
	readonly #view: EditorView;

	constructor(settings: Settings) {
		this.#view = new EditorView({
			parent: settings.parent,
			doc: settings.text,
			extensions: [
				lineNumbers(),
				lintGutter(),
				highlightSpecialChars({ addSpecialChars: /[\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069]/g }),
				history(),
				drawSelection(),
				bracketMatching(),
				highlightActiveLine(),
				highlightSelectionMatches(),
				search({ top: true }),
				EditorState.tabSize.of(4),
				StreamLanguage.define(toml),
				syntaxHighlighting(colours),
				look,
				EditorView.lineWrapping,
				EditorView.contentAttributes.of({ 'aria-label': 'Recipe', spellcheck: 'false', 'data-testid': 'recipe-text' }),
				// Tab indents; Escape then Tab leaves the editor, as CodeMirror documents it.
				keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap, indentWithTab]),
				EditorView.updateListener.of((update) => {
					if (update.docChanged) settings.onchange(update.state.doc.toString());
				}),
			],
		});
	}

	/** Replaces everything, as one step of undo. */
	replace(text: string): void {
		this.#view.dispatch({
			changes: { from: 0, to: this.#view.state.doc.length, insert: text },
			annotations: isolateHistory.of('full'),
		});
	}

	/** Marks the problem; null: there is none. */
	mark(problem: RecipeProblem | null): void {
		const diagnostics = problem === null ? [] : [diagnosticOf(problem, this.#view.state.doc)];
		this.#view.dispatch(setDiagnostics(this.#view.state, diagnostics));
	}

	/** Puts the cursor on the problem. */
	goTo(problem: RecipeProblem): void {
		const { from } = diagnosticOf(problem, this.#view.state.doc);
		this.#view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
		this.#view.focus();
	}

	focus(): void {
		this.#view.focus();
	}

	destroy(): void {
		this.#view.destroy();
	}
}

/** The field's line, or as much of it as follows the field's name. */
function diagnosticOf(problem: RecipeProblem, doc: Text): Diagnostic {
	const line = doc.line(Math.min(Math.max(problem.line ?? 1, 1), doc.lines));
	const name = problem.field.split('.').at(-1) ?? '';
	const indent = line.text.length - line.text.trimStart().length;
	const named = name === '' ? -1 : line.text.indexOf(name);
	const message = problem.field === '' ? problem.problem : `${problem.field}: ${problem.problem}`;
	return { from: line.from + (named >= 0 ? named : indent), to: line.to, severity: 'error', message };
}
