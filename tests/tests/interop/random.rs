//! Random bodies and secrets of the shapes the libraries take.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::delivery::now;

/// What a body may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Any bytes, also those that are not UTF-8.
    Bytes,
    /// Any text: the library takes a string.
    Text,
    /// Any text but the empty one, which the library refuses to look at.
    SomeText,
    /// Any JSON object, however it is written: the library parses it.
    Json,
    /// A JSON object as `JSON.stringify` writes it: the library writes it anew.
    CompactJson,
    /// JSON that names the current moment where Linear does: its library refuses any other.
    TimedJson,
    /// A form.
    Form,
    /// Adyen's notification of payments.
    Notification,
    /// A message of Amazon SNS.
    TopicMessage,
    /// A callback of Dropbox Sign.
    Callback,
    /// The library makes the body along with the signature.
    OfTheLibrary,
}

impl Shape {
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Form | Self::OfTheLibrary => "application/x-www-form-urlencoded",
            Self::Bytes | Self::Text | Self::SomeText => "application/octet-stream",
            _ => "application/json",
        }
    }

    /// Bodies of this shape: the known trouble-makers, some random ones, and one of a mebibyte.
    pub(crate) fn bodies(self, rng: &mut Rng) -> Vec<Vec<u8>> {
        let mut bodies: Vec<Vec<u8>> = match self {
            Self::Bytes => [TROUBLE, &[b"\xff\xfe\0\x80", b"\xc3"]].concat().iter().map(|body| body.to_vec()).collect(),
            Self::Text => TROUBLE.iter().map(|body| body.to_vec()).collect(),
            Self::SomeText => TROUBLE[1..].iter().map(|body| body.to_vec()).collect(),
            _ => Vec::new(),
        };
        for length in [0, 1, 7, 40, 300, 3000] {
            bodies.push(self.body(rng, length));
        }
        bodies.push(self.body(rng, MEBIBYTE));
        if matches!(self, Self::SomeText | Self::Text) {
            bodies.retain(|body| self == Self::Text || !body.is_empty());
        }
        bodies
    }

    fn body(self, rng: &mut Rng, length: usize) -> Vec<u8> {
        match self {
            Self::Bytes => (0..length).map(|_| rng.u8(..)).collect(),
            Self::Text | Self::SomeText => text(rng, length).into_bytes(),
            Self::Json => loose_json(rng, length).into_bytes(),
            Self::CompactJson => object(rng, length).to_string().into_bytes(),
            Self::TimedJson => {
                let mut event = object(rng, length);
                event["webhookTimestamp"] = now().0.into();
                event.to_string().into_bytes()
            }
            Self::Form => form(rng, length).into_bytes(),
            Self::Notification => notification(rng, length).to_string().into_bytes(),
            Self::TopicMessage => topic_message(rng, length).to_string().into_bytes(),
            Self::Callback => callback(rng).to_string().into_bytes(),
            Self::OfTheLibrary => Vec::new(),
        }
    }

    /// The body with one byte changed, such that it still has this shape and means something else.
    pub(crate) fn changed(self, body: &[u8], rng: &mut Rng) -> Vec<u8> {
        let mut changed = body.to_vec();
        let marked = body.windows(MARK.len()).position(|window| window == MARK.as_bytes());
        match (marked, self) {
            (Some(at), _) => changed[at + rng.usize(..MARK.len())] ^= 1,
            (None, Self::Bytes) if !body.is_empty() => changed[rng.usize(..body.len())] ^= 1 << rng.u8(..8),
            // The signature stands in front, and a change there is another test.
            (None, Self::OfTheLibrary) => {
                let letters: Vec<_> =
                    (body.len() / 2..body.len()).filter(|&at| body[at].is_ascii_lowercase()).collect();
                changed[letters[rng.usize(..letters.len())]] ^= 1;
            }
            (None, _) => match (0..body.len()).filter(|&at| body[at].is_ascii_lowercase()).nth(rng.usize(..8)) {
                // `a` and `` ` `` differ in the bit that is flipped here, and both are ASCII.
                Some(at) => changed[at] ^= 1,
                None => changed.push(b' '),
            },
        }
        changed
    }
}

