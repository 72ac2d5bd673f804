//! Every secret that the doctor may try for an endpoint.

use std::collections::HashSet;

use hookglass_model::{EndpointId, SecretId};
use hookglass_signing::{KnownSecret, Secret, SecretStanding};
use sha2::{Digest as _, Sha256};

use crate::{endpoint_table::EndpointTable, rotation::is_superseded, secret_matches::MatchLedger};

/// A secret with where it stands.
pub(crate) struct Known {
    /// The vault's name for it; `None` for one that was typed and is not kept.
    pub(crate) id: Option<SecretId>,
    pub(crate) label: String,
    pub(crate) secret: Secret,
    pub(crate) standing: SecretStanding,
}

/// The endpoint's own first, then those of all others, each value once.
#[derive(Default)]
pub(crate) struct KnownSecrets(pub(crate) Vec<Known>);

impl KnownSecrets {
    pub(crate) fn of(table: &EndpointTable, own: Option<EndpointId>, matches: &MatchLedger) -> Self {
        let mut known = Self::default();
        let own = own.and_then(|id| table.get(id));
        if let Some(ready) = own {
            let used: Vec<_> = ready
                .endpoint
                .secrets
                .iter()
                .map(|secret| (secret.id, matches.mark(secret.id).last_matched_at()))
                .collect();
            for (secret, used_now) in ready.endpoint.secrets.iter().zip(&used) {
                let standing =
                    if is_superseded(*used_now, &used) { SecretStanding::Replaced } else { SecretStanding::Configured };
                known.add(Some(secret.id), secret.label.clone(), ready.secret(secret.id), standing);
            }
        }
        for ready in table.iter().filter(|ready| own.is_none_or(|own| own.endpoint.id != ready.endpoint.id)) {
            for secret in &ready.endpoint.secrets {
                let slug = &ready.endpoint.slug;
                let label = if secret.label.is_empty() {
                    format!("secret of {slug}")
                } else {
                    format!("{} ({slug})", secret.label)
                };
                known.add(Some(secret.id), label, ready.secret(secret.id), SecretStanding::Elsewhere);
            }
        }
        known.each_once();
        known
    }

    /// Puts secrets that were typed before the others.
    pub(crate) fn with_typed(mut self, typed: Vec<Secret>) -> Self {
        let count = typed.len();
        let own = typed.into_iter().enumerate().map(|(at, secret)| Known {
            id: None,
            label: if count == 1 { String::new() } else { format!("secret {}", at + 1) },
            secret,
            standing: SecretStanding::Configured,
        });
        self.0.splice(0..0, own);
        self.each_once();
        self
    }

    /// As the doctor takes them.
    pub(crate) fn as_known(&self) -> Vec<KnownSecret<'_>> {
        self.0
            .iter()
            .map(|known| KnownSecret { label: &known.label, secret: &known.secret, standing: known.standing })
            .collect()
    }

    fn add(&mut self, id: Option<SecretId>, label: String, secret: Option<&Secret>, standing: SecretStanding) {
        if let Some(secret) = secret {
            self.0.push(Known { id, label, secret: secret.clone(), standing });
        }
    }

    fn each_once(&mut self) {
        // By hash, so that no further copies of the values lie about.
        let mut seen: HashSet<[u8; 32]> = HashSet::new();
        self.0.retain(|known| seen.insert(Sha256::digest(known.secret.bytes()).into()));
    }
}
