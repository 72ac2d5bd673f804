//! Secrets and bodies of the vendors' shapes.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::SigningKey;
use fastrand::Rng;
use hookglass_model::{Header, HeaderList, UnixMillis};
use hookglass_signing::{KeyKind, SecretStanding};
use p256::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _};
use serde_json::{Map, Value, json};

use crate::{
    scheme::{Made, Scheme},
    stacks::Stacks,
    story::{Known, SIGNED_AT_S, Story, path_of},
};

/// For variety: every kind of place, algorithm, encoding, content, key and timestamp that recipes have.
pub(crate) const PROVIDERS: [&str; 40] = [
    "stripe",
    "github",
    "slack",
    "shopify",
    "twilio",
    "square",
    "standard-webhooks",
    "svix",
    "zoom",
    "paddle-billing",
    "hubspot-v3",
    "plivo-v3",
    "linear",
    "notion",
    "mux",
    "razorpay",
    "intercom",
    "dropbox",
    "zendesk",
    "discord-interactions",
    "sendgrid",
    "adyen-platform",
    "adyen-standard",
    "mailgun",
    "trello",
    "typeform",
    "calendly",
    "pagerduty",
    "sentry",
    "docusign",
    "woocommerce",
    "line",
    "meta",
    "coinbase-commerce",
    "workos",
    "telnyx",
    "vercel",
    "mandrill",
    "signalwire",
    "elevenlabs",
];

/// What senders were told. The query is in no order, and has a space, a slash and a repeated field.
const URL: &str = "https://hooks.example.com/in/box?kind=new%20order&from=shop%2Feu&a=1";

/// What a body is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// A few hundred bytes.
    Small,
    /// One to six kilobytes.
    Large,
    /// One of the application's sample events, else a small one.
    Sample,
}

/// A request that nothing has happened to yet.
pub(crate) fn story<'a>(scheme: &'a Scheme, stacks: &'a Stacks, size: Size, mut rng: Rng) -> Story<'a> {
    let (sender, receiver) = secret_pair(scheme, &mut rng);
    let mut headers = HeaderList::new();
    headers.push(Header::new("Host", "hooks.example.com"));
    headers.push(Header::new("User-Agent", "Sender/2.1"));
    headers.push(Header::new("X-Request-Id", hex::encode(rng.u128(..).to_be_bytes())));
    let body = if scheme.content.takes_form_apart {
        headers.push(Header::new("Content-Type", "application/x-www-form-urlencoded"));
        form(&mut rng, size).into_bytes()
    } else {
        let (mut more, body) = json_body(scheme, &mut rng, size);
        if !more.iter().any(|header| header.name.eq_ignore_ascii_case("content-type")) {
            more.push(Header::new("Content-Type", "application/json"));
        }
        for header in more {
            headers.push(header);
        }
        body
    };
    let known = Known { label: "main".to_owned(), text: receiver, standing: SecretStanding::Configured };
    Story {
        scheme,
        stacks,
        rng,
        headers,
        body,
        arriving: None,
        sender_secret: sender,
        sender_key: None,
        known: vec![known],
        right: 0,
        signed_url: URL.to_owned(),
        public_url: Some(URL.to_owned()),
        target: path_of(URL).to_owned(),
        signed_at_s: SIGNED_AT_S,
        received_at_s: SIGNED_AT_S + 2,
        signed_stamp: None,
        content: None,
        algorithm: None,
        made: Made::Hmac,
        encoding: None,
        sender_scheme: None,
        wire: Vec::new(),
        expected: Vec::new(),
        is_provable: true,
        note: String::new(),
    }
}

pub(crate) fn alphanumeric(rng: &mut Rng, length: usize) -> String {
    (0..length).map(|_| rng.alphanumeric()).collect()
}

pub(crate) fn hex_digits(rng: &mut Rng, bytes: usize) -> String {
    hex::encode(some_bytes(rng, bytes))
}

pub(crate) fn some_bytes(rng: &mut Rng, length: usize) -> Vec<u8> {
    (0..length).map(|_| rng.u8(..)).collect()
}

/// What the sender signs with and what the receiver has: equal ones, or the halves of a pair.
pub(crate) fn secret_pair(scheme: &Scheme, rng: &mut Rng) -> (Vec<u8>, Vec<u8>) {
    match scheme.provider.key_kind() {
        KeyKind::Shared => {
            let secret = shared_secret(scheme, rng).into_bytes();
            (secret.clone(), secret)
        }
        KeyKind::Ed25519 => {
            let key = SigningKey::from_bytes(&rng.u128(..).to_be_bytes().repeat(2).try_into().unwrap());
            let written = |bytes: &[u8]| match scheme.secret_form.as_str() {
                "hex" => hex::encode(bytes).into_bytes(),
                _ => STANDARD.encode(bytes).into_bytes(),
            };
            (written(&key.to_keypair_bytes()), written(key.verifying_key().as_bytes()))
        }
        KeyKind::P256 => {
            let key = p256::ecdsa::SigningKey::from_slice(&rng.u128(1..).to_be_bytes().repeat(2)).unwrap();
            let secret = p256::SecretKey::from(&key);
            let private = STANDARD.encode(secret.to_pkcs8_der().unwrap().as_bytes());
            let public = STANDARD.encode(secret.public_key().to_public_key_der().unwrap());
            (private.into_bytes(), public.into_bytes())
        }
        KeyKind::Rsa => panic!("{} has keys that take seconds to make", scheme.id()),
    }
}

