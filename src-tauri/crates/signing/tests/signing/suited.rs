//! Secrets and bodies that a provider's scheme can be used with, whatever its scheme is.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Mutex,
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ed25519_dalek::SigningKey;
use hookglass_signing::{Provider, Secret, SignOptions};
use sha2::{Digest as _, Sha256};

use crate::request::{Request, SIGNED_AT};

/// RSA keys take seconds to make, so two have to do.
const RSA: [&str; 2] = [include_str!("keys/rsa1024-1-private.pem"), include_str!("keys/rsa1024-2-private.pem")];

/// The key as a secret that the provider accepts: base64 with or without a prefix, or hexadecimal digits; for schemes
/// with a public half a private key made from it; for those with a key id one in front. Of RSA there are two only.
pub(crate) fn secret_for(provider: &Provider, key: &[u8]) -> String {
    let hash: [u8; 32] = Sha256::digest(key).into();
    let pair = SigningKey::from_bytes(&hash).to_keypair_bytes();
    let of_pair = STANDARD.encode(pair);
    let base64 = STANDARD.encode(key);
    let octets = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let ed25519 =
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}","d":"{}"}}"#, octets(&pair[32..]), octets(&pair[..32]));
    let point = p256::ecdsa::SigningKey::from_slice(&hash).unwrap().verifying_key().to_sec1_point(false);
    let (x, y) = (octets(point.x().unwrap()), octets(point.y().unwrap()));
    let p256 = format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}","d":"{}"}}"#, octets(&hash));
    // Pairs first: 32 bytes of any key may happen to be a public one, which cannot sign.
    let plain =
        [format!("whsk_{of_pair}"), hex::encode(pair), of_pair, format!("whsec_{base64}"), base64, hex::encode(key)];
    // These hold colons and would have an id of their own.
    let public = [ed25519, p256, RSA[usize::from(hash[0] & 1)].to_owned()];
    let with_id = |texts: &[String]| texts.iter().map(|text| format!("key-1:{text}")).collect::<Vec<_>>();
    let texts = [plain.to_vec(), with_id(&plain), public.to_vec(), with_id(&public)].concat();
    let accepted = texts.into_iter().find(|text| provider.check_secret("", &Secret::new(text.as_str())).is_ok());
    accepted.unwrap_or_else(|| panic!("{} accepts no form of a secret", provider.id()))
}

/// A request that the provider's scheme can be signed with: the body as it is, else text made from it inside a JSON
/// document or a form that has every field that the schemes sign.
pub(crate) fn suited(provider: &Provider, body: &[u8]) -> Request {
    let text = hex::encode(Sha256::digest(body));
    let json = format!(
        r#"{{"event":{{"event_time":"1","event_type":"{text}"}},"event-data":{{"event":"e"}},"signature":{{"token":"{text}"}},
        "Message":"{text}","MessageId":"m","TopicArn":"arn:t","Type":"Notification","value":[{{"id":"{text}"}},{{}}],
        "notificationItems":[{{"NotificationRequestItem":{{"pspReference":"{text}"}}}}]}}"#
    );
    let form = format!("payload={text}&bt_payload={text}&totalAmount=1.00&alert_name=a%20b");
    let bodies = [body.to_vec(), json.into_bytes(), form.into_bytes()];
    let kind = match KINDS.lock().unwrap().entry(provider.id().to_string()) {
        Entry::Occupied(kind) => *kind.get(),
        Entry::Vacant(vacant) => *vacant.insert(kind_of(provider, &bodies)),
    };
    request_of(&bodies[kind])
}

/// Which of the bodies suits a provider; it costs a signature to find out.
static KINDS: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

fn kind_of(provider: &Provider, bodies: &[Vec<u8>]) -> usize {
    let options = SignOptions { timestamp: SIGNED_AT.unix_seconds(), id: Some("msg_1".to_owned()) };
    let secret = Secret::new(secret_for(provider, b"a key of twenty-five byte"));
    // No text that happens to be JSON or a form may decide.
    let bodies = [vec![0xff]].into_iter().chain(bodies.iter().skip(1).cloned());
    let signed = bodies.map(|body| provider.sign(&request_of(&body).message(), &[&secret], &options));
    let refused = signed.take_while(Result::is_err).count();
    assert!(refused < 3, "{} signs none of the bodies", provider.id());
    refused
}

fn request_of(body: &[u8]) -> Request {
    Request::new(body).with("X-Contentful-Signed-Headers", "x-contentful-timestamp")
}
