//! Bounds that more than one crate must agree on. Each name carries its unit.

/// Largest request body that is kept whole. GitHub sends up to 25 MB
/// (docs.github.com, "Webhook events and payloads", payload cap), the largest of the common providers.
pub const DEFAULT_BODY_LIMIT_BYTES: usize = 25 * 1024 * 1024;

/// At most this many signatures of one request are compared; more is a malformed header.
/// Rotation needs two or three; the bound keeps 10,000 signatures in one header from costing time.
pub const MAX_SIGNATURES_COMPARED: usize = 16;

/// Longest request head (request line and headers) that is read. hyper's own HTTP/1 ceiling is about
/// 400 kB; real webhooks stay under 16 kB, and a larger head is an attack or a mistake.
pub const MAX_HEAD_BYTES: usize = 64 * 1024;

/// Most header lines in one request head, unless more are allowed. hyper's HTTP/1 default.
pub const MAX_HEADERS: usize = 100;

/// Most header lines that can be allowed. Ten times what servers take; the known providers send some thirty.
pub const MOST_HEADERS: usize = 1_000;
