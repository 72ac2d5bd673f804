import type { Backend } from '../backend/backend';
import type { CaptureRow, DeliveryView, EndpointId } from '../bindings';
import type { Session } from '../state/session.svelte';

/** How many of the newest deliveries are looked through for the one that is waited for. */
const LOOK_BACK = 50;
/** How many of an endpoint's newest captures are looked through for the sample. */
const CAPTURES_LOOK_BACK = 20;

/** The delivery once it has ended. The last answer may be in before this is called, so it is asked for at once, too. */
export async function settled(backend: Backend, session: Session, delivery: DeliveryView): Promise<DeliveryView> {
	for (;;) {
		const next = nextNotice(session, delivery);
		try {
			const known = (await backend.listDeliveries(null, LOOK_BACK)).find((one) => one.id === delivery.id) ?? delivery;
			if (known.state !== 'sending') return known;
			await next.came;
		} finally {
			next.stop();
		}
	}
}

function nextNotice(session: Session, delivery: DeliveryView): { came: Promise<void>; stop: () => void } {
	let stop = (): void => undefined;
	const came = new Promise<void>((resolve) => {
		stop = session.onNotice((notice) => {
			if (notice.kind === 'delivery' && notice.id === delivery.id) resolve();
		});
	});
	return { came, stop };
}

/**
 * What a sample became at its own endpoint: the first capture there since it was sent. A delivery does not name the
 * capture it makes, since nobody but the sender knows that they are one.
 */
export async function captureOf(backend: Backend, endpoint: EndpointId, delivery: DeliveryView): Promise<CaptureRow | null> {
	const page = await backend.listCaptures({ endpoint, verdict: null, query: '' }, null, CAPTURES_LOOK_BACK);
	return page.rows.findLast((row) => row.received_at >= delivery.created_at) ?? null;
}
