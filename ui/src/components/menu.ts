import type { IconName } from './icons';

/** A line of a menu that does something, or opens a menu of its own. */
export interface MenuItem {
	/** Lasting, so that a line keeps the focus while others come. */
	id: string;
	label: string;
	icon?: IconName;
	/** A few grey words after the label; may be captured text. */
	detail?: string;
	caps?: readonly string[];
	/** Its own menu; it has no `run` then. */
	items?: readonly MenuEntry[];
	run?: () => void;
	/** Why it cannot be chosen now. It can still be read. */
	disabled?: string;
	/** Of a line that is switched on and off. */
	checked?: boolean;
	danger?: boolean;
}

export type MenuEntry = MenuItem | 'separator';

/** The lines of a menu without what stands between them. */
export function itemsOf(entries: readonly MenuEntry[]): MenuItem[] {
	return entries.filter((entry) => entry !== 'separator');
}

/** The next line after `from` whose label begins with what was typed, around the end; −1 when there is none. */
export function typeahead(items: readonly MenuItem[], typed: string, from: number): number {
	const text = typed.toLowerCase();
	// One letter again and again walks through the lines that begin with it.
	const same = [...text].every((letter) => letter === text[0]);
	const wanted = same ? (text[0] ?? '') : text;
	const start = same ? from + 1 : Math.max(from, 0);
	for (let step = 0; step < items.length; step += 1) {
		const at = (start + step) % items.length;
		if (items[at]?.label.toLowerCase().startsWith(wanted)) return at;
	}
	return -1;
}
