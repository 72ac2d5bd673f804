import type { CountView } from '../../bindings';
import { formatCount } from '../../text/format';

/** From here on a number that is not exact is said to the thousand. */
const LARGE = 10_000;

/** `4,913`, `at least 4,913`, `10,000+`: of captures that match. */
export function totalWords(total: number, isExact: boolean): string {
	if (isExact) return formatCount(total);
	return total >= LARGE ? `${formatCount(floored(total, 1_000))}+` : `at least ${formatCount(total)}`;
}

/** `42`, `100+`: beside a saved filter, where there is room for a few digits. */
export function shortCount({ captures, is_exact }: Pick<CountView, 'captures' | 'is_exact'>): string {
	if (is_exact) return formatCount(captures);
	// Digits that change with every reading would only flicker.
	return captures === 0 ? '…' : `${formatCount(floored(captures, 10 ** Math.floor(Math.log10(captures))))}+`;
}

function floored(count: number, step: number): number {
	return Math.floor(count / step) * step;
}
