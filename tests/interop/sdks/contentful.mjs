import { signRequest, verifyRequest } from '@contentful/node-apps-toolkit';

const pathOf = (url) => new URL(url).pathname + new URL(url).search;

export const sign = ({ text, secret, url, method, at_ms }) => ({
  headers: signRequest(secret, { method, path: pathOf(url), headers: { 'X-Contentful-Topic': 'interop' }, body: text }, at_ms),
});

export const verify = ({ text, headers, secret, url, method }) =>
  verifyRequest(secret, { method, path: pathOf(url), headers, body: text });
