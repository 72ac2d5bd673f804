//! Other ways to make the signature: another algorithm, another content.

use std::borrow::Cow;

use super::{
    bench::resolved,
    edit::{Edit, Edits},
    sighting::Sightings,
    url_parts::permutations,
};
use crate::{
    algorithm::Algorithm,
    content::{ContentTemplate, Part, Taken},
    contents::ContentHash,
    filters::Filter,
    recipe::Recipe,
    source::{Inputs, Source},
};

/// What senders write between the pieces of a content.
const SEPARATORS: [&str; 10] = [".", "", ":", "\n", "|", "-", ",", "&", ";", " "];

/// Pieces that are put in every order: 24 orders of four.
const REORDERED_MAX: usize = 4;

/// What the secret is for the algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyUse {
    /// Its key.
    Key,
    /// Its message, and the content is the key.
    Message,
    /// Nothing: the key is empty.
    Nothing,
}

/// A way to make the signature, with what was undone to get to it.
#[derive(Clone, Debug)]
pub(super) struct Scheme<'a> {
    /// What is signed; `None` for tokens.
    pub(super) template: Option<Cow<'a, ContentTemplate>>,
    pub(super) algorithm: Algorithm,
    /// What the secret is for the algorithm.
    pub(super) key_use: KeyUse,
    pub(super) content_hash: Option<ContentHash>,
    pub(super) edits: Edits,
}

impl<'a> Scheme<'a> {
    /// The recipe's own, one for each of its contents.
    pub(super) fn own(recipe: &'a Recipe, algorithm: Algorithm) -> Vec<Self> {
        let content_hash = recipe.signature.content_hash;
        let of = |template| Self { template, algorithm, key_use: KeyUse::Key, content_hash, edits: Edits::new() };
        if recipe.is_token() {
            return vec![of(None)];
        }
        recipe.contents().iter().map(|template| of(Some(Cow::Borrowed(template)))).collect()
    }

    /// Whether the timestamp is a piece.
    pub(super) fn covers_time(&self) -> bool {
        self.template.as_ref().is_some_and(|template| template.covers(&Source::Timestamp))
    }

    /// Whether anything of the body is.
    pub(super) fn covers_body(&self) -> bool {
        let covers = |template: &ContentTemplate| {
            template.covers_the_body() || template.covers_body_fields() || template.covers(&Source::OrderedFormFields)
        };
        self.template.as_deref().is_some_and(covers)
    }

    /// Whether the public URL is.
    pub(super) fn covers_url(&self) -> bool {
        self.template.as_ref().is_some_and(|template| template.covers_the_url())
    }

    /// Whether path or query are, as received.
    pub(super) fn covers_target(&self) -> bool {
        let of_target = |source: &Source| {
            matches!(
                source,
                Source::Target | Source::Path | Source::RawQuery | Source::SortedQuery | Source::QueryPairs
            )
        };
        self.template.as_ref().is_some_and(|template| template.sources().any(of_target))
    }
}

/// Other schemes that may have made one of the sightings, most likely first. Plain hashes without any secret are last
/// and marked: only a signature in its place is taken for one.
pub(super) fn variants<'a>(
    recipe: &'a Recipe,
    algorithm: Algorithm,
    sightings: &Sightings,
    inputs: &Inputs<'_>,
) -> Vec<Scheme<'a>> {
    if recipe.is_token() {
        return Vec::new();
    }
    let mut all: Vec<Scheme<'a>> = Vec::new();
    let mut own = Scheme::own(recipe, algorithm);
    // Of several contents the first that the request has every piece of is varied.
    if let Some(at) = own.iter().position(|scheme| resolved(scheme, inputs).is_some()) {
        own.swap(0, at);
    }
    let hmacs =
        [Algorithm::HmacSha256, Algorithm::HmacSha1, Algorithm::HmacSha512, Algorithm::HmacSha384, Algorithm::HmacMd5];
    let is_shared = algorithm.key_kind() == crate::KeyKind::Shared;
    if is_shared {
        for other in hmacs.into_iter().filter(|other| *other != algorithm && sightings.may_hold(*other)) {
            all.extend(own.iter().cloned().map(|mut scheme| {
                scheme.algorithm = other;
                // A plain hash holds the secret as a piece; an HMAC has it as its key.
                if algorithm.hashes_the_secret() {
                    let parts = scheme.template.as_deref().map_or(&[][..], ContentTemplate::parts);
                    let kept = parts.iter().filter(|part| !is_secret(part)).cloned().collect();
                    scheme.template = Some(Cow::Owned(ContentTemplate::of(kept)));
                }
                scheme.edits.push(algorithm_edit(algorithm, other));
                scheme
            }));
        }
    }
    if sightings.may_hold(algorithm) {
        let base = own.first().and_then(|scheme| scheme.template.as_deref());
        for (template, edit) in base.map(contents).unwrap_or_default() {
            all.push(Scheme {
                template: Some(Cow::Owned(template)),
                algorithm,
                key_use: KeyUse::Key,
                content_hash: recipe.signature.content_hash,
                edits: [edit].into_iter().collect(),
            });
        }
    }
    if is_shared && !algorithm.hashes_the_secret() {
        keyless(&own, sightings, &mut all);
    }
    all
}

