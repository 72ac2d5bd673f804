import type { Finding, Remedy, TriedStep } from '../bindings';
import type { IconName } from '../components';
import { formatCount } from '../text/format';
import { visibleText } from '../text/visible';

/** Longer sentences are read as text below the few words of the badge. */
const MOST_TITLE_CHARS = 120;

/** The bold line of a finding and what stands below it. */
export function headlineOf(finding: Finding): { title: string; sentence: string | null } {
	const { badge, sentence } = finding;
	return sentence !== '' && sentence.length <= MOST_TITLE_CHARS
		? { title: visibleText(sentence.replace(/\.$/, '')), sentence: null }
		: { title: visibleText(badge), sentence: sentence === '' ? null : sentence };
}

/** How a finding without proof is marked, so that nobody takes it for one. */
export function hintMark(finding: Finding): string {
	return finding.cause.endsWith('.unknown') ? 'Not proved' : 'Often the cause, not proved';
}

/** The words and the sign of what can be done with one click. */
export function remedyLook(remedy: Remedy): { label: string; busy: string; icon: IconName } {
	switch (remedy.kind) {
		case 'add_secret':
			return { label: 'Add secret to endpoint', busy: 'Adding the secret', icon: 'key-round' };
		case 'replace_secret':
			return { label: 'Mend the endpoint’s secret', busy: 'Mending the secret', icon: 'key-round' };
		case 'use_once':
			return { label: 'Use once and re-check', busy: 'Checking again', icon: 'refresh-cw' };
		case 'set_public_url':
			return { label: 'Set public URL', busy: 'Setting the URL', icon: 'globe' };
		case 'change_provider':
			return { label: `Change to ${visibleText(remedy.name)}`, busy: 'Changing the provider', icon: 'fingerprint' };
		case 'raise_tolerance':
			return { label: `Raise tolerance to ${secondsWords(remedy.seconds)}`, busy: 'Raising the tolerance', icon: 'timer' };
		case 'restore_body':
			return { label: 'Resend with restored body', busy: 'Opening the composer', icon: 'reply' };
	}
}

/** `900 s`, with a thin space. */
export function secondsWords(seconds: number): string {
	return `${formatCount(seconds)}\u202fs`;
}

/** An age in the largest unit that is exact: `15 min`, `2 h`, `412 s`. */
export function ageWords(seconds: number): string {
	if (seconds === 0 || seconds % 60 !== 0) return secondsWords(seconds);
	const minutes = seconds / 60;
	return minutes % 60 === 0 ? `${formatCount(minutes / 60)}\u202fh` : `${formatCount(minutes)}\u202fmin`;
}

/** What came of a family of hypotheses, in a word or two. */
export function outcomeWords({ outcome, tried }: TriedStep): string {
	switch (outcome) {
		case 'matches':
			return 'matches';
		case 'differs':
			return tried > 1 ? `${formatCount(tried)} differ` : 'differs';
		case 'not_needed':
			return 'not needed';
		case 'not_used':
			return 'not used';
		case 'cut_short':
			return 'cut short';
	}
}

export const OUTCOME_ICONS: Record<TriedStep['outcome'], IconName> = {
	matches: 'circle-check',
	differs: 'x',
	not_needed: 'circle-dashed',
	not_used: 'circle-dashed',
	cut_short: 'hourglass',
};
