//! What a request and its secrets look like when nothing reproduces the signature: told as what it is, never as a proof.

use hookglass_model::{Finding, InvalidReason, Verdict};

use super::{body, case::Case, case::SecretStanding, edit::Edit, findings::of_edits, secret_text, words};
use crate::LabelledSecret;

/// Keys of programming interfaces that are pasted in place of signing secrets: how they begin, what they are, and the
/// providers whose signing secret really looks so. From the vendors' documentation of their key formats.
const API_KEYS: [(&str, &str, &[&str]); 22] = [
    ("sk_live_", "a secret API key", &[]),
    ("sk_test_", "a secret API key of test mode", &[]),
    ("pk_live_", "a publishable key", &[]),
    ("pk_test_", "a publishable key of test mode", &[]),
    ("rk_live_", "a restricted API key", &[]),
    ("rk_test_", "a restricted API key of test mode", &[]),
    ("we_", "the id of a webhook endpoint", &[]),
    ("xoxb-", "a bot token", &[]),
    ("xoxp-", "a user token", &[]),
    ("xapp-", "an app-level token", &[]),
    ("ghp_", "a personal access token", &[]),
    ("gho_", "an OAuth access token", &[]),
    ("ghs_", "an installation access token", &[]),
    ("github_pat_", "a personal access token", &[]),
    ("glpat-", "a personal access token", &["gitlab"]),
    ("shpat_", "an Admin API access token", &[]),
    ("SG.", "an API key", &[]),
    ("AKIA", "an access key id", &[]),
    ("EAA", "an access token", &[]),
    ("lin_api_", "an API key", &[]),
    ("re_", "an API key", &["resend-key"]),
    ("Bearer ", "an authorization header", &[]),
];

/// What stands in examples in place of a secret.
const PLACEHOLDERS: [&str; 10] = [
    "whsec_...",
    "whsec_…",
    "your_secret",
    "your-secret",
    "yoursecret",
    "changeme",
    "<secret>",
    "secret_here",
    "xxxxxxxx",
    "todo",
];

/// Every sign, the most telling first, and at the end what is left.
pub(super) fn of(case: &Case<'_>, tried: u64, exhausted: bool) -> Vec<Finding> {
    let mut all: Vec<Finding> = Vec::new();
    let labelled: Vec<_> = case
        .secrets
        .iter()
        .filter(|known| known.standing == SecretStanding::Configured)
        .map(|known| LabelledSecret { label: known.label, secret: known.secret })
        .collect();
    let verdict = case.provider.verify(&case.message, &labelled, case.received_at, Some(0));
    if let Some(edit) = of_verdict(case, &verdict) {
        all.push(of_edits(&[edit], false));
    }
    all.extend(case.secrets.iter().filter(|known| known.standing == SecretStanding::Configured).filter_map(|known| {
        of_secret(case.provider.id().as_str(), known.label, known.secret.bytes()).map(|edit| of_edits(&[edit], false))
    }));
    if case.provider.covers_body() {
        for sign in body::signs(&case.message) {
            let mut edit = words::body(sign.cause, None, None);
            edit.happened = lower_start(&sign.sentence).into();
            edit.remedy = sign.remedy.trim_end_matches('.').to_owned().into();
            edit.badge = sign.badge.into();
            edit.step = "Nothing reproduces the signature; this is what the body looks like".into();
            let mut finding = of_edits(&[edit], false);
            finding.raw_body_guide = words::is_of_parsing(&finding.cause);
            all.push(finding);
        }
    }
    if !matches!(verdict, Verdict::Unsigned { .. }) {
        all.push(unknown(case, tried, exhausted));
    }
    all
}

fn lower_start(sentence: &str) -> String {
    let sentence = sentence.trim_end_matches('.');
    let mut characters = sentence.chars();
    match characters.next() {
        Some(first) if !characters.as_str().starts_with(char::is_uppercase) => {
            first.to_lowercase().chain(characters).collect()
        }
        _ => sentence.to_owned(),
    }
}

