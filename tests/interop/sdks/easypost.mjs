import EasyPost from '@easypost/api';

const { Utils } = new EasyPost('interop');

export const verify = ({ body, headers, secret }) => {
  Utils.validateWebhook(body, headers, secret);
  return true;
};
