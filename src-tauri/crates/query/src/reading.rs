//! A query read aloud.

use hookglass_model::{DuplicateKind, VerdictKind};

use crate::moment::Moment;
use crate::number::{NumberTest, Op, StatusTest, size_text};
use crate::pattern::Pattern;
use crate::term::{DupTest, JsonTest, Node, Query, Step, Term};

impl Query {
    /// What is asked, in plain words: `invalid captures of stripe, larger than 1 MB, not starred`.
    pub fn reading(&self) -> String {
        let parts: &[Node] = match &self.root {
            None => return "all captures".to_owned(),
            Some(Node::All(parts)) => parts,
            Some(other) => std::slice::from_ref(other),
        };
        let mut before = Vec::new();
        let (mut of, mut after) = (None, Vec::new());
        for part in parts {
            match part {
                Node::Term(Term::Verdict(verdict)) if before.is_empty() => before.push(verdict_word(*verdict)),
                Node::Term(term @ Term::Provider(pattern)) if of.is_none() && !pattern.is_anything() => {
                    of = Some(phrase(term));
                }
                other => after.push(spoken(other, false)),
            }
        }
        let mut text = before.concat();
        text.push_str(if text.is_empty() { "captures" } else { " captures" });
        if let Some(of) = of {
            text = format!("{text} {of}");
        }
        // Without a comma the first of them reads as part of the noun.
        let comma = if before.is_empty() && !text.contains(' ') { " " } else { ", " };
        if !after.is_empty() {
            text = format!("{text}{comma}{}", after.join(", "));
        }
        text
    }
}

fn spoken(node: &Node, inner: bool) -> String {
    match node {
        Node::Term(term) => phrase(term),
        Node::Not(node) => match &**node {
            Node::Term(term) => opposite(term),
            other => format!("not ({})", spoken(other, false)),
        },
        Node::All(nodes) => {
            let text = nodes.iter().map(|node| spoken(node, true)).collect::<Vec<_>>().join(" and ");
            if inner { format!("({text})") } else { text }
        }
        Node::Any(nodes) => {
            let text = nodes.iter().map(|node| spoken(node, true)).collect::<Vec<_>>().join(" or ");
            if inner { format!("({text})") } else { format!("either {text}") }
        }
    }
}

fn verdict_word(verdict: VerdictKind) -> &'static str {
    match verdict {
        VerdictKind::Valid => "valid",
        VerdictKind::Invalid => "invalid",
        VerdictKind::Unsigned => "unsigned",
        VerdictKind::NotChecked => "unchecked",
        VerdictKind::ConfigError => "misconfigured",
    }
}

fn texts(pattern: &Pattern) -> String {
    let text = pattern.to_string();
    let text = pattern.as_literal().map_or(text, str::to_owned);
    format!("“{text}”")
}

fn name(pattern: &Pattern) -> String {
    pattern.as_literal().map_or_else(|| pattern.to_string(), str::to_owned)
}

