import { EventWebhook } from '@sendgrid/eventwebhook';

import { p256Pair } from '../shared/keys.mjs';

export const keys = () => p256Pair();

export const verify = ({ body, headers, secret }) => {
  const webhook = new EventWebhook();
  const signature = headers['x-twilio-email-event-webhook-signature'];
  const timestamp = headers['x-twilio-email-event-webhook-timestamp'];
  return webhook.verifySignature(webhook.convertPublicKeyToECDSA(secret), body, signature, timestamp);
};
