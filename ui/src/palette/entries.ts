import type { CaptureRow, EndpointView, ProviderInfo } from '../bindings';
import type { IconName } from '../components/icons';
import { rowIdentity, rowTitle } from '../inbox/describe';
import { iconOf } from '../keys/actionIcons';
import { SCOPE_TITLES, type ActionId, type Scope } from '../keys/actions';
import type { BoundAction } from '../keys/keymap';
import { formatIso, formatPlural, formatTime } from '../text/format';
import { visibleText } from '../text/visible';
import { ranked, type Match } from './rank';

/** A line of the palette. Its texts may come from strangers; what is invisible in them is shown. */
export interface Entry {
	/** Lasting, for the DOM and for keeping the place. */
	id: string;
	kind: 'command' | 'endpoint' | 'capture';
	/** Under which heading it stands. */
	section: Section;
	text: string;
	/** Grey words after it. */
	detail: string;
	/** Words it is also found by. */
	keywords: string;
	icon: IconName | null;
	/** Drawn in place of the icon. */
	provider?: ProviderInfo | null;
	caps: readonly string[];
	/** Why it cannot run now; null: it can. */
	disabled: string | null;
	run: () => void;
}

export type Section = 'On this capture' | 'Here' | 'Go to' | 'Everywhere' | 'Endpoints' | 'Captures';
export const SECTIONS: readonly Section[] = ['On this capture', 'Here', 'Go to', 'Everywhere', 'Endpoints', 'Captures'];

/** What is looked through: all of it, or what the sign at the beginning says. */
export type Mode = 'all' | 'commands' | 'endpoints' | 'captures';

/** `#stri` → endpoints, `stri`. */
export function parseTyped(typed: string): { mode: Mode; text: string } {
	const modes: Record<string, Mode> = { '>': 'commands', '#': 'endpoints', '@': 'captures' };
	const mode = modes[typed[0] ?? ''];
	return mode === undefined ? { mode: 'all', text: typed.trim() } : { mode, text: typed.slice(1).trim() };
}

/** Actions of which the palette would be a detour: the palette itself, and what only makes sense key by key. */
const LEFT_OUT: ReadonlySet<ActionId> = new Set(['go.palette', 'list.next', 'list.previous', 'list.extend-next', 'list.extend-previous', 'go.next-pane', 'go.previous-pane']);

const HERE: readonly Scope[] = ['list', 'search', 'rejected', 'composer', 'recipe', 'endpoint', 'doctor'];

function sectionOf({ id, scope }: BoundAction['action']): Section {
	if (scope === 'capture') return id === 'capture.undo-delete' ? 'Everywhere' : 'On this capture';
	if (scope === 'detail') return 'On this capture';
	if (HERE.includes(scope)) return 'Here';
	return id === 'go.rail' || id === 'go.shortcuts' ? 'Everywhere' : 'Go to';
}

/** The actions that are bound now. Endpoints stand in a list of their own. */
export function actionEntries(bound: readonly BoundAction[], caps: (id: ActionId) => string[], run: (id: ActionId) => void): Entry[] {
	return bound
		.filter(({ action: { id } }) => !LEFT_OUT.has(id) && !id.startsWith('go.endpoint-'))
		.map(({ action, label, disabled }) => ({
			id: action.id,
			kind: 'command',
			section: sectionOf(action),
			text: label,
			detail: disabled ?? '',
			keywords: `${action.label} ${SCOPE_TITLES[action.scope]}`,
			icon: iconOf(action.id),
			caps: caps(action.id),
			disabled,
			run: () => run(action.id),
		}));
}

/** A command without a key. */
export function command(id: string, text: string, icon: IconName, run: () => void, rest: Partial<Pick<Entry, 'section' | 'detail' | 'keywords' | 'disabled'>> = {}): Entry {
	return { id, kind: 'command', section: 'Everywhere', text, detail: '', keywords: '', icon, caps: [], disabled: null, run, ...rest };
}

export function endpointEntry(endpoint: EndpointView, provider: ProviderInfo | null, caps: readonly string[], show: (endpoint: EndpointView) => void): Entry {
	return {
		id: `endpoint-${endpoint.id}`,
		kind: 'endpoint',
		section: 'Endpoints',
		text: visibleText(endpoint.slug),
		detail: [provider?.name, formatPlural(endpoint.captures, 'capture')].filter(Boolean).join(', '),
		keywords: provider?.name ?? '',
		icon: null,
		provider,
		caps,
		disabled: null,
		run: () => show(endpoint),
	};
}

export function captureEntry(row: CaptureRow, provider: ProviderInfo | null, open: (row: CaptureRow) => void): Entry {
	return {
		id: `capture-${row.id}`,
		kind: 'capture',
		section: 'Captures',
		text: [rowTitle(row), rowIdentity(row)].filter(Boolean).join(' '),
		detail: `${visibleText(row.badge)}, ${formatTime(row.received_at)}`,
		keywords: formatIso(row.received_at),
		icon: null,
		provider,
		caps: [],
		disabled: null,
		run: () => open(row),
	};
}

/** Lines of the palette, and what in them answers. */
export interface Found {
	entry: Entry;
	ranges: Match['ranges'];
}

/** As many lines of one section are listed. */
const MOST_IN_SECTION = 50;

/** The lines that answer, by section; the section with the best answer first once something is typed. */
export function answers(typed: string, entries: readonly Entry[]): { section: Section; found: Found[] }[] {
	const { mode, text } = parseTyped(typed);
	const wanted = entries.filter(({ kind }) => mode === 'all' || `${kind}s` === mode);
	// Captures were found by the store, by more than what is shown of them.
	const matched = ranked(
		text,
		wanted.filter(({ kind }) => kind !== 'capture'),
		(entry) => entry.text,
		(entry) => entry.keywords,
	);
	const captures = wanted.filter(({ kind }) => kind === 'capture').map((entry) => ({ thing: entry, match: ranked(text, [entry], (one) => one.text)[0]?.match ?? NOTHING_MARKED }));
	const sections = SECTIONS.map((section) => {
		const all = section === 'Captures' ? captures : matched.filter(({ thing }) => thing.section === section);
		const best = Math.max(0, ...all.filter(({ thing }) => thing.disabled === null).map(({ match }) => match.score));
		const found = all.slice(0, MOST_IN_SECTION).map(({ thing, match }) => ({ entry: thing, ranges: match.ranges }));
		return { section, best: section === 'Captures' ? -1 : best, found };
	}).filter(({ found }) => found.length > 0);
	if (text !== '') sections.sort((a, b) => b.best - a.best);
	return sections.map(({ section, found }) => ({ section, found }));
}

const NOTHING_MARKED: Match = { score: 0, ranges: [] };
