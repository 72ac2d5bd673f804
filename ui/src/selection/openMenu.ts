import type { CaptureRow } from '../bindings';
import type { Inbox } from '../state/inbox.svelte';

interface Place {
	x: number;
	y: number;
}

/** How far from the left edge of a row its menu opens when no pointer says where, pixels. */
const ROW_INDENT_PX = 40;
/** How much of the row the menu covers, pixels. */
const ROW_OVERLAP_PX = 8;

/** The menu of a row. It is about everything that is selected when the row is; otherwise the row is selected first. */
export function openRowMenu(inbox: Inbox, row: CaptureRow, place: Place): void {
	const { selection } = inbox;
	const isSelected = selection.marked.size > 0 ? selection.marked.has(row.id) : selection.id === row.id;
	if (!isSelected) inbox.select(row);
	inbox.work.menu = { ids: selection.ids, row: selection.ids.length > 1 ? null : row, ...place };
}

/** The menu of what is selected, for the keyboard: beside the row, or under the button for it while the detail has the focus. */
export function openSelectionMenu(inbox: Inbox, root: Document = document): void {
	const { id, row } = inbox.selection;
	if (id === null || row === null) return;
	openRowMenu(inbox, row, placeOf(id, root));
}

function placeOf(id: string, root: Document): Place {
	const inDetail = root.activeElement?.closest('[data-pane=detail]');
	const more = inDetail?.querySelector('[data-capture-more]')?.getBoundingClientRect();
	if (more) return { x: more.left, y: more.bottom };
	const rows = [...root.querySelectorAll<HTMLElement>('[data-capture-id]')];
	const own = rows.find(({ dataset }) => dataset['captureId'] === id) ?? root.querySelector('[data-pane=list]');
	const box = own?.getBoundingClientRect();
	return { x: (box?.left ?? 0) + ROW_INDENT_PX, y: (box?.bottom ?? 0) - ROW_OVERLAP_PX };
}
