import type { Backend } from '../backend/backend';
import type { CaptureFilter, CaptureId, CaptureRow } from '../bindings';
import type { Pages } from '../inbox/pages';
import { matchesFilter } from './captureFilter';

/**
 * Reads the rows between two indexes again. A row whose verdict changed may have left the filter; it is read by itself,
 * so that it can stay where it is with what is true of it now.
 */
export async function readAgain(
	backend: Pick<Backend, 'listCaptures' | 'getCapture'>,
	filter: CaptureFilter,
	pages: Pages,
	range: { first: number; end: number },
): Promise<CaptureRow[]> {
	const fresh: CaptureRow[] = [];
	for (const { before_seq, count } of pages.kept(range.first, range.end)) {
		fresh.push(...(await backend.listCaptures(filter, before_seq, count)).rows);
	}
	const known = new Set(fresh.map((row) => row.id));
	for (let index = range.first; index < range.end; index += 1) {
		const row = pages.row(index);
		if (!row || known.has(row.id)) continue;
		const detail = await backend.getCapture(row.id).catch(() => null);
		// Deleted meanwhile: the row goes with the next page that is read.
		if (detail !== null) fresh.push(detail.row);
	}
	return fresh;
}

/**
 * Which of the rows that are kept are no longer stored, and how many captures match the filter now. A row that only left the
 * filter, because it was judged again, is not among them.
 */
export async function readDeleted(
	backend: Pick<Backend, 'listCaptures'>,
	filter: CaptureFilter,
	pages: Pages,
): Promise<{ gone: ReadonlySet<CaptureId>; total: number }> {
	const stored = new Set<CaptureId>();
	for (const { before_seq, count } of pages.kept(0, pages.count)) {
		for (const { id } of (await backend.listCaptures(filter, before_seq, count)).rows) stored.add(id);
	}
	const gone = new Set<CaptureId>();
	for (let index = 0; index < pages.count; index += 1) {
		const row = pages.row(index);
		if (row && !stored.has(row.id) && matchesFilter(row, filter)) gone.add(row.id);
	}
	const { total } = await backend.listCaptures(filter, null, 1);
	return { gone, total };
}

/** The first invalid capture older than `before_seq` that the filter lets through; null when there is none. */
export async function readInvalid(
	backend: Pick<Backend, 'listCaptures'>,
	filter: CaptureFilter,
	before_seq: number | null,
): Promise<CaptureRow | null> {
	if (before_seq === null || (filter.verdict !== null && filter.verdict !== 'invalid')) return null;
	const page = await backend.listCaptures({ ...filter, verdict: 'invalid' }, before_seq, 1);
	return page.rows[0] ?? null;
}

/** Runs a job one at a time; asked for while it runs, it runs once more afterwards. */
export class OneAtATime {
	readonly #job: () => Promise<void>;
	#running = false;
	#again = false;

	constructor(job: () => Promise<void>) {
		this.#job = job;
	}

	async request(): Promise<void> {
		this.#again = true;
		if (this.#running) return;
		this.#running = true;
		try {
			while (this.#again) {
				this.#again = false;
				await this.#job();
			}
		} catch {
			// What is shown stays; the next notice asks again.
		} finally {
			this.#running = false;
		}
	}
}
