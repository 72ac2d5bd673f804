//! What a decoded view may cost.

/// Largest decoded view unless the user says otherwise: as much as the largest body that is captured unless a limit was
/// raised (`hookglass_model::limits::DEFAULT_BODY_LIMIT_BYTES`), which the window is known to show.
pub const DEFAULT_VIEW_BYTES: u64 = hookglass_model::limits::DEFAULT_BODY_LIMIT_BYTES as u64;

/// Most decoded bytes for one byte received, unless the user says otherwise. A thousand equal events in one JSON array
/// come to 200:1 and more, so a lower bound would cut honest bodies; deflate cannot pass 1,032:1 (zlib's technical
/// details, "Maximum Compression Factor"),
/// so what does is zeros in gzip, gzip within gzip, or brotli and zstd, which can pass a million.
pub const DEFAULT_VIEW_RATIO: u32 = 1_000;

/// The ratio is not looked at until a coding gave this much: small bodies may be as repetitive as they like, and a megabyte
/// harms nobody.
pub const RATIO_FREE_BYTES: u64 = 1024 * 1024;

/// Most codings that are undone one after another. curl takes five (CVE-2023-23916), so does urllib3 (CVE-2025-66418);
/// each holds a window of its own.
pub const MAX_CODINGS: usize = 5;

/// Largest zstd window: the content-coding allows no more (RFC 9659 §3), while a frame may ask for terabytes. Brotli's is
/// 16 MiB at most (RFC 7932 §9.1), because its large-window extension is refused.
pub const ZSTD_WINDOW_MAX_BYTES: u64 = 8 * 1024 * 1024;

/// What a decoded view may cost. It holds for what each of several codings gives, so that nothing large can hide between
/// two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most decoded bytes.
    pub view_bytes: u64,
    /// Most decoded bytes for one byte received, once there are more than [`RATIO_FREE_BYTES`].
    pub ratio: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { view_bytes: DEFAULT_VIEW_BYTES, ratio: DEFAULT_VIEW_RATIO }
    }
}

impl Limits {
    /// Whether so much came from so little.
    pub(crate) fn is_over_ratio(&self, given: u64, received: u64) -> bool {
        given > RATIO_FREE_BYTES && given > received.saturating_mul(self.ratio.into())
    }
}
