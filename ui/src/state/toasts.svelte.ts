import type { IconName } from '../components/icons';

export interface Toast {
	id: number;
	text: string;
	/** A few grey words after the text. */
	detail?: string;
	tone: 'ok' | 'bad' | 'neutral';
	icon?: IconName;
	action?: { label: string; run: () => void };
}

/** How long a toast stays, milliseconds; the clock stands still while the pointer or the focus is on it. */
const STAY_MS = 6000;
/** More than this many at once would cover the list. */
const MOST = 3;

/** Short messages in the corner: what was done, or what could not be done. */
export class ToastQueue {
	items: Toast[] = $state([]);
	#next = 1;
	#timers = new Map<number, ReturnType<typeof setTimeout>>();
	#held = false;

	show(toast: Omit<Toast, 'id' | 'tone'> & { tone?: Toast['tone'] }): number {
		const id = this.#next++;
		this.items.push({ tone: 'ok', ...toast, id });
		while (this.items.length > MOST) {
			const oldest = this.items[0];
			if (oldest) this.dismiss(oldest.id);
		}
		if (!this.#held) this.#arm(id);
		return id;
	}

	/** A failure in words: `Could not copy: The clipboard is not available.` */
	failure(what: string, error: unknown): number {
		return this.show({ tone: 'bad', text: `${what}: ${messageOf(error)}` });
	}

	dismiss(id: number): void {
		clearTimeout(this.#timers.get(id));
		this.#timers.delete(id);
		this.items = this.items.filter((toast) => toast.id !== id);
	}

	hold(): void {
		this.#held = true;
		for (const timer of this.#timers.values()) clearTimeout(timer);
		this.#timers.clear();
	}

	release(): void {
		this.#held = false;
		for (const toast of this.items) this.#arm(toast.id);
	}

	#arm(id: number): void {
		this.#timers.set(
			id,
			setTimeout(() => this.dismiss(id), STAY_MS),
		);
	}
}

/** The sentence to show for anything a command rejects with. */
export function messageOf(error: unknown): string {
	if (typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string') {
		return error.message;
	}
	return String(error);
}
