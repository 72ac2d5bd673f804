import { Paddle } from '@paddle/paddle-node-sdk';

const { webhooks } = new Paddle('interop');

export const verify = ({ text, headers, secret }) =>
  webhooks.isSignatureValid(text, secret, headers['paddle-signature']);
