import type { ProviderInfo } from '../bindings';

/**
 * The providers that fit a search, best first: whole name, start of a name or of a word in it, part of it, then
 * signature header and scheme, then letters in order (`std wh`). Nothing typed keeps the order given.
 */
export function searchProviders(providers: ProviderInfo[], query: string): ProviderInfo[] {
	const wanted = query.trim().toLowerCase();
	if (wanted === '') return providers;
	return providers
		.map((provider, order) => ({ provider, order, rank: rankOf(provider, wanted) }))
		.filter((entry) => entry.rank !== null)
		.sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || a.order - b.order)
		.map((entry) => entry.provider);
}

function rankOf(provider: ProviderInfo, wanted: string): number | null {
	const name = provider.name.toLowerCase();
	if (name === wanted || provider.id.toLowerCase() === wanted) return 0;
	if (name.startsWith(wanted)) return 1;
	if (name.split(/[\s.\-/]+/).some((word) => word.startsWith(wanted))) return 2;
	if (name.includes(wanted)) return 3;
	if (provider.signature_headers.some((header) => header.toLowerCase().includes(wanted))) return 4;
	if (provider.summary.toLowerCase().includes(wanted)) return 5;
	return inOrder(name, wanted) ? 6 : null;
}

function inOrder(text: string, letters: string): boolean {
	let at = 0;
	for (const letter of letters.replaceAll(' ', '')) {
		at = text.indexOf(letter, at) + 1;
		if (at === 0) return false;
	}
	return true;
}
