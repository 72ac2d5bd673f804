//! Quoting for the POSIX shell (XCU 2.2), by nothing but what sh, dash, bash, zsh and `BusyBox` share.

use std::fmt::Write;

/// Whether every character can be shown as itself: no control character (a newline in pasted text runs what stands
/// before it; escape sequences reach the terminal), nothing that reorders or hides text.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || is_invisible(c))
}

/// Line separators, zero-width characters, the byte-order mark, and the controls of the bidirectional algorithm
/// (UAX #9 §2), which can make a command read differently from what it does.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00ad}' | '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// One word for the shell: between single quotes nothing has a meaning but the single quote itself.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The argument of `printf`, quoted, that makes it write exactly these bytes (XCU printf, octal escapes of three
/// digits). NUL is written too; it only cannot pass a command substitution.
pub(crate) fn printf_format(bytes: &[u8]) -> String {
    let mut format = String::with_capacity(bytes.len() + 2);
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => format.push_str(r"\\"),
                '%' => format.push_str("%%"),
                '\n' => format.push_str(r"\n"),
                '\t' => format.push_str(r"\t"),
                '\r' => format.push_str(r"\r"),
                c if c.is_control() || is_invisible(c) => {
                    push_octal(&mut format, c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                c => format.push(c),
            }
        }
        push_octal(&mut format, chunk.invalid());
    }
    quoted(&format)
}

fn push_octal(format: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(format, "\\{byte:03o}");
    }
}

/// One word that holds exactly these bytes, which may be anything but NUL and must not end in a newline.
pub(crate) fn word(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if is_plain(text) => quoted(text),
        // Where history expansion takes no notice of the inner quotes, as in older interactive bash, an exclamation
        // mark would recall an old command.
        _ => format!("\"$(printf {})\"", guarded(bytes).replace('!', r"\041")),
    }
}

/// A format that starts with a dash could be taken for an option.
fn guarded(bytes: &[u8]) -> String {
    match bytes.split_first() {
        Some((b'-', rest)) => format!("'\\055{}", &printf_format(rest)[1..]),
        _ => printf_format(bytes),
    }
}

/// The `printf` command that writes these bytes.
pub(crate) fn printf(bytes: &[u8]) -> String {
    format!("printf {}", guarded(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_quoted_and_everything_else_is_escaped() {
        assert_eq!(word(b"it's $HOME !!"), r"'it'\''s $HOME !!'");
        assert_eq!(word(b"a\x1b!"), r#""$(printf 'a\033\041')""#);
        assert_eq!(word("\u{202e}x".as_bytes()), r#""$(printf '\342\200\256x')""#);
        assert_eq!(printf(b"-n\n%\\\xff'"), r"printf '\055n\n%%\\\377'\'''");
    }
}
