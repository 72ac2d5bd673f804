//! JSON Web Tokens: they cover themselves, and the body through a hash in a claim, so they are judged whole.

use std::borrow::Cow;

use hookglass_model::{InvalidReason, Verdict};

use super::{
    bench::{Bench, End, Hit},
    body,
    edit::{Edit, Edits},
    words,
};
use crate::{LabelledSecret, Message, Secret};

/// Tries the secrets in every form, then bodies under a secret that the token's signature holds with; not `wholly`, the
/// endpoint's own secrets as they are.
pub(super) fn search(bench: &mut Bench<'_>, wholly: bool) -> Result<(), End> {
    let case = bench.case;
    let mut holding = None;
    let keys = if wholly { bench.keys.all.len() } else { bench.keys.own.len() };
    for at in 0..keys {
        match judged(bench, at, case.message) {
            Judged::Holds => return Err(found(bench, at, None)),
            Judged::OtherContent => holding = holding.or(Some(at)),
            Judged::Differs => {}
        }
        bench.end().map_or(Ok(()), Err)?;
    }
    let Some(at) = holding.filter(|_| wholly) else { return Ok(()) };
    let arrived_as = body::written_by(case.message.body);
    let budget = bench.bytes_for_bodies();
    let mut ended = Ok(());
    body::for_each(&case.message, budget, &mut |variant| {
        if matches!(judged(bench, at, Message { body: &variant.bytes, ..case.message }), Judged::Holds) {
            let edits = words::of_variant(&variant, arrived_as);
            ended = Err(found(bench, at, Some((variant.bytes, edits))));
        } else if let Some(end) = bench.end() {
            ended = Err(end);
        }
        ended.is_ok()
    });
    ended
}

enum Judged {
    /// All agrees but for ages.
    Holds,
    /// The token holds, and a claim says something else than the request.
    OtherContent,
    Differs,
}

fn judged(bench: &mut Bench<'_>, at: usize, message: Message<'_>) -> Judged {
    bench.count(1, message.body.len() as u64);
    let key = &bench.keys.all[at];
    let known = &bench.case.secrets[key.secret];
    let secret: Cow<'_, Secret> = key.mended.as_ref().map_or(Cow::Borrowed(known.secret), Cow::Borrowed);
    let labelled = [LabelledSecret { label: known.label, secret: &secret }];
    match bench.case.provider.verify(&message, &labelled, bench.case.received_at, Some(0)) {
        Verdict::Valid { .. } | Verdict::Invalid { reason: InvalidReason::TokenExpired { .. } } => Judged::Holds,
        Verdict::Invalid { reason: InvalidReason::ClaimDiffers { .. } } => Judged::OtherContent,
        _ => Judged::Differs,
    }
}

fn found(bench: &mut Bench<'_>, at: usize, body: Option<(Vec<u8>, Edits)>) -> End {
    let (body, edits) = body.unzip();
    let own: Vec<Edit> = bench.keys.all[at].edits.iter().cloned().collect();
    bench.hit = Some(Hit {
        key: Some(at),
        sighting: 0,
        edits: own.into_iter().chain(edits.into_iter().flatten()).collect(),
        signed: Vec::new(),
        body,
        url: None,
        timestamp: bench.inputs.timestamp.as_ref().map(|text| text.to_vec()),
    });
    End::Found
}
