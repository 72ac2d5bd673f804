//! One change that the search undoes, and its words.

use std::borrow::Cow;

use hookglass_model::ProviderId;
use smallvec::SmallVec;

/// A hypothesis: something was changed, and undoing it may reproduce the signature.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    /// Its stable name, for example `secret.newline`.
    pub(super) cause: Cow<'static, str>,
    /// The few words for a badge.
    pub(super) badge: Cow<'static, str>,
    /// What happened, as a part of a sentence: lower case at its start, no full stop.
    pub(super) happened: Cow<'static, str>,
    /// What mends it, in the imperative, without a full stop.
    pub(super) remedy: Cow<'static, str>,
    /// What was done to reproduce the signature, in the imperative.
    pub(super) step: Cow<'static, str>,
    /// What one click can do.
    pub(super) mend: Mend,
}

/// What one click can do about a cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mend {
    /// Nothing here.
    None,
    /// The secret is entered in another form.
    SecretText,
    /// Another known secret is taken.
    OtherSecret,
    /// The body is restored.
    Body,
    /// The endpoint gets this public URL.
    Url(String),
    /// The endpoint gets another provider.
    Provider(ProviderId, String),
    /// The endpoint gets this tolerance, in seconds.
    Tolerance(u32),
}

/// What is undone together; usually nothing or one thing.
pub(super) type Edits = SmallVec<[Edit; 2]>;

impl Edit {
    pub(super) fn new(
        cause: &'static str,
        badge: impl Into<Cow<'static, str>>,
        happened: impl Into<Cow<'static, str>>,
        remedy: impl Into<Cow<'static, str>>,
        step: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            cause: Cow::Borrowed(cause),
            badge: badge.into(),
            happened: happened.into(),
            remedy: remedy.into(),
            step: step.into(),
            mend: Mend::None,
        }
    }

    pub(super) fn mended_by(mut self, mend: Mend) -> Self {
        self.mend = mend;
        self
    }

    /// `secret`, `body`, `timestamp`, `url` or `scheme`.
    pub(super) fn family(&self) -> &str {
        self.cause.split('.').next().unwrap_or_default()
    }
}

/// A value with what was undone to get it.
#[derive(Clone, Debug)]
pub(super) struct Varied<T> {
    pub(super) value: T,
    pub(super) edits: Edits,
}

impl<T> Varied<T> {
    pub(super) fn of(value: T, edit: Edit) -> Self {
        Self { value, edits: [edit].into_iter().collect() }
    }
}
