//! Requests and secrets for the tests.

use hookglass_model::{Header, HeaderList, InvalidReason, UnixMillis, Verdict, VerdictKind};
use hookglass_signing::{LabelledSecret, Message, Provider, Registry, Secret, SignOptions};

/// The moment the tests sign at.
pub(crate) const SIGNED_AT: UnixMillis = UnixMillis(1_700_000_000_000);

/// A secret that every built-in provider accepts.
pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) headers: HeaderList,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(body: impl Into<Vec<u8>>) -> Self {
        Self { headers: HeaderList::new(), body: body.into() }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push(Header::new(name, value));
        self
    }

    pub(crate) fn message(&self) -> Message<'_> {
        Message { method: "POST", target: "/hook?x=1", url: None, headers: &self.headers, body: &self.body }
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

    pub(crate) fn put(&mut self, headers: Vec<Header>) {
        for header in headers {
            self.headers.set(&header.name, header.value);
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
