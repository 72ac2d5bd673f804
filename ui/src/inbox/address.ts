/** Host and port of an address such as `127.0.0.1:4665` or `[::1]:4665`. */
export interface Address {
	host: string;
	port: number;
}

export function parseAddress(text: string): Address | null {
	const found = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+):(\d{1,5})$/.exec(text.trim());
	const port = Number(found?.[2]);
	return found?.[1] !== undefined && port >= 1 && port <= 65535 ? { host: found[1], port } : null;
}

export function addressText(address: Address): string {
	return `${address.host}:${address.port}`;
}

/** A port as people type it; null when it is none. */
export function parsePort(text: string): number | null {
	const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
	return port >= 1 && port <= 65535 ? port : null;
}

export const PORT_ERROR = 'Write a number from 1 to 65535, for example 4665.';
