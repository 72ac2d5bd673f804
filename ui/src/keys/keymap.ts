import { ACTIONS, actionById, type Action, type ActionId } from './actions';
import { chordCaps, matches, parseSequence, type Chord } from './chord';
import { SingleKeys } from './singleKeys.svelte';

export interface Handler {
	run: () => void;
	/** false: the key does nothing now. */
	enabled?: () => boolean;
	/** Why it does nothing now, for lists that show it all the same; without it they leave it out. */
	reason?: () => string;
	/** What it would do now, where that is more than the table's label. */
	label?: () => string;
}

/** An action that something shown can carry out. */
export interface BoundAction {
	action: Action & { id: ActionId };
	label: string;
	/** null: it can run; otherwise why not. */
	disabled: string | null;
}

interface Binding {
	action: ActionId;
	sequence: Chord[];
}

/** How long the first key of a sequence waits for the second, milliseconds. */
const SEQUENCE_MS = 800;

/** Keys that belong to whatever control has the focus, unless that is the page or the list. */
const CONTROL_KEYS = new Set(['Enter', ' ', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End']);

/** Chords with which text is edited: a text field keeps them. */
const EDITING_KEYS = new Set(['a', 'c', 'v', 'x', 'y', 'z']);

/** Turns key presses into actions. */
export class Keymap {
	readonly mac: boolean;
	/** Whether keys that type a character do anything. */
	readonly singleKeys = new SingleKeys();
	#handlers = new Map<ActionId, Handler[]>();
	#bindings: Binding[];
	#pending: { pressed: number; candidates: Binding[]; until: number } | null = null;

	constructor(mac: boolean) {
		this.mac = mac;
		this.#bindings = ACTIONS.flatMap((action) =>
			action.keys.map((keys) => ({ action: action.id, sequence: parseSequence(keys) })),
		);
	}

	/** The newest binding of an action wins until it is released. */
	bind(id: ActionId, handler: Handler): () => void {
		const stack = this.#handlers.get(id) ?? [];
		stack.push(handler);
		this.#handlers.set(id, stack);
		return () => {
			const at = stack.indexOf(handler);
			if (at >= 0) stack.splice(at, 1);
		};
	}

	/** Binds several at once. */
	bindAll(handlers: Partial<Record<ActionId, Handler>>): () => void {
		const releases = Object.entries(handlers).map(([id, handler]) => this.bind(id as ActionId, handler));
		return () => releases.forEach((release) => release());
	}

	/** The actions that something shown has bound, in the order of the table. */
	bound(): BoundAction[] {
		const found: BoundAction[] = [];
		for (const action of ACTIONS) {
			const handler = this.#handlers.get(action.id)?.at(-1);
			if (!handler) continue;
			const enabled = handler.enabled?.() ?? true;
			if (!enabled && !handler.reason) continue;
			found.push({
				action,
				label: handler.label?.() ?? action.label,
				disabled: enabled ? null : (handler.reason?.() ?? null),
			});
		}
		return found;
	}

	/** Carries an action out as its key would; false when nothing shown can do it now. */
	run(id: ActionId): boolean {
		const handler = this.#handler(id);
		handler?.run();
		return handler !== null;
	}

	/** The caps to print on a button: those of the chord with a modifier if there is one, else of the first that is on. */
	caps(id: ActionId): string[] {
		const keys = actionById(id).keys.filter((sequence) => this.singleKeys.on || !isSingleKey(sequence));
		const chosen = keys.find((chord) => chord.startsWith('Mod+')) ?? keys[0];
		return chosen === undefined ? [] : chosen.split(' ').flatMap((chord) => chordCaps(chord, this.mac));
	}

	/** Every alternative of an action, each a sequence of chords, each chord its caps. */
	alternatives(action: Action): string[][][] {
		return action.keys.map((keys) => keys.split(' ').map((chord) => chordCaps(chord, this.mac)));
	}

	/** Handles a key press; true when an action ran or a sequence began. */
	press(event: KeyboardEvent, now_ms: number): boolean {
		if (event.defaultPrevented || event.isComposing) return false;
		if (isModifier(event.key)) return false;

		const pending = this.#pending !== null && now_ms <= this.#pending.until ? this.#pending : null;
		this.#pending = null;
		const pressed = pending?.pressed ?? 0;
		const fitting = (pending?.candidates ?? this.#bindings).filter((binding) => {
			const chord = binding.sequence[pressed];
			return chord !== undefined && matches(chord, event, this.mac) && this.#allowed(binding.action, chord, event) && this.#handler(binding.action);
		});

		const complete = fitting.find((binding) => binding.sequence.length === pressed + 1);
		if (complete) {
			event.preventDefault();
			this.#handler(complete.action)?.run();
			return true;
		}
		if (fitting.length > 0) {
			event.preventDefault();
			this.#pending = { pressed: pressed + 1, candidates: fitting, until: now_ms + SEQUENCE_MS };
			return true;
		}
		return false;
	}

	#handler(id: ActionId): Handler | null {
		const handler = this.#handlers.get(id)?.at(-1);
		return handler && (handler.enabled?.() ?? true) ? handler : null;
	}

	/** Single keys stay out of text fields and dialogs; the keys of a focused control stay with it. */
	#allowed(action: ActionId, chord: Chord, event: KeyboardEvent): boolean {
		const target = event.target instanceof Element ? event.target : null;
		const dialog = openDialog(target);
		// A dialog may have keys of its own; those of the window stay out of it.
		if (dialog && actionById(action).scope !== dialog.dataset['keys']) return false;
		if (!this.singleKeys.on && typesCharacter(chord)) return false;
		const inText = target !== null && isTextField(target);
		if (chord.mod) return !(inText && EDITING_KEYS.has(chord.key));
		// Shift+F10 opens the menu of a text field.
		if (/^F[1-9]$/.test(chord.key)) return true;
		if (inText) return chord.alt && chord.shift;
		if (!CONTROL_KEYS.has(chord.key)) return true;
		return target === null || target === target.ownerDocument.body || target.closest('[data-list-keys], [role=listbox]') !== null;
	}
}

/** A key that alone, or with Shift, would type something. Speech input and a slip of the hand press those (WCAG 2.1.4). */
function typesCharacter(chord: Chord): boolean {
	return !chord.mod && !chord.alt && chord.key.length === 1;
}

/** Whether turning single keys off turns this sequence off. */
export function isSingleKey(sequence: string): boolean {
	return parseSequence(sequence).some(typesCharacter);
}

/** The dialog the key was pressed in. A click on its text leaves the focus with the page behind, which is inert. */
function openDialog(target: Element | null): HTMLElement | null {
	const within = target?.closest<HTMLElement>('dialog[open]') ?? null;
	if (within || !target || target !== target.ownerDocument.body) return within;
	return target.ownerDocument.querySelector<HTMLElement>('dialog[open][data-keys]');
}

function isModifier(key: string): boolean {
	return key === 'Shift' || key === 'Control' || key === 'Alt' || key === 'Meta' || key === 'AltGraph';
}

const TEXT_INPUTS = new Set(['text', 'search', 'url', 'number', 'password', 'email', 'tel', '']);

/** Whether typing into the element makes text. */
export function isTextField(element: Element): boolean {
	if (element instanceof HTMLInputElement) return TEXT_INPUTS.has(element.type);
	if (element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) return true;
	return element instanceof HTMLElement && (element.isContentEditable || element.closest('[contenteditable=true]') !== null);
}