/// What a secret may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecretShape {
    /// Any text.
    Text,
    /// Printable ASCII alone: the library breaks others.
    Ascii,
    /// `whsec_` and base64, or base64 alone.
    Base64,
    /// `whsec_` and base64, or any other text.
    Base64OrText,
    /// Hexadecimal digits of whole bytes.
    Hex,
    /// Sixty-four characters, which the library insists on.
    SixtyFour,
    /// A public and a private key of letters, joined by a colon.
    Pair,
    /// A key pair: we sign with its private half, and the library checks with its public one.
    KeyPair,
}

impl SecretShape {
    pub(crate) fn secret(self, rng: &mut Rng) -> String {
        let bytes = |rng: &mut Rng| (0..rng.usize(16..64)).map(|_| rng.u8(1..)).collect::<Vec<_>>();
        let ascii = |rng: &mut Rng, length| (0..length).map(|_| char::from(rng.u8(b'!'..=b'~'))).collect::<String>();
        let length = rng.usize(8..64);
        match self {
            Self::Text if rng.bool() => text(rng, length).replace('\0', "0") + "k",
            Self::Text | Self::Ascii => ascii(rng, length),
            Self::Base64 if rng.bool() => STANDARD.encode(bytes(rng)),
            Self::Base64OrText if rng.bool() => format!("k{}", text(rng, length)),
            Self::Base64 | Self::Base64OrText => format!("whsec_{}", STANDARD.encode(bytes(rng))),
            Self::Hex => hex::encode_upper(bytes(rng)),
            Self::SixtyFour => ascii(rng, 64),
            Self::Pair => format!("{}:{}", letters(rng, 16), letters(rng, 32)),
            Self::KeyPair => String::new(),
        }
    }
}

const MEBIBYTE: usize = 1 << 20;

/// Stands in every structured body, in a place that is signed.
const MARK: &str = "bodymark";

/// What handlers trip over: nothing, line ends that get trimmed or translated, escapes that get rewritten, and text
/// that gets normalised or cut.
const TROUBLE: &[&[u8]] = &[
    b"",
    b"{}",
    b"\r\n",
    b"{\"a\":1}\r\n",
    b" {\r\n  \"a\" : [ 1.0 , 1e3 ] }\n",
    b"{\"escape\":\"\\u001B\\u00e9\\/\\ud83d\\ude00\"}",
    "{\"text\":\"é e\u{301} ﬁ 漢字 😀 \u{2028}\"}".as_bytes(),
    "\u{feff}{\"mark\":\"byte order\"}".as_bytes(),
    b"a=1&b=%20+%2B&a=",
    b"zero\0inside",
    b"100% {body} ${secret} $& %s",
];

pub(crate) fn letters(rng: &mut Rng, length: usize) -> String {
    (0..length).map(|_| rng.lowercase()).collect()
}

/// Text of about so many bytes from all planes, with every kind of trouble.
fn text(rng: &mut Rng, length: usize) -> String {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        match rng.u8(..12) {
            0..=5 => text.push(char::from(rng.u8(b' '..=b'~'))),
            6 => text.push_str("\r\n"),
            7 => text.push(char::from(rng.u8(..32))),
            8 => text.push(rng.char('\u{80}'..='\u{24f}')),
            9 => text.push(rng.char('\u{4e00}'..='\u{9fff}')),
            10 => text.push(rng.char('\u{1f300}'..='\u{1faff}')),
            _ => text.push_str(["\"", "\\", "\\u0041", "\u{2028}", "e\u{301}", "\u{feff}", "%41", "+"][rng.usize(..8)]),
        }
    }
    text
}

