import { hmacValidator } from '@adyen/api-library';

const validator = new hmacValidator();
const itemsOf = (notification) => notification.notificationItems.map((entry) => entry.NotificationRequestItem);

export const sign = ({ text, secret }) => {
  const notification = JSON.parse(text);
  for (const item of itemsOf(notification)) {
    const hmacSignature = validator.calculateHmac(item, secret);
    item.additionalData = { ...item.additionalData, hmacSignature };
  }
  return { headers: {}, body: JSON.stringify(notification) };
};

export const verify = ({ text, secret }) =>
  itemsOf(JSON.parse(text)).every((item) => validator.validateHMAC(item, secret));
