import type { CaptureRow, LabelCount } from '../bindings';
import type { MenuEntry, MenuItem } from '../components/menu';
import type { ActionId } from '../keys/actions';
import { formatCount } from '../text/format';
import type { CopyWhat } from './copying';
import { queryTerm } from './queryTerm';

/** As many labels stand in a menu; the dialog completes all. */
const MOST_LABELS = 8;

/** What a menu is about and what its lines do. */
export interface CaptureMenu {
	count: number;
	/** The capture when there is one. */
	row: CaptureRow | null;
	/** Whether all of them have a star. */
	starred: boolean;
	/** Labels in use; null: being read. */
	labels: readonly LabelCount[] | null;
	/** Labels of the capture; null: being read, or several captures. */
	own: readonly string[] | null;
	caps: (id: ActionId) => string[];
	resend: () => void;
	edit: () => void;
	copy: (what: CopyWhat) => void;
	star: () => void;
	note: () => void;
	/** Puts a label on, or takes it off. */
	label: (label: string, on: boolean) => void;
	/** Opens the editor for labels that are not in the menu. */
	newLabel: () => void;
	filter: (term: string) => void;
	/** null: there is no comparison to open. */
	compare: (() => void) | null;
	createEndpoint: () => void;
	exportHar: () => void;
	remove: () => void;
}

/** The menu of captures: all that can be done to one, or what can be done to several together. */
export function captureMenu(menu: CaptureMenu): MenuEntry[] {
	const { row, caps } = menu;
	const several = row === null;
	const entries: MenuEntry[] = [];
	if (row) {
		entries.push(
			{ id: 'resend', label: 'Resend', icon: 'reply', caps: caps('capture.resend'), run: menu.resend },
			{ id: 'edit', label: 'Edit & resend', icon: 'pencil', caps: caps('capture.edit'), run: menu.edit },
			{ id: 'copy', label: 'Copy', icon: 'copy', items: copyItems(menu, row) },
			'separator',
		);
	}
	entries.push({
		id: 'star',
		label: menu.starred ? 'Take the star away' : 'Star',
		icon: 'star',
		caps: caps('capture.star'),
		run: menu.star,
	});
	if (row) entries.push({ id: 'note', label: 'Note…', icon: 'sticky-note', caps: caps('capture.note'), run: menu.note });
	entries.push({ id: 'label', label: 'Label', icon: 'tag', items: labelItems(menu) });
	if (row) entries.push({ id: 'filter', label: 'Filter by', icon: 'list-filter', items: filterItems(menu, row) });
	entries.push('separator');
	if (menu.compare && menu.count <= 2) {
		entries.push({
			id: 'compare',
			label: several ? 'Compare' : 'Compare with…',
			icon: 'git-compare-arrows',
			caps: caps('capture.compare'),
			run: menu.compare,
		});
	}
	if (row) entries.push({ id: 'endpoint', label: 'Create endpoint from this capture', icon: 'webhook', run: menu.createEndpoint });
	entries.push(
		{ id: 'export', label: several ? `Export ${formatCount(menu.count)}…` : 'Export…', icon: 'download', caps: caps('capture.export'), run: menu.exportHar },
		'separator',
		{
			id: 'delete',
			label: several ? `Delete ${formatCount(menu.count)}` : 'Delete',
			icon: 'trash-2',
			caps: caps('capture.delete'),
			danger: true,
			run: menu.remove,
		},
	);
	return entries;
}

function copyItems({ copy, caps }: CaptureMenu, row: CaptureRow): MenuItem[] {
	const item = (what: CopyWhat, label: string, rest: Partial<MenuItem> = {}): MenuItem => ({
		id: `copy-${what}`,
		label,
		run: () => copy(what),
		...rest,
	});
	return [
		item('curl', 'As cURL', { icon: 'terminal', caps: caps('capture.copy-curl') }),
		item('body', 'Body', { icon: 'copy', ...(row.body_bytes === 0 ? { disabled: 'It has no body.' } : { caps: caps('capture.copy-body') }) }),
		item('url', 'URL', { icon: 'globe' }),
		item('id', 'Event id', {
			icon: 'fingerprint',
			...(row.event_id === null ? { disabled: 'No event id was found in it.' } : { caps: caps('capture.copy-id') }),
		}),
		item('headers', 'Headers', { icon: 'text-align-start' }),
		item('raw', 'Raw request', { icon: 'braces' }),
	];
}

function labelItems({ labels, own, row, label, newLabel }: CaptureMenu): MenuEntry[] {
	if (labels === null || (row !== null && own === null)) return [{ id: 'labels-reading', label: 'Reading the labels', disabled: 'The labels are being read.' }];
	const known = [...new Set([...(own ?? []), ...labels.map((one) => one.label)])].slice(0, MOST_LABELS);
	const items: MenuEntry[] = known.map((name): MenuItem => {
		const captures = labels.find((one) => one.label === name)?.captures ?? 0;
		const detail = captures > 0 ? { detail: formatCount(captures) } : {};
		if (own === null) return { id: `label-${name}`, label: name, ...detail, run: () => label(name, true) };
		const on = own.includes(name);
		return { id: `label-${name}`, label: name, ...detail, checked: on, run: () => label(name, !on) };
	});
	if (items.length > 0) items.push('separator');
	items.push({ id: 'label-new', label: 'Other label…', icon: 'plus', run: newLabel });
	return items;
}

function filterItems({ filter }: CaptureMenu, row: CaptureRow): MenuItem[] {
	const path = row.target.split('?', 1)[0] ?? '';
	const by = (id: string, label: string, value: string | null, term: (value: string) => string, missing: string): MenuItem => ({
		id: `filter-${id}`,
		label,
		...(value === null || value === '' ? { disabled: missing } : { detail: value, run: () => filter(term(value)) }),
	});
	return [
		by('provider', 'Provider', row.provider, (value) => queryTerm('provider', value), 'It belongs to no provider.'),
		by('event', 'Event', row.event_type, (value) => queryTerm('event', value), 'It has no event type.'),
		by('endpoint', 'Endpoint', row.endpoint_slug, (value) => queryTerm('endpoint', value), 'Its endpoint was deleted.'),
		by('verdict', 'Verdict', row.verdict, (value) => queryTerm('verdict', value), ''),
		by('path', 'Path', path, (value) => queryTerm('path', value), 'It has no path.'),
	];
}
