import twilio from 'twilio';

export const sign = ({ text, secret, url }) => {
  const signed = new URL(url);
  signed.searchParams.set('bodySHA256', twilio.getExpectedBodyHash(text));
  const signature = twilio.getExpectedTwilioSignature(secret, signed.href, {});
  return { url: signed.href, headers: { 'X-Twilio-Signature': signature } };
};

export const verify = ({ text, headers, secret, url }) =>
  twilio.validateRequestWithBody(secret, headers['x-twilio-signature'], url, text);
