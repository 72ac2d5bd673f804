//! Telling when a secret has done its service: providers announce a new one, sign with both for a while, and go on with
//! the new one alone.

use hookglass_model::{SecretId, UnixMillis};

/// How long an old secret may be silent beside a newer one that matches: Stripe signs with both for up to a day after a
/// roll (docs.stripe.com/webhooks, "Roll endpoint signing secrets"), and no provider we know takes longer by default.
const OVERLAP_MS: i64 = 24 * 3600 * 1000;

/// One secret of an endpoint, with the moment of the newest capture it verified.
pub(crate) type Used = (SecretId, Option<UnixMillis>);

/// Whether `secret` can go: a newer one of `all` has verified captures, and this one has verified none since the newer
/// was entered, or none for a day while the newer did.
pub(crate) fn is_superseded((id, last): Used, all: &[Used]) -> bool {
    let Some(entered_at) = entered_at(id) else { return false };
    all.iter().any(|(other, other_last)| {
        let (Some(other_entered_at), Some(other_last)) = (self::entered_at(*other), *other_last) else { return false };
        other_entered_at > entered_at
            && last.is_none_or(|last| last < other_entered_at || other_last.0.saturating_sub(last.0) >= OVERLAP_MS)
    })
}

/// When a secret was entered: its id begins with that moment (RFC 9562 §5.7).
fn entered_at(id: SecretId) -> Option<UnixMillis> {
    let (seconds, nanoseconds) = id.0.get_timestamp()?.to_unix();
    Some(UnixMillis(i64::try_from(seconds).ok()?.checked_mul(1000)?.checked_add(i64::from(nanoseconds / 1_000_000))?))
}

#[cfg(test)]
mod tests {
    use uuid::{Timestamp, Uuid};

    use super::*;

    const DAY: i64 = 24 * 3600;

    fn secret(entered_at_seconds: i64) -> SecretId {
        let seconds = u64::try_from(entered_at_seconds).unwrap();
        SecretId(Uuid::new_v7(Timestamp::from_unix(uuid::NoContext, seconds, 0)))
    }

    fn superseded(old_last: Option<i64>, new_last: Option<i64>) -> bool {
        let at = |seconds: Option<i64>| seconds.map(UnixMillis::from_unix_seconds);
        let (old, new) = ((secret(1000), at(old_last)), (secret(5000), at(new_last)));
        assert!(!is_superseded(new, &[old, new]), "the newest is never superseded");
        is_superseded(old, &[old, new])
    }

    #[test]
    fn an_old_secret_goes_only_when_the_new_one_took_over() {
        assert!(!superseded(None, None));
        assert!(!superseded(Some(4000), None), "the new one may be the wrong one");
        assert!(superseded(None, Some(6000)));
        assert!(superseded(Some(4000), Some(6000)), "silent since the new one was entered");
        assert!(!superseded(Some(5500), Some(6000)), "both still match");
        assert!(!superseded(Some(6000), Some(5500)));
        assert!(superseded(Some(5500), Some(5500 + DAY)), "silent for a day");
    }

    #[test]
    fn an_id_without_a_moment_is_left_alone() {
        let old = (SecretId(Uuid::from_u128(7)), None);
        assert!(!is_superseded(old, &[old, (secret(1), Some(UnixMillis(9)))]));
    }
}
