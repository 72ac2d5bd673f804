//! Our signatures against the vendors' own libraries, both ways: what the library signs we find valid, what we sign the
//! library accepts, and both refuse a changed body, a changed URL, another secret, and the same moments.
//!
//! The libraries are npm packages, pinned in `tests/interop/package-lock.json`; `cargo xtask test` installs them. Bodies
//! and secrets are random: a failure names the seed, and `HOOKGLASS_SEED=<seed>` repeats it.

// The functions below the tests read what must be there; a test that cannot read it has failed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// Shown by the test runner beside a failure: the seed that repeats it.
#![allow(clippy::print_stderr)]

mod cases;
mod delivery;
mod library;
mod random;

use std::env;

use fastrand::Rng;
use hookglass_model::{UnixMillis, VerdictKind};
use hookglass_signing::{Provider, Registry};

use crate::{
    cases::{AWAITED_RECIPES_MUST_EXIST, Case, Ways},
    delivery::{Delivery, now},
    library::Library,
    random::{SecretShape, letters},
};

/// Ages that timestamps are tried at, in seconds: between and beyond the tolerances that vendors have. None lies within
/// ten seconds of one, so that a busy machine decides nothing.
const AGES_S: [i64; 12] = [100_000, 7_300, 7_000, 400, 250, 200, 150, 75, 45, 20, 0, -250];

/// The same ahead of the clock.
const AHEAD_S: [i64; 3] = [20, 400, 7_300];

/// One run of one case.
struct Run {
    case: &'static Case,
    provider: &'static Provider,
    library: Library,
    seed: u64,
    rng: Rng,
}

/// A secret in the form each side takes; the two differ for key pairs alone.
struct Secrets {
    ours: String,
    theirs: String,
}

impl Run {
    fn of(case: &'static Case) -> Self {
        let provider = Registry::built_in().get(case.id);
        let provider = provider.unwrap_or_else(|| panic!("there is no recipe {}", case.id));
        let seed = match env::var("HOOKGLASS_SEED") {
            Ok(seed) => seed.parse().expect("HOOKGLASS_SEED is a whole number"),
            Err(_) => fastrand::u64(..),
        };
        eprintln!("{}: HOOKGLASS_SEED={seed}", case.id);
        Self { case, provider, library: Library(case.library), seed, rng: Rng::with_seed(seed) }
    }

    fn secrets(&mut self) -> Secrets {
        if self.case.secret == SecretShape::KeyPair {
            let pair = self.library.keys();
            return Secrets { ours: pair.private, theirs: pair.public };
        }
        let secret = self.case.secret.secret(&mut self.rng);
        Secrets { ours: secret.clone(), theirs: secret }
    }

    fn delivery(&mut self, body: Vec<u8>) -> Delivery {
        let id = format!("msg_{}", letters(&mut self.rng, 12));
        let mut delivery = Delivery::new(body, self.case.body.content_type(), id);
        for (name, value) in self.case.given {
            delivery.put(name, value.as_bytes());
        }
        delivery
    }

    #[track_caller]
    fn we_say(&self, delivery: &Delivery, secret: &str, expected: VerdictKind, what: &str) {
        let verdict = delivery.judged_by_us(self.provider, secret);
        let seed = self.seed;
        assert_eq!(verdict.kind(), expected, "{what} (seed {seed}): {verdict:?} of {}", shown(delivery));
    }

    #[track_caller]
    fn they_accept(&self, delivery: &Delivery, secret: &str, what: &str) {
        if let Err(refusal) = self.library.verify(delivery, secret) {
            panic!("{what} (seed {}): the library says {refusal:?} of {}", self.seed, shown(delivery));
        }
    }

    #[track_caller]
    fn they_refuse(&self, delivery: &Delivery, secret: &str, what: &str) {
        let accepted = self.library.verify(delivery, secret).is_ok();
        assert!(!accepted, "{what} (seed {}): the library accepts {}", self.seed, shown(delivery));
    }

    fn bodies(&mut self, check: impl Fn(&mut Self, Delivery)) {
        for body in self.case.body.bodies(&mut self.rng) {
            let delivery = self.delivery(body);
            check(self, delivery);
        }
    }

