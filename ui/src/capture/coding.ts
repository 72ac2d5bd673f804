import type { CaptureDetail, DecodedView } from '../bindings';
import { formatBytes } from '../text/format';
import { visibleText } from '../text/visible';

/** Whether the decoded body or the one as received is shown. */
export type BodySource = 'decoded' | 'received';

/** `gzip, then br`: the codings of a body in the order they were applied. */
export function codingNames(detail: Pick<CaptureDetail, 'codings'>): string {
	return detail.codings.map((name) => visibleText(name)).join(', then ');
}

/** `Decoded from gzip · 1.2 KB → 5.3 KB` */
export function decodedLine(view: DecodedView): string {
	if (view.undone.length === 0) return `Nothing decoded · ${formatBytes(view.body_bytes)}`;
	return `Decoded from ${view.undone.join(', then ')} · ${formatBytes(view.body_bytes)} → ${formatBytes(view.decoded_bytes)}`;
}

/** Nothing came of it, so that the body as received says more. */
export function isFruitless(view: DecodedView): boolean {
	return view.undone.length === 0 || (view.decoded_bytes === 0 && view.notes.some(({ kind }) => kind === 'broken'));
}

/** `The charset “klingon” is not known, so the text is read as UTF-8.` */
export function unknownCharset({ unknown, name }: CaptureDetail['charset']): string | null {
	return unknown === null ? null : `The charset “${visibleText(unknown)}” is not known, so the text is read as ${name}.`;
}
