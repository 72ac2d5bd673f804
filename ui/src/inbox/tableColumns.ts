/** How much of a capture the table shows, by the width of the list. */
export type TableTier = 'small' | 'middle' | 'large';

/** From these widths on there is room for the size, and for all columns; pixels. */
const MIDDLE_PX = 500;
const LARGE_PX = 760;

export function tableTier(width_px: number): TableTier {
	if (width_px >= LARGE_PX) return 'large';
	return width_px >= MIDDLE_PX ? 'middle' : 'small';
}

export type Column = 'time' | 'event' | 'verdict' | 'request' | 'answer' | 'size';

export const COLUMN_LABELS: Record<Column, string> = {
	time: 'Time',
	event: 'Event',
	verdict: 'Verdict',
	request: 'Request',
	answer: 'Answer',
	size: 'Size',
};

/** What is shown, in order. */
export const COLUMNS: Record<TableTier, readonly Column[]> = {
	small: ['time', 'event', 'verdict', 'answer'],
	middle: ['time', 'event', 'verdict', 'answer', 'size'],
	large: ['time', 'event', 'verdict', 'request', 'answer', 'size'],
};

/** Widths in rem where they are fixed, so that no column shifts when a value changes. */
export const TEMPLATES: Record<TableTier, string> = {
	small: '4.1rem minmax(0, 1fr) 7rem 2.2rem',
	middle: '5.9rem minmax(0, 1fr) 9.5rem 2.2rem 4.2rem',
	large: '9.6rem minmax(0, 1.4fr) 10.5rem minmax(0, 1fr) 3.6rem 4.6rem',
};
