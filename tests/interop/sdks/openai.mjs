import OpenAI from 'openai';

const { webhooks } = new OpenAI({ apiKey: 'interop' });

export const verify = async ({ text, headers, secret }) => {
  await webhooks.verifySignature(text, headers, secret);
  return true;
};
