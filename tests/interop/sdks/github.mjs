import * as octokit from '@octokit/webhooks-methods';

export const sign = async ({ text, secret }) => ({
  headers: { 'X-Hub-Signature-256': await octokit.sign(secret, text) },
});

export const verify = ({ text, headers, secret }) => octokit.verify(secret, text, headers['x-hub-signature-256']);
