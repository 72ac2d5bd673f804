//! A sample event filled afresh and signed: what the command line and the window send.

use hookglass_model::{Draft, Header, UnixMillis};
use hookglass_signing::{Message, Provider, Sample, SampleRequest, Secret, SignError, SignOptions};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{CommandError, ErrorCode, composing::path_and_query};

/// A sample on its way to a target.
pub(crate) struct SampleDraft {
    pub(crate) draft: Draft,
    /// The URL the provider would have been told, for schemes that sign it.
    told_url: Option<String>,
}

impl SampleDraft {
    /// The sample with its query behind the target's own.
    pub(crate) fn new(sample: SampleRequest, target_url: &str, told_url: Option<String>) -> Self {
        let draft = Draft {
            parent: None,
            target_url: joined(target_url, query_of(&sample)),
            method: sample.method,
            headers: sample.headers.into_iter().collect(),
            body: sample.body,
            resign: None,
        };
        Self { draft, told_url }
    }

    /// Signs it and gives the headers of the signature. Schemes that write into the query or the body change the draft
    /// itself; those that sign an id the sample lacks get a fresh one.
    pub(crate) fn sign(
        &mut self,
        provider: &Provider,
        secrets: &[&Secret],
        now: UnixMillis,
    ) -> Result<Vec<Header>, SignError> {
        let sign = |id| {
            let options = SignOptions { timestamp: now.unix_seconds(), id };
            provider.sign(&self.message(), secrets, &options)
        };
        let signed = match sign(None) {
            Err(SignError::IdNeeded) => sign(Some(format!("msg_{}", Uuid::now_v7().simple()))),
            signed => signed,
        }?;
        self.draft.target_url = signed.apply_query(&self.draft.target_url);
        if let Some(body) = signed.body {
            self.draft.body = body;
        }
        Ok(signed.headers)
    }

    /// The sample as providers read it.
    pub(crate) fn message(&self) -> Message<'_> {
        let draft = &self.draft;
        Message {
            method: &draft.method,
            target: path_and_query(&draft.target_url),
            url: self.told_url.as_deref(),
            headers: &draft.headers,
            body: &draft.body,
        }
    }
}

/// The sample of an event, or an error that names those there are.
pub(crate) fn known_sample(provider: &Provider, event: &str) -> Result<&'static Sample, CommandError> {
    provider.samples().iter().find(|sample| sample.event() == event).ok_or_else(|| {
        let known: Vec<_> = provider.samples().iter().map(Sample::event).collect();
        let known = if known.is_empty() { "none yet".to_owned() } else { known.join(", ") };
        let name = provider.name();
        CommandError::invalid(format!("There is no sample event “{event}” of {name}. There are: {known}."))
    })
}

/// Fills a sample from the system's randomness.
pub(crate) fn fresh(sample: &Sample, now: UnixMillis) -> Result<SampleRequest, CommandError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| {
        CommandError::new(ErrorCode::Internal, format!("The system gives no random bytes: {error}."))
    })?;
    let mut hash = Sha256::digest(seed);
    Ok(sample.fill(now, &mut || {
        hash = Sha256::digest(hash);
        hash.iter().take(16).fold(0, |bits, byte| bits << 8 | u128::from(*byte))
    }))
}

/// What goes behind the target's URL: empty, or a query with its question mark.
pub(crate) fn query_of(sample: &SampleRequest) -> &str {
    sample.target.strip_prefix('/').unwrap_or_default()
}

/// The URL with a query (with its question mark, or empty) behind its own.
pub(crate) fn joined(url: &str, query: &str) -> String {
    match query.strip_prefix('?') {
        Some(query) if url.contains('?') => format!("{url}&{query}"),
        _ => format!("{url}{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_samples_query_goes_behind_the_targets_own() {
        assert_eq!(joined("http://a/b?c=1", "?d=2"), "http://a/b?c=1&d=2");
        assert_eq!(joined("http://a/b", "?d=2"), "http://a/b?d=2");
        assert_eq!(joined("http://a/b", ""), "http://a/b");
    }
}
