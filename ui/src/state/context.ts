import { getContext, setContext } from 'svelte';
import type { Backend } from '../backend/backend';
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
}

const KEY = Symbol('hookglass');

export function setWindowContext(context: WindowContext): void {
	setContext(KEY, context);
}

/** For tests that mount one component: the context map of `render(Component, { context })`. */
export function contextMap(context: WindowContext): Map<unknown, unknown> {
	return new Map([[KEY, context]]);
}

function windowContext(): WindowContext {
	const context = getContext<WindowContext | undefined>(KEY);
	if (!context) throw new Error('setWindowContext() has not been called in a parent component.');
	return context;
}

export const getBackend = (): Backend => windowContext().backend;
export const getSession = (): Session => windowContext().session;
export const getInbox = (): Inbox => windowContext().inbox;
export const getRouter = (): Router => windowContext().router;
export const getToasts = (): ToastQueue => windowContext().toasts;
export const getKeymap = (): Keymap => windowContext().keymap;
