import type { TlsInput } from '../bindings';
import { parseAddress } from '../inbox/address';
import { linesOf } from './limits';

export interface TlsEdit {
	enabled: boolean;
	address: string;
	/** One name a line. */
	names: string;
	certificate: 'made' | 'own';
	certificate_path: string;
	key_path: string;
}
export type TlsField = 'address' | 'names' | 'certificate_path' | 'key_path';
export type TlsErrors = Partial<Record<TlsField, string>>;

export function editOfTls(input: TlsInput): TlsEdit {
	return {
		enabled: input.enabled,
		address: input.address,
		names: input.names.join('\n'),
		certificate: input.own === null ? 'made' : 'own',
		certificate_path: input.own?.certificate_path ?? '',
		key_path: input.own?.key_path ?? '',
	};
}

export function inputOfTls(edit: TlsEdit): TlsInput {
	return {
		enabled: edit.enabled,
		address: edit.address.trim(),
		names: linesOf(edit.names),
		own: edit.certificate === 'own' ? { certificate_path: edit.certificate_path.trim(), key_path: edit.key_path.trim() } : null,
	};
}

/** What the window can see without asking the program. */
export function checkTls(edit: TlsEdit): TlsErrors {
	const errors: TlsErrors = {};
	if (parseAddress(edit.address) === null) errors.address = 'Write an address and a port, as in 127.0.0.1:4666.';
	if (edit.certificate === 'own') {
		if (edit.certificate_path.trim() === '') errors.certificate_path = 'Choose the PEM file of the certificate.';
		if (edit.key_path.trim() === '') errors.key_path = 'Choose the PEM file of its key.';
	}
	return errors;
}

/** The field that a message of the program is about; null when it names none. */
export function tlsFieldOf(message: string): TlsField | null {
	const text = message.toLowerCase();
	if (/\bnames?\b/.test(text)) return 'names';
	if (/key_path|\bkey\b/.test(text)) return 'key_path';
	if (/certificate/.test(text)) return 'certificate_path';
	if (/\baddress\b|\bport\b/.test(text)) return 'address';
	return null;
}
