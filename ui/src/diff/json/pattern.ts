import type { Step } from './path';

type Part = { kind: 'key'; key: string } | { kind: 'index'; index: number } | { kind: 'any' } | { kind: 'deep' };

/** A path with wildcards, as one types it into the ignore list. */
export type PathPattern = { text: string; parts: Part[] };

const PARTS = /\.\.|\.?\*|\[\*\]|\[(\d+)\]|\[("(?:[^"\\]|\\.)*"|'[^']*')\]|\.?([^.[\]"'\s*]+)/y;

/**
 * Reads `data.object.id`, `$.items[*].price`, `["a b"].c` or `..id` (at any depth). Returns a sentence when it is no path.
 */
export function parsePattern(text: string): PathPattern | string {
	const trimmed = text.trim();
	const parts: Part[] = [];
	let at = /^\$(?=$|[.[])/.test(trimmed) ? 1 : 0;
	while (at < trimmed.length) {
		PARTS.lastIndex = at;
		const found = PARTS.exec(trimmed);
		if (!found || found[0] === '') return `Nothing is known by ${JSON.stringify(trimmed.slice(at, at + 12))} in a path.`;
		const [whole, index, quoted, key] = found;
		at += whole.length;
		// After `..` comes a name without a dot of its own.
		if (whole === '..') parts.push({ kind: 'deep' });
		else if (whole.endsWith('*') || whole === '[*]') parts.push({ kind: 'any' });
		else if (index !== undefined) parts.push({ kind: 'index', index: Number(index) });
		else if (quoted !== undefined) {
			const name = nameIn(quoted);
			if (name === null) return `The name ${quoted} is not written as JSON.`;
			parts.push({ kind: 'key', key: name });
		} else parts.push({ kind: 'key', key: key ?? '' });
	}
	const last = parts.at(-1);
	if (!last || last.kind === 'deep') return 'Write a path such as data.id, items[*].price or ..id.';
	return { text: trimmed, parts };
}

/** Whether the pattern names the value, or one of the containers it is in. */
export function covers({ parts }: PathPattern, steps: readonly Step[]): boolean {
	/** What has been found not to fit, so that several `..` do not try everything again and again. */
	const failed = new Set<number>();
	const from = (part: number, step: number): boolean => {
		const known = part * (steps.length + 1) + step;
		if (failed.has(known)) return false;
		const fits = tried(part, step);
		if (!fits) failed.add(known);
		return fits;
	};
	const tried = (part: number, step: number): boolean => {
		const wanted = parts[part];
		if (wanted === undefined) return true;
		if (wanted.kind === 'deep') {
			for (let at = step; at < steps.length; at += 1) if (from(part + 1, at)) return true;
			return false;
		}
		const found = steps[step];
		return found !== undefined && fits(wanted, found) && from(part + 1, step + 1);
	};
	return from(0, 0);
}

function fits(part: Part, step: Step): boolean {
	if (part.kind === 'any') return true;
	if ('key' in step) return part.kind === 'key' && part.key === step.key;
	return part.kind === 'index' && (part.index === step.a || part.index === step.b);
}

function nameIn(quoted: string): string | null {
	if (quoted.startsWith("'")) return quoted.slice(1, -1);
	try {
		return JSON.parse(quoted) as string;
	} catch {
		return null;
	}
}
