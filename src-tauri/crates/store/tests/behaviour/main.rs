//! What the store promises, shown on real database files.
#![allow(clippy::unwrap_used)] // clippy knows tests by their attribute and takes fixtures for the product

mod captures;
mod care;
mod damage;
mod deliveries;
mod diagnoses;
mod duplicates;
mod endpoints;
mod fixtures;
mod listing;
mod opening;
mod retention;
mod salvage;
mod search_index;
mod searching;
mod secrets;
