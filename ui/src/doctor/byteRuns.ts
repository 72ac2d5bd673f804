import type { BytesPartView, BytesRunView } from '../bindings';
import { exactBytes } from '../capture/exactBytes';

export type BytesMode = 'text' | 'hex';
export type PartTone = 'value' | 'separator' | 'body';

export interface PlacedRun {
	run: BytesRunView;
	/** Which difference of its well it is, from 0; null: none. */
	change: number | null;
}

export interface PlacedPart {
	name: string;
	tone: PartTone;
	bytes: number;
	runs: PlacedRun[];
}

/** Numbers the differences of one well through all its parts. */
export function placeRuns(parts: readonly BytesPartView[]): PlacedPart[] {
	let changes = 0;
	return parts.map((part) => ({
		name: part.name,
		tone: toneOf(part),
		bytes: part.bytes,
		runs: part.runs.map((run) => ({ run, change: run.kind === 'changed' ? changes++ : null })),
	}));
}

/** How a part is drawn: what the sender put there, what stands between, or the body. */
function toneOf(part: BytesPartView): PartTone {
	if (part.name === 'body') return 'body';
	return part.name === 'separator' || /^[.:\n]?$/.test(textOf(part)) ? 'separator' : 'value';
}

export const textOf = (part: BytesPartView): string => part.runs.map((run) => run.text).join('');

/** `… 1,204 B left out …` */
export function gapWords(bytes: number): string {
	return `… ${exactBytes(bytes)} left out …`;
}

export interface LegendEntry {
	tone: PartTone;
	name: string;
	/** Shown in the swatch. */
	sign: string;
	bytes: number;
	changes: number;
}

/** The parts in order; separators of the same text are named once. */
export function legendOf(parts: readonly BytesPartView[]): LegendEntry[] {
	const entries: LegendEntry[] = [];
	for (const part of parts) {
		const tone = toneOf(part);
		const sign = tone === 'separator' ? textOf(part).trim() || '␣' : tone === 'value' ? part.name.charAt(0) : '';
		if (tone === 'separator' && entries.some((entry) => entry.tone === tone && entry.sign === sign)) continue;
		const changes = part.runs.filter((run) => run.kind === 'changed').length;
		entries.push({ tone, name: part.name, sign, bytes: part.bytes, changes });
	}
	return entries;
}

/**
 * What is shown, for the clipboard. Hexadecimal is two digits a byte; it also stands for text where the bytes are not
 * UTF-8, since text would lose them. `whole`: nothing was left out.
 */
export function copyOf(parts: readonly BytesPartView[], mode: BytesMode): { text: string; mode: BytesMode; whole: boolean } {
	const runs = parts.flatMap((part) => part.runs);
	const lossy = runs.some((run) => run.text.includes('\uFFFD') && !run.hex.includes('ef bf bd'));
	const used: BytesMode = lossy ? 'hex' : mode;
	const pieces = runs.map((run) => (run.kind === 'gap' ? gapWords(run.bytes) : used === 'hex' ? run.hex : run.text));
	const text = pieces.filter((piece) => piece !== '').join(used === 'hex' ? ' ' : '');
	return { text, mode: used, whole: runs.every((run) => run.kind !== 'gap') };
}
