//! Requests that follow another provider's scheme.

use std::ops::Range;

use hookglass_model::Verdict;

use super::{
    bench::{Bench, End, Hit},
    case::SignedBytes,
    edit::{Edit, Mend},
};
use crate::{LabelledSecret, Provider, Registry, Secret, located::Located};

/// Most other providers that are tried: those whose signature stands in the request, and names such as `X-Signature`
/// are shared by some twenty.
const PROVIDERS_MAX: usize = 32;

/// Tries every provider whose signature stands in the request with the texts of these keys.
pub(super) fn search(bench: &mut Bench<'_>, registry: &Registry, keys: &[Range<usize>]) -> Result<(), End> {
    let message = bench.case.message;
    let is_there = |provider: &&Provider| {
        provider.id() != bench.case.provider.id()
            // A token is compared as it is and says nothing about a scheme.
            && !provider.recipe().is_token()
            && !Located::new(provider.recipe(), &message, None).lines.is_empty()
    };
    let present: Vec<&Provider> = registry.providers().filter(is_there).take(PROVIDERS_MAX).collect();
    for provider in present {
        for at in keys.iter().cloned().flatten() {
            if let Some(end) = bench.end() {
                return Err(end);
            }
            bench.count(1, message.body.len() as u64);
            let key = &bench.keys.all[at];
            let Some(known) = bench.case.secrets.get(key.secret) else { continue };
            let secret: &Secret = key.mended.as_ref().unwrap_or(known.secret);
            let labelled = [LabelledSecret { label: known.label, secret }];
            let verdict = provider.verify(&message, &labelled, bench.case.received_at, Some(0));
            if !matches!(verdict, Verdict::Valid { .. }) {
                continue;
            }
            let explanation = provider.explain(&message);
            let signed = explanation.parts.into_iter();
            let edits = key.edits.iter().cloned().chain([edit(bench.case.provider, provider)]).collect();
            bench.hit = Some(Hit {
                key: Some(at),
                sighting: usize::MAX,
                edits,
                signed: signed.map(|part| SignedBytes { name: part.name, bytes: part.bytes.into_owned() }).collect(),
                body: None,
                url: None,
                timestamp: None,
            });
            bench.other_provider = Some(provider.id().clone());
            bench.received_text = explanation.received.into_iter().next().map(|received| received.value);
            return Err(End::Found);
        }
    }
    Ok(())
}

fn edit(expected: &Provider, found: &Provider) -> Edit {
    Edit::new(
        "scheme.other_provider",
        format!("Signed as {}", found.name()),
        format!(
            "the request is signed by the scheme of {}, and the endpoint expects {}",
            found.name(),
            expected.name()
        ),
        format!("Choose the provider {} for the endpoint", found.name()),
        format!("Check by the scheme {}", found.scheme()),
    )
    .mended_by(Mend::Provider(found.id().clone(), found.name().to_owned()))
}
