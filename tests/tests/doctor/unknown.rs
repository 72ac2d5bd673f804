//! Requests signed with a secret that nobody knows: whatever the doctor says about them beyond that is false.

use fastrand::Rng;
use hookglass_signing::SecretStanding;

use crate::{
    corpus::{Size, secret_pair, story},
    scheme::Scheme,
    stacks::Stacks,
    story::Known,
};

/// What was claimed falsely; `None` for an honest answer.
pub(crate) fn false_claim(schemes: &[Scheme], trial: u64) -> Option<String> {
    let mut rng = Rng::with_seed(0x756e_6b6e_6f77_6e00 + trial);
    let scheme = &schemes[rng.usize(..schemes.len())];
    let stacks = Stacks::none();
    let mut story = story(scheme, &stacks, if rng.bool() { Size::Small } else { Size::Sample }, rng.fork());
    story.known.clear();
    for at in 0..rng.usize(1..=10) {
        let (_, text) = secret_pair(scheme, &mut rng);
        let standing = match (at, rng.u8(..4)) {
            (0, _) | (_, 0) => SecretStanding::Configured,
            (_, 1) => SecretStanding::Replaced,
            _ => SecretStanding::Elsewhere,
        };
        story.known.push(Known { label: format!("secret {at}"), text, standing });
    }
    let arrived = story.carried_out().unwrap_or_else(|| panic!("{} signs no such request", scheme.id()));
    let diagnosis = arrived.diagnosed(scheme).diagnosis;
    let proved = diagnosis.findings.iter().any(|finding| finding.reproduced);
    let first = diagnosis.findings.first().map(|finding| finding.cause.as_str());
    let is_honest = !proved && first == Some("secret.unknown");
    (!is_honest).then(|| format!("trial {trial}, {}: {}", scheme.id(), crate::said(&diagnosis)))
}
