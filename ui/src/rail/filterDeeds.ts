/** Something that can be done with a saved filter: an entry of its menu, and a key while it has the focus. */
export interface FilterDeed {
	label: string;
	caps: readonly string[];
	disabled: boolean;
	run: () => void;
	isKey: (event: KeyboardEvent) => boolean;
}

interface Place {
	at: number;
	count: number;
	mac: boolean;
	rename: () => void;
	remove: () => void;
	moveTo: (place: number) => void;
}

export function filterDeeds({ at, count, mac, rename, remove, moveTo }: Place): FilterDeed[] {
	const alt = mac ? '⌥' : 'Alt';
	const plain = (event: KeyboardEvent) => !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
	const withAlt = (event: KeyboardEvent) => event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
	return [
		{ label: 'Rename…', caps: ['F2'], disabled: false, run: rename, isKey: (event) => plain(event) && event.key === 'F2' },
		{
			label: 'Move up',
			caps: [alt, '↑'],
			disabled: at === 0,
			run: () => moveTo(at - 1),
			isKey: (event) => withAlt(event) && event.key === 'ArrowUp',
		},
		{
			label: 'Move down',
			caps: [alt, '↓'],
			disabled: at === count - 1,
			run: () => moveTo(at + 1),
			isKey: (event) => withAlt(event) && event.key === 'ArrowDown',
		},
		{
			label: 'Delete',
			caps: [mac ? '⌫' : 'Del'],
			disabled: false,
			run: remove,
			isKey: (event) => plain(event) && (event.key === 'Delete' || (mac && event.key === 'Backspace')),
		},
	];
}