/// A JSON object of about so many bytes, with the mark in it.
fn object(rng: &mut Rng, length: usize) -> Value {
    let mut object = Map::new();
    object.insert("mark".to_owned(), MARK.into());
    let mut written = 0;
    while written < length {
        let piece = rng.usize(1..=(length - written).clamp(1, 5000));
        written += piece + 10;
        let value = match rng.u8(..5) {
            0 => json!(rng.i32(..)),
            1 => json!([rng.bool(), null_or(rng), {}]),
            2 => json!({ letters(rng, 4): text(rng, piece) }),
            _ => json!(text(rng, piece)),
        };
        object.insert(format!("k{}", letters(rng, 8)), value);
    }
    Value::Object(object)
}

fn null_or(rng: &mut Rng) -> Value {
    if rng.bool() { Value::Null } else { json!(rng.u16(..)) }
}

/// The same, written as no serialiser would: line ends, tabs, needless escapes.
fn loose_json(rng: &mut Rng, length: usize) -> String {
    let compact = object(rng, length).to_string();
    let space = ["", " ", "\r\n", "\t", "\n  "][rng.usize(..5)];
    let opened = compact.strip_prefix('{').unwrap();
    format!("{space}{{{space}\"\\u0065scape\":\"\\u001B\\/\\u00E9\",{space}{opened}{space}")
}

/// Fields with names in any order and several times, written with both forms of a space.
fn form(rng: &mut Rng, length: usize) -> String {
    let mut form = format!("Mark={MARK}");
    let names = ["Body", "body", "To", "AccountSid", "a b", "é", "NumMedia", "_x", "10", "9", ""];
    while form.len() < length {
        let piece = rng.usize(..=(length - form.len()).min(2000));
        let name = names[rng.usize(..names.len())];
        // Order among values of one name is by UTF-16 unit in one of Twilio's libraries and by code point in another;
        // the two agree below U+E000.
        let value: String = text(rng, piece).chars().filter(|&char| char < '\u{e000}').collect();
        for (written, part) in [('&', name), ('=', &value)] {
            form.push(written);
            form.extend(part.bytes().map(|byte| match byte {
                b' ' if rng.bool() => "+".to_owned(),
                byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            }));
        }
    }
    form
}

fn notification(rng: &mut Rng, length: usize) -> Value {
    let items: Vec<_> = (0..rng.usize(1..4))
        .map(|_| {
            let mut item = json!({
                "eventCode": "AUTHORISATION",
                "success": if rng.bool() { "true" } else { "false" },
                "eventDate": "2026-01-02T03:04:05+01:00",
                "merchantAccountCode": format!("Shop:{}", letters(rng, 4)),
                "merchantReference": format!("{MARK} {}", text(rng, length.min(3000))),
                "pspReference": rng.u64(..).to_string(),
                "reason": text(rng, 20),
                "amount": { "currency": "EUR", "value": rng.u32(..) },
                "additionalData": { "other": text(rng, 10) },
            });
            if rng.bool() {
                item["originalReference"] = letters(rng, 8).into();
            }
            json!({ "NotificationRequestItem": item })
        })
        .collect();
    json!({ "live": "false", "notificationItems": items })
}

fn topic_message(rng: &mut Rng, length: usize) -> Value {
    let confirms = rng.bool();
    let mut message = json!({
        "Type": if confirms { "SubscriptionConfirmation" } else { "Notification" },
        "MessageId": letters(rng, 12),
        "TopicArn": "arn:aws:sns:eu-central-1:123456789012:interop",
        "Message": format!("{MARK} {}", text(rng, length)),
        "Timestamp": "2026-01-02T03:04:05.000Z",
        "SignatureVersion": "2",
        "Signature": "",
        "SigningCertURL": "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-interop.pem",
    });
    if confirms {
        message["Token"] = letters(rng, 20).into();
        message["SubscribeURL"] = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription".into();
    } else if rng.bool() {
        message["Subject"] = text(rng, 20).into();
    }
    message
}

fn callback(rng: &mut Rng) -> Value {
    json!({
        "event": {
            "event_time": (now().0 / 1000).to_string(),
            "event_type": format!("signature_request_{MARK}"),
            "event_hash": "",
            "event_metadata": { "reported_for_account_id": letters(rng, 8) },
        },
    })
}
