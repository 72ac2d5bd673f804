//! The use cases of Hookglass. Hosts (the desktop window, the command line) talk to this crate and to no
//! other; it knows neither windows nor terminals.
//!
//! [`Workbench`] is the whole application: it owns the store, the vault, the endpoints and the listener.

mod answering;
mod byte_runs;
mod checking;
mod clock;
mod composing;
mod custom_providers;
mod data_dir;
mod decoding;
mod decoding_notes;
mod diagnosing;
mod diagnosis_news;
mod diagnosis_queue;
mod doctor;
mod doctor_view;
mod endpoint_table;
mod endpoints;
mod error;
mod exporting;
mod framework_guides;
mod health;
mod housekeeping;
mod inbox;
mod intake;
mod key_pairs;
mod known_providers;
mod known_secrets;
mod limits;
mod listening;
mod notice;
mod pasted;
mod pasted_diagnosis;
mod provider_files;
mod provider_trial;
mod rechecking;
mod rejections;
mod remedies;
mod resending;
mod retaining;
mod rotation;
mod sample_sending;
mod sample_signing;
mod secret_matches;
mod setup_text;
mod storage;
mod tls_port;
mod triggering;
mod vault;
pub mod view;
mod workbench;

pub use checking::{CheckReport, DoctorReport, SignedMessage, check_message, diagnose_message, sign_message};
pub use clock::SystemClock;
pub use data_dir::default_data_dir;
pub use decoding::DecodedBody;
pub use error::{CommandError, ErrorCode};
pub use framework_guides::{FrameworkGuide, framework_guides};
pub use hookglass_model as model;
pub use hookglass_signing::{SignedBytes, recipe_guide};
pub use key_pairs::read_key_file;
pub use known_providers::KnownProviders;
pub use notice::NoticeStream;
pub use triggering::{Trigger, TriggerOrder, TriggerReport, TriggeredSample, sample_draft, sample_events};
pub use workbench::{DEFAULT_LISTEN_ADDRESS, Options, VaultChoice, Workbench};
