import { getContext, setContext } from 'svelte';
import type { Backend } from '../backend/backend';
import { CompareState } from '../compare/compareState.svelte';
import type { Keymap } from '../keys/keymap';
import type { Inbox } from './inbox.svelte';
import type { Router } from './router.svelte';
import type { Session } from './session.svelte';
import type { ToastQueue } from './toasts.svelte';

/** What every screen may reach without it being handed down. */
export interface WindowContext {
	backend: Backend;
	session: Session;
	inbox: Inbox;
	router: Router;
	toasts: ToastQueue;
	keymap: Keymap;
	/** Made with the rest when it is not given. */
	compare?: CompareState;
}

type Whole = Required<WindowContext>;

const KEY = Symbol('hookglass');

function whole(context: WindowContext): Whole {
	return { compare: new CompareState(), ...context };
}

export function setWindowContext(context: WindowContext): void {
	setContext(KEY, whole(context));
}

/** For tests that mount one component: the context map of `render(Component, { context })`. */
export function contextMap(context: WindowContext): Map<unknown, unknown> {
	return new Map([[KEY, whole(context)]]);
}

function windowContext(): Whole {
	const context = getContext<Whole | undefined>(KEY);
	if (!context) throw new Error('setWindowContext() has not been called in a parent component.');
	return context;
}

export const getBackend = (): Backend => windowContext().backend;
export const getSession = (): Session => windowContext().session;
export const getInbox = (): Inbox => windowContext().inbox;
export const getRouter = (): Router => windowContext().router;
export const getToasts = (): ToastQueue => windowContext().toasts;
export const getKeymap = (): Keymap => windowContext().keymap;
export const getCompare = (): CompareState => windowContext().compare;
