import type { Action, Scope } from './actions';
import { isSingleKey, type Keymap } from './keymap';

/** One way to give a command: chords one after the other, each its caps. */
export interface Way {
	chords: string[][];
	/** Single keys are turned off and this is one. */
	off: boolean;
}

/** A line of the shortcuts sheet. */
export interface SheetLine {
	id: string;
	label: string;
	ways: Way[];
	/** The last key of a run that begins with `ways`. */
	until: Way | null;
}

type Keys = Pick<Keymap, 'alternatives' | 'singleKeys'>;

/** The lines of a scope; actions that are a run of the same kind share one. */
export function sheetLines(actions: readonly Action[], scope: Scope, find: string, keys: Keys): SheetLine[] {
	const text = find.trim().toLowerCase();
	const lines: SheetLine[] = [];
	const fits = (action: Action): boolean => `${action.label} ${action.series ?? ''}`.toLowerCase().includes(text);
	for (const action of actions) {
		if (action.scope !== scope || !fits(action)) continue;
		const begun = action.series === undefined ? undefined : lines.find(({ id }) => id === action.series);
		if (begun) begun.until = waysOf(action, keys)[0] ?? null;
		else lines.push({ id: action.series ?? action.id, label: action.series ?? action.label, ways: waysOf(action, keys), until: null });
	}
	return lines;
}

function waysOf(action: Action, keys: Keys): Way[] {
	return keys.alternatives(action).map((chords, index) => ({
		chords,
		off: !keys.singleKeys.on && isSingleKey(action.keys[index] ?? ''),
	}));
}
