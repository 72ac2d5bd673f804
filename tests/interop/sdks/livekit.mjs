import { createHash } from 'node:crypto';

import { AccessToken, WebhookReceiver } from 'livekit-server-sdk';

const API_KEY = 'interop';

export const sign = async ({ text, secret }) => {
  const token = new AccessToken(API_KEY, secret);
  token.sha256 = createHash('sha256').update(text).digest('base64');
  return { headers: { Authorization: await token.toJwt() } };
};

export const verify = async ({ text, headers, secret }) => {
  await new WebhookReceiver(API_KEY, secret).receive(text, headers.authorization);
  return true;
};