fn phrase(term: &Term) -> String {
    match term {
        Term::Text(pattern) => format!("containing {}", texts(pattern)),
        Term::Provider(pattern) if pattern.is_anything() => "of a known provider".to_owned(),
        Term::Provider(pattern) => format!("of {}", name(pattern)),
        Term::Event(pattern) if pattern.is_anything() => "with an event type".to_owned(),
        Term::Event(pattern) => format!("with the event {}", name(pattern)),
        Term::Verdict(verdict) => verdict_word(*verdict).to_owned(),
        Term::Endpoint(pattern) => format!("at the endpoint {}", name(pattern)),
        Term::Method(pattern) => format!("by {}", name(pattern).to_ascii_uppercase()),
        Term::Path(pattern) => format!("with {} in the path", texts(pattern)),
        Term::Status(StatusTest::Class(digit)) => format!("answered {digit}xx"),
        Term::Status(StatusTest::Is(test)) => match test.op {
            Op::Equal => format!("answered {}", test.value),
            _ => format!("answered {}", compared(*test, "below", "above", test.value.to_string())),
        },
        Term::Header { name, value } if value.is_anything() => format!("with the header {name}"),
        Term::Header { name, value } => format!("with {} in the header {name}", texts(value)),
        Term::Body(pattern) => format!("with {} in the body", texts(pattern)),
        Term::Json { path, test } => json(path, test),
        Term::Id(pattern) if pattern.is_anything() => "with an id".to_owned(),
        Term::Id(pattern) => format!("with the id {}", name(pattern)),
        Term::Dup(test) => dup(*test).to_owned(),
        Term::Size(test) => match (test.op, test.value) {
            (Op::Equal, 0) => "without a body".to_owned(),
            (Op::Equal, bytes) => format!("of {}", spaced_size(bytes)),
            (_, bytes) => compared(*test, "smaller than", "larger than", spaced_size(bytes)),
        },
        Term::After(moment) => match moment {
            Moment::Ago { .. } => format!("received in the last {}", span(*moment)),
            _ => format!("received since {}", span(*moment)),
        },
        Term::Before(moment) => match moment {
            Moment::Ago { .. } => format!("received more than {} ago", span(*moment)),
            _ => format!("received before {}", span(*moment)),
        },
        Term::Starred(true) => "starred".to_owned(),
        Term::Starred(false) => "not starred".to_owned(),
        Term::Note(pattern) if pattern.is_anything() => "with a note".to_owned(),
        Term::Note(pattern) => format!("with {} in the note", texts(pattern)),
        Term::Label(pattern) if pattern.is_anything() => "with a label".to_owned(),
        Term::Label(pattern) => format!("labelled {}", name(pattern)),
    }
}

fn opposite(term: &Term) -> String {
    match term {
        Term::Starred(starred) => phrase(&Term::Starred(!starred)),
        Term::Dup(DupTest::Before(before)) => phrase(&Term::Dup(DupTest::Before(!before))),
        other => {
            let text = phrase(other);
            text.strip_prefix("with ").map_or_else(|| format!("not {text}"), |rest| format!("without {rest}"))
        }
    }
}

fn json(path: &[Step], test: &JsonTest) -> String {
    let steps: Vec<&str> = path
        .iter()
        .map(|step| match step {
            Step::Name(name) => name.as_str(),
            Step::Any => "*",
        })
        .collect();
    let field = steps.join(".");
    match test {
        JsonTest::Is(pattern) if pattern.is_anything() => format!("with the field {field}"),
        JsonTest::Is(pattern) => format!("with {field} = {}", name(pattern)),
        JsonTest::Compare(op, number) => format!("with {field} {} {}", op.sign(), number.as_str()),
    }
}

fn compared(test: NumberTest, less: &str, more: &str, value: String) -> String {
    match test.op {
        Op::Equal => value,
        Op::Less => format!("{less} {value}"),
        Op::AtMost => format!("at most {value}"),
        Op::More => format!("{more} {value}"),
        Op::AtLeast => format!("at least {value}"),
    }
}

fn dup(test: DupTest) -> &'static str {
    match test {
        DupTest::Before(true) => "of an event that came before",
        DupTest::Before(false) => "first of their event",
        DupTest::Kind(DuplicateKind::Retry) => "sent again by the provider",
        DupTest::Kind(DuplicateKind::Duplicate) => "duplicates",
        DupTest::Kind(DuplicateKind::Conflict) => "in conflict with an earlier one",
        DupTest::Kind(DuplicateKind::Replay) => "replayed",
        DupTest::Kind(DuplicateKind::PossibleDuplicate) => "possible duplicates",
    }
}

fn spaced_size(bytes: u64) -> String {
    let text = size_text(bytes);
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit()).len();
    let unit = if digits == text.len() { "B" } else { &text[digits..] };
    format!("{} {unit}", &text[..digits])
}

fn span(moment: Moment) -> String {
    match moment {
        Moment::Ago { amount: 1, unit } => unit.word().to_owned(),
        Moment::Ago { amount, unit } => format!("{amount} {}s", unit.word()),
        Moment::Time(..) => moment.to_string().replace('T', " "),
        other => other.to_string(),
    }
}
