import type { IconName } from '../components/icons';
import type { ActionId } from './actions';

/** The icons of actions where they stand in lists; the others have a dot. */
const ICONS: Partial<Record<ActionId, IconName>> = {
	'list.newest': 'arrow-up',
	'list.oldest': 'arrow-down',
	'list.next': 'arrow-down',
	'list.previous': 'arrow-up',
	'list.back': 'arrow-left',
	'list.open': 'arrow-right',
	'list.next-invalid': 'shield-x',
	'list.pause': 'pause',
	'search.focus': 'search',
	'capture.resend': 'reply',
	'capture.resend-to': 'send',
	'capture.edit': 'pencil',
	'capture.copy-body': 'copy',
	'capture.copy-curl': 'terminal',
	'capture.copy-id': 'fingerprint',
	'capture.star': 'star',
	'capture.note': 'sticky-note',
	'capture.compare': 'git-compare-arrows',
	'capture.export': 'download',
	'capture.delete': 'trash-2',
	'capture.undo-delete': 'rotate-ccw',
	'capture.menu': 'ellipsis',
	'detail.wrap': 'wrap-text',
	'composer.send': 'send',
	'composer.format': 'braces',
	'composer.changes': 'git-compare-arrows',
	'composer.resign': 'key-round',
	'recipe.save': 'save',
	'endpoint.sample': 'send',
	'doctor.diagnose': 'stethoscope',
	'go.inbox': 'inbox',
	'go.deliveries': 'send',
	'go.rejected': 'ban',
	'go.providers': 'fingerprint',
	'go.doctor': 'stethoscope',
	'go.settings': 'settings',
	'go.shortcuts': 'keyboard',
};

export function iconOf(id: ActionId): IconName {
	return ICONS[id] ?? (/^go\.endpoint-/.test(id) ? 'webhook' : 'circle-dot');
}
