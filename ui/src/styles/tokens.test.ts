import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** WCAG 2.x contrast of every pair in use, from the style sheet itself. Text needs 4.5, controls and graphics 3. */
const css = readFileSync('src/styles/tokens.css', 'utf8');

type Rgb = readonly [number, number, number];

function block(selector: string): Record<string, string> {
	const start = css.indexOf(selector);
	if (start < 0) throw new Error(`${selector} is not in tokens.css`);
	const body = css.slice(css.indexOf('{', start) + 1, css.indexOf('}', start));
	return Object.fromEntries([...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((found) => [found[1] ?? '', found[2] ?? '']));
}

const THEMES = { dark: block("[data-theme='dark']"), light: block("[data-theme='light']") };

function hex(value: string | undefined): Rgb {
	const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(value ?? '');
	if (!found) throw new Error(`${value} is not a colour`);
	return [found[1], found[2], found[3]].map((part) => parseInt(part ?? '', 16) / 255) as unknown as Rgb;
}

function hsl(hue: number, saturation: number, lightness: number): Rgb {
	const a = saturation * Math.min(lightness, 1 - lightness);
	const channel = (n: number) => {
		const k = (n + hue / 30) % 12;
		return lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1));
	};
	return [channel(0), channel(8), channel(4)];
}

function luminance(rgb: Rgb): number {
	const [r, g, b] = rgb.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as unknown as Rgb;
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Rgb, b: Rgb): number {
	const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
	return (light + 0.05) / (dark + 0.05);
}

const PAIRS: readonly [foreground: string, needs: number, backgrounds: string][] = [
	['tx-1', 4.5, 'bg-0 bg-1 bg-2 bg-3 bg-4 hover sel sel-idle del-bg del-em ins-bg ins-em ac-bg'],
	['tx-2', 4.5, 'bg-0 bg-1 bg-2 bg-3 bg-4 hover sel sel-idle ac-bg bad-bg warn-bg ok-bg'],
	['tx-3', 4.5, 'bg-0 bg-1 bg-2 bg-3 bg-4 hover sel sel-idle del-bg ins-bg'],
	['ac', 4.5, 'bg-0 bg-1 bg-2 ac-bg sel'],
	['on-ac', 4.5, 'ac-solid ac-solid-h'],
	['ok', 4.5, 'bg-0 bg-1 bg-2 sel ok-bg'],
	['bad', 4.5, 'bg-0 bg-1 bg-2 sel bad-bg'],
	['warn', 4.5, 'bg-0 bg-1 bg-2 sel warn-bg'],
	['vio', 4.5, 'bg-0 bg-1 bg-2 sel vio-bg'],
	['c-key', 4.5, 'bg-1 bg-2 sel-idle'],
	['c-str', 4.5, 'bg-1 bg-2 sel-idle'],
	['c-num', 4.5, 'bg-1 bg-2 sel-idle'],
	['c-lit', 4.5, 'bg-1 bg-2 sel-idle'],
	['c-punc', 4.5, 'bg-1 bg-2 sel-idle'],
	['mark-tx', 4.5, 'mark'],
	['line-3', 3, 'bg-1 bg-2 bg-3'],
	['ac', 3, 'bg-3 bg-4'],
	['ac-solid', 3, 'bg-1 bg-2'],
];

/** Pairs that came with the search field. */
const ALSO: typeof PAIRS = [
	['ac', 4.5, 'bg-3'],
	['warn', 4.5, 'bg-3 bg-4'],
	['c-str', 4.5, 'bg-3'],
];

describe.each(Object.entries(THEMES))('contrast, %s', (_, tokens) => {
	const pairs = PAIRS.flatMap(([foreground, needs, backgrounds]) =>
		backgrounds.split(' ').map((background) => [foreground, background, needs] as const),
	);

	it('covers the 83 pairs of the design and those of line numbers in a comparison', () => expect(pairs).toHaveLength(83 + 2));

	it.each(ALSO.flatMap(([foreground, needs, backgrounds]) => backgrounds.split(' ').map((background) => [foreground, background, needs] as const)))(
		'%s on %s, used by the search field, is at least %d',
		(foreground, background, needs) => {
			expect(contrast(hex(tokens[foreground]), hex(tokens[background]))).toBeGreaterThanOrEqual(needs);
		},
	);

	it.each(pairs)('%s on %s is at least %d', (foreground, background, needs) => {
		expect(contrast(hex(tokens[foreground]), hex(tokens[background]))).toBeGreaterThanOrEqual(needs);
	});

	it('keeps the monogram of a provider tile readable in every hue', () => {
		const parts = (name: string) => (tokens[name] ?? '').split(' ').map((part) => parseFloat(part) / 100) as [number, number];
		const [text, tile] = [parts('tile-tx'), parts('tile-bg')];
		for (let hue = 0; hue < 360; hue += 1) {
			expect(contrast(hsl(hue, ...text), hsl(hue, ...tile)), `hue ${hue}`).toBeGreaterThanOrEqual(4.5);
		}
	});
});

describe('tokens', () => {
	it('are the same names in both themes', () => {
		expect(Object.keys(THEMES.light).sort()).toEqual(Object.keys(THEMES.dark).sort());
	});

	it('are defined wherever a style sheet or component uses one', () => {
		const defined = new Set([...css.matchAll(/--([\w-]+):/g)].map((found) => found[1]));
		const sources = import.meta.glob<string>(['../**/*.svelte', './*.css'], { query: '?raw', import: 'default', eager: true });
		for (const [file, text] of Object.entries(sources)) {
			const own = new Set([...text.matchAll(/style:--([\w-]+)/g)].map((found) => found[1]));
			for (const [, name] of text.matchAll(/var\(--([\w-]+)/g)) {
				expect(defined.has(name) || own.has(name), `--${name} in ${file}`).toBe(true);
			}
		}
	});
});
