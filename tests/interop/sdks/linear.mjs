import { LinearWebhookClient } from '@linear/sdk/webhooks';

export const verify = ({ body, headers, secret }) =>
  new LinearWebhookClient(secret).verify(body, headers['linear-signature']);
