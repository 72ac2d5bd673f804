import type { EndpointView } from '../bindings';
import type { Inbox } from '../state/inbox.svelte';
import type { Router } from '../state/router.svelte';
import type { Session } from '../state/session.svelte';
import type { ToastQueue } from '../state/toasts.svelte';
import type { ActionId } from './actions';
import type { Handler } from './keymap';

interface Shown {
	session: Session;
	inbox: Inbox;
	router: Router;
	toasts: ToastQueue;
}

/** The captures of an endpoint in the inbox. Its invalid ones count as looked at. */
export function showEndpoint({ session, inbox, router, toasts }: Shown, endpoint: EndpointView): void {
	session.markSeen(endpoint.id);
	router.go({ name: 'inbox' });
	inbox.showEndpoint(endpoint.id).catch((error: unknown) => toasts.failure('The list could not be read', error));
}

/** The first nine endpoints, in the order of the rail. */
export function endpointKeys(shown: Shown): Partial<Record<ActionId, Handler>> {
	return Object.fromEntries(
		Array.from({ length: 9 }, (_, index): [string, Handler] => [
			`go.endpoint-${index + 1}`,
			{
				run: () => {
					const endpoint = shown.session.endpoints[index];
					if (endpoint) showEndpoint(shown, endpoint);
				},
				enabled: () => shown.session.endpoints[index] !== undefined,
			},
		]),
	);
}
