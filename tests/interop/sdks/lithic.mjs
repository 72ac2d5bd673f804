import Lithic from 'lithic';

const { webhooks } = new Lithic({ apiKey: 'interop' });

export const verify = ({ text, headers, secret }) => {
  webhooks.verifySignature(text, headers, secret);
  return true;
};
