import Razorpay from 'razorpay';

export const verify = ({ text, headers, secret }) =>
  Razorpay.validateWebhookSignature(text, headers['x-razorpay-signature'], secret);
