import { signWebhookPayload, verifyWebhookSignature } from '@notionhq/client';

export const sign = async ({ text, secret }) => ({
  headers: { 'X-Notion-Signature': await signWebhookPayload({ body: text, verificationToken: secret }) },
});

export const verify = ({ body, headers, secret }) =>
  verifyWebhookSignature({ body, signature: headers['x-notion-signature'], verificationToken: secret });
