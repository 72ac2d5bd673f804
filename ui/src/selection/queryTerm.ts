import { quoted } from '../inbox/queryText';

/** The filters that a capture can be looked for by. */
export type TermKey = 'provider' | 'event' | 'endpoint' | 'verdict' | 'path' | 'label';

/** One term of a search, e.g. `event:"invoice paid"`. */
export function queryTerm(key: TermKey, value: string): string {
	return `${key}:${quoted(value)}`;
}
