import { ACTIONS, actionById, type Action, type ActionId } from './actions';
import { chordCaps, matches, parseSequence, type Chord } from './chord';

export interface Handler {
	run: () => void;
	/** false: the key does nothing now. */
	enabled?: () => boolean;
}

interface Binding {
	action: ActionId;
	sequence: Chord[];
}

/** How long the first key of a sequence waits for the second, milliseconds. */
const SEQUENCE_MS = 800;

/** Keys that belong to whatever control has the focus, unless that is the page or the list. */
const CONTROL_KEYS = new Set(['Enter', ' ', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End']);

/** Turns key presses into actions. */
export class Keymap {
	readonly mac: boolean;
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

	/** The caps to print on a button: those of the chord with a modifier if there is one, else of the first. */
	caps(id: ActionId): string[] {
		const { keys } = actionById(id);
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
		if (chord.mod || /^F\d+$/.test(chord.key)) return true;
		if (target && isTextField(target)) return chord.alt && chord.shift;
		if (!CONTROL_KEYS.has(chord.key)) return true;
		return target === null || target === target.ownerDocument.body || target.closest('[data-list-keys], [role=listbox]') !== null;
	}
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
