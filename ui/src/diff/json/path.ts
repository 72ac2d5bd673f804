/** A step from a container to one of its values. An element of an array may stand elsewhere in A than in B; −1: it is not there. */
export type Step = { key: string } | { a: number; b: number };

/** Where a value is, by way of its containers. null: the whole text. */
export type Path = { parent: Path; step: Step } | null;

export function stepsOf(path: Path): Step[] {
	const steps: Step[] = [];
	for (let at = path; at !== null; at = at.parent) steps.push(at.step);
	return steps.reverse();
}

const PLAIN_NAME = /^[A-Za-z_$][\w$-]*$/;

/** `amount`, `["a b"]`, `[2]`: the place in B, or in A when B does not have it. */
export function stepText(step: Step): string {
	if ('key' in step) return PLAIN_NAME.test(step.key) ? step.key : `[${JSON.stringify(step.key)}]`;
	return `[${step.b < 0 ? step.a : step.b}]`;
}

/** `data.items[2].price`; `$` for the whole text. */
export function pathText(path: Path): string {
	const steps = stepsOf(path);
	if (steps.length === 0) return '$';
	return steps.map(stepText).reduce((text, step) => text + (text === '' || step.startsWith('[') ? step : `.${step}`), '');
}
