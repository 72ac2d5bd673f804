import Mux from '@mux/mux-node';

const { webhooks } = new Mux({ tokenId: 'interop', tokenSecret: 'interop' });

export const verify = async ({ text, headers, secret }) => {
  await webhooks.verifySignature(text, headers, secret);
  return true;
};
