import { generateWebhookSignature, verifyWebhookSignature } from '@hygraph/utils';

export const sign = ({ text, secret }) => ({
  headers: { 'gcms-signature': generateWebhookSignature({ rawPayload: text, secret }) },
});

export const verify = ({ text, headers, secret }) =>
  verifyWebhookSignature({ rawPayload: text, signature: headers['gcms-signature'], secret });
