const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** Longer exponents are not reckoned with: nothing that is sent has them, and they would cost time. */
const LONGEST_EXPONENT = 15;

/**
 * A JSON number by its value, as text: `1.0`, `1` and `10e-1` give the same. It never goes through a float, so that
 * `9007199254740993` stays what it is.
 */
export function numberValue(written: string): string {
	const parts = PARTS.exec(written);
	if (!parts) return written;
	const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
	if (exponent.length > LONGEST_EXPONENT) return written;
	const digits = (whole + fraction).replace(/^0+/, '');
	const significant = digits.replace(/0+$/, '');
	if (significant === '') return '0';
	return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
