import { encodeSignatureHeader, isValidSignature } from '@sanity/webhook';

export const sign = async ({ text, secret, at_ms }) => ({
  headers: { 'sanity-webhook-signature': await encodeSignatureHeader(text, at_ms, secret) },
});

export const verify = ({ text, headers, secret }) =>
  isValidSignature(text, headers['sanity-webhook-signature'], secret);
