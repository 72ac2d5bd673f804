import type { CaptureId, EndpointId } from '../bindings';

export type Screen =
	| { name: 'inbox' }
	| { name: 'deliveries' }
	/** null: a new endpoint. */
	| { name: 'endpoint'; id: EndpointId | null }
	| { name: 'composer'; captureId: CaptureId }
	| { name: 'settings' };

/** Which screen the window shows, and the way back. */
export class Router {
	screen: Screen = $state.raw({ name: 'inbox' });
	#previous: Screen = { name: 'inbox' };

	go(screen: Screen): void {
		if (same(screen, this.screen)) return;
		this.#previous = this.screen;
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
