//! Two byte strings beside each other: what differs, and what is left out because it does not.

use std::{
    ops::Range,
    time::{Duration, Instant},
};

use hookglass_signing::SignedBytes;
use similar::{Algorithm, DiffTag, capture_diff_slices_deadline};

use crate::view::{BytesPartView, BytesRunKind, BytesRunView};

/// How much that is alike stands around a difference.
const CONTEXT_BYTES: usize = 64;

/// How much of bytes without any difference is shown.
const UNCHANGED_BYTES: usize = 2 * 1024;

/// The most of one side that is shown, whatever differs: the whole body is one tab away.
const SHOWN_MAX_BYTES: usize = 16 * 1024;

/// Beyond this the middle that differs is one difference: comparing byte by byte grows with the product of both sizes.
const COMPARED_MAX_BYTES: usize = 128 * 1024;

/// Comparing gives up after this long and calls the rest different.
const COMPARE_LIMIT: Duration = Duration::from_millis(150);

/// Both sides, ready for showing.
pub(crate) struct Sides {
    pub(crate) signed: Vec<BytesPartView>,
    /// Empty where both are alike.
    pub(crate) arrived: Vec<BytesPartView>,
    pub(crate) differences: u32,
}

/// Lays two contents beside each other.
pub(crate) fn beside(signed: &[SignedBytes], arrived: &[SignedBytes]) -> Sides {
    let (left, right) = (joined(signed), joined(arrived));
    if left == right || arrived.is_empty() {
        return Sides { signed: parts(signed, &[]), arrived: Vec::new(), differences: 0 };
    }
    let changes = changes(&left, &right);
    let differences = u32::try_from(changes.len()).unwrap_or(u32::MAX);
    let (of_left, of_right): (Vec<_>, Vec<_>) = changes.into_iter().unzip();
    Sides { signed: parts(signed, &of_left), arrived: parts(arrived, &of_right), differences }
}

fn joined(parts: &[SignedBytes]) -> Vec<u8> {
    parts.iter().flat_map(|part| part.bytes.iter().copied()).collect()
}

