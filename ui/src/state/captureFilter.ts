import type { CaptureFilter, CaptureRow } from '../bindings';

export function sameFilter(a: CaptureFilter, b: CaptureFilter): boolean {
	return a.endpoint === b.endpoint && a.verdict === b.verdict && a.query === b.query;
}

/** The filter's meaning for one row, as the store applies it. */
export function matchesFilter(row: CaptureRow, filter: CaptureFilter): boolean {
	if (filter.endpoint !== null && row.endpoint !== filter.endpoint) return false;
	if (filter.verdict !== null && row.verdict !== filter.verdict) return false;
	const text = filter.query.toLowerCase();
	if (text === '') return true;
	return [row.event_type, row.event_id, row.method, row.target, row.provider].some(
		(part) => part?.toLowerCase().includes(text) ?? false,
	);
}
