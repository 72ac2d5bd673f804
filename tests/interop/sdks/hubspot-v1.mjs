import { Signature } from '@hubspot/api-client';

const optionsOf = ({ text, secret, url }) => ({ clientSecret: secret, requestBody: text, url });

export const sign = (delivery) => ({
  headers: { 'X-HubSpot-Signature': Signature.getSignature(delivery.method, 'v1', optionsOf(delivery)) },
});

export const verify = (delivery) =>
  Signature.isValid({
    ...optionsOf(delivery),
    method: delivery.method,
    signatureVersion: 'v1',
    signature: delivery.headers['x-hubspot-signature'],
  });
