//! Secrets in memory: wiped when dropped, never printed.

use std::fmt;

use zeroize::Zeroizing;

/// A signing secret exactly as the user entered it, before a recipe decodes it. Its memory is overwritten
/// when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes over. An empty secret can be held, and every use of it is a configuration error.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// The bytes as entered.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// A secret with the name its user gave it, which verdicts repeat.
#[derive(Clone, Copy, Debug)]
pub struct LabelledSecret<'a> {
    /// The name; may be empty.
    pub label: &'a str,
    /// The secret.
    pub secret: &'a Secret,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_never_shows_the_bytes() {
        let secret = Secret::new("whsec_visible");
        let shown = format!("{:?}", LabelledSecret { label: "main", secret: &secret });
        assert!(shown.contains("Secret(***)"), "{shown}");
        assert!(!shown.contains("visible"), "{shown}");
    }
}
