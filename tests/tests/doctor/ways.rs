//! Every way in which a request is broken, by family.

pub(crate) mod body;
pub(crate) mod scheme;
pub(crate) mod secret;
pub(crate) mod timestamp;
pub(crate) mod url;

use crate::story::Story;

/// One way to break a request.
pub(crate) struct Way {
    pub(crate) family: &'static str,
    pub(crate) name: String,
    /// How often it is tried with each provider, each time with another secret and body.
    pub(crate) tries: u64,
    /// Whether it goes together with ways of other families.
    pub(crate) pairs: bool,
    /// Tells what happened; false where it does not apply to the scheme.
    pub(crate) tell: Tell,
}

type Tell = Box<dyn Fn(&mut Story<'_>) -> bool + Sync>;

impl Way {
    pub(crate) fn new(
        family: &'static str,
        name: impl Into<String>,
        tell: impl Fn(&mut Story<'_>) -> bool + Sync + 'static,
    ) -> Self {
        Self { family, name: name.into(), tries: 2, pairs: false, tell: Box::new(tell) }
    }

    /// One that also happens together with another.
    pub(crate) fn paired(self) -> Self {
        Self { pairs: true, ..self }
    }

    pub(crate) fn tried(self, tries: u64) -> Self {
        Self { tries, ..self }
    }
}

pub(crate) fn all() -> Vec<Way> {
    [secret::ways(), body::ways(), timestamp::ways(), url::ways(), scheme::ways()].into_iter().flatten().collect()
}
