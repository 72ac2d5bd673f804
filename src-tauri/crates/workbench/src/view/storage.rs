//! What is kept, for how long, and whether it is whole.

use hookglass_model::{EndpointId, UnixMillis};
use serde::{Deserialize, Serialize};

/// A damaged database that was set aside at this start or since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SetAsideView {
    /// Where it is now.
    pub path: String,
    /// Since when.
    pub at: UnixMillis,
    /// What was wrong with it.
    pub reason: String,
    /// What was read out of it, once that was asked for.
    pub salvaged: Option<SalvageView>,
}

/// What was read out of a damaged database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SalvageView {
    /// Captures that were read, and are in the inbox now.
    pub captures: u64,
    /// Endpoints that were read and were not there.
    pub endpoints: u64,
    /// Deliveries that were read.
    pub deliveries: u64,
    /// Captures that are known to have been there and could not be read.
    pub lost: u64,
    /// What else is to be known.
    pub notes: Vec<String>,
}

/// What is kept. A bound that is missing does not hold; without any, everything is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RetentionRule {
    /// Captures older than so many days go.
    pub max_age_days: Option<u32>,
    /// The oldest above this number go; those with a star are not counted.
    pub max_captures: Option<u64>,
    /// The oldest go until the others' heads and bodies take up no more than this; those with a star are not counted.
    pub max_bytes: Option<u64>,
}

/// The rules, and what they did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RetentionView {
    /// For all endpoints without a rule of their own, together.
    pub all: RetentionRule,
    /// For single endpoints.
    pub endpoints: Vec<EndpointRetention>,
    /// The last time something was deleted since the start.
    pub last_run: Option<RetentionRun>,
}

/// The rule of one endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct EndpointRetention {
    /// Which.
    pub endpoint: EndpointId,
    /// Its rule.
    pub rule: RetentionRule,
}

/// A run of the rules that deleted something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RetentionRun {
    /// When it ended.
    pub at: UnixMillis,
    /// How many captures it deleted.
    pub deleted: u64,
}

/// What a check of the database found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct IntegrityView {
    /// Whether all is well.
    pub ok: bool,
    /// What is wrong.
    pub problems: Vec<String>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// How much was read, in bytes.
    pub bytes: u64,
}

/// A copy that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct BackupView {
    /// The file. Bodies that are too large for a row are in a folder beside it, named like it with `-bodies`.
    pub path: String,
    /// Its size with that of the folder, in bytes.
    pub bytes: u64,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}
