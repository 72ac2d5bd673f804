import { HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** Colours by token, so that both themes work without building two. */
export const colours = HighlightStyle.define([
	{ tag: tags.propertyName, color: 'var(--c-key)' },
	{ tag: tags.string, color: 'var(--c-str)' },
	{ tag: tags.number, color: 'var(--c-num)' },
	{ tag: [tags.bool, tags.null, tags.atom], color: 'var(--c-lit)' },
	{ tag: [tags.punctuation, tags.separator, tags.brace, tags.squareBracket], color: 'var(--c-punc)' },
	{ tag: tags.comment, color: 'var(--tx-3)' },
]);

export const look = EditorView.theme({
	'&': { height: '100%', backgroundColor: 'transparent', color: 'var(--tx-1)' },
	'&.cm-focused': { outline: 'none' },
	'.cm-scroller': { font: 'var(--t-mono) var(--font-mono)', fontFeatureSettings: '"calt" 0, "liga" 0', letterSpacing: '0' },
	'.cm-content': { padding: '6px 0', caretColor: 'var(--ac)' },
	'.cm-line': { padding: '0 12px 0 6px' },
	'.cm-cursor': { borderLeftColor: 'var(--ac)' },
	'.cm-gutters': { backgroundColor: 'transparent', color: 'var(--tx-3)', border: 'none' },
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
	'.cm-activeLine': { backgroundColor: 'var(--hover)' },
	'.cm-tooltip': { backgroundColor: 'var(--bg-2)', border: '1px solid var(--line-2)', borderRadius: 'var(--r2)', color: 'var(--tx-1)' },
	'.cm-diagnostic': { font: 'var(--t-small) var(--font-ui)', padding: '4px 8px' },
	'.cm-diagnostic-error': { borderLeft: '3px solid var(--bad)' },
	'.cm-lintRange-error': { backgroundImage: 'none', borderBottom: '2px solid var(--bad)', backgroundColor: 'var(--bad-bg)' },
	'.cm-gutter-lint': { width: '14px' },
	'.cm-gutter-lint .cm-gutterElement': { padding: '0 1px' },
	'.cm-lint-marker-error': { content: "''", width: '8px', height: '8px', margin: '5px 2px', borderRadius: '2px', backgroundColor: 'var(--bad)' },
});
