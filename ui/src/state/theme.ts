import type { Theme } from '../bindings';

const DARK = '(prefers-color-scheme: dark)';

/** Paints the window in a theme; `system` follows the system until the next call. Returns the way out. */
export function applyTheme(theme: Theme, root: HTMLElement, matchMedia: typeof window.matchMedia): () => void {
	if (theme !== 'system') {
		root.dataset['theme'] = theme;
		return () => undefined;
	}
	const query = matchMedia(DARK);
	const follow = () => {
		root.dataset['theme'] = query.matches ? 'dark' : 'light';
	};
	follow();
	query.addEventListener('change', follow);
	return () => query.removeEventListener('change', follow);
}
