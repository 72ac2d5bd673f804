import { verifySignature } from 'gocardless-nodejs/webhooks';

export const verify = ({ body, headers, secret }) => {
  verifySignature(body, secret, headers['webhook-signature']);
  return true;
};
