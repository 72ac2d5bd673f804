import { Webhook } from 'svix';

export const sign = ({ text, secret, id, at_s }) => ({
  headers: {
    'svix-id': id,
    'svix-timestamp': String(at_s),
    'svix-signature': new Webhook(secret).sign(id, new Date(at_s * 1000), text),
  },
});

export const verify = ({ text, headers, secret }) => {
  new Webhook(secret).verify(text, headers);
  return true;
};