/// A keyed hash made by hand, and none at all.
fn keyless<'a>(own: &[Scheme<'a>], sightings: &Sightings, all: &mut Vec<Scheme<'a>>) {
    let Some(scheme) = own.first() else { return };
    let Some(template) = scheme.template.as_deref() else { return };
    let secret = || Part::Taken(Taken::plain(Source::Secret));
    let with = |before: bool| {
        let mut parts = template.parts().to_vec();
        if before {
            parts.insert(0, secret());
        } else {
            parts.push(secret());
        }
        ContentTemplate::of(parts)
    };
    let hashes = [Algorithm::Sha256, Algorithm::Sha1, Algorithm::Sha512, Algorithm::Md5];
    for hash in hashes.into_iter().filter(|hash| sightings.may_hold(*hash)) {
        for before in [true, false] {
            all.push(Scheme {
                template: Some(Cow::Owned(with(before))),
                algorithm: hash,
                edits: [plain_hash(hash, scheme.algorithm)].into_iter().collect(),
                ..scheme.clone()
            });
        }
    }
    if sightings.may_hold(scheme.algorithm) {
        let edits = [key_as_message()].into_iter().collect();
        all.push(Scheme { key_use: KeyUse::Message, edits, ..scheme.clone() });
        let edits = [empty_key()].into_iter().collect();
        all.push(Scheme { key_use: KeyUse::Nothing, edits, ..scheme.clone() });
    }
    for hash in hashes.into_iter().filter(|hash| sightings.may_hold(*hash)) {
        let edits = [no_secret(hash)].into_iter().collect();
        all.push(Scheme { algorithm: hash, edits, ..scheme.clone() });
    }
}

fn is_secret(part: &Part) -> bool {
    matches!(part, Part::Taken(taken) if taken.source == Source::Secret)
}

/// Other contents of the same pieces.
fn contents(base: &ContentTemplate) -> Vec<(ContentTemplate, Edit)> {
    let mut all: Vec<(ContentTemplate, Edit)> = Vec::new();
    let mut add = |parts: Vec<Part>, edit: Edit| {
        let template = ContentTemplate::of(parts);
        let says_something = template.sources().any(Source::is_of_the_request);
        if says_something && template != *base && !all.iter().any(|(known, _)| *known == template) {
            all.push((template, edit));
        }
    };
    let parts = base.parts();
    let is_flat = !parts.iter().any(|part| matches!(part, Part::Segment(_)));
    let literal = |text: &str| Part::Literal(text.to_owned());
    let taken: Vec<Part> = parts.iter().filter(|part| matches!(part, Part::Taken(_))).cloned().collect();
    let has_literal = parts.len() > taken.len();
    if is_flat {
        // Without the separators, or with others.
        for separator in SEPARATORS {
            let mut joined = Vec::new();
            for (at, part) in taken.iter().enumerate() {
                if at > 0 && !separator.is_empty() {
                    joined.push(literal(separator));
                }
                joined.push(part.clone());
            }
            if taken.len() > 1 || has_literal {
                add(joined, separator_edit(separator));
            }
        }
        // Between the pieces alone, and everywhere: fixed text such as `v0:` keeps its name and gets the other mark.
        for separator in SEPARATORS {
            let last = parts.len().saturating_sub(1);
            let between = parts.iter().enumerate().map(|(at, part)| match part {
                Part::Literal(_) if at > 0 && at < last => literal(separator),
                part => part.clone(),
            });
            add(between.filter(|part| *part != literal("")).collect(), separator_edit(separator));
        }
        for separator in SEPARATORS {
            let remarked = parts.iter().map(|part| match part {
                Part::Literal(text) => {
                    let marked: String = text
                        .chars()
                        .map(|c| if c.is_ascii_punctuation() { separator.to_owned() } else { c.to_string() })
                        .collect();
                    literal(&marked)
                }
                part => part.clone(),
            });
            add(remarked.filter(|part| *part != literal("")).collect(), separator_edit(separator));
        }
        if matches!(parts.first(), Some(Part::Literal(_))) {
            add(parts[1..].to_vec(), separator_edit("without the fixed text before it"));
        }
        if (2..=REORDERED_MAX).contains(&taken.len()) {
            for order in permutations(&taken) {
                let mut order = order.into_iter();
                let swapped = parts.iter().map(|part| match part {
                    Part::Taken(_) => order.next().unwrap_or_else(|| part.clone()),
                    part => part.clone(),
                });
                add(swapped.collect(), order_edit());
            }
        }
    }
    // One piece left out with a separator beside it.
    for at in 0..parts.len() {
        let Part::Taken(left_out) = &parts[at] else { continue };
        let after = matches!(parts.get(at + 1), Some(Part::Literal(_)));
        let before = at > 0 && matches!(parts[at - 1], Part::Literal(_));
        let ranges = [
            after.then_some(at..at + 2),
            before.then(|| at - 1..at + 1),
            Some(at..at + 1),
            (before && after).then(|| at - 1..at + 2),
        ];
        for range in ranges.into_iter().flatten() {
            let mut rest = parts.to_vec();
            rest.drain(range);
            add(rest, part_edit(&left_out.source.name()));
        }
    }
    // The body alone, hashed, or with a line end after it.
    let body = |filters: Vec<Filter>| Part::Taken(Taken::filtered(Source::Body, filters));
    add(vec![body(Vec::new())], part_edit("all but the body"));
    for filters in [vec![Filter::Sha256, Filter::Hex], vec![Filter::Sha256, Filter::Base64], vec![Filter::Base64]] {
        let hashed = parts.iter().map(|part| match part {
            Part::Taken(taken) if taken.source == Source::Body => body(filters.clone()),
            part => part.clone(),
        });
        add(hashed.collect(), hashed_edit());
    }
    all
}

