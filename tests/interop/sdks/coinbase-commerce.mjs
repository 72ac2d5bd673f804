import coinbase from 'coinbase-commerce-node';

export const sign = ({ text, secret }) => ({
  headers: { 'X-CC-Webhook-Signature': coinbase.Webhook.computeSignature(text, secret) },
});

export const verify = ({ text, headers, secret }) =>
  coinbase.Webhook.verifySigHeader(text, headers['x-cc-webhook-signature'], secret);
