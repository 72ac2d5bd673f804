import { localityOf } from './locality';

/** Hosts outside of this computer and its network that the user has agreed to send to since the start. */
const confirmed = new Set<string>();

/** The host that has to be agreed to before anything is sent to this URL; null when none has. */
export function hostToConfirm(target: string): string | null {
	const locality = localityOf(target);
	return locality.kind === 'remote' && !confirmed.has(locality.host) ? locality.host : null;
}

/** The user has seen the host's name and sent. */
export function confirmHost(target: string): void {
	const locality = localityOf(target);
	if (locality.kind === 'remote') confirmed.add(locality.host);
}
