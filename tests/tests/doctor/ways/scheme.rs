//! What senders do that is not the scheme's, and what happens to the header of the signature.

use std::{collections::BTreeMap, sync::OnceLock};

use hookglass_signing::Registry;

use super::Way;
use crate::{
    scheme::{Algorithm, Encoding, KeyPlace, Made, Scheme},
    story::{Arrived, Content, Story, push},
};

fn way(name: &str, causes: &'static [&'static str], tell: impl Fn(&mut Story<'_>) -> bool + Sync + 'static) -> Way {
    Way::new("scheme", name, move |story| {
        story.expect(causes);
        tell(story)
    })
}

pub(crate) fn ways() -> Vec<Way> {
    let mut ways = other_algorithms();
    ways.extend(other_encodings());
    ways.extend(other_contents());
    ways.extend(other_headers());
    ways
}

fn other_algorithms() -> Vec<Way> {
    let algorithm = |name: &str, algorithm: Algorithm| {
        way(name, &["scheme.algorithm"], move |story| {
            story.algorithm = Some(algorithm);
            story.scheme.algorithm.is_some_and(|own| own != algorithm)
        })
    };
    let made = |name: &str, causes: &'static [&'static str], made: Made| {
        way(name, causes, move |story| {
            story.made = made;
            story.scheme.algorithm.is_some()
        })
    };
    vec![
        algorithm("SHA-1", Algorithm::Sha1),
        algorithm("SHA-256", Algorithm::Sha256).paired(),
        algorithm("SHA-512", Algorithm::Sha512).paired(),
        made("plain hash", &["scheme.plain_hash", "scheme.no_secret"], Made::Hash(KeyPlace::Nowhere)),
        made("plain hash of secret and content", &["scheme.plain_hash"], Made::Hash(KeyPlace::Before)),
        made("plain hash of content and secret", &["scheme.plain_hash"], Made::Hash(KeyPlace::After)),
        made("empty key", &["scheme.no_secret"], Made::NoKey),
        made("key and content confused", &["scheme.key_as_message"], Made::KeyAsMessage),
        // A scheme that differs from this one in a single thing is as truly explained by that.
        way(
            "another provider's scheme",
            &["scheme.other_provider", "scheme.algorithm", "scheme.encoding", "secret.as_text"],
            other_provider,
        )
        .tried(3),
    ]
}

/// The sender follows one whose signature stands in the same header and is not taken for one of this scheme.
fn other_provider(story: &mut Story<'_>) -> bool {
    let neighbours = neighbours(story.scheme.id());
    let first = story.rng.usize(..);
    (0..neighbours.len()).map(|at| &neighbours[first.wrapping_add(at) % neighbours.len()]).any(|other| {
        story.sender_scheme = Some(other);
        story.carried_out().is_some_and(|arrived| !arrived.is_valid(story.scheme))
    })
}

/// Whether the request is valid for another provider with this header, which explains it as truly as any change of the
/// scheme.
pub(crate) fn is_valid_elsewhere(scheme: &Scheme, arrived: &Arrived) -> bool {
    neighbours(scheme.id()).iter().any(|other| arrived.is_valid(other))
}

/// The schemes of other providers that share the header of the signature.
fn neighbours(id: &str) -> &'static [Scheme] {
    static ALL: OnceLock<BTreeMap<String, Vec<Scheme>>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let mut all: BTreeMap<String, Vec<Scheme>> = BTreeMap::new();
        let schemes: Vec<_> = Registry::built_in().providers().filter_map(Scheme::read).collect();
        for one in &schemes {
            let shares = |other: &&Scheme| {
                other.id() != one.id()
                    && one.headers.iter().any(|name| other.headers.iter().any(|other| other.eq_ignore_ascii_case(name)))
            };
            all.insert(one.id().to_owned(), schemes.iter().filter(shares).cloned().collect());
        }
        all
    });
    all.get(id).map_or(&[], Vec::as_slice)
}

fn other_encodings() -> Vec<Way> {
    let encoding = |name: &str, encoding: Encoding, of: &'static [Encoding]| {
        way(name, &["scheme.encoding"], move |story| {
            story.encoding = Some(encoding);
            of.contains(&story.scheme.encoding)
        })
    };
    vec![
        encoding("base64 for hex", Encoding::Base64, &[Encoding::Hex]).paired(),
        encoding("hex for base64", Encoding::Hex, &[Encoding::Base64]).paired(),
        encoding("upper-case hex for base64", Encoding::HexUpper, &[Encoding::Base64]),
        encoding("base64url", Encoding::Base64Url, &[Encoding::Hex, Encoding::Base64]),
        encoding("base64 without padding", Encoding::Base64Unpadded, &[Encoding::Hex, Encoding::Base64]),
    ]
}

