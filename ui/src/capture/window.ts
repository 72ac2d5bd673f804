/**
 * Tallest scrolled content. Engines keep lengths in 1/64 px of 32 bits and lose rows beyond about 33 million
 * pixels; half of that leaves room for display scaling.
 */
const TALLEST_PX = 16_000_000;

/** Which rows of a long list are near the view. */
export type RowWindow = {
	/** Height of the scrolled content in pixels. */
	heightPx: number;
	first: number;
	/** One after the last. */
	end: number;
	/** Where the first of them stands in the scrolled content. */
	topPx: number;
};

type Viewport = { scrollTopPx: number; heightPx: number; rowPx: number; paddingPx: number };

/**
 * The rows to draw. A list too tall for the engine is compressed: the scroll position is then a fraction of the
 * list, and rows keep their height.
 */
export function rowWindow(count: number, view: Viewport, overscan: number): RowWindow {
	const full = count * view.rowPx + 2 * view.paddingPx;
	const heightPx = Math.min(full, TALLEST_PX);
	const shiftPx = full <= TALLEST_PX ? 0 : scrollFraction(view, heightPx) * (full - heightPx);
	const offset = view.scrollTopPx + shiftPx - view.paddingPx;
	const first = Math.max(0, Math.floor(offset / view.rowPx) - overscan);
	const end = Math.min(count, Math.ceil((offset + view.heightPx) / view.rowPx) + overscan);
	return { heightPx, first: Math.min(first, count), end: Math.max(end, 0), topPx: first * view.rowPx + view.paddingPx - shiftPx };
}

/** The scroll position that puts a row at a distance below the upper edge of the view. */
export function scrollTopFor(row: number, count: number, view: Omit<Viewport, 'scrollTopPx'>, belowPx: number): number {
	const full = count * view.rowPx + 2 * view.paddingPx;
	const wanted = Math.max(0, row * view.rowPx + view.paddingPx - belowPx);
	if (full <= TALLEST_PX) return wanted;
	const range = full - view.heightPx;
	return (Math.min(wanted, range) / range) * (TALLEST_PX - view.heightPx);
}

function scrollFraction(view: Viewport, heightPx: number): number {
	const range = heightPx - view.heightPx;
	return range <= 0 ? 0 : Math.min(1, Math.max(0, view.scrollTopPx / range));
}
