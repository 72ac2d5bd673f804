import Stripe from 'stripe';

const { webhooks } = Stripe;

export const sign = ({ text, secret, at_s }) => ({
  headers: { 'Stripe-Signature': webhooks.generateTestHeaderString({ payload: text, secret, timestamp: at_s }) },
});

// `constructEvent` calls this with the same 300 seconds and then parses the body, which need not be JSON here.
export const verify = ({ text, headers, secret }) =>
  webhooks.signature.verifyHeader(text, headers['stripe-signature'], secret, 300);
