import { validateV3Signature } from 'plivo';

import { fieldsOf } from '../shared/form.mjs';

export const verify = ({ text, headers, secret, url, method }) => {
  const nonce = headers['x-plivo-signature-v3-nonce'];
  return validateV3Signature(method, url, nonce, secret, headers['x-plivo-signature-v3'], fieldsOf(text));
};
