//! What is said about a decoded body that is not the whole of it, or not all that was sent.

use hookglass_content::{Decoded, End, Flaw, Left, Limits, MAX_CODINGS, ZSTD_WINDOW_MAX_BYTES};

use crate::view::{DecodedNote, DecodedNoteKind};

/// Everything that is to be known, the gravest first; nothing when all was decoded.
pub(crate) fn notes(decoded: &Decoded, body_bytes: u64, limits: Limits) -> Vec<DecodedNote> {
    let end = end_note(decoded, body_bytes, limits);
    end.into_iter().chain(decoded.left.as_ref().map(|left| left_note(decoded, left))).collect()
}

fn note(kind: DecodedNoteKind, title: impl Into<String>, sentence: impl Into<String>) -> DecodedNote {
    DecodedNote { kind, title: title.into(), sentence: sentence.into() }
}

fn end_note(decoded: &Decoded, body_bytes: u64, limits: Limits) -> Option<DecodedNote> {
    Some(match decoded.end {
        End::Whole => return None,
        End::SizeLimit => note(
            DecodedNoteKind::SizeLimit,
            format!("Cut at {}", size(limits.view_bytes)),
            format!(
                "There is more than the limit on the size of a decoded view allows. It was reached after {} of the {} bytes \
                 received.",
                decoded.read_bytes, body_bytes
            ),
        ),
        End::RatioLimit => note(
            DecodedNoteKind::RatioLimit,
            format!("Cut at {} bytes for each byte received", limits.ratio),
            format!(
                "A body that grows so much is most often made to exhaust whoever decodes it. {} bytes came of the first {}.",
                decoded.written_bytes, decoded.read_bytes
            ),
        ),
        End::Broken { step, at, flaw } => broken_note(decoded, step, at, flaw),
        End::Trailing { step, at } => {
            let name = name(decoded, step);
            let rest = match step {
                0 => format!("{} bytes follow", body_bytes.saturating_sub(at)),
                // How many they are within a row nobody has counted.
                _ => "Bytes follow".to_owned(),
            };
            note(
                DecodedNoteKind::Trailing,
                format!("More follows the {name} data"),
                format!("{rest} the end of the {name} data, from {} on. They are not shown.", place(decoded, step, at)),
            )
        }
    })
}

fn broken_note(decoded: &Decoded, step: usize, at: u64, flaw: Flaw) -> DecodedNote {
    let (name, place) = (name(decoded, step), place(decoded, step, at));
    let shown = match (decoded.written_bytes, flaw) {
        (0, _) => "Nothing came before.",
        (_, Flaw::Checksum) => "All of it is shown.",
        _ => "What came before is shown.",
    };
    let (title, sentence) = match flaw {
        Flaw::NotThis => (
            format!("This is no {name} data"),
            format!("The request says Content-Encoding: {name}, and {place} does not begin as {name} data does."),
        ),
        Flaw::EndsEarly => {
            (format!("The {name} data ends early"), format!("It ends at {place}, before it is complete. {shown}"))
        }
        Flaw::Damaged => {
            (format!("The {name} data is broken"), format!("It cannot be decoded from {place} on. {shown}"))
        }
        Flaw::Checksum => (
            format!("The checksum of the {name} data does not match"),
            format!("All of it was decoded, but is not what was compressed; its checksum stands at {place}. {shown}"),
        ),
        Flaw::Window => (
            format!("The {name} data asks for too much memory"),
            format!(
                "At {place} it asks for a window of more than {}, the most that RFC 9659 allows. {shown}",
                size(ZSTD_WINDOW_MAX_BYTES)
            ),
        ),
        Flaw::Dictionary => (
            format!("The {name} data needs a dictionary"),
            format!("The one it names at {place} did not come with it. {shown}"),
        ),
    };
    note(DecodedNoteKind::Broken, title, sentence)
}

fn left_note(decoded: &Decoded, left: &Left) -> DecodedNote {
    let (title, why) = match left {
        Left::Unknown(name) => {
            let name: String = name.chars().take(40).collect();
            (format!("“{name}” is not known"), "Known are gzip, deflate, br and zstd.".to_owned())
        }
        Left::TooMany(named) => (
            format!("{named} content-codings in a row"),
            format!("At most {MAX_CODINGS} are undone, because each needs memory of its own."),
        ),
    };
    let rest =
        if decoded.undone.is_empty() { "The body is shown as received." } else { "What is shown is still in it." };
    note(DecodedNoteKind::StillCoded, title, format!("{why} {rest}"))
}

/// What is undone at this step.
fn name(decoded: &Decoded, step: usize) -> &'static str {
    decoded.undone.get(step).map_or("coded", |coding| coding.as_str())
}

/// Where a position is. The first coding that is undone is given the body, the next what that one gave.
fn place(decoded: &Decoded, step: usize, at: u64) -> String {
    match step.checked_sub(1) {
        None => format!("byte {at} of the body"),
        Some(before) => format!("byte {at} of what {} gave", name(decoded, before)),
    }
}

/// `25 MiB`, or bytes where that is not even.
fn size(bytes: u64) -> String {
    [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
        .into_iter()
        .find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit))
        .map_or_else(|| format!("{bytes} bytes"), |(unit, name)| format!("{} {name}", bytes / unit))
}
