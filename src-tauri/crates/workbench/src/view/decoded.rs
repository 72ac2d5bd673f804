//! What became of the content-codings of a body. Its bytes cross apart, as all bodies do.

use serde::Serialize;

/// A decoded body: what is said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DecodedView {
    /// The codings that were undone, the last that had been applied first: `gzip`, `deflate`, `br`, `zstd`.
    pub undone: Vec<String>,
    /// Size of the body as received, in bytes.
    pub body_bytes: u64,
    /// Size of what came out, in bytes.
    pub decoded_bytes: u64,
    /// What is to be known about it; empty when all of it was decoded.
    pub notes: Vec<DecodedNote>,
    /// The charset of what came out.
    pub charset: CharsetView,
}

/// Why a decoded body is not the whole of it, or not all that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DecodedNote {
    /// What a program acts on.
    pub kind: DecodedNoteKind,
    /// In a few words.
    pub title: String,
    /// What it means. Positions count from 0.
    pub sentence: String,
}

/// What is to be known about a decoded body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum DecodedNoteKind {
    /// It was cut at `decoded_view_bytes`.
    SizeLimit,
    /// It was cut at `decoded_view_ratio`.
    RatioLimit,
    /// From somewhere on it cannot be decoded.
    Broken,
    /// Bytes follow that do not belong to it.
    Trailing,
    /// It is still in a coding that is not known here, or in too many of them.
    StillCoded,
}

/// The charset of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CharsetView {
    /// Its name as the WHATWG has it, for example `UTF-8` or `windows-1252`.
    pub name: String,
    /// How it is known.
    pub source: CharsetSource,
    /// The charset the content-type names, when nobody knows it; the text is then read as UTF-8.
    pub unknown: Option<String>,
}

/// How a charset is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum CharsetSource {
    /// The text begins with a byte order mark.
    ByteOrderMark,
    /// The content-type names it.
    ContentType,
    /// Nothing names one that is known.
    Default,
}
