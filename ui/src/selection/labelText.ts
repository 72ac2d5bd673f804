/** Longest note and longest label, in characters, as the application has them. */
export const NOTE_CHARS_MAX = 10_000;
export const LABEL_CHARS_MAX = 40;

/** Why a text cannot be a label; null when it can. The application has the last word. */
export function labelProblem(text: string): string | null {
	const label = text.trim();
	if (label === '') return 'Write a label.';
	if ([...label].length > LABEL_CHARS_MAX) return `A label has at most ${LABEL_CHARS_MAX} characters.`;
	if (/["\p{Cc}]/u.test(label)) return 'A label has no quotes and no line breaks.';
	return null;
}

/** Why a text cannot be a note; null when it can. */
export function noteProblem(text: string): string | null {
	const { length } = [...text];
	return length > NOTE_CHARS_MAX ? `A note has at most ${NOTE_CHARS_MAX.toLocaleString('en')} characters; this one has ${length.toLocaleString('en')}.` : null;
}
