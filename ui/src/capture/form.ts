/** One field of a form body, in its order. */
export type FormField = {
	/** As sent, before decoding. */
	rawName: string;
	rawValue: string;
	name: string;
	value: string;
	/** Whether an escape was broken or not UTF-8, so that the decoded text is a guess. */
	broken: boolean;
};

/**
 * Reads `application/x-www-form-urlencoded` (WHATWG URL, section 5.1) without losing order, duplicates or the
 * raw text.
 */
export function formFields(text: string): FormField[] {
	return text
		.split('&')
		.filter((pair) => pair !== '')
		.map((pair) => {
			const equals = pair.indexOf('=');
			const rawName = equals < 0 ? pair : pair.slice(0, equals);
			const rawValue = equals < 0 ? '' : pair.slice(equals + 1);
			const name = decode(rawName);
			const value = decode(rawValue);
			return { rawName, rawValue, name: name.text, value: value.text, broken: name.broken || value.broken };
		});
}

function decode(raw: string): { text: string; broken: boolean } {
	const spaced = raw.replaceAll('+', ' ');
	try {
		return { text: decodeURIComponent(spaced), broken: false };
	} catch {
		return { text: decodeLeniently(spaced), broken: true };
	}
}

/** Good escapes become bytes, bad ones stay as text, bytes that are not UTF-8 become U+FFFD. */
function decodeLeniently(text: string): string {
	const encoder = new TextEncoder();
	const bytes: number[] = [];
	let at = 0;
	while (at < text.length) {
		const escape = /^%([0-9a-fA-F]{2})/.exec(text.slice(at, at + 3));
		if (escape?.[1] !== undefined) {
			bytes.push(Number.parseInt(escape[1], 16));
			at += 3;
		} else {
			const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
			bytes.push(...encoder.encode(character));
			at += character.length;
		}
	}
	return new TextDecoder().decode(new Uint8Array(bytes));
}
