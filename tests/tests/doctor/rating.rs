//! How good an answer of the doctor is, and the table of them all.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use hookglass_model::{Diagnosis, Finding};

/// From best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rating {
    /// The first finding is right, and proved where it can be.
    First,
    /// A later one is.
    Found,
    /// None is, and nothing false is claimed.
    Missed,
    /// The first finding claims to be proved and is not what happened.
    Wrong,
}

impl Rating {
    pub(crate) fn of(diagnosis: &Diagnosis, expected: &[BTreeSet<String>], is_provable: bool) -> Self {
        let is_right = |finding: &Finding| (finding.reproduced || !is_provable) && says(finding, expected);
        match diagnosis.findings.iter().position(is_right) {
            Some(0) => Self::First,
            _ if diagnosis.findings.first().is_some_and(|finding| finding.reproduced && !says(finding, expected)) => {
                Self::Wrong
            }
            Some(_) => Self::Found,
            None => Self::Missed,
        }
    }

    fn letter(self) -> char {
        match self {
            Self::First => 'F',
            Self::Found => 'f',
            Self::Missed => 'M',
            Self::Wrong => 'W',
        }
    }
}

/// Whether a finding names one cause of each set and none that is in no set.
fn says(finding: &Finding, expected: &[BTreeSet<String>]) -> bool {
    let named: Vec<_> = finding.cause.split('+').collect();
    let is_known = |cause: &&str| expected.iter().any(|set| set.contains(*cause));
    named.iter().all(is_known) && expected.iter().all(|set| named.iter().any(|cause| set.contains(*cause)))
}

/// What became of every request, by way and provider.
pub(crate) struct Table {
    /// The ways in order, with their families.
    rows: Vec<(&'static str, String)>,
    cells: BTreeMap<(String, &'static str), Vec<Rating>>,
}

/// How many requests were rated how.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) first: usize,
    pub(crate) found: usize,
    pub(crate) missed: usize,
    pub(crate) wrong: usize,
}

impl Totals {
    pub(crate) fn of<'a>(ratings: impl IntoIterator<Item = &'a Rating>) -> Self {
        let mut totals = Self::default();
        for rating in ratings {
            *match rating {
                Rating::First => &mut totals.first,
                Rating::Found => &mut totals.found,
                Rating::Missed => &mut totals.missed,
                Rating::Wrong => &mut totals.wrong,
            } += 1;
        }
        totals
    }

    pub(crate) fn all(self) -> usize {
        self.first + self.found + self.missed + self.wrong
    }

    /// The share of first findings, in percent.
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    pub(crate) fn first_percent(self) -> f64 {
        100.0 * self.first as f64 / self.all().max(1) as f64
    }

    pub(crate) fn sentence(self, what: &str) -> String {
        let Self { first, found, missed, wrong } = self;
        let (all, percent) = (self.all(), self.first_percent());
        format!("{all} {what}: {first} first ({percent:.1} %), {found} found, {missed} missed, {wrong} wrong")
    }
}

impl Table {
    pub(crate) fn of(rows: Vec<(&'static str, String)>) -> Self {
        Self { rows, cells: BTreeMap::new() }
    }

    pub(crate) fn add(&mut self, way: &str, provider: &'static str, rating: Rating) {
        self.cells.entry((way.to_owned(), provider)).or_default().push(rating);
    }

    pub(crate) fn totals(&self) -> Totals {
        Totals::of(self.cells.values().flatten())
    }

    fn row(&self, way: &str) -> Totals {
        Totals::of(self.cells.iter().filter(|((name, _), _)| name == way).flat_map(|(_, ratings)| ratings))
    }

    /// Ways that went with no provider, which says that they are told wrong or that a stack is not installed.
    pub(crate) fn empty_rows(&self) -> Vec<&str> {
        self.rows.iter().map(|(_, way)| way.as_str()).filter(|way| self.row(way).all() == 0).collect()
    }

    /// The table in Markdown: of several tries in a cell the worst.
    pub(crate) fn markdown(&self, providers: &[&'static str], missing: &[&str]) -> String {
        let mut text = String::from("F first finding, f later finding, M missed, W wrong, · does not apply\n\n");
        for stack in missing {
            let _ = writeln!(text, "Not installed here, so left out: {stack}\n");
        }
        text.push_str("Columns: ");
        let names = providers.iter().enumerate().map(|(at, provider)| format!("{} {provider}", at + 1));
        text.push_str(&names.collect::<Vec<_>>().join(", "));
        text.push_str("\n\n| cause | way |");
        for at in 1..=providers.len() {
            let _ = write!(text, " {at} |");
        }
        text.push_str(" first |\n|---|---|");
        text.push_str(&"---|".repeat(providers.len() + 1));
        text.push('\n');
        for (family, way) in &self.rows {
            let _ = write!(text, "| {family} | {way} |");
            for provider in providers {
                let worst = self.cells.get(&(way.clone(), *provider)).and_then(|ratings| ratings.iter().max());
                let _ = write!(text, " {} |", worst.map_or('·', |rating| rating.letter()));
            }
            let row = self.row(way);
            let _ = writeln!(text, " {}/{} |", row.first, row.all());
        }
        text
    }

    /// The same without anything between the letters, for a terminal.
    pub(crate) fn compact(&self, providers: &[&'static str]) -> String {
        let mut text = String::new();
        for (family, way) in &self.rows {
            let letters: String = providers
                .iter()
                .map(|provider| self.cells.get(&(way.clone(), *provider)).and_then(|all| all.iter().max()))
                .map(|worst| worst.map_or('·', |rating| rating.letter()))
                .collect();
            let row = self.row(way);
            let _ = writeln!(text, "{family:<9} {way:<46} {letters} {}/{}", row.first, row.all());
        }
        text
    }
}
