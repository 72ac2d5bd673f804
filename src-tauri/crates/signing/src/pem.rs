//! The blocks of a PEM text (RFC 7468) as people paste it: indented, on one line, with `\n` for line ends, between
//! other text. The strict grammar that libraries read takes none of that.

use zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// Longest label that is read. The longest that OpenSSL and OpenSSH write has 21 bytes.
const LABEL_MAX_BYTES: usize = 32;

/// One block: its label and the text between its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block<'a> {
    /// For example `PUBLIC KEY`.
    pub(crate) label: &'a str,
    inner: &'a str,
}

/// Whether the text has the start of a block.
pub(crate) fn is_pem(text: &str) -> bool {
    text.contains(BEGIN)
}

/// Reads the next block at or after the start of `text`, and what follows it; `None` when there is no further one.
pub(crate) fn next_block(text: &str) -> Option<Result<(Block<'_>, &str), String>> {
    let (_, after) = text.split_once(BEGIN)?;
    Some(block(after))
}

fn block(after_begin: &str) -> Result<(Block<'_>, &str), String> {
    let (label, rest) = after_begin
        .split_once(DASHES)
        .filter(|(label, _)| !label.is_empty() && !label.contains(['\n', '\r', '-']))
        .ok_or("the BEGIN line of the PEM is not closed by five hyphens")?;
    // Errors repeat the label, so nothing that could be a part of the secret may pass for one.
    let is_label = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ';
    if label.len() > LABEL_MAX_BYTES || !label.bytes().all(is_label) {
        return Err("the BEGIN line of the PEM does not name a kind of key".to_owned());
    }
    let (inner, end) = rest.split_once(END).ok_or_else(|| format!("the PEM has no line {END}{label}{DASHES}"))?;
    let rest = end
        .strip_prefix(label)
        .and_then(|end| end.strip_prefix(DASHES))
        .ok_or_else(|| format!("the PEM begins with {BEGIN}{label}{DASHES} and does not end with the same label"))?;
    Ok((Block { label, inner }, rest))
}

impl Block<'_> {
    /// The bytes in the block.
    pub(crate) fn decode(&self) -> Result<Zeroizing<Vec<u8>>, String> {
        if self.inner.contains("Proc-Type:") {
            return Err("this private key is encrypted; decrypt it first (openssl pkey writes it so)".to_owned());
        }
        base64(self.inner).ok_or_else(|| format!("what stands between the lines of the {} is not base64", self.label))
    }
}

/// Decodes the standard or the URL alphabet, padded or not, with any white space, also as `\n` and `\r`.
pub(crate) fn base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    use base64::Engine as _;
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next_if(|next| matches!(next, b'n' | b'r'))?;
            }
            b'-' => digits.push(b'+'),
            b'_' => digits.push(b'/'),
            other if other.is_ascii_whitespace() => {}
            other => digits.push(other),
        }
    }
    crate::secret_form::LENIENT_BASE64.decode(&*digits).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_repeats_what_stands_in_a_labels_place() {
        let long = "A".repeat(LABEL_MAX_BYTES + 1);
        for label in ["whsec_canary", "public key", "CANARY\u{e9}", long.as_str()] {
            let error = next_block(&format!("-----BEGIN {label}-----\nAAAA\n")).unwrap().unwrap_err();
            assert!(error.len() < 100 && !error.contains(label), "{error}");
        }
        assert!(next_block("-----BEGIN X509 CRL-----\n").unwrap().unwrap_err().contains("X509 CRL"));
    }
}
