import { EventCallbackHelper, EventCallbackRequest } from '@dropbox/sign';

import { fieldsOf } from '../shared/form.mjs';

// The event is JSON in the form field `json`, or the body itself.
export const verify = ({ text, secret }) => {
  const event = text.startsWith('{') ? text : fieldsOf(text).json;
  return EventCallbackHelper.isValid(secret, EventCallbackRequest.init(JSON.parse(event)));
};
