//! A request on its way from a vendor to a receiver, and our side of the check.

use std::time::{SystemTime, UNIX_EPOCH};

use hookglass_model::{Header, HeaderList, UnixMillis, Verdict};
use hookglass_signing::{LabelledSecret, Message, Provider, Secret, SignOptions};

/// The address that senders were told. Without a port, which some vendors add or take away.
const URL: &str = "https://hooks.example.com/in/box?from=interop&kind=a%20b";

#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) headers: HeaderList,
    pub(crate) body: Vec<u8>,
    pub(crate) id: String,
}

/// The moment it is. The libraries ask the clock themselves, so these tests must too.
pub(crate) fn now() -> UnixMillis {
    #[expect(clippy::disallowed_methods, reason = "the libraries judge timestamps by the clock of the machine")]
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixMillis(i64::try_from(since_epoch.as_millis()).unwrap())
}

impl Delivery {
    pub(crate) fn new(body: Vec<u8>, content_type: &str, id: String) -> Self {
        let mut headers = HeaderList::new();
        headers.push(Header::new("Content-Type", content_type));
        Self { method: "POST", url: URL.to_owned(), headers, body, id }
    }

    /// Puts a header in place of the lines with its name.
    pub(crate) fn put(&mut self, name: &str, value: &[u8]) {
        self.headers.set(name, value);
    }

    fn message(&self) -> Message<'_> {
        let after_scheme = self.url.find("://").unwrap() + 3;
        let path = after_scheme + self.url[after_scheme..].find('/').unwrap();
        Message {
            method: self.method,
            target: &self.url[path..],
            url: Some(&self.url),
            headers: &self.headers,
            body: &self.body,
        }
    }

    /// The delivery with the signature that we make.
    pub(crate) fn signed_by_us(mut self, provider: &Provider, secret: &str, at: UnixMillis) -> Self {
        let options = SignOptions { timestamp: at.unix_seconds(), id: Some(self.id.clone()) };
        let secret = Secret::new(secret);
        let signed = provider.sign(&self.message(), &[&secret], &options).unwrap();
        self.url = signed.apply_query(&self.url);
        for header in signed.headers {
            self.headers.set(&header.name, header.value);
        }
        if let Some(body) = signed.body {
            self.body = body;
        }
        self
    }

    /// What we say about it now.
    pub(crate) fn judged_by_us(&self, provider: &Provider, secret: &str) -> Verdict {
        let secret = Secret::new(secret);
        provider.verify(&self.message(), &[LabelledSecret { label: "interop", secret: &secret }], now(), None)
    }
}
