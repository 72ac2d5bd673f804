//! Bounds of a query, so that no text, however it came about, costs more than a typed one.

/// Longest text of a query, in bytes. A hundred terms of forty characters; nobody types more.
pub const MAX_TEXT_BYTES: usize = 4_096;

/// Most terms of a query. Each costs a look at every candidate.
pub const MAX_TERMS: usize = 64;

/// Deepest nesting of parentheses. Each costs a frame of the stack while parsing and searching.
pub const MAX_DEPTH: usize = 16;
