/** A small seeded generator (mulberry32), so that a failing random test can be run again. */
export function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** A random JSON text with random white space, escapes, duplicate keys and numbers no float can hold. */
export function randomJson(random: () => number, depth = 0): string {
	const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
	const space = (): string => pick(['', '', ' ', '\n', '\t', ' \r\n  ']);
	const string = (): string =>
		`"${Array.from({ length: Math.floor(random() * 6) }, () =>
			pick(['a', 'é', '😀', '\\n', '\\"', '\\\\', '\\u00e9', '{', '}', ',', ':', ' ', '<b>', '\u202e']),
		).join('')}"`;
	const scalar = (): string =>
		pick([
			string(),
			'true',
			'false',
			'null',
			'0',
			'-0',
			'12345678901234567890123456789',
			'1.10',
			'-2.5e-300',
			'1E+400',
		]);
	const kind = depth > 4 ? 0 : random();
	if (kind < 0.4) return space() + scalar() + space();
	const items = Array.from({ length: Math.floor(random() * 4) }, () => {
		const value = randomJson(random, depth + 1);
		return kind < 0.7 ? value : `${space()}${pick(['"a"', '"b"', string()])}${space()}:${value}`;
	});
	const inner = items.length === 0 ? space() : items.join(',');
	return space() + (kind < 0.7 ? `[${inner}]` : `{${inner}}`) + space();
}
