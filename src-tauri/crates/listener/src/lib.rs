//! The capture listener: an own accept loop around hyper and axum that hands every request to a [`Receiver`],
//! with the head exactly as it came on the wire, and lets nothing stored be read through its port.
//!
//! ```text
//! socket ─▶ wire::Tee ─▶ hyper (auto HTTP/1 and 2) ─▶ axum ─▶ capture ─▶ Receiver ─▶ Reply
//!             │ every byte read                                  ▲
//!             └─▶ wire::framing ── exact heads, in order ────────┘
//! ```
//!
//! hyper lower-cases header names and loses the order of duplicates (hyper#2695), so the head is taken from
//! the bytes themselves; the body, once transfer-decoded, is hyper's. What never becomes a capture (malformed
//! heads, time-outs, too many connections) is told through [`Receiver::rejected`], so that the user sees it.

mod accept;
mod bind;
mod body;
mod capture;
mod connection;
mod greeting;
mod limits;
mod linger;
mod open_files;
mod private_file;
mod rejected;
mod reply;
mod request;
mod socket;
mod spill;
mod stream;
mod tls;
mod wire;

pub use accept::{Running, Setting};
pub use bind::{BindError, Listener, next_free_port};
pub use ipnet::IpNet;
pub use limits::Limits;
pub use open_files::raise_open_files_limit;
pub use rejected::{RejectReason, Rejected};
pub use request::{Answered, CapturedRequest, Receiver, Reply};
pub use spill::{ReceivedBody, SpilledBody};
pub use tls::{CertificateFacts, OWN_NAMES, SelfSigned, TlsError, TlsIdentity};
