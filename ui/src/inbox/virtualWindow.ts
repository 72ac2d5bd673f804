/** Rows drawn beyond each edge, so that a fast scroll does not show blanks. */
export const OVERSCAN_ROWS = 12;
/** Never more row elements than this, however tall the window is. */
export const MOST_ROWS = 80;

export interface VirtualWindow {
	/** Index of the first row to draw. */
	first: number;
	/** Index after the last row to draw. */
	end: number;
	/** Where the first drawn row stands, pixels from the top of the list. */
	offset_px: number;
	/** Height of the whole list, pixels. */
	height_px: number;
}

/** Which rows of a list of equally high rows have to exist for what is visible. */
export function virtualWindow(input: {
	scrollTop_px: number;
	viewport_px: number;
	rowHeight_px: number;
	count: number;
	overscan?: number;
	most?: number;
}): VirtualWindow {
	const { rowHeight_px, count, overscan = OVERSCAN_ROWS, most = MOST_ROWS } = input;
	const height_px = count * rowHeight_px;
	// Elastic scrolling reports positions outside of the list.
	const top_px = Math.min(Math.max(input.scrollTop_px, 0), Math.max(0, height_px - input.viewport_px));
	const firstVisible = Math.floor(top_px / rowHeight_px);
	const endVisible = Math.ceil((top_px + Math.max(0, input.viewport_px)) / rowHeight_px);
	// When the cap bites, what is visible comes before what is only near.
	const spare = Math.max(0, most - (endVisible - firstVisible));
	const margin = Math.min(overscan, Math.floor(spare / 2));
	const first = Math.max(0, Math.min(firstVisible, count) - margin);
	const end = Math.min(count, endVisible + margin, first + most);
	return { first, end, offset_px: first * rowHeight_px, height_px };
}

/** The scroll position that makes a row visible with the least movement; the present one when it is. */
export function scrollToShow(input: {
	index: number;
	scrollTop_px: number;
	viewport_px: number;
	rowHeight_px: number;
}): number {
	const top = input.index * input.rowHeight_px;
	const bottom = top + input.rowHeight_px;
	if (top < input.scrollTop_px) return top;
	if (bottom > input.scrollTop_px + input.viewport_px) return bottom - input.viewport_px;
	return input.scrollTop_px;
}
