import { Resend } from 'resend';

const { webhooks } = new Resend('re_interop');

export const verify = ({ text, headers, secret }) => {
  webhooks.verify({
    payload: text,
    headers: { id: headers['svix-id'], timestamp: headers['svix-timestamp'], signature: headers['svix-signature'] },
    webhookSecret: secret,
  });
  return true;
};
