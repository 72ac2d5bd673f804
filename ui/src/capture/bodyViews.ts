import type { BodyKind } from './bodyText';

export type View = 'tree' | 'fields' | 'parts' | 'image' | 'source' | 'text' | 'hex' | 'base64';

export const VIEW_LABELS: Record<View, string> = {
	tree: 'Tree',
	fields: 'Fields',
	parts: 'Parts',
	image: 'Image',
	source: 'Source',
	text: 'Text',
	hex: 'Hex',
	base64: 'Base64',
};

/** What is offered for a kind of body, the best first. Its text, hex and Base64 always are. */
export function viewsOf(kind: BodyKind, isBroken: boolean): View[] {
	switch (kind) {
		case 'json':
		case 'ndjson':
		case 'xml':
			return isBroken ? ['source', 'hex', 'base64'] : ['tree', 'source', 'hex', 'base64'];
		case 'form':
			return ['fields', 'source', 'hex', 'base64'];
		case 'multipart':
			return ['parts', 'source', 'hex', 'base64'];
		case 'image':
			return ['image', 'hex', 'text', 'base64'];
		case 'binary':
			return ['hex', 'text', 'base64'];
		default:
			return ['source', 'hex', 'base64'];
	}
}
