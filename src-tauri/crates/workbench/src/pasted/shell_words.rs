//! The words of one command as a shell splits them (POSIX.1-2017 XCU 2.2, and `$'…'` of bash, which browsers write
//! around a body with a quotation mark or a line end in it). Nothing is expanded.

/// The words up to the end of the command, and what follows it; `None` when a quotation mark has no end. Words are bytes,
/// because `$'\xe9'` is one.
pub(super) fn split(command: &[u8]) -> Option<(Vec<Vec<u8>>, &[u8])> {
    let mut rest = command;
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    loop {
        match rest {
            // A last backslash goes on with a line that was not copied.
            [] | [b'\\'] | [b'\n', ..] | [b'\r', b'\n', ..] => break,
            // A line goes on: with a backslash in a shell, with a caret at the Windows prompt.
            [b'\\' | b'^', b'\n', after @ ..] | [b'\\' | b'^', b'\r', b'\n', after @ ..] => rest = after,
            [b' ' | b'\t' | b'\r', after @ ..] => {
                words.extend(word.take());
                rest = after;
            }
            [b'|' | b'>' | b';', ..] if word.is_none() => break,
            [b'\'', after @ ..] => {
                let end = after.iter().position(|byte| *byte == b'\'')?;
                word.get_or_insert_default().extend_from_slice(after.get(..end)?);
                rest = after.get(end + 1..)?;
            }
            [b'$', b'\'', after @ ..] => rest = ansi_quoted(after, word.get_or_insert_default())?,
            [b'"', after @ ..] => rest = double_quoted(after, word.get_or_insert_default())?,
            [b'\\', byte, after @ ..] | [byte, after @ ..] => {
                word.get_or_insert_default().push(*byte);
                rest = after;
            }
        }
    }
    words.extend(word);
    Some((words, rest))
}

fn double_quoted<'t>(mut rest: &'t [u8], word: &mut Vec<u8>) -> Option<&'t [u8]> {
    loop {
        match rest {
            [] => return None,
            [b'"', after @ ..] => return Some(after),
            [b'\\', b'\n', after @ ..] | [b'\\', b'\r', b'\n', after @ ..] => rest = after,
            [b'\\', byte @ (b'"' | b'\\' | b'$' | b'`'), after @ ..] | [byte, after @ ..] => {
                word.push(*byte);
                rest = after;
            }
        }
    }
}

fn ansi_quoted<'t>(mut rest: &'t [u8], word: &mut Vec<u8>) -> Option<&'t [u8]> {
    loop {
        match rest {
            [] => return None,
            [b'\'', after @ ..] => return Some(after),
            [b'\\', b'x', after @ ..] => {
                let (byte, after) = hex_number(after, 2)?;
                word.push(u8::try_from(byte).ok()?);
                rest = after;
            }
            [b'\\', kind @ (b'u' | b'U'), after @ ..] => {
                let (mut code, mut after) = hex_number(after, if *kind == b'u' { 4 } else { 8 })?;
                // Browsers write what lies beyond the first plane as two halves.
                if (0xd800..0xdc00).contains(&code)
                    && let [b'\\', b'u', low @ ..] = after
                    && let Some((low @ 0xdc00..0xe000, past)) = hex_number(low, 4)
                {
                    code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                    after = past;
                }
                let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                word.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                rest = after;
            }
            [b'\\', byte, after @ ..] => {
                match byte {
                    b'n' => word.push(b'\n'),
                    b'r' => word.push(b'\r'),
                    b't' => word.push(b'\t'),
                    b'b' => word.push(8),
                    b'f' => word.push(12),
                    b'\'' | b'"' | b'\\' | b'?' => word.push(*byte),
                    other => word.extend_from_slice(&[b'\\', *other]),
                }
                rest = after;
            }
            [byte, after @ ..] => {
                word.push(*byte);
                rest = after;
            }
        }
    }
}

/// One to `digits_max` hexadecimal digits.
fn hex_number(text: &[u8], digits_max: usize) -> Option<(u32, &[u8])> {
    let digits = text.iter().take(digits_max).take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (digits, rest) = text.split_at(digits);
    Some((u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?, rest))
}
