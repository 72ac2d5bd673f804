//! Requests and secrets for the tests.

use hookglass_model::{Header, HeaderList, InvalidReason, UnixMillis, Verdict, VerdictKind};
use hookglass_signing::{LabelledSecret, Message, Provider, Registry, Secret, SignOptions, Signed};

use crate::suited::secret_for;

/// The moment the tests sign at.
pub(crate) const SIGNED_AT: UnixMillis = UnixMillis(1_700_000_000_000);

/// A secret of Stripe, GitHub and Standard Webhooks.
pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The URL that the tests' sender was told.
const URL: &str = "https://hooks.example.com/hook?x=1";

#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) url: Option<String>,
    pub(crate) headers: HeaderList,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(body: impl Into<Vec<u8>>) -> Self {
        let (method, url) = ("POST".to_owned(), Some(URL.to_owned()));
        let target = "/hook?x=1".to_owned();
        Self { method, target, url, headers: HeaderList::new(), body: body.into() }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push(Header::new(name, value));
        self
    }

    pub(crate) fn message(&self) -> Message<'_> {
        let (method, url) = (&self.method, self.url.as_deref());
        Message { method, target: &self.target, url, headers: &self.headers, body: &self.body }
    }

    /// Signs as of `SIGNED_AT`.
    pub(crate) fn signed(self, provider: &Provider, secrets: &[&str]) -> Self {
        self.signed_at(provider, secrets, SIGNED_AT)
    }

    pub(crate) fn signed_at(mut self, provider: &Provider, secrets: &[&str], timestamp: UnixMillis) -> Self {
        let secrets: Vec<_> = secrets.iter().map(|text| Secret::new(*text)).collect();
        let options = SignOptions { timestamp: timestamp.unix_seconds(), id: Some("msg_1".to_owned()) };
        let headers = provider.sign(&self.message(), &secrets.iter().collect::<Vec<_>>(), &options).unwrap();
        self.put(headers);
        self
    }

    /// Signs as of `SIGNED_AT` with the id that stands in the headers.
    pub(crate) fn signed_keeping_id(mut self, provider: &Provider, secret: &str) -> Self {
        let options = SignOptions { timestamp: SIGNED_AT.unix_seconds(), id: None };
        let signed = provider.sign(&self.message(), &[&Secret::new(secret)], &options).unwrap();
        self.put(signed);
        self
    }

    pub(crate) fn put(&mut self, signed: Signed) {
        self.target = signed.apply_query(&self.target);
        self.url = self.url.take().map(|url| signed.apply_query(&url));
        for header in signed.headers {
            self.headers.set(&header.name, header.value);
        }
        if let Some(body) = signed.body {
            self.body = body;
        }
    }

    pub(crate) fn verify(&self, provider: &Provider, secrets: &[&str]) -> Verdict {
        self.verify_at(provider, secrets, SIGNED_AT, None)
    }

    pub(crate) fn verify_at(
        &self,
        provider: &Provider,
        secrets: &[&str],
        received_at: UnixMillis,
        tolerance_seconds: Option<u32>,
    ) -> Verdict {
        let labels: Vec<_> = (0..secrets.len()).map(|at| format!("secret {at}")).collect();
        let values: Vec<_> = secrets.iter().map(|text| Secret::new(*text)).collect();
        let secrets: Vec<_> =
            labels.iter().zip(&values).map(|(label, secret)| LabelledSecret { label, secret }).collect();
        provider.verify(&self.message(), &secrets, received_at, tolerance_seconds)
    }
}

/// One secret that the provider accepts.
pub(crate) fn any_secret(provider: &Provider) -> String {
    secret_for(provider, b"a key of twenty-five byte")
}

pub(crate) fn provider(id: &str) -> &'static Provider {
    Registry::built_in().get(id).unwrap()
}

pub(crate) fn assert_valid(verdict: &Verdict) {
    assert_eq!(verdict.kind(), VerdictKind::Valid, "{verdict:?}");
}

#[track_caller]
pub(crate) fn reason(verdict: Verdict) -> InvalidReason {
    match verdict {
        Verdict::Invalid { reason } => reason,
        other => panic!("expected an invalid signature, got {other:?}"),
    }
}