/// What the verdict says already.
fn of_verdict(case: &Case<'_>, verdict: &Verdict) -> Option<Edit> {
    let (name, remedy) = match verdict {
        Verdict::Unsigned { .. } => {
            ("scheme.unsigned", "Switch signing on at the sender, and let proxies pass its headers on")
        }
        Verdict::ConfigError { .. } => {
            let is_url = case.provider.signs_url() && case.message.url.is_none();
            if is_url {
                ("url.missing", "Enter the endpoint's public URL exactly as the provider has it")
            } else {
                ("secret.form", "Copy the signing secret again from the provider's page")
            }
        }
        Verdict::Invalid { reason } => match reason {
            InvalidReason::TimestampMissing { .. } => ("timestamp.missing", "Let proxies pass the timestamp on"),
            InvalidReason::TimestampMalformed { .. } => {
                ("timestamp.format", "Let the sender write the time as the scheme says")
            }
            InvalidReason::HeaderMalformed { .. } => (
                "scheme.header_malformed",
                "Let the sender write the signature as the scheme says, and proxies pass it on as it is",
            ),
            InvalidReason::UnknownVersion { .. } => {
                ("scheme.older_version", "Let the sender sign by the version of this scheme")
            }
            InvalidReason::PartMissing { .. } => {
                ("scheme.content_part", "Let proxies pass on every part that is signed")
            }
            InvalidReason::AlgorithmNotAllowed { .. } => {
                ("scheme.algorithm", "Let the sender use one of the algorithms of the scheme")
            }
            InvalidReason::ClaimDiffers { .. } => {
                ("body.changed", "Let what stands in between pass the request on as it is")
            }
            InvalidReason::TokenExpired { .. } => ("timestamp.too_old", "Send a fresh event"),
            _ => return None,
        },
        _ => return None,
    };
    let sentence = verdict.sentence();
    let happened = lower_start(sentence.split(". ").next().unwrap_or_default());
    Some(Edit::new(name, verdict.badge(), happened, remedy, "Read the request as the scheme says"))
}

/// What a secret looks like.
fn of_secret(provider: &str, label: &str, secret: &[u8]) -> Option<Edit> {
    let of = secret_text::named(label);
    let text = std::str::from_utf8(secret).ok()?.trim();
    let api_key = API_KEYS.iter().find(|(start, _, except)| {
        text.starts_with(start) && text.len() > start.len() + 7 && !except.contains(&provider)
    });
    if let Some((start, what, _)) = api_key {
        return Some(Edit::new(
            "secret.api_key",
            "API key instead of the secret",
            format!("{of} begins with {start} and looks like {what}, not like a signing secret"),
            "Enter the signing secret of the webhook from the provider's page for webhooks",
            "Nothing reproduces the signature; this is what the secret looks like",
        ));
    }
    let lower = text.to_ascii_lowercase();
    if PLACEHOLDERS.iter().any(|placeholder| lower == *placeholder || lower.ends_with(placeholder)) {
        return Some(Edit::new(
            "secret.placeholder",
            "Secret is a placeholder",
            format!("{of} is what examples write in a secret's place"),
            "Enter the signing secret from the provider's page for webhooks",
            "Nothing reproduces the signature; this is what the secret looks like",
        ));
    }
    is_cut(text).then(|| {
        let mut edit = secret_text::truncated(&of);
        edit.happened = format!("{of} looks as if it was cut short when it was copied").into();
        edit.step = "Nothing reproduces the signature; this is what the secret looks like".into();
        edit
    })
}

/// Whether a text is one hexadecimal digit short of a usual key. Other forms have no length that tells.
fn is_cut(text: &str) -> bool {
    let digits = text.rsplit('_').next().unwrap_or(text);
    [31_usize, 39, 63, 127].contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What is left when all is ruled out.
fn unknown(case: &Case<'_>, tried: u64, exhausted: bool) -> Finding {
    let secrets = match case.secrets.len() {
        0 => "no secret is known here".to_owned(),
        1 => "the one known secret".to_owned(),
        n => format!("the {n} known secrets"),
    };
    let whole = if exhausted { "None" } else { "The search ended at its bound: none" };
    let sentence = if case.secrets.is_empty() {
        "No secret is known here, so nothing could be tried.".to_owned()
    } else {
        format!(
            "{whole} of {tried} combinations of {secrets} with known changes of body, timestamp, URL and scheme reproduces \
             the signature; either it was signed with a secret that is not known here, or the body was changed in a way \
             that is not known."
        )
    };
    Finding {
        cause: "secret.unknown".to_owned(),
        reproduced: false,
        badge: "No secret matches".to_owned(),
        sentence,
        remedy:
            "Copy the signing secret of exactly this webhook again from the provider's page and add it: most often the \
                 secret belongs to another endpoint, account or mode."
                .to_owned(),
        steps: Vec::new(),
        actions: Vec::new(),
        secret_label: None,
        raw_body_guide: false,
    }
}
