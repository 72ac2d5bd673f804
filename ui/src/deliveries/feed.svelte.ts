import type { Backend } from '../backend/backend';
import type { CaptureId, DeliveryId, DeliveryView, Notice } from '../bindings';
import { Throttle } from '../state/throttle';

/** A running delivery tells of each step; the list is read at most this often, milliseconds. */
const REFRESH_MS = 100;

/** Deliveries of one capture, or of all, kept up to date by notices. */
export class DeliveryFeed {
	/** Newest first. */
	deliveries: DeliveryView[] = $state.raw([]);
	state: 'loading' | 'ready' | 'failed' = $state('loading');
	/** The delivery that was made here last; views turn to it. */
	added: DeliveryId | null = $state(null);
	error: unknown = $state.raw(null);
	readonly #backend: Pick<Backend, 'listDeliveries'>;
	readonly #parent: CaptureId | null;
	readonly #limit: number;
	readonly #throttle: Throttle;
	#turn = 0;

	constructor(backend: Pick<Backend, 'listDeliveries'>, parent: CaptureId | null, limit: number) {
		this.#backend = backend;
		this.#parent = parent;
		this.#limit = limit;
		this.#throttle = new Throttle(() => this.refresh(), REFRESH_MS);
	}

	async refresh(): Promise<void> {
		this.#turn += 1;
		const turn = this.#turn;
		try {
			const deliveries = await this.#backend.listDeliveries(this.#parent, this.#limit);
			if (turn !== this.#turn) return;
			this.deliveries = deliveries;
			this.state = 'ready';
		} catch (error) {
			if (turn !== this.#turn || this.state === 'ready') return;
			this.error = error;
			this.state = 'failed';
		}
	}

	/** Shows a delivery at once that was just made. */
	add(delivery: DeliveryView): void {
		this.deliveries = [delivery, ...this.deliveries.filter((known) => known.id !== delivery.id)];
		this.state = 'ready';
		this.added = delivery.id;
		this.#throttle.request();
	}

	/** Reads again when a notice is about these deliveries. */
	take(notice: Notice): void {
		if (notice.kind !== 'delivery') return;
		if (this.#parent === null || notice.parent === this.#parent) this.#throttle.request();
	}

	close(): void {
		this.#turn += 1;
		this.#throttle.cancel();
	}
}
