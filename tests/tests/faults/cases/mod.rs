//! The cases, by what they attack.

mod binding;
mod broken_off;
mod clock;
mod contents;
mod damage;
mod damage_in_use;
mod disk_errors;
mod disk_full;
mod history;
mod http2_abuse;
mod kill;
mod many;
mod migration;
mod oversized;
mod protocols;
mod retention;
mod rights;
mod sharing;
mod slow;
mod sync_order;

use crate::case::Case;

/// All of them.
pub(crate) const ALL: &[&[Case]] = &[
    &kill::CASES,
    &retention::CASES,
    &migration::CASES,
    &sync_order::CASES,
    &disk_full::CASES,
    &disk_errors::CASES,
    &rights::CASES,
    &damage::CASES,
    &damage_in_use::CASES,
    &sharing::CASES,
    &history::CASES,
    &clock::CASES,
    &binding::CASES,
    &slow::CASES,
    &oversized::CASES,
    &contents::CASES,
    &protocols::CASES,
    &http2_abuse::CASES,
    &broken_off::CASES,
    &many::CASES,
];
