/** Replaces a part of a text field as if it were typed, so that it can be undone, and puts the cursor behind it. */
export function editField(field: HTMLInputElement, edit: { from: number; to: number; insert: string }): void {
	field.focus();
	field.setSelectionRange(edit.from, edit.to);
	// Deprecated, and the only way to change a field that leaves its undo alone.
	const isTyped = typeof document.execCommand === 'function' && document.execCommand('insertText', false, edit.insert);
	if (isTyped) return;
	field.setRangeText(edit.insert, edit.from, edit.to, 'end');
	field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}
