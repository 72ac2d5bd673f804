import { verifySignature } from '@vonage/jwt';

// The library checks the token alone; comparing its body hash is left to the receiver.
export const verify = ({ headers, secret }) => verifySignature(headers.authorization.replace(/^Bearer /, ''), secret);
