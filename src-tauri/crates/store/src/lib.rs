//! Everything that lasts: captures, endpoints, sealed secrets, deliveries and their attempts, in one SQLite
//! database per data directory. No other crate knows SQL.
//!
//! One thread owns the only connection that writes. It takes what waits in a bounded queue, commits it in one
//! transaction (`synchronous=FULL`, so the commit is on the disk) and only then answers each waiting caller.
//! One caller alone pays one fsync; sixty-four pay one together. Reads go through a few read-only connections, and a
//! second thread moves the write-ahead log into the database, so that nobody waits for that.

mod answer_book;
mod bodies;
mod capture_name;
mod care;
mod damage;
mod data_dir;
mod error;
mod filter;
mod health;
mod index;
mod migration;
mod platform;
mod readers;
mod salvage;
mod search;
mod sqlite;
mod store;
mod table;
mod writer;

pub use bodies::StoredBody;
pub use care::{Backup, Integrity, Stop};
pub use error::{OpenError, StoreError};
pub use filter::CaptureFilter;
pub use health::StoreHealth;
pub use index::IndexProgress;
pub use salvage::{Salvaged, SalvagedTable};
pub use search::{CountedCaptures, FoundCaptures, SEARCHED_BODY_BYTES, Search, SearchBudget, SearchEnd};
pub use store::Store;
pub use store::search::{RecentCapture, RecentValues, UNDO_MS};
pub use table::capture::{NewBody, NewCapture};
pub use table::capture_content::StoredHead;
pub use table::capture_count::{EndpointCounts, Totals};
pub use table::diagnosis::StoredDiagnosis;
pub use table::rejection::{NewRejection, Rejection};
pub use table::retention_rule::RetentionRule;
pub use table::saved_filter::SavedFilter;
pub use table::secret_match::SecretMatch;
pub use table::vault::{SetAsideVault, VaultChange};
pub use writer::Stored;
