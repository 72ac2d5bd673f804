import type { VaultPlace, VaultState } from '../bindings';
import type { IconName } from '../components';

/** A place for the key, in the words of the choice. */
export interface PlaceChoice {
	place: VaultPlace;
	label: string;
	/** What it means, honestly, in one or two sentences. */
	sentence: string;
	icon: IconName;
}

export const PLACES: readonly PlaceChoice[] = [
	{
		place: 'keychain',
		label: 'System keychain',
		sentence: 'Secrets are stored encrypted; their key is in this computer’s keychain and opens when you log in.',
		icon: 'key-round',
	},
	{
		place: 'passphrase',
		label: 'Passphrase',
		sentence: 'Secrets are stored encrypted under a passphrase you type after every start. Nobody can recover a forgotten one.',
		icon: 'lock',
	},
	{
		place: 'key_file',
		label: 'Unencrypted file',
		sentence: 'The key is in a file that only your user account may open. Programs you run, backups and anybody with the disk can read it.',
		icon: 'triangle-alert',
	},
	{
		place: 'memory',
		label: 'Memory only',
		sentence: 'Nothing is stored. Secrets are forgotten when Hookglass closes, and you enter them again.',
		icon: 'hourglass',
	},
];

export function placeChoice(place: VaultPlace): PlaceChoice {
	const found = PLACES.find((choice) => choice.place === place);
	if (!found) throw new Error(`unknown place ${place}`);
	return found;
}

/** Where secrets are, for a line of its own. */
export function whereLine(vault: VaultState): string {
	switch (vault.place) {
		case 'keychain':
			return 'Stored encrypted; the key is in this computer’s keychain.';
		case 'passphrase':
			return 'Stored encrypted under your passphrase.';
		case 'key_file':
			return 'Stored unencrypted: the key lies in a file beside the database.';
		case 'memory':
			return 'Kept in memory only, until Hookglass closes.';
		case null:
			return 'Kept in memory until you choose where to keep them.';
	}
}

/** Whether what is entered now is forgotten when Hookglass closes. */
export function forgets(vault: VaultState): boolean {
	return vault.place === null || vault.place === 'memory';
}

/** Whether the vault's own passphrase opens it; a locked keychain is unlocked elsewhere. */
export function opensWithPassphrase(vault: VaultState): boolean {
	return vault.place === 'passphrase' && vault.condition === 'locked';
}

/** A heading for a vault that cannot be used; null while it can. */
export function troubleTitle(vault: VaultState): string | null {
	switch (vault.condition) {
		case 'locked':
			return vault.place === 'passphrase' ? 'Secrets are locked' : 'The system keychain is locked';
		case 'key_lost':
			return 'The key of the stored secrets is gone';
		case 'unavailable':
			return 'Stored secrets cannot be read';
		case 'not_chosen':
		case 'ready':
			return null;
	}
}
