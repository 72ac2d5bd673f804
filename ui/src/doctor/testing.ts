import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { MemoryBackend } from '../backend/memory';
import CaptureDetail from '../capture/CaptureDetail.svelte';
import { Keymap } from '../keys/keymap';
import { contextMap } from '../state/context';
import { Inbox } from '../state/inbox.svelte';
import { Router } from '../state/router.svelte';
import { Session } from '../state/session.svelte';
import { ToastQueue } from '../state/toasts.svelte';

/** Shows the Signature tab of a capture, wired as App.svelte does. For tests. */
export async function showSignature(backend: MemoryBackend, captureId: string) {
	const session = await Session.open(backend);
	await session.start();
	const [router, toasts, inbox] = [new Router(), new ToastQueue(), new Inbox(backend, 0)];
	session.onNotice((notice) => inbox.take(notice));
	await inbox.reload();
	const context = contextMap({ backend, session, router, toasts, inbox, keymap: new Keymap(false) });
	const { rerender, container } = render(CaptureDetail, { props: { captureId }, context });
	await userEvent.click(await screen.findByTestId('tab-signature'));
	return { router, toasts, inbox, rerender, container };
}
