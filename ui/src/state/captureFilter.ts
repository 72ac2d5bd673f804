import type { CaptureFilter, CaptureRow } from '../bindings';

export const NO_FILTER: CaptureFilter = { endpoint: null, verdict: null, query: '' };

export function sameFilter(a: CaptureFilter, b: CaptureFilter): boolean {
	return a.endpoint === b.endpoint && a.verdict === b.verdict && a.query === b.query;
}

/** Whether the list shows less than all captures. */
export function isFiltering(filter: CaptureFilter): boolean {
	return filter.endpoint !== null || filter.verdict !== null || isSearch(filter);
}

/** Only the program behind the window understands queries: what they find has to be asked for. */
export function isSearch(filter: CaptureFilter): boolean {
	return filter.query.trim() !== '';
}

/** What a filter without a query means for one row, as the store applies it. */
export function passesChoices(row: CaptureRow, filter: CaptureFilter): boolean {
	return (filter.endpoint === null || row.endpoint === filter.endpoint) && (filter.verdict === null || row.verdict === filter.verdict);
}
