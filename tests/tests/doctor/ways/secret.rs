//! What goes wrong with secrets between the vendor's page and the receiver's settings.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hookglass_signing::{KeyKind, SecretStanding};

use super::Way;
use crate::{
    corpus::{alphanumeric, hex_digits, secret_pair},
    story::{Known, Story},
};

/// A right secret that was entered in another form.
fn entered(
    name: &str,
    causes: &'static [&'static str],
    change: impl Fn(&Story<'_>, &str) -> Option<String> + Sync + 'static,
) -> Way {
    Way::new("secret", name, move |story| {
        story.expect(causes);
        let right = story.right;
        let Ok(entered) = String::from_utf8(story.known[right].text.clone()) else { return false };
        let Some(text) = change(story, &entered) else { return false };
        story.known[right].text = text.into_bytes();
        true
    })
}

/// What stands around the secret.
fn around(name: &str, causes: &'static [&'static str], before: &'static str, after: &'static str) -> Way {
    entered(name, causes, move |_, text| Some(format!("{before}{text}{after}")))
}

/// The right one is known as another one than the endpoint's.
fn known_elsewhere(story: &mut Story<'_>, own: &str, right: &str, standing: SecretStanding) {
    let (_, other) = secret_pair(story.scheme, &mut story.rng);
    let right = Known { label: right.to_owned(), text: story.known[story.right].text.clone(), standing };
    story.known[0] = Known { label: own.to_owned(), text: other, standing: SecretStanding::Configured };
    for at in 0..story.rng.usize(..3) {
        let (_, text) = secret_pair(story.scheme, &mut story.rng);
        story.known.push(Known { label: format!("other {at}"), text, standing: SecretStanding::Elsewhere });
    }
    story.right = story.known.len();
    story.known.push(right);
}

fn is_shared(story: &Story<'_>) -> bool {
    story.scheme.provider.key_kind() == KeyKind::Shared
}

fn is_text(story: &Story<'_>) -> bool {
    story.scheme.secret_form == "text"
}

pub(crate) fn ways() -> Vec<Way> {
    let mut ways = among_others();
    ways.extend(copied_badly());
    ways.extend(other_encodings());
    ways.extend(other_texts());
    ways
}

fn among_others() -> Vec<Way> {
    vec![
        Way::new("secret", "another known secret", |story| {
            story.expect(&["secret.other"]);
            known_elsewhere(story, "main", "billing", SecretStanding::Elsewhere);
            true
        })
        .paired(),
        Way::new("secret", "test and live swapped (labels)", |story| {
            story.expect(&["secret.other_mode"]);
            known_elsewhere(story, "Shop live", "Shop test", SecretStanding::Elsewhere);
            true
        }),
        Way::new("secret", "test and live swapped (values)", |story| {
            story.expect(&["secret.other_mode"]);
            if !is_text(story) || !is_shared(story) {
                return false;
            }
            let (live, test) = (alphanumeric(&mut story.rng, 24), alphanumeric(&mut story.rng, 24));
            story.set_secret(format!("wh_test_{test}"));
            known_elsewhere(story, "one", "two", SecretStanding::Elsewhere);
            story.known[0].text = format!("wh_live_{live}").into_bytes();
            true
        }),
        Way::new("secret", "older one after rotation", |story| {
            story.expect(&["secret.replaced"]);
            known_elsewhere(story, "main", "main until May", SecretStanding::Replaced);
            true
        })
        .paired(),
        Way::new("secret", "API key pasted", |story| {
            story.expect(&["secret.api_key"]);
            if story.scheme.id() != "stripe" {
                return false;
            }
            let prefix = ["sk_test_", "pk_live_", "rk_live_", "sk_live_"][story.rng.usize(..4)];
            let key = format!("{prefix}51{}", alphanumeric(&mut story.rng, 97));
            story.known[0].text = key.into_bytes();
            story.is_provable = false;
            true
        })
        .tried(8),
    ]
}

fn copied_badly() -> Vec<Way> {
    const WHITESPACE: &[&str] = &["secret.whitespace"];
    vec![
        around("newline", &["secret.newline"], "", "\n").paired(),
        around("CRLF", &["secret.newline"], "", "\r\n"),
        around("leading space", WHITESPACE, " ", ""),
        around("trailing space", WHITESPACE, "", " ").paired(),
        around("tab", WHITESPACE, "", "\t"),
        around("double quotes", &["secret.quotes"], "\"", "\"").paired(),
        around("single quotes", &["secret.quotes"], "'", "'"),
        around("prefix sha256= kept", &["secret.prefix_kept"], "sha256=", ""),
        around("prefix Bearer kept", &["secret.prefix_kept"], "Bearer ", ""),
        entered("prefix whsec_ kept", &["secret.prefix_kept"], |story, text| {
            let is_plain = is_text(story) && !text.starts_with("whsec_");
            is_plain.then(|| format!("whsec_{text}"))
        })
        .paired(),
        entered("prefix whsec_ stripped", &["secret.prefix_stripped"], |story, text| {
            is_text(story).then(|| text.strip_prefix("whsec_").map(ToOwned::to_owned))?
        })
        .tried(4)
        .paired(),
        around("zero-width space at the end", &["secret.invisible_characters"], "", "\u{200b}"),
        around("byte order mark before it", &["secret.invisible_characters"], "\u{feff}", ""),
        entered("no-break space inside", &["secret.invisible_characters"], |_, text| {
            text.is_char_boundary(9).then(|| format!("{}\u{a0}{}", &text[..9], &text[9..]))
        }),
        truncated("last character lost", 1),
        truncated("last two characters lost", 2),
    ]
}

