/**
 * Moves the focus to the next or previous pane: every pane is an element with `data-pane` that can take the focus itself
 * or has an element with `data-pane-focus` that does.
 */
export function movePane(step: 1 | -1, root: Document = document): void {
	const panes = [...root.querySelectorAll<HTMLElement>('[data-pane]')].filter((pane) => !pane.hidden);
	if (panes.length === 0) return;
	const at = panes.findIndex((pane) => pane.contains(root.activeElement));
	const next = panes[(at + step + panes.length) % panes.length] ?? panes[0];
	if (next) focusPane(next);
}

export function focusPane(pane: HTMLElement): void {
	(pane.querySelector<HTMLElement>('[data-pane-focus]') ?? pane).focus();
}

/** By name, e.g. `list`, `detail`. */
export function focusPaneNamed(name: string, root: Document = document): void {
	const pane = root.querySelector<HTMLElement>(`[data-pane="${name}"]`);
	if (pane) focusPane(pane);
}
