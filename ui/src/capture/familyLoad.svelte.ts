import type { Backend } from '../backend/backend';
import type { CaptureDetail, CaptureId, DeliveryView } from '../bindings';

/** What is known about a member of the family besides what the detail says. */
export type MemberFacts = { answer_status: number | null; deliveries: DeliveryView[] };

/** As many deliveries of one capture are listed. */
export const MOST_DELIVERIES = 20;

/** Reads what became of each capture of a family: how it was answered, and where it was sent again. */
export class FamilyLoad {
	/** Empty until it was read, all at once, so that the list grows once. */
	facts: ReadonlyMap<CaptureId, MemberFacts> = $state.raw(new Map());
	error: unknown = $state.raw(null);
	readonly #backend: Pick<Backend, 'getCapture' | 'listDeliveries'>;
	#turn = 0;
	#id: CaptureId | null = null;

	constructor(backend: Pick<Backend, 'getCapture' | 'listDeliveries'>) {
		this.#backend = backend;
	}

	/** Reads it again for the same capture without taking away what is shown. */
	async open(detail: CaptureDetail): Promise<void> {
		const turn = ++this.#turn;
		if (this.#id !== detail.row.id) this.facts = new Map();
		this.#id = detail.row.id;
		this.error = null;
		const ids = detail.family.length > 0 ? detail.family.map(({ id }) => id) : [detail.row.id];
		try {
			const found = await Promise.all(ids.map((id) => this.#member(id, detail)));
			if (turn === this.#turn) this.facts = new Map(found);
		} catch (error) {
			if (turn === this.#turn) this.error = error;
		}
	}

	close(): void {
		this.#turn += 1;
	}

	async #member(id: CaptureId, { row }: CaptureDetail): Promise<[CaptureId, MemberFacts]> {
		const [answer_status, deliveries] = await Promise.all([
			id === row.id ? row.answer_status : this.#answerOf(id),
			this.#backend.listDeliveries(id, MOST_DELIVERIES),
		]);
		return [id, { answer_status, deliveries: [...deliveries].reverse() }];
	}

	/** null: it was deleted since the family was told. */
	async #answerOf(id: CaptureId): Promise<number | null> {
		try {
			return (await this.#backend.getCapture(id)).row.answer_status;
		} catch {
			return null;
		}
	}
}
