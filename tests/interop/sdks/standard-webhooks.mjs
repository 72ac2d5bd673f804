import { Webhook } from 'standardwebhooks';

export const sign = ({ text, secret, id, at_s }) => ({
  headers: {
    'webhook-id': id,
    'webhook-timestamp': String(at_s),
    'webhook-signature': new Webhook(secret).sign(id, new Date(at_s * 1000), text),
  },
});

export const verify = ({ text, headers, secret }) => {
  new Webhook(secret).verify(text, headers, { jsonParse: false });
  return true;
};
