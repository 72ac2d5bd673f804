import { Signature } from '@hubspot/api-client';

const optionsOf = ({ text, secret, url, at_ms }) => ({ clientSecret: secret, requestBody: text, url, timestamp: at_ms });

export const sign = (delivery) => ({
  headers: {
    'X-HubSpot-Request-Timestamp': String(delivery.at_ms),
    'X-HubSpot-Signature-v3': Signature.getSignature(delivery.method, 'v3', optionsOf(delivery)),
  },
});

export const verify = (delivery) =>
  Signature.isValid({
    ...optionsOf(delivery),
    method: delivery.method,
    signatureVersion: 'v3',
    signature: delivery.headers['x-hubspot-signature-v3'],
    timestamp: Number(delivery.headers['x-hubspot-request-timestamp']),
  });
