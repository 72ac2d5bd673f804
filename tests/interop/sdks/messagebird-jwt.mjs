import { createSecretKey } from 'node:crypto';

import { verify as check } from 'messagebird/lib/webhook-signature-jwt.js';

export const verify = async ({ body, headers, secret, url }) => {
  await check(url, body, headers['messagebird-signature-jwt'], createSecretKey(Buffer.from(secret, 'utf8')));
  return true;
};
