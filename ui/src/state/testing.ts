import type { MemoryBackend } from '../backend/memory';
import { CompareState } from '../compare/compareState.svelte';
import { Keymap } from '../keys/keymap';
import { contextMap, type WindowContext } from './context';
import { Inbox } from './inbox.svelte';
import { Router } from './router.svelte';
import { Session } from './session.svelte';
import { ToastQueue } from './toasts.svelte';

export interface TestWindow extends Required<WindowContext> {
	/** For `render(Component, { context })`. */
	context: Map<unknown, unknown>;
	close: () => void;
}

/** The state of a window for a component test, wired as App.svelte does it. */
export async function openWindow(backend: MemoryBackend): Promise<TestWindow> {
	const session = await Session.open(backend);
	const inbox = new Inbox(backend, session.app.latest_seq);
	const keymap = new Keymap(false);
	const window_ = { backend, session, inbox, keymap, router: new Router(), toasts: new ToastQueue(), compare: new CompareState() };
	const forward = session.onNotice((notice) => inbox.take(notice));
	const onkeydown = (event: KeyboardEvent) => void keymap.press(event, event.timeStamp);
	window.addEventListener('keydown', onkeydown);
	await Promise.all([session.start(), inbox.reload()]);
	return {
		...window_,
		context: contextMap(window_),
		close() {
			forward();
			session.close();
			window.removeEventListener('keydown', onkeydown);
		},
	};
}
