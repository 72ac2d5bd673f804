//! ECDSA on P-256 (FIPS 186-5) over a hash that is made already.

use p256::ecdsa::{
    Signature, SigningKey, VerifyingKey,
    signature::hazmat::{PrehashSigner as _, PrehashVerifier as _},
};

use crate::algorithm::UnusableKey;

/// How the two numbers of a signature are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// An ASN.1 sequence of two integers (RFC 3279 §2.2.3): 8 to 72 bytes.
    Der,
    /// 32 bytes each, one after the other (IEEE P1363, RFC 7518 §3.4).
    Raw,
}

/// Whether the signature holds for the hash. Only the one DER text of two numbers between 1 and the group's order is
/// taken.
pub(crate) fn holds(key: &VerifyingKey, form: Form, hashed: &[u8], signature: &[u8]) -> bool {
    let signature = match form {
        Form::Der => Signature::from_der(signature),
        Form::Raw => Signature::from_slice(signature),
    };
    signature.is_ok_and(|signature| key.verify_prehash(hashed, &signature).is_ok())
}

/// Signs the hash with the deterministic nonce of RFC 6979, drawn by HMAC-SHA-256 whichever hash is signed.
pub(crate) fn sign(key: &SigningKey, form: Form, hashed: &[u8]) -> Result<Vec<u8>, UnusableKey> {
    let signature: Signature = key.sign_prehash(hashed).map_err(|_| UnusableKey)?;
    Ok(match form {
        Form::Der => signature.to_der().as_bytes().to_vec(),
        Form::Raw => signature.to_bytes().to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use sha1::Sha1;
    use sha2::{Digest as _, Sha256};

    use super::*;

    /// RFC 6979 appendix A.2.5: message, hash, r, s.
    const VECTORS: [(&str, bool, &str, &str); 4] = [
        (
            "sample",
            true,
            "61340C88C3AAEBEB4F6D667F672CA9759A6CCAA9FA8811313039EE4A35471D32",
            "6D7F147DAC089441BB2E2FE8F7A3FA264B9C475098FDCF6E00D7C996E1B8B7EB",
        ),
        (
            "sample",
            false,
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
            "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
        ),
        (
            "test",
            true,
            "0CBCC86FD6ABD1D99E703E1EC50069EE5C0B4BA4B9AC60E409E8EC5910D81A89",
            "01B9D7B73DFAA60D5651EC4591A0136F87653E0FD780C3B1BC872FFDEAE479B1",
        ),
        (
            "test",
            false,
            "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
            "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083",
        ),
    ];

    fn key() -> SigningKey {
        let scalar = "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721";
        SigningKey::from_slice(&hex::decode(scalar).unwrap()).unwrap()
    }

    fn hashed(message: &str, by_sha1: bool) -> Vec<u8> {
        if by_sha1 { Sha1::digest(message).to_vec() } else { Sha256::digest(message).to_vec() }
    }

    /// The DER text of two positive integers.
    fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
        let integer = |number: &[u8]| {
            let number: Vec<u8> = number.iter().copied().skip_while(|&byte| byte == 0).collect();
            let sign = if number.first().is_none_or(|&byte| byte > 0x7f) { &[0][..] } else { &[] };
            let value = [sign, &number].concat();
            [&[2, u8::try_from(value.len()).unwrap()][..], &value].concat()
        };
        let both = [integer(r), integer(s)].concat();
        [&[0x30, u8::try_from(both.len()).unwrap()][..], &both].concat()
    }

    #[test]
    fn the_published_signatures_hold_and_those_over_sha256_are_made_again() {
        for (message, by_sha1, r, s) in VECTORS {
            let raw = hex::decode([r, s].concat()).unwrap();
            let hashed = hashed(message, by_sha1);
            assert!(holds(key().verifying_key(), Form::Raw, &hashed, &raw), "{message}");
            let in_der = der(&raw[..32], &raw[32..]);
            assert!(holds(key().verifying_key(), Form::Der, &hashed, &in_der), "{message}");
            if !by_sha1 {
                assert_eq!(sign(&key(), Form::Raw, &hashed).unwrap(), raw);
                assert_eq!(sign(&key(), Form::Der, &hashed).unwrap(), in_der);
            }
            assert!(!holds(key().verifying_key(), Form::Raw, &hashed[1..], &raw));
        }
    }

    /// The cases of Wycheproof's ECDSA tests: zeros, the group's order, and every other text of the same numbers.
    #[test]
    fn no_other_text_or_number_holds() {
        let (_, _, r, s) = VECTORS[1];
        let (r, s) = (hex::decode(r).unwrap(), hex::decode(s).unwrap());
        let hashed = hashed("sample", false);
        let order = hex::decode("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551").unwrap();
        let right = der(&r, &s);
        assert!(holds(key().verifying_key(), Form::Der, &hashed, &right));
        let zero = [0; 32];
        for (r, s) in [(&zero[..], &s[..]), (&r, &zero), (&zero, &zero), (&order, &s), (&r, &order), (&order, &order)] {
            assert!(!holds(key().verifying_key(), Form::Raw, &hashed, &[r, s].concat()));
            assert!(!holds(key().verifying_key(), Form::Der, &hashed, &der(r, s)));
        }
        let body = &right[2..];
        let length = u8::try_from(body.len()).unwrap();
        let padded_r = [&[2, 34, 0, 0][..], &r, &der(&[], &s)[5..]].concat();
        let negative_r = [&[2, 32][..], &r, &der(&[], &s)[5..]].concat();
        let texts = [
            // The length in the long form, and in the indefinite form of BER.
            [&[0x30, 0x81, length][..], body].concat(),
            [&[0x30, 0x80][..], body, &[0, 0]].concat(),
            // Something after the sequence, and inside it.
            [&right[..], &[0]].concat(),
            [&[0x30, length + 2][..], body, &[5, 0]].concat(),
            [&[0x30, u8::try_from(padded_r.len()).unwrap()][..], &padded_r].concat(),
            [&[0x30, u8::try_from(negative_r.len()).unwrap()][..], &negative_r].concat(),
            [&[0x31, length][..], body].concat(),
            right[..right.len() - 1].to_vec(),
            [&r[..], &s].concat(),
            vec![0x30, 0],
            vec![],
        ];
        for text in texts {
            assert!(!holds(key().verifying_key(), Form::Der, &hashed, &text), "{}", hex::encode(text));
        }
        for raw in [right, [&[0][..], &r, &s].concat(), r, vec![]] {
            assert!(!holds(key().verifying_key(), Form::Raw, &hashed, &raw));
        }
    }
}