fn other_contents() -> Vec<Way> {
    let content = |name: &str, causes: &'static [&'static str], content: Content| {
        way(name, causes, move |story| {
            story.content = Some(content);
            let needs_separators = matches!(content, Content::Swapped | Content::Separated(_));
            story.scheme.algorithm.is_some() && (story.scheme.content.has_plain_separators || !needs_separators)
        })
    };
    vec![
        content("content in another order", &["scheme.content_order"], Content::Swapped),
        content("separator missing", &["scheme.separator"], Content::Separated("")),
        content("separator :", &["scheme.separator"], Content::Separated(":")),
        content("separator .", &["scheme.separator"], Content::Separated(".")),
        content("body alone signed", &["scheme.content_part"], Content::BodyAlone),
        content("timestamp not signed", &["scheme.content_part"], Content::Without("timestamp")),
        content("message id not signed", &["scheme.content_part"], Content::Without("message id")),
        content("URL not signed", &["scheme.content_part"], Content::Without("URL")),
        way("older version", &["scheme.older_version"], |story| {
            if !story.scheme.is_list || !story.scheme.before.starts_with("v1") {
                return false;
            }
            replace_in_header(story, |scheme, value| value.replace(&scheme.before, &scheme.before.replace("v1", "v0")));
            true
        })
        .paired(),
    ]
}

/// Changes the value of the header of the signature; of several the first that is there.
fn replace_in_header(story: &mut Story<'_>, change: impl Fn(&Scheme, &str) -> String + 'static) {
    story.wire.push(Box::new(move |scheme, headers| {
        if let Some(name) = scheme.headers.iter().find(|name| headers.contains(name)) {
            let value = headers.first_text(name).unwrap().to_owned();
            headers.set(name, change(scheme, &value));
        }
    }));
}

/// The value with another digest of the same length in the place of its own.
fn with_wrong_digest(scheme: &Scheme, value: &str) -> String {
    let start = if scheme.before.is_empty() { 0 } else { value.find(&scheme.before).unwrap() + scheme.before.len() };
    let end = if scheme.is_list {
        value[start..].find([',', ';', ' ']).map_or(value.len(), |at| start + at)
    } else {
        value.len()
    };
    let right = scheme.encoding.read(&value[start..end]).unwrap_or_default();
    let wrong: Vec<_> = right.iter().map(|byte| byte ^ 0x5a).collect();
    format!("{}{}{}", &value[..start], scheme.encoding.write(&wrong), &value[end..])
}

fn other_headers() -> Vec<Way> {
    let in_header = |story: &Story<'_>| !story.scheme.headers.is_empty();
    let folded = |name: &str, between: &'static str| {
        way(name, &["scheme.header_folded"], move |story| {
            replace_in_header(story, move |_, value| {
                let middle = value.len() - 17;
                format!("{}{between}{}", &value[..middle], &value[middle..])
            });
            in_header(story)
        })
    };
    vec![
        way("signature in another header", &["scheme.other_header"], move |story| {
            let other = ["X-Webhook-Signature", "X-Signature", "X-Original-Signature"][story.rng.usize(..3)];
            story.wire.push(Box::new(move |scheme, headers| {
                for name in &scheme.headers {
                    if let Some(value) = headers.first_text(name).map(ToOwned::to_owned) {
                        headers.remove(name);
                        push(headers, other, value);
                    }
                }
            }));
            in_header(story)
        })
        .paired(),
        way("a wrong line before the right one", &["scheme.header_duplicated"], move |story| {
            story.wire.push(Box::new(|scheme, headers| {
                let name = scheme.headers.iter().find(|name| headers.contains(name)).unwrap().clone();
                let right = headers.first_text(&name).unwrap().to_owned();
                headers.set(&name, with_wrong_digest(scheme, &right));
                push(headers, &name, right);
            }));
            in_header(story)
        }),
        // A proxy that joins repeated lines.
        way("two lines joined with a comma", &["scheme.header_duplicated", "scheme.header_folded"], move |story| {
            replace_in_header(story, |scheme, value| format!("{}, {value}", with_wrong_digest(scheme, value)));
            in_header(story)
        }),
        folded("a space inside", " ").paired(),
        folded("a tab inside", "\t"),
        folded("the rest of a folded line inside", "  "),
        way("no signature at all", &["scheme.unsigned"], move |story| {
            story.is_provable = false;
            story.wire.push(Box::new(|scheme, headers| scheme.headers.iter().for_each(|name| headers.remove(name))));
            in_header(story)
        }),
    ]
}
