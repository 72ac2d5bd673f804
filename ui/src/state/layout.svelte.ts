import { ListMode } from '../inbox/listMode.svelte';

/** wide: three panes; medium: the rail is narrow; narrow: one pane at a time. */
export type Tier = 'wide' | 'medium' | 'narrow';

/** Breakpoints in rem, so that larger text behaves like a smaller window (1120 and 900 px at 16 px per rem). */
const WIDE_REM = 70;
const MEDIUM_REM = 56.25;

/** Width of the list in pixels: what the handle allows, and what it is before it was moved. */
export const LIST_MIN_PX = 320;
export const LIST_MAX_PX = 640;
/** The columns of the table want more room. */
export const TABLE_MAX_PX = 1100;
const LIST_DEFAULT_PX = 456;
const LIST_MEDIUM_PX = 344;
const LIST_LARGE_PX = 520;
/** From this width on there is room for a wider list. */
const LARGE_REM = 90;
/** The detail never gets narrower than this, pixels. */
const DETAIL_MIN_PX = 440;
/** Widths of the rail, pixels. */
const RAIL_PX = 216;
const RAIL_NARROW_PX = 52;

const RAIL_KEY = 'hookglass.rail';
const LIST_KEY = 'hookglass.list-width';

/** How the panes are laid out; remembered on this computer. */
export class Layout {
	/** Width of the window in rem. */
	width_rem = $state(80);
	width_px = $state(1280);
	/** The person's choice; a window that is not wide narrows the rail regardless. */
	railCollapsed = $state(false);
	/** How the rows of the list look and stand. */
	readonly listMode: ListMode;
	/** null: never moved. */
	#listWidth: number | null = $state(null);
	#storage: Pick<Storage, 'getItem' | 'setItem'>;

	constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
		this.#storage = storage;
		this.listMode = new ListMode(storage);
		this.railCollapsed = storage.getItem(RAIL_KEY) === 'narrow';
		const width = Number(storage.getItem(LIST_KEY));
		if (width >= LIST_MIN_PX && width <= TABLE_MAX_PX) this.#listWidth = width;
	}

	get tier(): Tier {
		if (this.width_rem >= WIDE_REM) return 'wide';
		return this.width_rem >= MEDIUM_REM ? 'medium' : 'narrow';
	}

	get railNarrow(): boolean {
		return this.railCollapsed || this.tier !== 'wide';
	}

	/** The widest the list may be, so that the detail keeps its minimum. */
	get listMax_px(): number {
		const rail = this.railNarrow ? RAIL_NARROW_PX : RAIL_PX;
		return Math.max(LIST_MIN_PX, Math.min(this.listMode.table ? TABLE_MAX_PX : LIST_MAX_PX, this.width_px - rail - DETAIL_MIN_PX));
	}

	get listWidth_px(): number {
		if (this.tier === 'medium') return Math.min(this.#listWidth ?? LIST_MEDIUM_PX, this.listMax_px);
		return Math.min(this.#listWidth ?? (this.width_rem >= LARGE_REM ? LIST_LARGE_PX : LIST_DEFAULT_PX), this.listMax_px);
	}

	set listWidth_px(width: number) {
		this.#listWidth = width;
		this.#storage.setItem(LIST_KEY, String(width));
	}

	toggleRail(): void {
		this.railCollapsed = !this.railCollapsed;
		this.#storage.setItem(RAIL_KEY, this.railCollapsed ? 'narrow' : 'wide');
	}

	measure(width_px: number, rem_px: number): void {
		this.width_px = width_px;
		this.width_rem = width_px / rem_px;
	}
}
