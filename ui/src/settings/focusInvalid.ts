import { tick } from 'svelte';

/** Where a field comes to stand, as a part of the height of what scrolls: its name above it, its error below. */
const FROM_TOP = 1 / 3;

/** Focuses the first field of a form that is wrong, in sight with its name. */
export async function focusInvalid(form: HTMLElement | undefined): Promise<void> {
	await tick();
	const field = form?.querySelector<HTMLElement>('[aria-invalid=true]');
	if (!field) return;
	field.focus({ preventScroll: true });
	const scroller = field.closest('[data-pane]');
	// By hand: focus would stop at the edge of the field, and scrolling into view would move the page around it, too.
	if (scroller) scroller.scrollTop += field.getBoundingClientRect().top - scroller.getBoundingClientRect().top - scroller.clientHeight * FROM_TOP;
}
