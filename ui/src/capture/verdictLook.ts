import type { VerdictKind } from '../bindings';
import type { IconName } from '../components';

export interface VerdictLook {
	tone: 'ok' | 'bad' | 'warn' | 'neutral';
	icon: IconName;
}

const LOOKS: Record<VerdictKind, VerdictLook> = {
	valid: { tone: 'ok', icon: 'shield-check' },
	invalid: { tone: 'bad', icon: 'shield-x' },
	unsigned: { tone: 'warn', icon: 'shield-off' },
	not_checked: { tone: 'neutral', icon: 'shield-question-mark' },
	config_error: { tone: 'warn', icon: 'triangle-alert' },
};

/** Colour and sign of a verdict's callout. */
export function verdictLook(kind: VerdictKind): VerdictLook {
	return LOOKS[kind];
}
