//! The keys that the known secrets may stand for.

use std::ops::Range;

use zeroize::Zeroizing;

use super::{
    case::{KnownSecret, SecretStanding},
    edit::{Edit, Edits, Mend},
    secret_text,
};
use crate::{KeyKind, Secret, recipe::Recipe, verify::ReadyKey};

/// A vault may hold hundreds; those of other endpoints beyond this many are left out, which the diagnosis says.
const SECRETS_MAX: usize = 64;

/// A key with what was undone to get it.
pub(super) struct Key {
    /// Which of the case's secrets it comes from.
    pub(super) secret: usize,
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) id: Vec<u8>,
    pub(super) edits: Edits,
    /// The secret as it has to be entered for this key; `None` when it is right as it is or no text has this key.
    pub(super) mended: Option<Secret>,
}

/// All of them in the order they are tried.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) all: Vec<Key>,
    /// The endpoint's own, as entered.
    pub(super) own: Range<usize>,
    /// Other known ones, as entered.
    pub(super) others: Range<usize>,
    /// The endpoint's own in other forms.
    pub(super) own_changed: Range<usize>,
    /// Other known ones in other forms.
    pub(super) others_changed: Range<usize>,
}

impl Keys {
    pub(super) fn of(recipe: &Recipe, secrets: &[KnownSecret<'_>]) -> Self {
        let mut keys = Self::default();
        let known: Vec<_> = secrets.iter().enumerate().take(SECRETS_MAX).collect();
        let (own, others): (Vec<_>, Vec<_>) =
            known.into_iter().partition(|(_, known)| known.standing == SecretStanding::Configured);
        let standing = |known: &KnownSecret<'_>| standing_edit(secrets, known);
        keys.own = keys.range(|keys| {
            for (at, known) in &own {
                keys.add_plain(recipe, *at, known, None);
            }
        });
        keys.others = keys.range(|keys| {
            for (at, known) in &others {
                keys.add_plain(recipe, *at, known, standing(known));
            }
        });
        keys.own_changed = keys.range(|keys| {
            for (at, known) in &own {
                keys.add_changed(recipe, *at, known, None);
            }
        });
        keys.others_changed = keys.range(|keys| {
            for (at, known) in &others {
                keys.add_changed(recipe, *at, known, standing(known).as_ref());
            }
        });
        keys
    }

    /// Adds what a truncated paste of this secret may have been. The caller takes them away again.
    pub(super) fn add_completions(
        &mut self,
        recipe: &Recipe,
        at: usize,
        known: &KnownSecret<'_>,
        edit: &Edit,
    ) -> Range<usize> {
        let start = self.all.len();
        // With more secrets the thousands of completions of each would cost more than all the rest.
        let thoroughly = self.own.len() <= 2;
        for text in secret_text::completions(known.secret.bytes(), thoroughly) {
            let secret = Secret::new(text.to_vec());
            if let Ok(ready) = recipe.ready_key(known.label, &secret) {
                let (bytes, id) = (Zeroizing::new(ready.key.to_vec()), ready.id.to_vec());
                let edits = [edit.clone().mended_by(Mend::SecretText)].into_iter().collect();
                self.all.push(Key { secret: at, bytes, id, edits, mended: Some(secret.clone()) });
            }
        }
        start..self.all.len()
    }

    fn range(&mut self, fill: impl FnOnce(&mut Self)) -> Range<usize> {
        let start = self.all.len();
        fill(self);
        // What a secret shows by itself, such as quotes, before what may be tried on any.
        self.all[start..].sort_by_key(|key| key.edits.iter().any(is_tried_on_any));
        start..self.all.len()
    }

    fn add_plain(&mut self, recipe: &Recipe, at: usize, known: &KnownSecret<'_>, standing: Option<Edit>) {
        if let Ok(ready) = recipe.ready_key(known.label, known.secret) {
            self.add(at, &ready, standing.into_iter().collect(), None);
        }
    }

    fn add_changed(&mut self, recipe: &Recipe, at: usize, known: &KnownSecret<'_>, standing: Option<&Edit>) {
        let edits = |edit: Edit| -> Edits { standing.into_iter().cloned().chain([edit]).collect() };
        let entered = known.secret.bytes();
        let mut texts: Vec<(Zeroizing<Vec<u8>>, Edits)> = vec![(Zeroizing::new(entered.to_vec()), Edits::new())];
        for changed in secret_text::texts(known.label, entered, recipe.secret.get_ref().own_prefix()) {
            let secret = Secret::new(changed.text.to_vec());
            let edits = edits(changed.edit.mended_by(Mend::SecretText));
            if let Ok(ready) = recipe.ready_key(known.label, &secret) {
                self.add(at, &ready, edits.clone(), Some(secret.clone()));
            }
            texts.push((changed.text, edits));
        }
        if recipe.key_kind() != KeyKind::Shared || recipe.is_token() {
            return;
        }
        for (text, before) in &texts {
            self.add_interpretations(recipe, at, known, text, before, standing);
        }
    }

    /// The text as other recipes would take it: as it is, or decoded.
    fn add_interpretations(
        &mut self,
        recipe: &Recipe,
        at: usize,
        known: &KnownSecret<'_>,
        text: &[u8],
        before: &Edits,
        standing: Option<&Edit>,
    ) {
        let of = secret_text::named(known.label);
        // A second change on top of a change of the text is a pair already.
        let edits = |edit: Edit| -> Edits {
            let before = if before.is_empty() { standing.into_iter().cloned().collect() } else { before.clone() };
            before.into_iter().chain([edit.mended_by(Mend::SecretText)]).collect()
        };
        let id = recipe.ready_key(known.label, known.secret).map(|ready| ready.id.to_vec()).unwrap_or_default();
        let mut add = |bytes: &[u8], edit: Edit| {
            let mended = recipe.secret.get_ref().text_for(bytes);
            self.push(Key {
                secret: at,
                bytes: Zeroizing::new(bytes.to_vec()),
                id: id.clone(),
                edits: edits(edit),
                mended,
            });
        };
        add(text, secret_text::as_text(&of));
        let bare = recipe.secret.get_ref().own_prefix().and_then(|prefix| text.strip_prefix(prefix.as_bytes()));
        if let Some(bare) = bare {
            add(bare, secret_text::as_text(&of));
        }
        for part in [Some(text), bare, known_prefix_off(text)].into_iter().flatten() {
            for (bytes, encoding) in secret_text::decodings(part) {
                add(&bytes, secret_text::decoded(&of, encoding));
            }
        }
        // The encoding was put around the text of the secret, which the recipe decodes in its turn.
        for (bytes, encoding) in secret_text::decodings(text) {
            let secret = Secret::new(bytes.to_vec());
            if !recipe.takes_any_bytes() || recipe.secret.get_ref().text_key(&secret).is_none() {
                let edits = edits(secret_text::decoded(&of, encoding));
                if let Ok(ready) = recipe.ready_key(known.label, &secret) {
                    self.add(at, &ready, edits, Some(secret.clone()));
                }
            }
        }
    }

    fn add(&mut self, secret: usize, ready: &ReadyKey<'_>, edits: Edits, mended: Option<Secret>) {
        self.push(Key { secret, bytes: Zeroizing::new(ready.key.to_vec()), id: ready.id.to_vec(), edits, mended });
    }

    fn push(&mut self, key: Key) {
        if !key.bytes.is_empty() && !self.all.iter().any(|known| *known.bytes == *key.bytes && known.id == key.id) {
            self.all.push(key);
        }
    }
}

/// Whether nothing about the secret speaks for the hypothesis.
fn is_tried_on_any(edit: &Edit) -> bool {
    let names = ["secret.prefix_stripped", "secret.letter_case", "secret.as_text"];
    names.contains(&&*edit.cause) || edit.cause.starts_with("secret.decode_")
}

/// `whsec_` and the like before an encoding.
fn known_prefix_off(text: &[u8]) -> Option<&[u8]> {
    text.strip_prefix(b"whsec_").or(text.strip_prefix(b"secret_"))
}

/// How a secret that is not the endpoint's stands to the endpoint's own.
fn standing_edit(secrets: &[KnownSecret<'_>], known: &KnownSecret<'_>) -> Option<Edit> {
    let own = secrets.iter().find(|known| known.standing == SecretStanding::Configured);
    let edit = match known.standing {
        SecretStanding::Configured => return None,
        SecretStanding::Replaced => secret_text::replaced(known.label),
        SecretStanding::Elsewhere => match (own, own.and_then(mode), mode(known)) {
            (Some(own), Some(own_mode), Some(mode)) if own_mode != mode => {
                secret_text::other_mode(own.label, known.label, mode)
            }
            _ => secret_text::other(own.map(|own| own.label), known.label),
        },
    };
    Some(edit.mended_by(Mend::OtherSecret))
}

/// Whether a secret is of test or live mode, as far as its label or text says.
fn mode(known: &KnownSecret<'_>) -> Option<&'static str> {
    let label = known.label.to_ascii_lowercase();
    let says = |words: &[&str]| {
        label.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| words.contains(&word))
            || words
                .iter()
                .any(|word| memchr::memmem::find(known.secret.bytes(), format!("_{word}_").as_bytes()).is_some())
    };
    match (says(&["test", "sandbox", "staging"]), says(&["live", "prod", "production"])) {
        (true, false) => Some("test"),
        (false, true) => Some("live"),
        _ => None,
    }
}
