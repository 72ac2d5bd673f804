import type { DoctorView } from '../bindings';
import { formatDuration, formatPlural } from '../text/format';
import { visibleText } from '../text/visible';
import { outcomeWords } from './words';

/**
 * A diagnosis to paste into a ticket: what was found, what mends it and what was tried. It is made of words alone; no
 * secret, signature or byte of the request stands in what it is made from.
 */
export function diagnosisText(view: DoctorView): string {
	const { findings, steps_tried, tried } = view.diagnosis;
	const blocks: string[] = [['Signature diagnosis by Hookglass', schemeLine(view)].filter(Boolean).join('\n')];
	for (const finding of findings) {
		const steps = finding.steps.map((step) => `  - ${step}`);
		blocks.push(
			[
				`${finding.reproduced ? 'Proved' : 'Not proved'}: ${finding.badge} (${finding.cause})`,
				finding.sentence,
				finding.remedy === '' ? '' : `Remedy: ${finding.remedy}`,
				...(steps.length > 0 ? ['The signature is reproduced by:', ...steps] : []),
			]
				.filter(Boolean)
				.join('\n'),
		);
	}
	if (findings.length === 0) {
		const nothing = view.verdict.kind === 'valid' ? 'The signature holds.' : 'No cause was found.';
		blocks.push(`${nothing}\n${view.verdict.badge}`);
	}
	const lines = steps_tried.map((step) => `  - ${step.what}: ${outcomeWords(step)}`);
	blocks.push([`Tried: ${formatPlural(tried, 'combination')} in ${formatDuration(view.elapsed_us)}`, ...lines].join('\n'));
	return `${visibleText(blocks.join('\n\n'), { keepLines: true })}\n`;
}

function schemeLine({ provider_name, scheme }: DoctorView): string {
	if (scheme === null) return provider_name === null ? '' : `Provider: ${provider_name}`;
	return `Scheme: ${scheme}`;
}
