import { createHash } from 'node:crypto';

import { AccessToken, WebhookReceiver } from 'livekit-server-sdk';

// The secret is `<API key>:<API secret>`: tokens name the key as their issuer.
const partsOf = (secret) => secret.split(':');

export const sign = async ({ text, secret }) => {
  const token = new AccessToken(...partsOf(secret));
  token.sha256 = createHash('sha256').update(text).digest('base64');
  return { headers: { Authorization: await token.toJwt() } };
};

export const verify = async ({ text, headers, secret }) => {
  await new WebhookReceiver(...partsOf(secret)).receive(text, headers.authorization);
  return true;
};
