import type { Backend } from '../backend/backend';
import type { Theme } from '../bindings';
import type { Keymap } from '../keys/keymap';
import { showEndpoint } from '../keys/windowKeys';
import { copyWithToast } from '../state/clipboard';
import type { Inbox } from '../state/inbox.svelte';
import type { Router } from '../state/router.svelte';
import type { Session } from '../state/session.svelte';
import type { ToastQueue } from '../state/toasts.svelte';
import { visibleText } from '../text/visible';
import { actionEntries, command, endpointEntry, type Entry } from './entries';

export interface PaletteWindow {
	backend: Backend;
	session: Session;
	inbox: Inbox;
	router: Router;
	toasts: ToastQueue;
	keymap: Keymap;
}

const THEMES: readonly { theme: Theme; name: string }[] = [
	{ theme: 'dark', name: 'Dark colours' },
	{ theme: 'light', name: 'Light colours' },
	{ theme: 'system', name: 'Colours of the system' },
];

const SETTINGS = [
	['health', 'Health'],
	['tls', 'TLS'],
	['limits', 'Limits'],
	['notifications', 'Notifications'],
	['retention', 'Retention'],
	['storage', 'Storage'],
	['secrets', 'Secrets'],
] as const;

/** Everything but captures: what can be done here and now, where one can go, the endpoints. */
export function windowEntries(window: PaletteWindow): Entry[] {
	const { session, keymap } = window;
	return [
		...actionEntries(
			keymap.bound(),
			(id) => keymap.caps(id),
			(id) => void keymap.run(id),
		),
		...commandsWithoutKeys(window),
		...session.endpoints.map((endpoint, index) =>
			endpointEntry(endpoint, session.provider(endpoint.provider), endpointCaps(keymap, index), () => showEndpoint(window, endpoint)),
		),
	];
}

function endpointCaps(keymap: Keymap, index: number): string[] {
	const ids = ['go.endpoint-1', 'go.endpoint-2', 'go.endpoint-3', 'go.endpoint-4', 'go.endpoint-5', 'go.endpoint-6', 'go.endpoint-7', 'go.endpoint-8', 'go.endpoint-9'] as const;
	const id = ids[index];
	return id === undefined ? [] : keymap.caps(id);
}

function commandsWithoutKeys({ backend, session, router, toasts }: PaletteWindow): Entry[] {
	const { listenerUrl, preferences } = session;
	const keep = (change: Parameters<Session['setPreferences']>[0]): void => {
		session.setPreferences(change).catch((error: unknown) => toasts.failure('The setting could not be kept', error));
	};
	return [
		command('new-endpoint', 'New endpoint', 'plus', () => router.go({ name: 'endpoint', id: null }), { keywords: 'create add' }),
		command('copy-address', 'Copy the address', 'copy', () => void copyWithToast(backend, toasts, listenerUrl ?? '', 'Address'), {
			detail: listenerUrl === null ? 'Nothing is listening.' : visibleText(listenerUrl),
			keywords: 'url listener port',
			disabled: listenerUrl === null ? 'Nothing is listening.' : null,
		}),
		...THEMES.filter(({ theme }) => theme !== preferences.theme).map(({ theme, name }) =>
			command(`theme-${theme}`, name, theme === 'dark' ? 'moon' : theme === 'light' ? 'sun' : 'monitor', () => keep({ theme }), { keywords: 'theme appearance mode' }),
		),
		command(
			'single-keys',
			preferences.single_keys ? 'Turn single keys off' : 'Turn single keys on',
			'keyboard',
			() => keep({ single_keys: !preferences.single_keys }),
			{ detail: preferences.single_keys ? 'J, K, R and the like' : '', keywords: 'shortcuts keyboard' },
		),
		...SETTINGS.map(([section, name]) =>
			command(`settings-${section}`, `Settings: ${name}`, 'settings', () => router.go({ name: 'settings', section }), { section: 'Go to' }),
		),
		...session.endpoints.map((endpoint) =>
			command(`endpoint-settings-${endpoint.id}`, `Settings of ${visibleText(endpoint.slug)}`, 'settings', () => router.go({ name: 'endpoint', id: endpoint.id }), {
				section: 'Go to',
				keywords: 'endpoint secrets edit',
			}),
		),
	];
}
