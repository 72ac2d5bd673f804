import { WebhooksHelper } from 'square';

export const verify = ({ text, headers, secret, url }) =>
  WebhooksHelper.verifySignature({
    requestBody: text,
    signatureHeader: headers['x-square-hmacsha256-signature'],
    signatureKey: secret,
    notificationUrl: url,
  });
