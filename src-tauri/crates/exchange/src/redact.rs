//! Taking live credentials out of what leaves. The same value gets the same placeholder within one export, so that
//! a reader can still see what belongs together.

use std::{borrow::Cow, collections::HashMap};

use hookglass_model::{Header, HeaderList};
use percent_encoding::percent_decode_str;

/// Whether secrets leave with an export. By default they do not: credentials in headers and URLs are replaced.
/// Bodies leave as they are in either case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Redaction {
    /// Writes every value as captured. A second, explicit choice of the user, never a default.
    pub include_secrets: bool,
}

/// Headers whose value is a credential (RFC 9110 §11.6.2, §11.7.2; RFC 6265 §4).
const SECRET_HEADERS: [&str; 5] = ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"];

/// Parts of header and parameter names that announce a credential.
const SECRET_NAME_PARTS: [&str; 7] = ["token", "secret", "password", "passwd", "api-key", "api_key", "apikey"];

/// Parts of names that announce a signature: computed over the message, no secret, and useless to redact, because
/// without it the receiver cannot verify.
const SIGNATURE_NAME_PARTS: [&str; 2] = ["signature", "hmac"];

/// Query parameters that are credentials although none of the parts stands in their name.
const SECRET_PARAMETERS: [&str; 4] = ["key", "auth", "authorization", "access-key"];

/// The schemes whose name stays readable before the placeholder (IANA, HTTP Authentication Scheme Registry).
const AUTHENTICATION_SCHEMES: [&str; 5] = ["basic", "bearer", "digest", "negotiate", "hmac"];

/// Replaces secrets, numbering each distinct value from 1 in the order met. One for a whole export.
#[derive(Default)]
pub struct Redactor {
    include_secrets: bool,
    numbers: HashMap<Vec<u8>, usize>,
}

impl Redactor {
    /// A redactor that has met no value yet.
    pub fn new(redaction: Redaction) -> Self {
        Self { include_secrets: redaction.include_secrets, numbers: HashMap::new() }
    }

    /// The headers with the values of credentials replaced, and with those of the `secret` names, in any case. Names,
    /// order and number of lines stay.
    pub fn headers(&mut self, headers: &HeaderList, secret: &[String]) -> HeaderList {
        let is_named = |header: &Header| secret.iter().any(|name| name.eq_ignore_ascii_case(&header.name));
        let redacted = |header: &Header| Header::new(header.name.clone(), self.header_value(header, is_named(header)));
        headers.iter().map(redacted).collect()
    }

    fn header_value(&mut self, header: &Header, is_secret: bool) -> Vec<u8> {
        if self.include_secrets || header.value.is_empty() {
            return header.value.clone();
        }
        if !is_secret && !is_secret_header(&header.name) {
            // A Referer or a callback URL can carry a token of its own.
            return match std::str::from_utf8(&header.value) {
                Ok(text) if text.starts_with("http://") || text.starts_with("https://") => {
                    self.url(text).into_owned().into_bytes()
                }
                _ => header.value.clone(),
            };
        }
        match scheme_and_credentials(&header.value) {
            Some((scheme, credentials)) => format!("{scheme} {}", self.placeholder(credentials)).into_bytes(),
            None => self.placeholder(&header.value).into_bytes(),
        }
    }

    /// A URL with user name, password and the values of secret query parameters replaced. The placeholder is
    /// percent-encoded there (`%5Bredacted:1%5D`), so that the URL stays valid.
    pub fn url<'a>(&mut self, url: &'a str) -> Cow<'a, str> {
        if self.include_secrets {
            return Cow::Borrowed(url);
        }
        let (before_query, query) = match url.split_once('?') {
            Some((before, query)) => (before, Some(query)),
            None => (url, None),
        };
        let mut redacted = self.without_userinfo(before_query);
        if let Some(query) = query {
            redacted.push('?');
            for (at, pair) in query.split('&').enumerate() {
                if at > 0 {
                    redacted.push('&');
                }
                match pair.split_once('=') {
                    Some((name, value)) if !value.is_empty() && is_secret_parameter(name) => {
                        redacted.push_str(name);
                        redacted.push('=');
                        let decoded: Vec<u8> = percent_decode_str(value).collect();
                        redacted.push_str(&self.url_placeholder(&decoded));
                    }
                    _ => redacted.push_str(pair),
                }
            }
        }
        Cow::Owned(redacted)
    }

    fn without_userinfo(&mut self, url: &str) -> String {
        let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
        let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        match rest[..authority_end].rfind('@') {
            Some(at) => {
                let placeholder = self.url_placeholder(&rest.as_bytes()[..at]);
                format!("{scheme}://{placeholder}{}", &rest[at..])
            }
            None => url.to_owned(),
        }
    }

    fn url_placeholder(&mut self, value: &[u8]) -> String {
        self.placeholder(value).replace('[', "%5B").replace(']', "%5D")
    }

    fn placeholder(&mut self, value: &[u8]) -> String {
        let next = self.numbers.len() + 1;
        let number = match self.numbers.get(value) {
            Some(number) => *number,
            None => *self.numbers.entry(value.to_vec()).or_insert(next),
        };
        format!("[redacted:{number}]")
    }
}

fn is_secret_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_HEADERS.contains(&name.as_str())
        || (has_part(&name, &SECRET_NAME_PARTS) && !has_part(&name, &SIGNATURE_NAME_PARTS))
}

