import type { EndpointId, RetentionRule, RetentionView } from '../bindings';
import { formatCount } from '../text/format';
import { BYTE_UNITS, COUNT_UNITS, read, write, type Written, writeText } from './quantity';

/** A rule as it is edited; an empty text is no limit. */
export interface RuleEdit {
	age: Written;
	captures: Written;
	bytes: Written;
}
export type RuleErrors = Partial<Record<keyof RuleEdit, string>>;

export const KEEP_EVERYTHING: RetentionRule = { max_age_days: null, max_captures: null, max_bytes: null };
const NO_BYTES: Written = { text: '', unit: 'GiB' };

/** The rule an endpoint has of its own; null when the one for all holds for it. */
export function ownRule(view: RetentionView, endpoint: EndpointId): RetentionRule | null {
	return view.endpoints.find((one) => one.endpoint === endpoint)?.rule ?? null;
}

/** What holds: for an endpoint without a rule of its own, the one for all. */
export function ruleOf(view: RetentionView, endpoint: EndpointId | null): RetentionRule {
	return (endpoint === null ? null : ownRule(view, endpoint)) ?? view.all;
}

export function keepsEverything(rule: RetentionRule): boolean {
	return rule.max_age_days === null && rule.max_captures === null && rule.max_bytes === null;
}

export function editOfRule(rule: RetentionRule): RuleEdit {
	const count = (value: number | null): Written => (value === null ? { text: '', unit: '' } : write(value, COUNT_UNITS));
	return {
		age: count(rule.max_age_days),
		captures: count(rule.max_captures),
		bytes: rule.max_bytes === null ? { ...NO_BYTES } : write(rule.max_bytes, BYTE_UNITS),
	};
}

/** The rule that was written, or what cannot be read. */
export function ruleOfEdit(edit: RuleEdit): { rule: RetentionRule } | { errors: RuleErrors } {
	const errors: RuleErrors = {};
	function limit(field: keyof RuleEdit, units: typeof COUNT_UNITS | typeof BYTE_UNITS, example: string): number | null {
		if (edit[field].text.trim() === '') return null;
		const value = read(edit[field], units);
		if (value !== null && value > 0) return value;
		errors[field] = `Write a number above 0, for example ${example}, or nothing for no limit.`;
		return null;
	}
	const rule = {
		max_age_days: limit('age', COUNT_UNITS, '30'),
		max_captures: limit('captures', COUNT_UNITS, '10000'),
		max_bytes: limit('bytes', BYTE_UNITS, '5'),
	};
	return Object.keys(errors).length > 0 ? { errors } : { rule };
}

/** Whether more is deleted than before, which cannot be undone. */
export function isStricter(before: RetentionRule, next: RetentionRule): boolean {
	const lower = (a: number | null, b: number | null) => b !== null && (a === null || b < a);
	return (
		lower(before.max_age_days, next.max_age_days) ||
		lower(before.max_captures, next.max_captures) ||
		lower(before.max_bytes, next.max_bytes)
	);
}

/** `30 days, 10,000 captures, 5 GiB`, or that all is kept. */
export function ruleText(rule: RetentionRule): string {
	const parts = [
		rule.max_age_days === null ? null : `${formatCount(rule.max_age_days)} ${rule.max_age_days === 1 ? 'day' : 'days'}`,
		rule.max_captures === null ? null : `${formatCount(rule.max_captures)} ${rule.max_captures === 1 ? 'capture' : 'captures'}`,
		rule.max_bytes === null ? null : writeText(rule.max_bytes, BYTE_UNITS),
	].filter((part) => part !== null);
	return parts.length === 0 ? 'No limit' : `At most ${parts.join(', ')}`;
}
