//! Sample events: small realistic requests of our own making, as a provider would send them.

use std::{
    collections::BTreeMap,
    sync::{LazyLock, OnceLock},
};

use hookglass_model::{Header, UnixMillis};
use serde::Deserialize;

use crate::{
    Provider,
    sample_fill::{Filling, SampleText},
};

/// The files of `samples/`, the provider's id and text, sorted by id, as the build script found them.
const BUILT_IN_FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/samples.rs"));

/// Each file is read when its samples are first asked for: most runs ask for one provider's or none.
static BUILT_IN: LazyLock<Vec<OnceLock<Vec<Sample>>>> =
    LazyLock::new(|| BUILT_IN_FILES.iter().map(|_| OnceLock::new()).collect());

/// One sample of a provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    event: String,
    title: String,
    #[serde(default = "post")]
    method: String,
    #[serde(default = "root")]
    target: SampleText,
    #[serde(default = "json")]
    content_type: String,
    #[serde(default)]
    headers: BTreeMap<String, SampleText>,
    body: SampleText,
    /// What the recipe reads as the event's type; the event itself without it, empty for nothing.
    reads_as: Option<String>,
    /// Whether the recipe finds an id in it.
    #[serde(default = "yes")]
    has_id: bool,
}

/// A sample with fresh ids and times, not yet signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleRequest {
    /// The method token.
    pub method: String,
    /// Path and query; the path is `/`.
    pub target: String,
    /// The headers besides those of the signature and of the connection.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleFile {
    sample: Vec<Sample>,
}

fn post() -> String {
    "POST".to_owned()
}

fn root() -> SampleText {
    SampleText::slash()
}

fn json() -> String {
    "application/json".to_owned()
}

fn yes() -> bool {
    true
}

impl Provider {
    /// The sample events of this provider; empty when there are none.
    ///
    /// # Panics
    /// Never in a build whose tests passed: they read every file.
    pub fn samples(&self) -> &'static [Sample] {
        let Ok(at) = BUILT_IN_FILES.binary_search_by_key(&self.id().as_str(), |(id, _)| *id) else { return &[] };
        BUILT_IN[at].get_or_init(|| match toml::from_str::<SampleFile>(BUILT_IN_FILES[at].1) {
            Ok(file) => file.sample,
            #[expect(clippy::panic, reason = "the files are part of the binary; a test reads them all")]
            Err(error) => panic!("the built-in samples of {} are broken: {error}", BUILT_IN_FILES[at].0),
        })
    }
}

impl Sample {
    /// The event as people type it, for example `invoice.paid`.
    pub fn event(&self) -> &str {
        &self.event
    }

    /// What happened, in plain words, for example `An invoice was paid`.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What [`Provider::event`] reads as its type, which is `event` in other words for some providers; `None` where
    /// recipes find no type.
    pub fn event_type(&self) -> Option<&str> {
        Some(self.reads_as.as_deref().unwrap_or(&self.event)).filter(|text| !text.is_empty())
    }

    /// Whether [`Provider::event`] finds an id in it.
    pub fn has_id(&self) -> bool {
        self.has_id
    }

    /// The request with fresh ids and times. `random` gives 128 random bits at each call; the same moment and bits
    /// give the same request.
    pub fn fill(&self, now: UnixMillis, random: &mut dyn FnMut() -> u128) -> SampleRequest {
        let mut filling = Filling::new(now, random);
        let mut headers = vec![Header::new("Content-Type", self.content_type.as_str())];
        headers.extend(self.headers.iter().map(|(name, text)| Header::new(name.as_str(), text.fill(&mut filling))));
        SampleRequest {
            method: self.method.clone(),
            target: self.target.fill(&mut filling),
            headers,
            body: self.body.fill(&mut filling).into_bytes(),
        }
    }
}
