import type { Backend } from '../backend/backend';
import type { CaptureFilter, CaptureId, CaptureRow } from '../bindings';
import { PAGE_ROWS, type Pages, type Stretch } from '../inbox/pages';
import { isSearch, NO_FILTER, passesChoices } from './captureFilter';

type Lister = Pick<Backend, 'listCaptures'>;

/** The rows of a stretch. A page that ended for lack of time is followed by the next, as long as they are wanted. */
export async function readStretch(
	backend: Lister,
	filter: CaptureFilter,
	{ before_seq, count, down_to }: Stretch,
	isWanted: () => boolean = () => true,
): Promise<CaptureRow[]> {
	const rows: CaptureRow[] = [];
	let cursor: number | null = before_seq;
	while (cursor !== null && cursor > down_to && rows.length < count && isWanted()) {
		const page = await backend.listCaptures(filter, cursor, count - rows.length);
		rows.push(...page.rows);
		// A full page, or a plain one, is all there is to this stretch.
		if (page.end !== 'time') break;
		cursor = page.next_before_seq;
	}
	return rows;
}

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
	for (const stretch of pages.kept(range.first, range.end)) {
		fresh.push(...(await readStretch(backend, filter, stretch)));
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
 * Which of the rows that are kept are no longer stored. A row that only left the filter, because it was judged again, is not
 * among them.
 */
export async function readDeleted(backend: Lister, filter: CaptureFilter, pages: Pages): Promise<ReadonlySet<CaptureId>> {
	const stored = new Set<CaptureId>();
	for (const stretch of pages.kept(0, pages.count)) {
		for (const { id } of await readStretch(backend, filter, stretch)) stored.add(id);
	}
	const missed: CaptureRow[] = [];
	for (let index = 0; index < pages.count; index += 1) {
		const row = pages.row(index);
		if (row && !stored.has(row.id) && (isSearch(filter) || passesChoices(row, filter))) missed.push(row);
	}
	// What a query finds is not for the window to tell: those that are missing are looked for without it.
	return isSearch(filter) ? notStored(backend, missed) : new Set(missed.map(({ id }) => id));
}

/** Those of the rows, newest first, that are not stored at all. */
async function notStored(backend: Lister, rows: readonly CaptureRow[]): Promise<ReadonlySet<CaptureId>> {
	const gone = new Set<CaptureId>();
	let at = 0;
	for (let row = rows[at]; row; row = rows[at]) {
		const page = await backend.listCaptures(NO_FILTER, row.seq + 1, PAGE_ROWS);
		const ids = new Set(page.rows.map(({ id }) => id));
		const reaches = page.next_before_seq ?? 0;
		for (let known: CaptureRow | undefined = row; known && known.seq >= reaches; known = rows[at]) {
			if (!ids.has(known.id)) gone.add(known.id);
			at += 1;
		}
	}
	return gone;
}

/** Whether the filter lets a capture through. */
export async function isFound(backend: Lister, filter: CaptureFilter, row: CaptureRow): Promise<boolean> {
	if (!isSearch(filter)) return passesChoices(row, filter);
	const stretch = { before_seq: row.seq + 1, count: 1, down_to: row.seq };
	const [found] = await readStretch(backend, filter, stretch);
	return found?.id === row.id;
}

/** The first invalid capture older than `before_seq` that the filter lets through; null when there is none. */
export async function readInvalid(
	backend: Lister,
	filter: CaptureFilter,
	before_seq: number | null,
	isWanted: () => boolean = () => true,
): Promise<CaptureRow | null> {
	if (before_seq === null || (filter.verdict !== null && filter.verdict !== 'invalid')) return null;
	const [row] = await readStretch(backend, { ...filter, verdict: 'invalid' }, { before_seq, count: 1, down_to: 0 }, isWanted);
	return row ?? null;
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
