import { signRequest, verifyRequest } from '@contentful/node-apps-toolkit';

const pathOf = (url) => new URL(url).pathname + new URL(url).search;

// The library returns the signature's own headers; those of the caller are signed along and sent beside them.
const SIGNED_ALONG = { 'X-Contentful-Topic': 'ContentManagement.Entry.publish' };

export const sign = ({ text, secret, url, method, at_ms }) => {
  const request = { method, path: pathOf(url), headers: SIGNED_ALONG, body: text };
  return { headers: { ...SIGNED_ALONG, ...signRequest(secret, request, at_ms) } };
};

export const verify = ({ text, headers, secret, url, method }) =>
  verifyRequest(secret, { method, path: pathOf(url), headers, body: text });
