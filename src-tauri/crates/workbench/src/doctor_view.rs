//! From an examination to what the window shows.

use std::collections::HashSet;

use hookglass_model::{Finding, Verdict};
use hookglass_signing::{SecretStanding, SignedBytes};

use crate::{
    byte_runs::beside,
    composing::message_of,
    doctor::{Examined, Patient},
    inbox::explained,
    view::{ComputedView, DoctorView, RevealedView, TrialVerdict},
};

/// How much of a computed signature is shown at each end.
const SHOWN_ENDS: usize = 4;

/// Longest mask. More would say nothing.
const MASKED_MAX: usize = 40;

/// What the hosts show of a verdict.
pub(crate) fn verdict_view(verdict: &Verdict) -> TrialVerdict {
    TrialVerdict {
        kind: verdict.kind(),
        badge: verdict.badge(),
        sentence: verdict.sentence(),
        reason_code: verdict.reason_code().map(str::to_owned),
    }
}

/// Everything about one examination.
pub(crate) fn doctor_view(examined: &Examined, verdict: &Verdict, recognised: bool, alike: u64) -> DoctorView {
    let Examined { patient, examination, elapsed } = examined;
    let provider = &patient.provider;
    let message = message_of(&patient.head, patient.url.as_deref(), &patient.body);
    let (received, _) = explained(provider, &message);
    let arrived: Vec<SignedBytes> = provider
        .explain(&message)
        .parts
        .into_iter()
        .map(|part| SignedBytes { name: part.name, bytes: part.bytes.into_owned() })
        .collect();
    let proof = examination.proof.as_ref().filter(|proof| !proof.signed.is_empty());
    let signed = proof.map_or(&arrived, |proof| &proof.signed);
    let sides = beside(signed, if proof.is_some() { &arrived } else { &[] });
    let size = |parts: &[SignedBytes]| parts.iter().map(|part| part.bytes.len() as u64).sum();
    DoctorView {
        diagnosis: examination.diagnosis.clone(),
        elapsed_us: u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
        provider: Some(provider.id().clone()),
        provider_name: Some(provider.name().to_owned()),
        scheme: Some(provider.scheme().to_owned()),
        recognised,
        verdict: verdict_view(verdict),
        received,
        computed: computed(examined),
        signed: sides.signed,
        arrived: sides.arrived,
        signed_bytes: size(signed),
        arrived_bytes: size(&arrived),
        differences: sides.differences,
        alike,
    }
}

/// What the endpoint's secrets give for the request as it arrived, and what was reproduced.
fn computed(examined: &Examined) -> Vec<ComputedView> {
    let Examined { patient, examination, .. } = examined;
    if patient.provider.sends_secret() {
        return Vec::new();
    }
    let received: HashSet<String> = {
        let message = message_of(&patient.head, patient.url.as_deref(), &patient.body);
        patient.provider.explain(&message).received.into_iter().map(|received| received.value).collect()
    };
    let mut rows: Vec<ComputedView> = own_signatures(patient)
        .into_iter()
        .map(|one| {
            let equal = received.iter().any(|received| received.eq_ignore_ascii_case(&one.value));
            let masked = if equal { one.value } else { mask(&one.value) };
            ComputedView { label: one.label, masked, equal, can_reveal: !equal }
        })
        .collect();
    if let (Some(proof), Some(first)) = (&examination.proof, examination.diagnosis.findings.first())
        && !rows.iter().any(|row| row.equal)
    {
        let label = proved_label(first);
        rows.push(ComputedView { label, masked: proof.signature.clone(), equal: true, can_reveal: false });
    }
    rows
}

/// What was undone, in two words.
fn proved_label(finding: &Finding) -> String {
    let secret = finding.secret_label.as_deref().filter(|label| !label.is_empty());
    match finding.cause.split_once('+').map_or(finding.cause.as_str(), |(first, _)| first).split('.').next() {
        Some("body") => "Restored body".to_owned(),
        Some("url") => "Signed URL".to_owned(),
        Some("timestamp") => "Signed timestamp".to_owned(),
        Some("scheme") => "As it was signed".to_owned(),
        _ if finding.cause.starts_with("secret.other") || finding.cause.starts_with("secret.replaced") => {
            secret.map_or_else(|| "Other secret".to_owned(), |label| format!("Secret “{label}”"))
        }
        _ => "Mended secret".to_owned(),
    }
}

/// The whole signatures that the endpoint's own secrets give. Only for the user's own eyes, when he asks.
pub(crate) fn own_signatures(patient: &Patient) -> Vec<RevealedView> {
    if patient.provider.sends_secret() {
        return Vec::new();
    }
    let known = patient.known.as_known();
    let own: Vec<_> = known.into_iter().filter(|known| known.standing != SecretStanding::Elsewhere).collect();
    let message = message_of(&patient.head, patient.url.as_deref(), &patient.body);
    let values = patient.provider.expected(&message, &own);
    let label = |label: &str| {
        if label.is_empty() { "Endpoint secret".to_owned() } else { format!("Endpoint secret “{label}”") }
    };
    own.iter()
        .zip(values)
        .filter_map(|(known, value)| Some(RevealedView { label: label(known.label), value: value? }))
        .collect()
}

/// The ends with the middle hidden.
fn mask(signature: &str) -> String {
    let characters: Vec<char> = signature.chars().collect();
    let hidden = characters.len().saturating_sub(2 * SHOWN_ENDS);
    if hidden < SHOWN_ENDS {
        return "•".repeat(characters.len().min(MASKED_MAX));
    }
    let dots = "•".repeat(hidden.min(MASKED_MAX - 2 * SHOWN_ENDS));
    let text = |characters: &[char]| characters.iter().collect::<String>();
    format!("{}{dots}{}", text(&characters[..SHOWN_ENDS]), text(&characters[characters.len() - SHOWN_ENDS..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_shows_ends_alone() {
        assert_eq!(mask(&format!("e6bd{}b4b2", "0".repeat(56))), format!("e6bd{}b4b2", "•".repeat(32)));
        assert_eq!(mask("short"), "•••••");
    }
}
