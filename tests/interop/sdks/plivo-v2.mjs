import { validateSignature } from 'plivo';

export const verify = ({ headers, secret, url }) =>
  validateSignature(url, headers['x-plivo-signature-v2-nonce'], headers['x-plivo-signature-v2'], secret);
