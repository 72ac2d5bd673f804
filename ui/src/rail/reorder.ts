/** At which place among rows of these heights' middles a dragged row stands, from 0. `middles` are those of the other rows. */
export function placeAt(y: number, middles: readonly number[]): number {
	return middles.filter((middle) => middle < y).length;
}

/** A pointer that moved less than this has clicked, pixels. */
const CLICK_PX = 4;

interface Drag {
	/** The rows, in order; the dragged one among them. */
	rows: () => HTMLElement[];
	/** The dragged row has a new place. */
	onmove: (place: number) => void;
	/** It was let go. */
	ondrop: () => void;
}

/**
 * Follows the pointer from a press on a row until it is let go. Rows move by plain pointer events: the webviews' own drag and
 * drop would bring pictures of the row, and on some systems the window takes it for dropped files.
 */
export function dragRow(press: PointerEvent, row: HTMLElement, { rows, onmove, ondrop }: Drag): void {
	if (press.button !== 0) return;
	let isDragged = false;
	const move = (event: PointerEvent) => {
		if (!isDragged && Math.abs(event.clientY - press.clientY) < CLICK_PX) return;
		isDragged = true;
		const others = rows().filter((other) => other !== row);
		onmove(
			placeAt(
				event.clientY,
				others.map((other) => {
					const { top, height } = other.getBoundingClientRect();
					return top + height / 2;
				}),
			),
		);
	};
	const end = () => {
		window.removeEventListener('pointermove', move);
		window.removeEventListener('pointerup', end);
		window.removeEventListener('pointercancel', end);
		if (!isDragged) return;
		// The click that follows was none.
		window.addEventListener('click', swallow, { capture: true, once: true });
		setTimeout(() => window.removeEventListener('click', swallow, { capture: true }));
		ondrop();
	};
	window.addEventListener('pointermove', move);
	window.addEventListener('pointerup', end);
	window.addEventListener('pointercancel', end);
}

function swallow(event: Event): void {
	event.preventDefault();
	event.stopPropagation();
}
