//! The requests that are measured.

use std::{collections::HashMap, time::SystemTime};

use hookglass_model::{Header, HeaderList, UnixMillis, Verdict, limits::MAX_HEADERS};
use hookglass_signing::{LabelledSecret, Message, Provider, Registry, Secret, SignOptions};

/// Size of the body that the target names (issue 3), in bytes.
pub const BODY_BYTES: usize = 2 * 1024;

/// A body a thousand times as large, to see what grows with it.
pub const LARGE_BODY_BYTES: usize = 2 * 1024 * 1024;

/// Accepted by every HMAC recipe here, as text or as base64. Guards nothing.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The id that is signed where a scheme has one.
pub const MESSAGE_ID: &str = "msg_2b3c4d5e6f7g8h9i";

/// The recipes of HMAC-SHA256 that are measured: a list with its timestamp, a prefix alone, three headers.
pub const MEASURED: [&str; 3] = ["stripe", "github", "standard-webhooks"];

/// A signed request.
#[derive(Debug)]
pub struct SignedRequest {
    provider: &'static Provider,
    secret: Secret,
    headers: HeaderList,
    body: Vec<u8>,
    /// The moment it is signed and judged at.
    pub at: UnixMillis,
}

impl SignedRequest {
    /// Signs a body of so many bytes for this provider as of now.
    ///
    /// # Panics
    /// When there is no such provider or it does not take [`SECRET`].
    #[expect(clippy::expect_used, reason = "a measurement of something else would be worthless")]
    pub fn new(provider: &str, body_bytes: usize) -> Self {
        let provider = Registry::built_in().get(provider).expect("the provider is built in");
        let at = now();
        let secret = Secret::new(SECRET);
        let body = body(body_bytes);
        let mut headers = usual_headers();
        let unsigned = Message { method: "POST", target: "/", url: None, headers: &headers, body: &body };
        let options = SignOptions { timestamp: at.unix_seconds(), id: Some(MESSAGE_ID.to_owned()) };
        let signed = provider.sign(&unsigned, &[&secret], &options).expect("the provider takes the secret");
        for header in signed.headers {
            headers.set(&header.name, header.value);
        }
        Self { provider, secret, headers, body, at }
    }

    /// What is measured: the check as the listener does it.
    pub fn verify(&self) -> Verdict {
        let secrets = [LabelledSecret { label: "current", secret: &self.secret }];
        self.provider.verify(&self.message(), &secrets, self.at, None)
    }

    /// The request.
    pub fn message(&self) -> Message<'_> {
        Message { method: "POST", target: "/", url: None, headers: &self.headers, body: &self.body }
    }
}

/// The requests whose provider is looked for: a usual one, and the worst the listener lets through.
pub fn requests_to_recognise() -> [(&'static str, HeaderList); 4] {
    let registry = Registry::built_in();
    let names: Vec<&String> = registry.providers().flat_map(Provider::signature_headers).collect();

    let mut unknown = usual_headers();
    let mut every_clue = HeaderList::new();
    for name in names.iter().take(MAX_HEADERS) {
        every_clue.push(Header::new(name.as_str(), "0".repeat(64)));
    }
    let mut frequency: HashMap<&str, usize> = HashMap::new();
    for name in &names {
        *frequency.entry(name.as_str()).or_default() += 1;
    }
    let most_shared = frequency.into_iter().max_by_key(|&(name, count)| (count, name)).map_or("", |(name, _)| name);
    let mut one_name = HeaderList::new();
    for number in 0..MAX_HEADERS {
        one_name.push(Header::new(most_shared, format!("sha256={number:064}")));
        unknown.push(Header::new(format!("X-Unknown-{number}"), "value"));
    }
    [
        ("usual", SignedRequest::new("stripe", BODY_BYTES).headers),
        ("unknown", unknown),
        ("every-clue", every_clue),
        ("one-name", one_name),
    ]
}

/// What a sender and the proxies before us add.
fn usual_headers() -> HeaderList {
    let lines = [
        ("Host", "hooks.example.com"),
        ("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)"),
        ("Content-Type", "application/json; charset=utf-8"),
        ("Accept", "*/*; q=0.5, application/xml"),
        ("Cache-Control", "no-cache"),
        ("Content-Length", "2048"),
        ("X-Forwarded-For", "203.0.113.7"),
        ("X-Forwarded-Proto", "https"),
        ("X-Request-Id", "3f2a8c1e-6f1d-4a53-9a0e-1f6f0f2a9b11"),
        ("Accept-Encoding", "gzip"),
    ];
    let mut headers = HeaderList::new();
    for (name, value) in lines {
        headers.push(Header::new(name, value));
    }
    headers
}

fn body(bytes: usize) -> Vec<u8> {
    let start = br#"{"id":"evt_1","type":"invoice.paid","padding":""#;
    let mut body = start.to_vec();
    body.resize(bytes - 2, b'x');
    body.extend_from_slice(b"\"}");
    body
}

#[expect(clippy::disallowed_methods, reason = "the other crates ask the clock, so the signatures must be of now")]
fn now() -> UnixMillis {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UnixMillis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}
