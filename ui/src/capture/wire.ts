const LF = 0x0a;
const CR = 0x0d;

/**
 * Where the head ends: after its empty line, whichever line ends were sent. The whole length when there is no empty line.
 */
export function headLength(wire: Uint8Array): number {
	for (let at = wire.indexOf(LF); at >= 0; at = wire.indexOf(LF, at + 1)) {
		if (wire[at + 1] === LF) return at + 2;
		if (wire[at + 1] === CR && wire[at + 2] === LF) return at + 3;
	}
	return wire.length;
}
