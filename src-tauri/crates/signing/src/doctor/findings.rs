//! From what was undone to what people read.

use hookglass_model::{Finding, Remedy};

use super::{
    bench::{Bench, Hit},
    case::{Case, KnownSecret, SecretStanding},
    edit::{Edit, Edits, Mend},
    times,
    words::{self, lowered, raised},
};
use crate::recipe::Recipe;

/// The finding of a proof, `None` when nothing had to be undone and nothing is too old: then the signature holds.
pub(super) fn proved(recipe: &Recipe, case: &Case<'_>, bench: &Bench<'_>, hit: &Hit) -> Option<Finding> {
    let mut edits = in_order(&hit.edits);
    let has_time_edit = edits.iter().any(|edit| edit.family() == "timestamp");
    if let (Some(rule), Some(text), false) = (&recipe.timestamp, &hit.timestamp, has_time_edit) {
        let event_seconds = case.provider.event(&case.message).event_unix_seconds;
        edits.extend(times::age(rule, text, case, event_seconds));
    }
    if edits.is_empty() {
        return None;
    }
    let secret = hit.key.and_then(|key| case.secrets.get(bench.keys.all[key].secret));
    let mut finding = of_edits(&edits, true);
    finding.secret_label = secret.map(|secret| secret.label.to_owned());
    finding.actions = actions(&edits, secret);
    finding.raw_body_guide = edits.iter().any(|edit| words::is_of_parsing(&edit.cause));
    Some(finding)
}

/// The secret first, then the body and the rest, each cause once.
fn in_order(edits: &Edits) -> Vec<Edit> {
    const FAMILIES: [&str; 5] = ["secret", "body", "timestamp", "url", "scheme"];
    let mut ordered: Vec<Edit> = Vec::new();
    for family in FAMILIES {
        for edit in edits.iter().filter(|edit| edit.family() == family) {
            if !ordered.iter().any(|known| known.cause == edit.cause) {
                ordered.push(edit.clone());
            }
        }
    }
    ordered
}

/// One finding of everything that was undone.
pub(super) fn of_edits(edits: &[Edit], reproduced: bool) -> Finding {
    let join = |part: fn(&Edit) -> &str, by: &str| edits.iter().map(part).collect::<Vec<_>>().join(by);
    let badge = edits.first().map_or_else(String::new, |edit| edit.badge.to_string());
    let remedies: Vec<String> = edits
        .iter()
        .enumerate()
        .map(|(at, edit)| if at == 0 { edit.remedy.to_string() } else { lowered(&edit.remedy) })
        .collect();
    Finding {
        cause: join(|edit| &edit.cause, "+"),
        reproduced,
        badge: if edits.len() > 1 { format!("{badge}, and more") } else { badge },
        sentence: format!("{}.", raised(&join(|edit| &edit.happened, ", and "))),
        remedy: format!("{}.", remedies.join("; then ")),
        steps: edits.iter().map(|edit| edit.step.to_string()).collect(),
        actions: Vec::new(),
        secret_label: None,
        raw_body_guide: false,
    }
}

fn actions(edits: &[Edit], secret: Option<&KnownSecret<'_>>) -> Vec<Remedy> {
    let mut all = Vec::new();
    let mut add = |remedy: Remedy| {
        if !all.contains(&remedy) {
            all.push(remedy);
        }
    };
    let has = |mend: &Mend| edits.iter().any(|edit| edit.mend == *mend);
    let label = secret.map(|secret| secret.label.to_owned()).unwrap_or_default();
    if has(&Mend::OtherSecret) {
        if secret.is_some_and(|secret| secret.standing == SecretStanding::Elsewhere) {
            add(Remedy::AddSecret { label: label.clone() });
        }
        add(Remedy::UseOnce { label: label.clone() });
    } else if has(&Mend::SecretText) {
        add(Remedy::ReplaceSecret { label: label.clone() });
        add(Remedy::UseOnce { label });
    }
    for edit in edits {
        match &edit.mend {
            Mend::None | Mend::OtherSecret | Mend::SecretText => {}
            Mend::Body => add(Remedy::RestoreBody),
            Mend::Url(url) => add(Remedy::SetPublicUrl { url: url.clone() }),
            Mend::Provider(provider, name) => {
                add(Remedy::ChangeProvider { provider: provider.clone(), name: name.clone() });
            }
            Mend::Tolerance(seconds) => add(Remedy::RaiseTolerance { seconds: *seconds }),
        }
    }
    all
}