/// The stretches that differ, each as it stands on both sides; one of the two may be empty.
fn changes(left: &[u8], right: &[u8]) -> Vec<(Range<usize>, Range<usize>)> {
    let before = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let rest = left.len().min(right.len()) - before;
    let after = left.iter().rev().zip(right.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (inner_left, inner_right) = (&left[before..left.len() - after], &right[before..right.len() - after]);
    let whole = (before..left.len() - after, before..right.len() - after);
    if inner_left.len() + inner_right.len() > COMPARED_MAX_BYTES {
        return vec![whole];
    }
    let deadline = Instant::now().checked_add(COMPARE_LIMIT);
    let ops = capture_diff_slices_deadline(Algorithm::Myers, inner_left, inner_right, deadline);
    let moved = |range: Range<usize>| range.start + before..range.end + before;
    ops.iter()
        .filter(|op| op.tag() != DiffTag::Equal)
        .map(|op| (moved(op.old_range()), moved(op.new_range())))
        .collect()
}

/// The parts with their bytes, `changed` marked; its ranges count through all parts.
fn parts(parts: &[SignedBytes], changed: &[Range<usize>]) -> Vec<BytesPartView> {
    let mut start = 0;
    let mut left = SHOWN_MAX_BYTES;
    let mut views = Vec::with_capacity(parts.len());
    let count = parts.len();
    for (at, part) in parts.iter().enumerate() {
        let end = start + part.bytes.len();
        // A difference without bytes at the end of a part belongs to it, unless the next part begins with one.
        let own: Vec<Range<usize>> = changed
            .iter()
            .filter(|range| {
                range.start < end && range.end > start
                    || range.is_empty()
                        && (range.start >= start && range.start < end || range.start == end && at + 1 == count)
            })
            .map(|range| range.start.max(start) - start..range.end.min(end) - start)
            .collect();
        views.push(BytesPartView {
            name: part.name.clone(),
            bytes: part.bytes.len() as u64,
            runs: runs(&part.bytes, &own, !changed.is_empty(), &mut left),
        });
        start = end;
    }
    views
}

fn runs(bytes: &[u8], changed: &[Range<usize>], is_compared: bool, left: &mut usize) -> Vec<BytesRunView> {
    let mut runs = Vec::new();
    let mut at = 0;
    for (index, range) in changed.iter().enumerate() {
        same(bytes, at..range.start, (index > 0, true), is_compared, left, &mut runs);
        push(bytes, range.clone(), BytesRunKind::Changed, left, &mut runs);
        at = range.end;
    }
    same(bytes, at..bytes.len(), (!changed.is_empty(), false), is_compared, left, &mut runs);
    runs
}

/// A stretch that is alike: whole when it is short, else what stands beside a difference. `beside` says whether one
/// stands before and behind it.
fn same(
    bytes: &[u8],
    range: Range<usize>,
    beside: (bool, bool),
    is_compared: bool,
    left: &mut usize,
    runs: &mut Vec<BytesRunView>,
) {
    let shown = if is_compared { CONTEXT_BYTES } else { UNCHANGED_BYTES };
    if range.len() <= 2 * shown {
        push(bytes, range, BytesRunKind::Same, left, runs);
        return;
    }
    let head = if beside.0 || !beside.1 { shown } else { 0 };
    let tail = if beside.1 { shown } else { 0 };
    // Cut between characters, so that none is shown in halves.
    let head_end = boundary(bytes, range.start + head, range.end);
    let tail_start = boundary(bytes, range.end - tail, range.end);
    push(bytes, range.start..head_end, BytesRunKind::Same, left, runs);
    push(bytes, head_end..tail_start, BytesRunKind::Gap, left, runs);
    push(bytes, tail_start..range.end, BytesRunKind::Same, left, runs);
}

/// The next place that does not fall into a character of UTF-8.
fn boundary(bytes: &[u8], mut at: usize, end: usize) -> usize {
    while at < end && bytes[at] & 0xc0 == 0x80 {
        at += 1;
    }
    at
}

fn push(bytes: &[u8], range: Range<usize>, kind: BytesRunKind, left: &mut usize, runs: &mut Vec<BytesRunView>) {
    let length = range.len();
    if length == 0 && kind != BytesRunKind::Changed {
        return;
    }
    // Of a difference that is too long to be shown, the beginning says what kind it is. Half of the room is left for
    // what follows.
    if kind == BytesRunKind::Changed && length > *left {
        let end = boundary(bytes, range.start + *left / 2, range.start + *left);
        if end > range.start {
            push(bytes, range.start..end, kind, left, runs);
            push(bytes, end..range.end, BytesRunKind::Gap, left, runs);
            return;
        }
    }
    if kind == BytesRunKind::Gap || length > *left {
        match runs.last_mut() {
            Some(before) if before.kind == BytesRunKind::Gap => before.bytes += length as u64,
            _ => runs.push(BytesRunView {
                kind: BytesRunKind::Gap,
                text: String::new(),
                hex: String::new(),
                bytes: length as u64,
            }),
        }
        return;
    }
    *left -= length;
    let shown = &bytes[range];
    let hex = shown.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    runs.push(BytesRunView { kind, text: String::from_utf8_lossy(shown).into_owned(), hex, bytes: length as u64 });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, bytes: impl Into<Vec<u8>>) -> SignedBytes {
        SignedBytes { name: name.to_owned(), bytes: bytes.into() }
    }

    fn told(parts: &[BytesPartView]) -> String {
        let run = |run: &BytesRunView| match run.kind {
            BytesRunKind::Same => run.text.clone(),
            BytesRunKind::Changed => format!("[{}]", run.text),
            BytesRunKind::Gap => format!("<{}>", run.bytes),
        };
        parts.iter().map(|part| part.runs.iter().map(run).collect::<String>()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn what_differs_is_marked_on_both_sides() {
        let signed = [part("timestamp", "17"), part("separator", "."), part("body", r#"{"a":"\/x"}"#)];
        let arrived = [part("timestamp", "17"), part("separator", "."), part("body", r#"{"a":"/x"}"#)];
        let sides = beside(&signed, &arrived);
        assert_eq!(sides.differences, 1);
        assert_eq!(told(&sides.signed), r#"17|.|{"a":"[\]/x"}"#);
        assert_eq!(told(&sides.arrived), r#"17|.|{"a":"[]/x"}"#);
        let alike = beside(&signed, &signed);
        assert_eq!((alike.differences, alike.arrived.len()), (0, 0));
    }

    #[test]
    fn long_stretches_that_are_alike_are_left_out_and_sizes_stay_true() {
        let long = "x".repeat(5_000);
        let sides = beside(&[part("body", format!("{long}A{long}"))], &[part("body", format!("{long}B{long}"))]);
        assert_eq!(told(&sides.signed), format!("<4936>{x}[A]{x}<4936>", x = "x".repeat(64)));
        let plain = beside(&[part("body", long.as_str())], &[]);
        assert_eq!(told(&plain.signed), format!("{}<2952>", "x".repeat(2048)));
        for view in sides.signed.iter().chain(&sides.arrived).chain(&plain.signed) {
            assert_eq!(view.runs.iter().map(|run| run.bytes).sum::<u64>(), view.bytes);
        }
    }

    #[test]
    fn a_megabyte_is_compared_in_bounded_time_and_shown_in_part() {
        let signed: Vec<u8> = (0..1_000_000_u32).map(|n| (n * 7 % 251) as u8).collect();
        let arrived: Vec<u8> = (0..1_000_000_u32).map(|n| (n * 13 % 241) as u8).collect();
        let sides = beside(&[part("body", signed)], &[part("body", arrived)]);
        let shown: usize = sides.signed[0].runs.iter().map(|run| run.text.len()).sum();
        assert!(shown <= 3 * SHOWN_MAX_BYTES, "{shown}");
        let is_shown = |run: &BytesRunView| run.kind == BytesRunKind::Changed && !run.text.is_empty();
        for side in [&sides.signed, &sides.arrived] {
            assert!(side[0].runs.iter().any(is_shown), "where all of it differs, its beginning is shown");
        }
        assert_eq!(sides.signed[0].runs.iter().map(|run| run.bytes).sum::<u64>(), 1_000_000);
    }
}