fn is_secret_parameter(name: &str) -> bool {
    let decoded = percent_decode_str(name).decode_utf8_lossy();
    // Nested parameters, as PHP and Rails write them: auth[token]
    let name = decoded.to_ascii_lowercase();
    let last = name.trim_end_matches(']').rsplit('[').next().unwrap_or_default();
    let secret = has_part(&name, &SECRET_NAME_PARTS)
        || SECRET_PARAMETERS.contains(&last.replace('_', "-").as_str())
        || ["-key", "_key"].iter().any(|end| last.ends_with(end));
    secret && !has_part(&name, &SIGNATURE_NAME_PARTS)
}

fn has_part(name: &str, parts: &[&str]) -> bool {
    parts.iter().any(|part| name.contains(part))
}

fn scheme_and_credentials(value: &[u8]) -> Option<(&str, &[u8])> {
    let space = value.iter().position(|&byte| byte == b' ')?;
    let scheme = std::str::from_utf8(&value[..space]).ok()?;
    let known = AUTHENTICATION_SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let credentials = value[space..].trim_ascii();
    (known && !credentials.is_empty()).then_some((scheme, credentials))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(name: &str, value: &str) -> String {
        let headers = [Header::new(name, value)].into_iter().collect();
        let headers = Redactor::new(Redaction::default()).headers(&headers, &[]);
        headers.iter().next().unwrap().value_lossy().into_owned()
    }

    #[test]
    fn credentials_go_and_signatures_stay() {
        for name in [
            "Authorization",
            "PROXY-AUTHORIZATION",
            "cookie",
            "Set-Cookie",
            "X-Api-Key",
            "X-Gitlab-Token",
            "X-Shopify-Access-Token",
            "X-Client-Secret",
            "X-Password",
            "My-Apikey",
        ] {
            assert_eq!(redacted(name, "hush"), "[redacted:1]", "{name}");
        }
        for name in [
            "Stripe-Signature",
            "X-Hub-Signature-256",
            "webhook-signature",
            "X-Shopify-Hmac-Sha256",
            "X-Token-Signature",
            "Accept",
        ] {
            assert_eq!(redacted(name, "t=1,v1=abc"), "t=1,v1=abc", "{name}");
        }
        assert_eq!(redacted("Authorization", "Bearer abc"), "Bearer [redacted:1]");
        assert_eq!(redacted("Authorization", "my secret words"), "[redacted:1]");
        assert_eq!(redacted("Referer", "https://u:p@x/?token=a"), "https://%5Bredacted:1%5D@x/?token=%5Bredacted:2%5D");
    }

    #[test]
    fn named_headers_go_whatever_they_are_called() {
        let headers: HeaderList =
            [Header::new("verif-hash", "hush"), Header::new("Accept", "*/*")].into_iter().collect();
        let redacted = Redactor::new(Redaction::default()).headers(&headers, &["Verif-Hash".to_owned()]);
        let values: Vec<_> = redacted.iter().map(|header| header.value_lossy().into_owned()).collect();
        assert_eq!(values, ["[redacted:1]", "*/*"]);
    }

    #[test]
    fn one_value_has_one_placeholder_wherever_it_stands() {
        let mut redactor = Redactor::new(Redaction::default());
        let headers =
            [Header::new("Authorization", "Bearer abc"), Header::new("X-Token", "def"), Header::new("X-Token", "abc")];
        let values: Vec<String> = redactor
            .headers(&headers.into_iter().collect(), &[])
            .iter()
            .map(|h| h.value_lossy().into_owned())
            .collect();
        assert_eq!(values, ["Bearer [redacted:1]", "[redacted:2]", "[redacted:1]"]);
        assert_eq!(redactor.url("http://x/?token=%61bc"), "http://x/?token=%5Bredacted:1%5D");
    }

    #[test]
    fn urls_lose_credentials_and_nothing_else() {
        let mut redactor = Redactor::new(Redaction::default());
        for (url, expected) in [
            ("http://me:pa@ss@h:1/p?x=1", "http://%5Bredacted:1%5D@h:1/p?x=1"),
            (
                "http://h/p?key=k&a=b&api_key=k&flag&token=",
                "http://h/p?key=%5Bredacted:2%5D&a=b&api_key=%5Bredacted:2%5D&flag&token=",
            ),
            ("http://h/?auth%5Btoken%5D=k", "http://h/?auth%5Btoken%5D=%5Bredacted:2%5D"),
            ("http://h/?monkey=banana&keyword=x&signature=s", "http://h/?monkey=banana&keyword=x&signature=s"),
            ("http://h/@user", "http://h/@user"),
            ("/relative?secret=k", "/relative?secret=%5Bredacted:2%5D"),
        ] {
            assert_eq!(redactor.url(url), expected);
        }
    }

    #[test]
    fn secrets_leave_only_when_asked_for() {
        let mut redactor = Redactor::new(Redaction { include_secrets: true });
        let headers: HeaderList = [Header::new("Authorization", "Bearer abc")].into_iter().collect();
        assert_eq!(redactor.headers(&headers, &["authorization".to_owned()]), headers);
        assert_eq!(redactor.url("http://u:p@h/?key=k"), "http://u:p@h/?key=k");
    }
}
