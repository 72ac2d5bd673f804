import Telnyx from 'telnyx';

import { ed25519Pair } from '../shared/keys.mjs';

const { webhooks } = new Telnyx({ apiKey: 'interop' });

export const keys = () => ed25519Pair('base64');

export const verify = async ({ text, headers, secret }) => {
  await webhooks.unwrap(text, { headers, key: secret });
  return true;
};
