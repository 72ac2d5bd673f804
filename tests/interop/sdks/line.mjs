import { validateSignature } from '@line/bot-sdk';

export const verify = ({ body, headers, secret }) => validateSignature(body, secret, headers['x-line-signature']);
