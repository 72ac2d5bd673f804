import { verifySlackRequest } from '@slack/bolt';

export const verify = ({ text, headers, secret }) => {
  const timestamp = Number(headers['x-slack-request-timestamp']);
  verifySlackRequest({
    signingSecret: secret,
    body: text,
    headers: { 'x-slack-signature': headers['x-slack-signature'], 'x-slack-request-timestamp': timestamp },
  });
  return true;
};
