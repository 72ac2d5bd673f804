import https from 'node:https';
import { Readable } from 'node:stream';

import MessageValidator from 'sns-validator';

import { rsaPair } from '../shared/keys.mjs';

export const keys = () => rsaPair();

// The library downloads the certificate that the message names and keeps it by address. Here the address leads to the
// public key under test instead; each key gets an address of its own.
const KEY_BY_PATH = new Map();
https.get = (address, answered) => {
  const key = KEY_BY_PATH.get(new URL(address).pathname);
  answered(Object.assign(Readable.from([key ?? '']), { statusCode: key ? 200 : 404 }));
  return { on: () => undefined };
};

export const verify = ({ text, secret }) =>
  new Promise((resolve, reject) => {
    const message = JSON.parse(text);
    const path = `/${Buffer.from(secret).toString('base64url').slice(60, 160)}.pem`;
    KEY_BY_PATH.set(path, secret);
    // The address itself is not signed.
    message.SigningCertURL = `https://sns.eu-central-1.amazonaws.com${path}`;
    new MessageValidator().validate(message, (refusal) => (refusal ? reject(refusal) : resolve(true)));
  });
