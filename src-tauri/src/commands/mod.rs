//! One thin command per use case: take the arguments, call the workbench, hand back what it says.

pub(crate) mod app;
pub(crate) mod captures;
pub(crate) mod composing;
pub(crate) mod doctor;
pub(crate) mod endpoints;
pub(crate) mod exporting;
pub(crate) mod listener;
pub(crate) mod preferences;
pub(crate) mod providers;
pub(crate) mod raw_bytes;
pub(crate) mod samples;
pub(crate) mod search;
pub(crate) mod storage;
pub(crate) mod vault;

use std::sync::Arc;

use hookglass_workbench::{CommandError, Workbench};

/// The workbench as commands get it.
pub(crate) type Bench<'a> = tauri::State<'a, Arc<Workbench>>;

/// What every command gives back.
pub(crate) type Answer<T> = Result<T, CommandError>;
