//! The cases, by what they attack.

mod damage;
mod disk_errors;
mod disk_full;
mod history;
mod kill;
mod migration;
mod rights;
mod sharing;
mod sync_order;

use crate::case::Case;

/// All of them.
pub(crate) const ALL: &[&[Case]] = &[
    &kill::CASES,
    &migration::CASES,
    &sync_order::CASES,
    &disk_full::CASES,
    &disk_errors::CASES,
    &rights::CASES,
    &damage::CASES,
    &sharing::CASES,
    &history::CASES,
];
