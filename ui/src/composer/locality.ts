/** Whether a request to a URL leaves this computer. */
export type Locality =
	| { kind: 'this_computer'; host: string }
	/** An address of a private network (RFC 1918, RFC 4193, link-local) or a `.local` name. */
	| { kind: 'private_network'; host: string }
	| { kind: 'remote'; host: string }
	/** Not an absolute http or https URL; `message` says what is missing. */
	| { kind: 'unusable'; message: string };

/**
 * Judges by the host alone, as the URL parser of the window reads it, so `http://localhost@example.com` is
 * example.com and `http://0x7f.1` is 127.0.0.1. Names are not resolved: a name that is not plainly local
 * counts as remote, which at worst asks once too often.
 */
export function localityOf(target: string): Locality {
	let url: URL;
	try {
		url = new URL(target.trim());
	} catch {
		return { kind: 'unusable', message: 'Write a whole address, for example http://localhost:3000/webhooks.' };
	}
	if (url.protocol !== 'http:' && url.protocol !== 'https:') {
		return { kind: 'unusable', message: `Only http and https can be sent to, not ${url.protocol.replace(':', '')}.` };
	}
	const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '').toLowerCase();
	const ipv4 = ipv4Of(host);
	if (ipv4 !== null) return { kind: ipv4Kind(ipv4), host };
	if (host.includes(':')) return { kind: ipv6Kind(host), host };
	// RFC 6761 section 6.3: names under localhost are loopback.
	if (host === 'localhost' || host.endsWith('.localhost')) return { kind: 'this_computer', host };
	// RFC 6762: names under local are found on the own network only.
	if (host.endsWith('.local')) return { kind: 'private_network', host };
	return { kind: 'remote', host };
}

type Octets = [number, number, number, number];

function ipv4Of(host: string): Octets | null {
	const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
	return match === null ? null : (match.slice(1).map(Number) as Octets);
}

function ipv4Kind([a, b]: Octets): 'this_computer' | 'private_network' | 'remote' {
	// 0.0.0.0 is connected to as the own host.
	if (a === 127 || a === 0) return 'this_computer';
	const isPrivate = a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168) || (a === 169 && b === 254);
	return isPrivate ? 'private_network' : 'remote';
}

function ipv6Kind(host: string): 'this_computer' | 'private_network' | 'remote' {
	if (host === '::1' || host === '::') return 'this_computer';
	// The URL parser writes mapped addresses as ::ffff:7f00:1.
	const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host);
	if (mapped !== null) {
		const high = Number.parseInt(mapped[1] ?? '', 16);
		const low = Number.parseInt(mapped[2] ?? '', 16);
		return ipv4Kind([high >> 8, high & 255, low >> 8, low & 255]);
	}
	const first = Number.parseInt(host.split(':')[0] || '0', 16);
	const uniqueLocal = (first & 0xfe00) === 0xfc00;
	const linkLocal = (first & 0xffc0) === 0xfe80;
	return uniqueLocal || linkLocal ? 'private_network' : 'remote';
}