fn shared_secret(scheme: &Scheme, rng: &mut Rng) -> String {
    match (scheme.secret_form.as_str(), scheme.id()) {
        ("base64", _) => format!("{}{}", scheme.secret_prefix, STANDARD.encode(some_bytes(rng, 24))),
        ("hex", _) => hex_digits(rng, 32).to_uppercase(),
        (_, "stripe") => format!("whsec_{}", alphanumeric(rng, 32)),
        (_, "paddle-billing") => format!("pdl_ntfset_01{}_{}", alphanumeric(rng, 24), alphanumeric(rng, 32)),
        (_, "shopify" | "line" | "meta" | "slack" | "twilio" | "trello") => hex_digits(rng, 16),
        (_, "dropbox" | "zoom" | "square") => alphanumeric(rng, 22),
        _ => match rng.u8(..4) {
            0 => hex_digits(rng, 32),
            1 => STANDARD.encode(some_bytes(rng, 32)),
            2 => format!("{}-{}", alphanumeric(rng, 10), alphanumeric(rng, 12)),
            _ => alphanumeric(rng, 40),
        },
    }
}

fn json_body(scheme: &Scheme, rng: &mut Rng, size: Size) -> (Vec<Header>, Vec<u8>) {
    let samples = scheme.provider.samples();
    // Those of these two are forms or have to be as they are.
    if size == Size::Sample && !samples.is_empty() && scheme.id() != "linear" {
        let sample = &samples[rng.usize(..samples.len())];
        let filled = sample.fill(UnixMillis(SIGNED_AT_S * 1000), &mut || rng.u128(..));
        return (filled.headers, filled.body);
    }
    (Vec::new(), document(scheme, rng, size).to_string().into_bytes())
}

/// A document with everything that re-serialising may change, of which numbers stay as they are in every stack.
pub(crate) fn document(scheme: &Scheme, rng: &mut Rng, size: Size) -> Value {
    let mut document = Map::new();
    document.insert("type".to_owned(), json!("order.updated"));
    document.insert("id".to_owned(), json!(format!("evt_{}", alphanumeric(rng, 14))));
    match scheme.id() {
        "linear" => {
            document.insert("webhookTimestamp".to_owned(), json!(SIGNED_AT_S * 1000));
        }
        "mailgun" => {
            let signature = json!({ "token": hex_digits(rng, 25), "timestamp": "0", "signature": "" });
            document.insert("signature".to_owned(), signature);
        }
        "adyen-standard" => {
            let item = json!({
                "additionalData": {}, "amount": { "currency": "EUR", "value": 1130 }, "eventCode": "AUTHORISATION",
                "merchantAccountCode": "HarbourEU", "merchantReference": alphanumeric(rng, 9),
                "pspReference": alphanumeric(rng, 16), "success": "true",
            });
            document.insert("notificationItems".to_owned(), json!([{ "NotificationRequestItem": item }]));
        }
        _ => {}
    }
    let texts = [
        "https://shop.example.com/orders/42?a=1&b=2",
        "Zoë Åström",
        "ships <b>tomorrow</b> & not later",
        "plain words",
        "10 € — “fragile” 😀",
        "line one\nline two\ttab \"quoted\" back\\slash",
        "it's fine / or so",
    ];
    let entries = if size == Size::Large { rng.usize(12..40) } else { rng.usize(3..7) };
    for _ in 0..entries {
        let key =
            format!("{}_{}", ["note", "url", "amount", "customer", "b", "zone"][rng.usize(..6)], alphanumeric(rng, 3));
        let text = texts[rng.usize(..texts.len())];
        let value = match rng.u8(..10) {
            0..=3 => json!(format!("{text} {}", alphanumeric(rng, 5))),
            4 => json!(rng.u32(..)),
            5 => json!([19.99, 0.5, 1250.75, -3.25][rng.usize(..4)]),
            6 => json!({ "street": text, "id": rng.u16(..), "active": rng.bool(), "deleted_at": null }),
            7 => json!([{ "sku": alphanumeric(rng, 6), "qty": rng.u8(1..9) }, { "sku": text, "qty": 1 }]),
            8 => json!([]),
            _ => json!([rng.u8(..), true, null, text]),
        };
        document.insert(key, value);
    }
    Value::Object(document)
}

/// A form such as the schemes that sign its fields take.
pub(crate) fn form(rng: &mut Rng, size: Size) -> String {
    let texts = ["Hello+there%21", "50%25+off+%26+more", "Z%C3%BCrich", "a%2Fb%3Fc", "plain", "", "%2B491701234567"];
    let mut fields = vec![("AccountSid".to_owned(), format!("AC{}", hex_digits(rng, 16)))];
    fields.push(("From".to_owned(), "%2B491701234567".to_owned()));
    for name in ["To", "Body", "ApiVersion", "Digits"] {
        fields.push((name.to_owned(), texts[rng.usize(..texts.len())].to_owned()));
    }
    if size == Size::Large {
        for at in 0..40 {
            fields.push((format!("Field{at}"), alphanumeric(rng, 16) + "+" + texts[rng.usize(..texts.len())]));
        }
    }
    let fields: Vec<_> = fields.into_iter().map(|(name, value)| name + "=" + &value).collect();
    fields.join("&")
}
