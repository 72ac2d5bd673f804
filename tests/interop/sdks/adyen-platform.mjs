import { hmacValidator } from '@adyen/api-library';

const validator = new hmacValidator();

export const sign = ({ text, secret }) => ({ headers: { HmacSignature: validator.calculateHmac(text, secret) } });

export const verify = ({ text, headers, secret }) =>
  validator.validateHMACSignature(secret, headers.hmacsignature, text);
