//! Which word may have been meant.

/// Words people use for a filter that is called otherwise.
const OTHER_NAMES: [(&str, &str); 26] = [
    ("type", "event"),
    ("event_type", "event"),
    ("kind", "event"),
    ("source", "provider"),
    ("from", "provider"),
    ("vendor", "provider"),
    ("signature", "verdict"),
    ("valid", "verdict"),
    ("code", "status"),
    ("answer", "status"),
    ("response", "status"),
    ("url", "path"),
    ("target", "path"),
    ("query", "path"),
    ("verb", "method"),
    ("duplicate", "dup"),
    ("retry", "dup"),
    ("bytes", "size"),
    ("length", "size"),
    ("since", "after"),
    ("date", "after"),
    ("until", "before"),
    ("star", "starred"),
    ("tag", "label"),
    ("comment", "note"),
    ("content", "body"),
];

/// The known word nearest to what was written, if one is near.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_ascii_lowercase();
    let written = written.as_str();
    let most = (written.chars().count() / 3).clamp(1, 3);
    let mut best: Option<(usize, &str)> = None;
    for word in known {
        let distance = if word.starts_with(written) { 1 } else { distance(written, word) };
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, word));
        }
    }
    best.map(|(_, word)| word)
}

/// The filter that other programs, or people, call so.
pub(crate) fn known_by_other_name(written: &str) -> Option<&'static str> {
    let written = written.to_ascii_lowercase();
    OTHER_NAMES.into_iter().find(|(other, _)| *other == written).map(|(_, name)| name)
}

/// How many characters have to be inserted, deleted, replaced or swapped with their neighbour. Both are short: a query is
/// bounded.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(40).collect(), b.chars().take(40).collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut fewest = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                fewest = fewest.min(before[j - 2] + 1);
            }
            row.push(fewest);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_found_and_other_words_are_not() {
        let known = ["status", "size", "starred", "verdict"];
        for (written, meant) in [
            ("staus", Some("status")),
            ("Stauts", Some("status")),
            ("verdct", Some("verdict")),
            ("stat", Some("status")),
            ("colour", None),
            ("", Some("status")),
        ] {
            assert_eq!(nearest(written, known), meant, "{written}");
        }
    }
}
