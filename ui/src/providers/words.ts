import type { BrokenProvider, CaptureRow, ProviderInfo, RecipeProblem } from '../bindings';
import { rowTitle } from '../inbox/describe';
import { formatTime } from '../text/format';
import { visibleText } from '../text/visible';

export type OriginFilter = 'all' | 'official' | 'community' | 'custom';

/** Those that rest on a kind of evidence. */
export function ofOrigin(providers: readonly ProviderInfo[], origin: OriginFilter): ProviderInfo[] {
	return providers.filter((provider) => {
		if (origin === 'custom') return provider.custom;
		if (origin === 'official') return provider.official;
		return origin === 'all' || (!provider.official && !provider.custom);
	});
}

/** People's own first: they are few, and they are what somebody comes back for. */
export function ownFirst(providers: readonly ProviderInfo[]): ProviderInfo[] {
	return [...providers.filter((provider) => provider.custom), ...providers.filter((provider) => !provider.custom)];
}

/** `Line 17, signature.encoding: …` */
export function problemWords(problem: RecipeProblem): string {
	const place = [problem.line === null ? null : `line ${problem.line}`, problem.field || null].filter((part) => part !== null);
	const text = place.length === 0 ? problem.problem : `${place.join(', ')}: ${problem.problem}`;
	return visibleText(text.charAt(0).toUpperCase() + text.slice(1));
}

/** The id a file stands for; deleting goes by it. */
export function idOfFile(broken: BrokenProvider): string {
	return broken.problem.file.replace(/\.toml$/, '');
}

/** A capture in a picker: `order.made · /mine · 14:32:07.482`. */
export function captureWords(row: CaptureRow): string {
	return [rowTitle(row), row.event_type === null ? null : visibleText(row.target), formatTime(row.received_at)]
		.filter((part) => part !== null)
		.join(' · ');
}
