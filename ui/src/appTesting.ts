import { render, screen } from '@testing-library/svelte';
import { vi } from 'vitest';
import App from './App.svelte';
import type { MemoryBackend } from './backend/memory';
import { Session } from './state/session.svelte';

/** The whole window over a back end in memory, in a window that is wide and high enough for all panes. */
export async function openApp(backend: MemoryBackend): Promise<void> {
	// jsdom lays nothing out and knows no media queries.
	vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(720);
	vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }));
	vi.stubGlobal('innerWidth', 1280);
	const session = await Session.open(backend);
	render(App, { props: { session } });
	await screen.findAllByTestId('capture-list');
}

/** The ids of the selected captures, as the list shows them. */
export function selectedIds(): string[] {
	return screen.queryAllByRole('option', { selected: true }).flatMap((row) => row.dataset['captureId'] ?? []);
}

/** The ids of all rows, from the top. */
export function listedIds(): string[] {
	return screen.queryAllByTestId('capture-row').flatMap((row) => row.dataset['captureId'] ?? []);
}
