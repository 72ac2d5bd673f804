//! RSASSA-PKCS1-v1_5 (RFC 8017 §8.2) over a hash that is made already.

use rsa::{
    PrivateKey, PublicKey,
    pkcs1v15::{Signature, SigningKey, VerifyingKey},
    signature::{
        SignatureEncoding as _,
        hazmat::{PrehashSigner as _, PrehashVerifier as _},
    },
};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use crate::algorithm::UnusableKey;

/// The hash that is signed; its name is a part of what RSA signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha1,
    Sha256,
    Sha512,
}

/// Whether the signature holds for the hash. Its length must be the modulus's, so that hostile ones cost nothing.
pub(crate) fn holds(key: &PublicKey, hash: Hash, hashed: &[u8], signature: &[u8]) -> bool {
    let Ok(signature) = Signature::try_from(signature) else { return false };
    let key = key.clone();
    match hash {
        Hash::Sha1 => VerifyingKey::<Sha1>::new(key).verify_prehash(hashed, &signature),
        Hash::Sha256 => VerifyingKey::<Sha256>::new(key).verify_prehash(hashed, &signature),
        Hash::Sha512 => VerifyingKey::<Sha512>::new(key).verify_prehash(hashed, &signature),
    }
    .is_ok()
}

/// Signs the hash. The library blinds the private operation with the operating system's randomness; the signature is
/// the same each time.
pub(crate) fn sign(key: &PrivateKey, hash: Hash, hashed: &[u8]) -> Result<Vec<u8>, UnusableKey> {
    let key = key.clone();
    let signature = match hash {
        Hash::Sha1 => SigningKey::<Sha1>::new(key).sign_prehash(hashed),
        Hash::Sha256 => SigningKey::<Sha256>::new(key).sign_prehash(hashed),
        Hash::Sha512 => SigningKey::<Sha512>::new(key).sign_prehash(hashed),
    };
    Ok(signature.map_err(|_| UnusableKey)?.to_vec())
}

#[cfg(test)]
mod tests {
    use p256::elliptic_curve::bigint::modular::BoxedMontyForm;
    use rsa::{
        BoxedUint,
        pkcs8::{DecodePrivateKey as _, DecodePublicKey as _},
        traits::{PrivateKeyParts as _, PublicKeyParts as _},
    };
    use sha2::Digest as _;

    use super::*;

    fn key() -> PrivateKey {
        PrivateKey::from_pkcs8_pem(include_str!("../tests/signing/keys/rsa-pkcs8-private.pem")).unwrap()
    }

    /// The private operation on a block, whatever it is padded with.
    fn raw(block: &[u8]) -> Vec<u8> {
        let key = key();
        let params = key.n_params().clone();
        let block = BoxedUint::from_be_slice(block, key.n_bits_precision()).unwrap();
        BoxedMontyForm::new(block, &params).pow(key.d()).retrieve().to_be_bytes().to_vec()
    }

    /// RFC 8017 §9.2 has one block for each hash; anything else was the door of forgeries (Bleichenbacher 2006).
    #[test]
    fn only_the_one_padding_holds() {
        let hashed = Sha256::digest("content");
        let prefix = hex::decode("3031300d060960864801650304020105000420").unwrap();
        let without_null = hex::decode("302f300b06096086480165030402010420").unwrap();
        let block = |filler: usize, parts: &[&[u8]]| {
            let mut block = [&[0, 1][..], &vec![0xff; filler], &[0], &parts.concat()].concat();
            block.resize(256, 0);
            block
        };
        let public = PublicKey::from_public_key_pem(include_str!("../tests/signing/keys/rsa-spki-public.pem")).unwrap();
        let right = raw(&block(202, &[&prefix, &hashed]));
        assert!(holds(&public, Hash::Sha256, &hashed, &right));
        assert_eq!(sign(&key(), Hash::Sha256, &hashed).unwrap(), right);
        for other in [Hash::Sha1, Hash::Sha512] {
            assert!(!holds(&public, other, &hashed, &right), "the hash's name is signed too");
        }
        let mut second_type = block(202, &[&prefix, &hashed]);
        second_type[1] = 2;
        for wrong in [
            block(8, &[&prefix, &hashed, &[0x55; 100]]),
            block(201, &[&prefix, &hashed, &[0]]),
            block(204, &[&without_null, &hashed]),
            block(221, &[&hashed]),
            second_type,
        ] {
            assert!(!holds(&public, Hash::Sha256, &hashed, &raw(&wrong)));
        }
        // The same number in another length, and the number that is equal modulo the key.
        let longer = [&[0][..], &right].concat();
        let plus_modulus = (BoxedUint::from_be_slice(&right, 2112).unwrap()
            + BoxedUint::from_be_slice(&public.n().as_ref().to_be_bytes(), 2112).unwrap())
        .to_be_bytes();
        let plus_modulus = &plus_modulus[plus_modulus.iter().position(|&byte| byte != 0).unwrap()..];
        for wrong in [&longer[..], &right[1..], plus_modulus, &[], &[0; 256], &[0xff; 256], &[0; 1025]] {
            assert!(!holds(&public, Hash::Sha256, &hashed, wrong));
        }
    }
}