    /// What the library signs we find valid; near it is invalid.
    fn library_signs(&mut self) {
        self.bodies(|run, delivery| {
            let (right, wrong) = (run.secrets(), run.secrets());
            let delivery = run.library.sign(delivery, &right.theirs, now().0);
            run.we_say(&delivery, &right.ours, VerdictKind::Valid, "signed by the library");
            run.we_say(&delivery, &wrong.ours, VerdictKind::Invalid, "another secret");
            if run.provider.covers_body() {
                run.we_say(&run.with_other_body(&delivery), &right.ours, VerdictKind::Invalid, "another body");
            }
            if run.provider.signs_url() {
                run.we_say(&with_other_url(&delivery), &right.ours, VerdictKind::Invalid, "another URL");
            }
        });
    }

    /// What we sign the library accepts; near it, it and we refuse.
    fn library_verifies(&mut self) {
        self.bodies(|run, mut delivery| {
            let (right, wrong) = (run.secrets(), run.secrets());
            if run.case.ways == Ways::LibraryMakesBody {
                delivery = run.library.sign(delivery, &wrong.theirs, now().0);
            }
            let delivery = delivery.signed_by_us(run.provider, &right.ours, now());
            run.they_accept(&delivery, &right.theirs, "signed by us");
            run.we_say(&delivery, &right.ours, VerdictKind::Valid, "signed by us");
            run.they_refuse(&delivery, &wrong.theirs, "another secret");
            if run.case.library_covers_body {
                run.they_refuse(&run.with_other_body(&delivery), &right.theirs, "another body");
            }
            if run.provider.covers_body() {
                run.we_say(&run.with_other_body(&delivery), &right.ours, VerdictKind::Invalid, "another body");
            }
            if run.provider.signs_url() {
                run.they_refuse(&with_other_url(&delivery), &right.theirs, "another URL");
            }
        });
    }

    /// Both sides find the same moments too old and too far ahead.
    fn both_judge_time_alike(&mut self) {
        let secrets = self.secrets();
        let body = self.case.body.bodies(&mut self.rng).swap_remove(2);
        for offset_s in AGES_S.iter().map(|age| -age).chain(AHEAD_S) {
            let at = UnixMillis(now().0 + offset_s * 1000);
            let mut delivery = self.delivery(body.clone());
            if self.case.ways == Ways::LibraryMakesBody {
                delivery = self.library.sign(delivery, &secrets.theirs, at.0);
            }
            let delivery = delivery.signed_by_us(self.provider, &secrets.ours, at);
            let (theirs, ours) =
                (self.library.verify(&delivery, &secrets.theirs), delivery.judged_by_us(self.provider, &secrets.ours));
            assert_eq!(
                theirs.is_ok(),
                ours.kind() == VerdictKind::Valid,
                "{offset_s} s from now: the library says {theirs:?}, and we say {ours:?}"
            );
        }
    }

    /// The same delivery with one byte of its body changed. The place depends on the seed alone.
    fn with_other_body(&self, delivery: &Delivery) -> Delivery {
        let mut changed = delivery.clone();
        changed.body = self.case.body.changed(&delivery.body, &mut Rng::with_seed(self.seed));
        changed
    }
}

fn with_other_url(delivery: &Delivery) -> Delivery {
    let mut changed = delivery.clone();
    changed.url = delivery.url.replacen("/in/box", "/in/bux", 1);
    changed
}

/// A delivery without the bulk of its body.
fn shown(delivery: &Delivery) -> String {
    let start = String::from_utf8_lossy(&delivery.body[..delivery.body.len().min(300)]);
    let headers: Vec<_> = delivery
        .headers
        .iter()
        .map(|header| format!("{}: {}", header.name, String::from_utf8_lossy(&header.value)))
        .collect();
    format!("{} {} {headers:?}, {} bytes: {start:?}", delivery.method, delivery.url, delivery.body.len())
}

fn check(case: &'static Case) {
    if case.awaited && !AWAITED_RECIPES_MUST_EXIST && Registry::built_in().get(case.id).is_none() {
        eprintln!("{}: there is no recipe yet", case.id);
        return;
    }
    let mut run = Run::of(case);
    if case.ways != Ways::LibraryVerifies {
        run.library_signs();
    }
    run.library_verifies();
    run.both_judge_time_alike();
}