fn algorithm_edit(expected: Algorithm, found: Algorithm) -> Edit {
    Edit::new(
        "scheme.algorithm",
        format!("Signed with {}", found.label()),
        format!("the signature is made with {}, and this scheme uses {}", found.label(), expected.label()),
        format!("Let the sender sign with {}", expected.label()),
        format!("Sign with {}", found.label()),
    )
}

fn separator_edit(separator: &str) -> Edit {
    let with = match separator {
        "" => "no separator between its pieces".to_owned(),
        "\n" => "a line end between its pieces".to_owned(),
        other if other.len() > 1 => other.to_owned(),
        other => format!("“{other}” between its pieces"),
    };
    Edit::new(
        "scheme.separator",
        "Separator differs",
        format!("the content was signed with {with}, which is not what this scheme puts there"),
        "Let the sender join the pieces as the scheme says",
        format!("Sign the content with {with}"),
    )
}

fn order_edit() -> Edit {
    Edit::new(
        "scheme.content_order",
        "Content in another order",
        "the pieces of the content were signed in another order than this scheme has",
        "Let the sender sign the pieces in the order of the scheme",
        "Sign the pieces in the other order",
    )
}

fn part_edit(left_out: &str) -> Edit {
    Edit::new(
        "scheme.content_part",
        "A piece was not signed",
        format!("the sender signed without the {left_out}"),
        "Let the sender sign every piece of the scheme",
        format!("Sign without the {left_out}"),
    )
}

fn hashed_edit() -> Edit {
    Edit::new(
        "scheme.content_part",
        "Body was hashed first",
        "the sender signed a hash or an encoding of the body in place of the body",
        "Let the sender sign the body itself, as the scheme says",
        "Sign a hash or an encoding of the body",
    )
}

fn plain_hash(hash: Algorithm, expected: Algorithm) -> Edit {
    Edit::new(
        "scheme.plain_hash",
        format!("Plain {}", hash.label()),
        format!(
            "the sender hashes the secret and the content with plain {} in place of {}",
            hash.label(),
            expected.label()
        ),
        format!("Let the sender use {}", expected.label()),
        format!("Hash the secret and the content with {}", hash.label()),
    )
}

fn no_secret(hash: Algorithm) -> Edit {
    Edit::new(
        "scheme.no_secret",
        "Signed without a secret",
        format!("the signature is a plain {} of the content, which anybody can make without a secret", hash.label()),
        "Let the sender sign with the secret: what it sends now proves nothing",
        format!("Hash the content with {}, without a secret", hash.label()),
    )
}

fn empty_key() -> Edit {
    Edit::new(
        "scheme.no_secret",
        "Signed with an empty secret",
        "the sender signs with an empty secret, as when its setting was never filled in",
        "Enter the secret at the sender: anybody can make what it sends now",
        "Sign with an empty key",
    )
}

fn key_as_message() -> Edit {
    Edit::new(
        "scheme.key_as_message",
        "Key and content swapped",
        "the sender passes the content as the key of its HMAC and the secret as the message",
        "Let the sender swap the two arguments of its HMAC",
        "Swap key and content",
    )
}
