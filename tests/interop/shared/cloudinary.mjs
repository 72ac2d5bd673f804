// An account's algorithm is a setting of the library, SHA-1 unless it is changed.

export function signWith({ utils }, signature_algorithm, { text, secret, at_s }) {
  const signature = utils.webhook_signature(text, at_s, { api_secret: secret, signature_algorithm });
  return { headers: { 'X-Cld-Timestamp': String(at_s), 'X-Cld-Signature': signature } };
}

export function verifyWith(library, signature_algorithm, { text, headers, secret }) {
  library.config({ api_secret: secret, signature_algorithm });
  const timestamp = Number(headers['x-cld-timestamp']);
  return library.utils.verifyNotificationSignature(text, timestamp, headers['x-cld-signature']);
}