/// For secrets of hexadecimal digits and base64, whose characters can be tried.
fn truncated(name: &str, lost: usize) -> Way {
    Way::new("secret", name, move |story| {
        story.expect(&["secret.truncated"]);
        if !is_shared(story) {
            return false;
        }
        if is_text(story) {
            let text = if story.rng.bool() {
                hex_digits(&mut story.rng, 32)
            } else {
                STANDARD.encode(story.rng.u128(..).to_be_bytes().repeat(3))
            };
            story.set_secret(text);
        }
        let right = &mut story.known[story.right].text;
        right.truncate(right.len() - lost);
        true
    })
}

fn other_encodings() -> Vec<Way> {
    // A text without `+`, `/` and `=` is both.
    const BASE64: &[&str] = &["secret.decode_base64", "secret.decode_base64url"];
    let key = |story: &Story<'_>, text: &str| is_shared(story).then(|| story.scheme.key(text.as_bytes()));
    vec![
        entered("pasted as hex", &["secret.decode_hex"], move |story, text| Some(hex::encode(key(story, text)?)))
            .paired(),
        entered("pasted as base64", BASE64, move |story, text| {
            let bytes =
                if is_text(story) || story.scheme.secret_form == "hex" { key(story, text)? } else { text.into() };
            is_shared(story).then(|| STANDARD.encode(bytes))
        })
        .paired(),
        entered("pasted as base64url", BASE64, move |story, text| {
            let text = URL_SAFE_NO_PAD.encode(key(story, text)?);
            // What both alphabets write alike is the way before.
            (is_text(story) || text.contains(['-', '_'])).then_some(text)
        }),
        Way::new("secret", "sender used the text", |story| {
            story.expect(&["secret.as_text"]);
            if !is_shared(story) || !matches!(story.scheme.secret_form.as_str(), "base64" | "hex") {
                return false;
            }
            story.sender_key = Some(story.sender_secret.clone());
            true
        })
        .paired(),
        Way::new("secret", "sender used the text after its prefix", |story| {
            story.expect(&["secret.as_text"]);
            if !is_shared(story) || story.scheme.secret_form != "base64" || story.scheme.secret_prefix.is_empty() {
                return false;
            }
            story.sender_key = Some(story.sender_secret[story.scheme.secret_prefix.len()..].to_vec());
            true
        }),
        Way::new("secret", "sender decoded the base64", |story| {
            story.expect(BASE64);
            if !is_shared(story) || !is_text(story) {
                return false;
            }
            let bytes = story.rng.u128(..).to_be_bytes().repeat(2);
            story.set_secret(STANDARD.encode(&bytes));
            story.sender_key = Some(bytes);
            true
        }),
    ]
}

fn other_texts() -> Vec<Way> {
    vec![
        Way::new("secret", "HTML entities", |story| {
            story.expect(&["secret.html_entities"]);
            let text = format!(
                "{}&{}<\"{}",
                alphanumeric(&mut story.rng, 9),
                alphanumeric(&mut story.rng, 9),
                story.rng.u32(..)
            );
            if !is_text(story) {
                return false;
            }
            story.set_secret(text.clone());
            let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
            story.known[story.right].text = escaped.into_bytes();
            true
        }),
        Way::new("secret", "percent-encoded", |story| {
            story.expect(&["secret.percent_encoded"]);
            if !is_text(story) {
                return false;
            }
            let text = format!(
                "{}+{}/{}=",
                alphanumeric(&mut story.rng, 12),
                alphanumeric(&mut story.rng, 12),
                story.rng.u32(..)
            );
            story.set_secret(text.clone());
            let escaped = text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
            story.known[story.right].text = escaped.into_bytes();
            true
        }),
        Way::new("secret", "wrong letter case", |story| {
            story.expect(&["secret.letter_case"]);
            if !is_text(story) {
                return false;
            }
            let text = hex_digits(&mut story.rng, 20);
            story.set_secret(text.clone());
            story.known[story.right].text = text.to_uppercase().into_bytes();
            true
        })
        .paired(),
    ]
}
