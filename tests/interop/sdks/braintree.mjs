import braintree from 'braintree';

import { fieldsOf } from '../shared/form.mjs';

// The secret is `<public key>:<private key>`, the two texts the control panel shows.
const gatewayOf = (secret) => {
  const [publicKey, privateKey] = secret.split(':');
  const environment = braintree.Environment.Sandbox;
  return new braintree.BraintreeGateway({ environment, merchantId: 'interop', publicKey, privateKey });
};

export const sign = async ({ secret, id }) => {
  const kind = braintree.WebhookNotification.Kind.SubscriptionWentPastDue;
  const notification = await gatewayOf(secret).webhookTesting.sampleNotification(kind, id);
  return {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(notification).toString(),
  };
};

export const verify = async ({ text, secret }) => {
  const { bt_signature, bt_payload } = fieldsOf(text);
  await gatewayOf(secret).webhookNotification.parse(bt_signature, bt_payload);
  return true;
};
