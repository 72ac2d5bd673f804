import Pusher from 'pusher';

export const verify = ({ text, headers, secret }) =>
  new Pusher({ appId: '1', key: 'interop', secret })
    .webhook({ headers: { ...headers, 'x-pusher-key': 'interop', 'content-type': 'application/json' }, rawBody: text })
    .isValid();
