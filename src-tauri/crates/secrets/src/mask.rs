//! Showing that a secret is there without showing it.

/// Prefixes that say what a secret is and nothing about its value: Stripe and Standard Webhooks (`whsec_`, `whsk_`,
/// `whpk_`), API keys (`sk_`, `pk_`, `rk_`), Paddle (`pdl_`), Resend (`re_`), GitHub (`ghp_`).
const KNOWN_PREFIXES: [&str; 9] = ["whsec_", "whsk_", "whpk_", "sk_", "pk_", "rk_", "pdl_", "re_", "ghp_"];

/// From this length on the last four characters are shown: a quarter of the value at most.
const MIN_CHARS_WITH_TAIL: usize = 16;

/// How many characters of the end are shown.
const TAIL_CHARS: usize = 4;

/// Always as many, so that the length of a secret does not show.
const DOTS: &str = "••••";

/// A secret for showing to people, for example `whsec_••••c3Zk`: a known prefix and the last four characters when
/// the value is long enough, else dots only. Values that are not printable ASCII are dots only.
pub fn mask(value: &[u8]) -> String {
    if value.len() < MIN_CHARS_WITH_TAIL || !value.iter().all(u8::is_ascii_graphic) {
        return DOTS.to_owned();
    }
    let text = String::from_utf8_lossy(value);
    let prefix = KNOWN_PREFIXES.into_iter().find(|prefix| text.starts_with(prefix)).unwrap_or_default();
    format!("{prefix}{DOTS}{}", &text[text.len() - TAIL_CHARS..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_a_known_prefix_and_the_end_of_long_values_only() {
        assert_eq!(mask(b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLc3Zk"), "whsec_••••c3Zk");
        assert_eq!(mask(b"0123456789abcdef"), "••••cdef");
        assert_eq!(mask(b"my_own_secret_words"), "••••ords");
        for short in [
            &b""[..],
            b"abc",
            b"whsec_short",
            b"0123456789abcde",
            "käse-und-brot-und-wein".as_bytes(),
            b"with spaces in a row",
        ] {
            assert_eq!(mask(short), "••••");
        }
    }
}
