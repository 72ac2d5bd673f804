import Orb from 'orb-billing';

const { webhooks } = new Orb({ apiKey: 'interop' });

export const verify = ({ text, headers, secret }) => {
  webhooks.verifySignature(text, headers, secret);
  return true;
};
