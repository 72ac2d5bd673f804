/** A place in a list of lines: the line as shown, and a column of it. */
export type Point = { line: number; column: number };

/** Where the text selection of the window begins and ends in a list of lines, in order; null when it is elsewhere. */
export function selectedPoints(list: HTMLElement): { from: Point; to: Point } | null {
	const selection = document.getSelection();
	if (!selection || selection.rangeCount === 0) return null;
	const range = selection.getRangeAt(0);
	const from = pointOf(list, range.startContainer, range.startOffset);
	const to = pointOf(list, range.endContainer, range.endOffset);
	return from && to ? { from, to } : null;
}

function pointOf(list: HTMLElement, node: Node, offset: number): Point | null {
	const element = node instanceof Element ? node : node.parentElement;
	const row = element?.closest<HTMLElement>('[data-line]') ?? null;
	const text = row?.querySelector('.text');
	if (!row || !text || !list.contains(row)) return null;
	const before = document.createRange();
	before.setStart(text, 0);
	if (text.contains(node)) before.setEnd(node, offset);
	else if (text.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING) before.setEnd(text, text.childNodes.length);
	else before.setEnd(text, 0);
	return { line: Number(row.dataset['line']), column: Number(row.dataset['from']) + before.toString().length };
}
