//! Which common stack wrote a JSON text.

use super::{
    json_looks::Looks,
    json_style::{PLAIN, STACKS, Spacing, Style},
    json_text::read,
    json_writer::{respaced, write},
};

/// Bodies above this are not looked through: reading and writing one takes longer than the answer is worth.
const WRITTEN_BY_MAX_BYTES: usize = 2 * 1024 * 1024;

/// Which stack writes exactly this text, when it has a feature that tells: white space or escapes that others do not
/// have.
pub(crate) fn written_by(body: &[u8]) -> Option<&'static str> {
    let text = body.trim_ascii();
    if text.len() > WRITTEN_BY_MAX_BYTES || !matches!(text.first(), Some(b'{' | b'[')) {
        return None;
    }
    let (by, style) = stack_of(text)?;
    // Reading and writing prove what the features say, and cost the most.
    let node = read(text)?;
    let tells = style.spacing != Spacing::Spaced || respaced(&node, Spacing::Compact).len() < text.len();
    (tells && write(&node, &style) == text).then_some(by)
}

/// The only stack that may have written a text with these features.
fn stack_of(text: &[u8]) -> Option<(&'static str, Style)> {
    let has = |needle: &[u8]| memchr::memmem::find(text, needle).is_some();
    let is_raw = !text.is_ascii();
    let slashes = Looks::of(text).slashes > 0;
    let lower = b"abcdef".iter().any(|digit| has_escape(text, *digit));
    let upper = b"ABCDEF".iter().any(|digit| has_escape(text, *digit));
    let html = [&b"\\u003c"[..], b"\\u003e", b"\\u0026"].into_iter().any(has);
    let spacing = spacing(text);
    let named = |by: &'static str| STACKS.into_iter().find(|(name, _)| *name == by).map(|(_, style)| style);
    let (by, style) = match spacing {
        _ if upper || has(b"\\u0022") || has(b"\\u002B") => {
            (".NET's System.Text.Json", Style { spacing, ..named(".NET's System.Text.Json")? })
        }
        Spacing::Jackson => ("Jackson", named("Jackson, pretty,")?),
        Spacing::Lines { end: "\r\n", .. } => (".NET", named(".NET, indented,")?),
        Spacing::Ruby => ("Ruby's JSON.pretty_generate", named("Ruby's JSON.pretty_generate")?),
        Spacing::Compact if has(b"\\u003d") || has(b"\\u0027") => ("Gson", named("Gson")?),
        Spacing::Compact if html => ("Go's encoding/json or Rails' to_json", named("Go's encoding/json")?),
        Spacing::Lines { .. } if html => {
            ("Go's encoding/json", Style { spacing, ..named("Go's encoding/json, indented,")? })
        }
        Spacing::Compact | Spacing::Lines { .. } if slashes => {
            let by = if is_raw { "PHP's json_encode with UTF-8" } else { "PHP's json_encode" };
            (by, Style { spacing, ..named(by)? })
        }
        Spacing::Spaced if is_raw => ("Python's json.dumps with UTF-8", named("Python's json.dumps with UTF-8")?),
        Spacing::Spaced => ("Python's json.dumps", named("Python's json.dumps")?),
        // Compact text with escapes is Python's or PHP's; in indented lines PHP would write its four spaces.
        Spacing::Lines { indent: "  ", .. } if lower => {
            ("Python's json.dumps", named("Python's json.dumps, indented by two,")?)
        }
        _ => return None,
    };
    (style != PLAIN).then_some((by, style))
}

/// Whether an escape `\uXXXX` has this hex digit.
fn has_escape(text: &[u8], digit: u8) -> bool {
    memchr::memmem::find_iter(text, b"\\u")
        .take(64)
        .any(|at| text.get(at + 2..at + 6).is_some_and(|digits| digits.contains(&digit)))
}

/// The white space after the first bracket and the first colon outside strings.
fn spacing(text: &[u8]) -> Spacing {
    let run = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        &rest[..rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()]
    };
    let has = |needle: &[u8]| memchr::memmem::find(text, needle).is_some();
    match run(1) {
        b"" if has(b"\": ") || has(b", ") && !has(b"\":") => Spacing::Spaced,
        b"" => Spacing::Compact,
        b" " => Spacing::Jackson,
        b"\n  " if has(b"\" : ") => Spacing::Jackson,
        b"\n  " if has(b"[\n\n") || has(b"{\n  }") && !has(b"{}") => Spacing::Ruby,
        b"\n  " => super::json_style::TWO,
        b"\n    " => super::json_style::FOUR,
        b"\r\n  " => super::json_style::TWO_CRLF,
        b"\n\t" => super::json_style::TABS,
        // No stack writes so.
        _ => Spacing::Colons,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_named_by_what_it_alone_writes() {
        for (text, expected) in [
            (r#"{"a": 1, "b": [1, 2]}"#, Some("Python's json.dumps")),
            (r#"{"a": "\u00e9/"}"#, Some("Python's json.dumps")),
            (r#"{"a": "é"}"#, Some("Python's json.dumps with UTF-8")),
            ("[1, 2]\n", Some("Python's json.dumps")),
            ("{\n  \"a\": \"\\u00e9\"\n}", Some("Python's json.dumps")),
            (r#"{"a":"\u00e9\/"}"#, Some("PHP's json_encode")),
            (r#"{"a":"é\/"}"#, Some("PHP's json_encode with UTF-8")),
            ("{\n    \"a\": \"\\/\"\n}", Some("PHP's json_encode")),
            (r#"{"a":"\u003cb\u003e"}"#, Some("Go's encoding/json or Rails' to_json")),
            ("{\n  \"a\": \"\\u0026\"\n}", Some("Go's encoding/json")),
            (r#"{"a":"b\u003d\u0027"}"#, Some("Gson")),
            (r#"{"a":"\u00E9 \u0022"}"#, Some(".NET's System.Text.Json")),
            ("{\n  \"a\": \"\\u002B\"\n}", Some(".NET's System.Text.Json")),
            ("{\r\n  \"a\": 1\r\n}", Some(".NET")),
            ("{\n  \"a\" : [ 1, 2 ]\n}", Some("Jackson")),
            ("{\n  \"a\": [\n\n  ]\n}", Some("Ruby's JSON.pretty_generate")),
            // Nothing tells, or it is written by hand.
            (r#"{"a":1,"b":"c/é"}"#, None),
            (r#"{"a":"\u00e9/"}"#, None),
            ("{\n  \"a\": 1\n}", None),
            ("{\n    \"a\": 1\n}", None),
            (r#"{"a": 1,"b": 2}"#, None),
            (r#"{ "a": 1 }"#, None),
            (r#"{"a": 1, "b":2}"#, None),
            (r#"{"a": "\/"}"#, None),
            (r#"{"a": 1"#, None),
            ("{}", None),
            ("[]", None),
            ("", None),
            ("a=1, b=2", None),
            (r#"["a, b"]"#, None),
        ] {
            assert_eq!(written_by(text.as_bytes()), expected, "{text}");
        }
    }
}
