import type { DuplicateKind, DuplicateView } from '../bindings';
import { formatCount } from '../text/format';

const WORDS: Record<DuplicateKind, string> = {
	retry: 'retry',
	duplicate: 'duplicate',
	conflict: 'conflict',
	replay: 'replay',
	possible_duplicate: 'possible duplicate',
};

/** What the mark of a kind says. */
export function duplicateWord(kind: DuplicateKind): string {
	return WORDS[kind];
}

/** The mark of a row: `retry ×3`. */
export function duplicateMark({ kind, times }: Pick<DuplicateView, 'kind' | 'times'>): string {
	return times > 1 ? `${WORDS[kind]} ×${formatCount(times)}` : WORDS[kind];
}

/** The same for a screen reader: `retry, seen 3 times`. */
export function duplicateSpoken({ kind, times }: Pick<DuplicateView, 'kind' | 'times'>): string {
	return times > 1 ? `${WORDS[kind]}, seen ${formatCount(times)} times` : WORDS[kind];
}

/** Another body under the same id is never harmless; everything else is how webhooks work. */
export function duplicateTone(kind: DuplicateKind): 'bad' | 'neutral' {
	return kind === 'conflict' ? 'bad' : 'neutral';
}
