import { Webhook } from 'standardwebhooks';

// Some vendors take the text of the secret for the key, and hand it to the library in base64.
const webhookOf = (secret) => new Webhook(Buffer.from(secret, 'utf8').toString('base64'));

export const sign = ({ text, secret, id, at_s }) => ({
  headers: {
    'webhook-id': id,
    'webhook-timestamp': String(at_s),
    'webhook-signature': webhookOf(secret).sign(id, new Date(at_s * 1000), text),
  },
});

export const verify = ({ text, headers, secret }) => {
  webhookOf(secret).verify(text, headers, { jsonParse: false });
  return true;
};
