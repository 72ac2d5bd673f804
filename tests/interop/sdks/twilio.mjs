import twilio from 'twilio';

import { fieldsOf } from '../shared/form.mjs';

export const sign = ({ text, secret, url }) => ({
  headers: { 'X-Twilio-Signature': twilio.getExpectedTwilioSignature(secret, url, fieldsOf(text)) },
});

export const verify = ({ text, headers, secret, url }) =>
  twilio.validateRequest(secret, headers['x-twilio-signature'], url, fieldsOf(text));
