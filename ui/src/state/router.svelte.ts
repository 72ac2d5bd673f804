import type { CaptureId, EndpointId, ProviderId } from '../bindings';
import type { EndpointStart } from '../endpoints/form';

export type Screen =
	| { name: 'inbox' }
	| { name: 'deliveries' }
	/** null: a new endpoint; `from`: what it begins with. */
	| { name: 'endpoint'; id: EndpointId | null; from?: EndpointStart }
	/** `restored`: begin with the body as it was signed; `send` also sends it when a target is known. */
	| { name: 'composer'; captureId: CaptureId; restored?: 'open' | 'send' }
	| { name: 'doctor' }
	/** null: none selected. */
	| { name: 'providers'; id: ProviderId | null }
	| { name: 'recipe'; source: RecipeSource }
	| { name: 'rejected' }
	/** `section`: where it opens. */
	| { name: 'settings'; section?: string };

/** What the recipe editor opens: the commented example, a copy of any provider, one's own, or a file to be mended. */
export type RecipeSource =
	| { kind: 'new' }
	| { kind: 'copy'; id: ProviderId }
	| { kind: 'edit'; id: ProviderId }
	| { kind: 'mend'; file: string };

/** Which screen the window shows, and the way back. */
export class Router {
	screen: Screen = $state.raw({ name: 'inbox' });
	#previous: Screen = { name: 'inbox' };

	go(screen: Screen): void {
		if (same(screen, this.screen)) return;
		this.#previous = this.screen;
		this.screen = screen;
	}

	/** Shows the same place under another name, so that coming back does not repeat what was asked for once. */
	replace(screen: Screen): void {
		this.screen = screen;
	}

	/** To the screen before this one, e.g. out of the composer. */
	back(): void {
		this.go(same(this.#previous, this.screen) ? { name: 'inbox' } : this.#previous);
	}
}

function same(a: Screen, b: Screen): boolean {
	return JSON.stringify(a) === JSON.stringify(b);
}
