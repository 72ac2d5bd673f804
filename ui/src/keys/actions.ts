/**
 * Every action that has a key. Handlers, buttons, tooltips and the shortcuts sheet read this one table, so they cannot
 * disagree. A screen takes part by binding a handler to an id (`Keymap.bind`) for as long as it is shown.
 *
 * Keys are written as chords: `Mod` is ⌘ on macOS and Ctrl elsewhere; a space makes a sequence (`g g`). Letters are lower
 * case and say `Shift+` when needed; other characters are written as typed (`?`).
 */
export type Scope = 'list' | 'search' | 'capture' | 'detail' | 'rejected' | 'composer' | 'recipe' | 'endpoint' | 'doctor' | 'compare' | 'go';

export interface Action {
	id: string;
	label: string;
	scope: Scope;
	keys: readonly string[];
	/** What the shortcuts sheet calls a run of actions with the same words here: one line with the first and the last key. */
	series?: string;
}

export const ACTIONS = [
	{ id: 'list.next', label: 'Next capture', scope: 'list', keys: ['j', 'ArrowDown'] },
	{ id: 'list.previous', label: 'Previous capture', scope: 'list', keys: ['k', 'ArrowUp'] },
	{ id: 'list.extend-next', label: 'Extend selection down', scope: 'list', keys: ['Shift+j', 'Shift+ArrowDown'] },
	{ id: 'list.extend-previous', label: 'Extend selection up', scope: 'list', keys: ['Shift+k', 'Shift+ArrowUp'] },
	{ id: 'list.open', label: 'Open detail', scope: 'list', keys: ['Enter', 'l'] },
	{ id: 'list.back', label: 'Back to list', scope: 'list', keys: ['Escape', 'h'] },
	{ id: 'list.newest', label: 'Newest, pin to top', scope: 'list', keys: ['g g'] },
	{ id: 'list.oldest', label: 'Oldest', scope: 'list', keys: ['Shift+g'] },
	{ id: 'list.next-unread', label: 'Next unread', scope: 'list', keys: ['u'] },
	{ id: 'list.next-invalid', label: 'Next invalid', scope: 'list', keys: ['i'] },
	{ id: 'list.unfold', label: 'Open the group', scope: 'list', keys: ['ArrowRight'] },
	{ id: 'list.fold', label: 'Close the group', scope: 'list', keys: ['ArrowLeft'] },
	{ id: 'list.rows', label: 'Compact rows on, off', scope: 'list', keys: ['Shift+c'] },
	{ id: 'list.pause', label: 'Pause live list', scope: 'list', keys: ['p'] },
	{ id: 'list.select-all', label: 'Select all that are loaded', scope: 'list', keys: ['Mod+a'] },

	{ id: 'search.focus', label: 'Search', scope: 'search', keys: ['/'] },
	{ id: 'search.save', label: 'Save filter', scope: 'search', keys: ['Mod+s'] },

	{ id: 'capture.resend', label: 'Resend', scope: 'capture', keys: ['r', 'Mod+Enter'] },
	{ id: 'capture.resend-to', label: 'Resend to another target…', scope: 'capture', keys: ['Shift+r'] },
	{ id: 'capture.edit', label: 'Edit & resend', scope: 'capture', keys: ['e'] },
	{ id: 'capture.copy-body', label: 'Copy body', scope: 'capture', keys: ['y'] },
	{ id: 'capture.copy-curl', label: 'Copy as cURL', scope: 'capture', keys: ['Shift+y'] },
	{ id: 'capture.copy-id', label: 'Copy event id', scope: 'capture', keys: ['Alt+y'] },
	{ id: 'capture.copy-link', label: 'Copy link to this capture', scope: 'capture', keys: ['Shift+Alt+y'] },
	{ id: 'capture.star', label: 'Star on, off', scope: 'capture', keys: ['s'] },
	{ id: 'capture.note', label: 'Note and labels…', scope: 'capture', keys: ['n'] },
	{ id: 'capture.compare', label: 'Compare', scope: 'capture', keys: ['c'] },
	{ id: 'capture.export', label: 'Export…', scope: 'capture', keys: ['x'] },
	{ id: 'capture.delete', label: 'Delete', scope: 'capture', keys: ['Delete', 'Backspace'] },
	{ id: 'capture.undo-delete', label: 'Undo the last deletion', scope: 'capture', keys: ['Mod+z'] },
	{ id: 'capture.menu', label: 'Menu of the capture', scope: 'capture', keys: ['ContextMenu', 'Shift+F10'] },

	{ id: 'detail.tab-1', label: 'Body', scope: 'detail', keys: ['1'], series: 'Body to Timeline' },
	{ id: 'detail.tab-2', label: 'Headers', scope: 'detail', keys: ['2'], series: 'Body to Timeline' },
	{ id: 'detail.tab-3', label: 'Signature', scope: 'detail', keys: ['3'], series: 'Body to Timeline' },
	{ id: 'detail.tab-4', label: 'Deliveries', scope: 'detail', keys: ['4'], series: 'Body to Timeline' },
	{ id: 'detail.tab-5', label: 'Raw', scope: 'detail', keys: ['5'], series: 'Body to Timeline' },
	{ id: 'detail.tab-6', label: 'Timeline', scope: 'detail', keys: ['6'], series: 'Body to Timeline' },
	{ id: 'detail.tree', label: 'Tree or source', scope: 'detail', keys: ['t'] },
	{ id: 'detail.wrap', label: 'Wrap lines', scope: 'detail', keys: ['w'] },
	{ id: 'detail.find', label: 'Find in body', scope: 'detail', keys: ['Mod+f'] },
	{ id: 'detail.find-next', label: 'Next match', scope: 'detail', keys: ['F3'] },
	{ id: 'detail.find-previous', label: 'Previous match', scope: 'detail', keys: ['Shift+F3'] },
	{ id: 'detail.copy-value', label: 'Copy value of the line', scope: 'detail', keys: ['v'] },
	{ id: 'detail.copy-path', label: 'Copy path of the line', scope: 'detail', keys: ['Shift+v'] },
	{ id: 'detail.filter-value', label: 'Filter by the value of the line', scope: 'detail', keys: ['f'] },

	{ id: 'rejected.copy', label: 'Copy the first bytes', scope: 'rejected', keys: ['y'] },

	{ id: 'composer.send', label: 'Send', scope: 'composer', keys: ['Mod+Enter'] },
	{ id: 'composer.changes', label: 'What changes', scope: 'composer', keys: ['Mod+d'] },
	{ id: 'composer.format', label: 'Format JSON', scope: 'composer', keys: ['Shift+Alt+f'] },
	{ id: 'composer.resign', label: 'Re-sign on, off', scope: 'composer', keys: ['Mod+g'] },

	{ id: 'recipe.save', label: 'Save the recipe', scope: 'recipe', keys: ['Mod+s'] },

	{ id: 'endpoint.sample', label: 'Send a sample event', scope: 'endpoint', keys: ['Mod+Enter'] },

	{ id: 'doctor.diagnose', label: 'Diagnose the pasted request', scope: 'doctor', keys: ['Mod+Enter'] },

	{ id: 'go.palette', label: 'Command palette', scope: 'go', keys: ['Mod+k'] },

	{ id: 'compare.next', label: 'Next difference', scope: 'compare', keys: ['n', 'F7'] },
	{ id: 'compare.previous', label: 'Previous difference', scope: 'compare', keys: ['p', 'Shift+F7'] },

	{ id: 'go.inbox', label: 'Inbox', scope: 'go', keys: ['g i'] },
	{ id: 'go.deliveries', label: 'Deliveries', scope: 'go', keys: ['g d'] },
	{ id: 'go.rejected', label: 'Rejected', scope: 'go', keys: ['g r'] },
	{ id: 'go.providers', label: 'Providers', scope: 'go', keys: ['g p'] },
	{ id: 'go.doctor', label: 'Doctor', scope: 'go', keys: ['g o'] },
	{ id: 'go.endpoint-1', label: 'Endpoint 1', scope: 'go', keys: ['Mod+1'], series: 'Endpoint 1 to 9' },
	{ id: 'go.endpoint-2', label: 'Endpoint 2', scope: 'go', keys: ['Mod+2'], series: 'Endpoint 1 to 9' },
	{ id: 'go.endpoint-3', label: 'Endpoint 3', scope: 'go', keys: ['Mod+3'], series: 'Endpoint 1 to 9' },
	{ id: 'go.endpoint-4', label: 'Endpoint 4', scope: 'go', keys: ['Mod+4'], series: 'Endpoint 1 to 9' },
	{ id: 'go.endpoint-5', label: 'Endpoint 5', scope: 'go', keys: ['Mod+5'], series: 'Endpoint 1 to 9' },
	{ id: 'go.endpoint-6', label: 'Endpoint 6', scope: 'go', keys: ['Mod+6'], series: 'Endpoint 1 to 9' },
	{ id: 'go.endpoint-7', label: 'Endpoint 7', scope: 'go', keys: ['Mod+7'], series: 'Endpoint 1 to 9' },
	{ id: 'go.endpoint-8', label: 'Endpoint 8', scope: 'go', keys: ['Mod+8'], series: 'Endpoint 1 to 9' },
	{ id: 'go.endpoint-9', label: 'Endpoint 9', scope: 'go', keys: ['Mod+9'], series: 'Endpoint 1 to 9' },
	{ id: 'go.next-pane', label: 'Next pane', scope: 'go', keys: ['F6'] },
	{ id: 'go.previous-pane', label: 'Previous pane', scope: 'go', keys: ['Shift+F6'] },
	{ id: 'go.rail', label: 'Narrow or wide sidebar', scope: 'go', keys: ['Mod+b'] },
	{ id: 'go.settings', label: 'Settings', scope: 'go', keys: ['Mod+,'] },
	{ id: 'go.zoom-in', label: 'Larger', scope: 'go', keys: ['Mod++', 'Mod+='] },
	{ id: 'go.zoom-out', label: 'Smaller', scope: 'go', keys: ['Mod+-'] },
	{ id: 'go.zoom-reset', label: 'Usual size', scope: 'go', keys: ['Mod+0'] },
	{ id: 'go.shortcuts', label: 'Keyboard shortcuts', scope: 'go', keys: ['?'] },
] as const satisfies readonly Action[];

export type ActionId = (typeof ACTIONS)[number]['id'];

export const SCOPE_TITLES: Record<Scope, string> = {
	list: 'List',
	search: 'Search',
	capture: 'Capture',
	detail: 'Detail',
	rejected: 'Rejected',
	composer: 'Composer',
	recipe: 'Recipe editor',
	endpoint: 'Endpoint',
	doctor: 'Doctor',
	compare: 'Compare',
	go: 'Go',
};

/** The scopes whose keys can be live at the same time; within each set a chord may mean one thing only. */
export const CONCURRENT_SCOPES: readonly (readonly Scope[])[] = [
	['list', 'search', 'capture', 'detail', 'go'],
	['list', 'rejected', 'go'],
	['composer', 'go'],
	['recipe', 'go'],
	['endpoint', 'go'],
	['doctor', 'go'],
	// A dialog: nothing else has keys while it is open.
	['compare'],
];

export function actionById(id: ActionId): Action {
	const action = (ACTIONS as readonly Action[]).find((candidate) => candidate.id === id);
	if (!action) throw new Error(`No action is called ${id}.`);
	return action;
}
