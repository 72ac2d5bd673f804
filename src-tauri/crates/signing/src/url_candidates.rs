//! The URLs a sender may have signed where the configured one leaves a choice.

use std::borrow::Cow;

use serde::Deserialize;

use crate::recipe_text::List;

/// Most variants beside the configured URL.
const VARIANTS_MAX: usize = 4;

/// The `[url]` table of a recipe.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UrlRule {
    /// Tried after the configured URL, in order.
    #[serde(default)]
    variants: List<UrlVariant, 0, VARIANTS_MAX>,
}

/// A change that some of a vendor's senders make to the URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum UrlVariant {
    /// The scheme's port is written out: `https://a.example:443/`.
    Port,
    /// No port is written.
    NoPort,
    /// `'` is written as `%27`.
    EscapedQuotes,
}

impl UrlRule {
    /// The configured URL and its variants, each once.
    pub(crate) fn candidates<'a>(&self, url: &'a str) -> Vec<Cow<'a, str>> {
        let mut candidates = vec![Cow::Borrowed(url)];
        for variant in &self.variants.0 {
            if let Some(changed) = variant.of(url)
                && !candidates.contains(&Cow::Borrowed(changed.as_str()))
            {
                candidates.push(Cow::Owned(changed));
            }
        }
        candidates
    }
}

impl UrlVariant {
    fn of(self, url: &str) -> Option<String> {
        if self == Self::EscapedQuotes {
            return Some(url.replace('\'', "%27"));
        }
        let (scheme, rest) = url.split_once("://")?;
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        // An IPv6 address holds colons of its own, inside brackets.
        let after_address = authority.rfind(']').map_or(0, |at| at + 1);
        let port_at = authority[after_address..].rfind(':').map(|at| after_address + at);
        match (self, port_at) {
            (Self::NoPort, Some(at)) => Some(format!("{scheme}://{}{path}", &authority[..at])),
            (Self::Port, None) => {
                let port = if scheme.eq_ignore_ascii_case("https") { 443 } else { 80 };
                Some(format!("{scheme}://{authority}:{port}{path}"))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_added_and_taken_away() {
        let rule = UrlRule { variants: List(vec![UrlVariant::Port, UrlVariant::NoPort, UrlVariant::EscapedQuotes]) };
        let candidates = |url: &str| rule.candidates(url).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            candidates("https://a.example/x?y=:1"),
            ["https://a.example/x?y=:1", "https://a.example:443/x?y=:1"]
        );
        assert_eq!(candidates("http://a.example:8080"), ["http://a.example:8080", "http://a.example"]);
        assert_eq!(candidates("http://[::1]/'"), ["http://[::1]/'", "http://[::1]:80/'", "http://[::1]/%27"]);
        assert_eq!(candidates("nonsense"), ["nonsense"]);
    }
}
