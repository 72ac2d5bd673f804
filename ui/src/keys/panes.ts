/**
 * Panes are elements with `data-pane`. A pane gives the focus to its element with `data-pane-focus`, else to its current
 * entry, else to its first control, else takes it itself.
 */
const FIRST_CONTROL = 'button:not([tabindex="-1"]), input, select, textarea, a[href], [tabindex="0"]';

function panesOf(root: Document): HTMLElement[] {
	return [...root.querySelectorAll<HTMLElement>('[data-pane]')];
}

/** Moves the focus to the next or previous pane. */
export function movePane(step: 1 | -1, root: Document = document): void {
	const panes = panesOf(root);
	if (panes.length === 0) return;
	const at = panes.findIndex((pane) => pane.contains(root.activeElement));
	const from = at < 0 && step === -1 ? 0 : at;
	const next = panes[(from + step + panes.length) % panes.length];
	if (next) focusPane(next);
}

export function focusPane(pane: HTMLElement): void {
	const target =
		pane.querySelector<HTMLElement>('[data-pane-focus]') ??
		pane.querySelector<HTMLElement>('[aria-current="page"]') ??
		(pane.hasAttribute('tabindex') ? pane : pane.querySelector<HTMLElement>(FIRST_CONTROL));
	target?.focus();
}

/** By name, e.g. `list`, `detail`. */
export function focusPaneNamed(name: string, root: Document = document): void {
	const pane = panesOf(root).find((candidate) => candidate.dataset['pane'] === name);
	if (pane) focusPane(pane);
}

/** Past the rail and the search, to what the screen is about. */
export function focusContent(root: Document = document): void {
	const pane = panesOf(root).find(({ dataset }) => dataset['pane'] !== 'rail' && dataset['pane'] !== 'search');
	if (pane) focusPane(pane);
}
