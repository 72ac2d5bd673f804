import { WorkOS } from '@workos-inc/node';

const { webhooks } = new WorkOS('sk_interop');

// The library takes the parsed event and writes it as JSON again, so the bodies here are what it would write.
export const sign = async ({ text, secret, at_ms }) => ({
  headers: {
    'WorkOS-Signature': `t=${at_ms}, v1=${await webhooks.computeSignature(at_ms, JSON.parse(text), secret)}`,
  },
});

export const verify = ({ text, headers, secret }) =>
  webhooks.verifyHeader({ payload: JSON.parse(text), sigHeader: headers['workos-signature'], secret });
