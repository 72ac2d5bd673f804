// Not a library: fresh key pairs, because the vendors' libraries only ever see the public half.
import { generateKeyPairSync } from 'node:crypto';

/** Ed25519: the private key as seed and public key, 64 bytes; the public one as its 32 bytes. */
export function ed25519Pair(encoding) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d, 'base64url');
  const point = Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url');
  return { private: Buffer.concat([seed, point]).toString(encoding), public: point.toString(encoding) };
}

/** P-256: the private key in PKCS #8 PEM, the public one as the base64 of its SPKI, without armour. */
export function p256Pair() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    private: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    public: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  };
}

/** RSA of 2048 bits: both halves in PEM. */
export function rsaPair() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    private: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    public: publicKey.export({ type: 'spki', format: 'pem' }),
  };
}
