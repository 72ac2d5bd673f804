import ModernTreasury from 'modern-treasury';

const { webhooks } = new ModernTreasury({ apiKey: 'interop', organizationID: 'interop' });

export const sign = ({ text, secret }) => ({
  headers: { 'X-Signature': webhooks.getSignature(text, { key: secret }) },
});

export const verify = ({ text, headers, secret }) => webhooks.validateSignature(text, headers, { key: secret });
