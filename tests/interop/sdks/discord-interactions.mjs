import { verifyKey } from 'discord-interactions';

import { ed25519Pair } from '../shared/keys.mjs';

export const keys = () => ed25519Pair('hex');

export const verify = ({ body, headers, secret }) =>
  verifyKey(body, headers['x-signature-ed25519'], headers['x-signature-timestamp'], secret);
