//! What a query asks, as a tree.

use hookglass_model::{DuplicateKind, VerdictKind};

use crate::moment::Moment;
use crate::number::{JsonNumber, NumberTest, Op, StatusTest};
use crate::pattern::Pattern;

/// Every verdict, in the order in which they are offered.
pub const VERDICTS: [VerdictKind; 5] = [
    VerdictKind::Valid,
    VerdictKind::Invalid,
    VerdictKind::Unsigned,
    VerdictKind::NotChecked,
    VerdictKind::ConfigError,
];

/// A query that was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What is asked; `None` means all captures.
    pub root: Option<Node>,
}

/// A part of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// All of them hold: two or more, none of which is an `All`.
    All(Vec<Self>),
    /// One of them holds: two or more, none of which is an `Any`.
    Any(Vec<Self>),
    /// It does not hold; never a `Not` in a `Not`.
    Not(Box<Self>),
    /// A term.
    Term(Term),
}

impl Node {
    /// All of these, in the simplest form; `None` of none.
    pub fn all(nodes: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut flat = Vec::new();
        for node in nodes {
            match node {
                Self::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() > 1 { Some(Self::All(flat)) } else { flat.pop() }
    }

    /// One of these, in the simplest form; `None` of none.
    pub fn any(nodes: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut flat = Vec::new();
        for node in nodes {
            match node {
                Self::Any(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() > 1 { Some(Self::Any(flat)) } else { flat.pop() }
    }

    /// The opposite, in the simplest form.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}

impl Query {
    /// The terms, in the order in which they stand.
    pub fn terms(&self) -> Vec<&Term> {
        fn collect<'a>(node: &'a Node, into: &mut Vec<&'a Term>) {
            match node {
                Node::All(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| collect(node, into)),
                Node::Not(node) => collect(node, into),
                Node::Term(term) => into.push(term),
            }
        }
        let mut terms = Vec::new();
        if let Some(root) = &self.root {
            collect(root, &mut terms);
        }
        terms
    }
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// Somewhere in the head (path and headers), the body, the event or the provider.
    Text(Pattern),
    /// The provider's id as a whole.
    Provider(Pattern),
    /// The event type as a whole.
    Event(Pattern),
    /// The verdict.
    Verdict(VerdictKind),
    /// The slug of the endpoint as a whole.
    Endpoint(Pattern),
    /// The method as a whole.
    Method(Pattern),
    /// Somewhere in path and query.
    Path(Pattern),
    /// What the sender was answered.
    Status(StatusTest),
    /// Somewhere in a header of this name.
    Header {
        /// Its name.
        name: String,
        /// What stands in its value.
        value: Pattern,
    },
    /// Somewhere in the body.
    Body(Pattern),
    /// A field of a JSON body.
    Json {
        /// The way to it.
        path: Vec<Step>,
        /// What is asked of it.
        test: JsonTest,
    },
    /// The id of the event or that of the capture, as a whole.
    Id(Pattern),
    /// How its event came before.
    Dup(DupTest),
    /// The size of the body, in bytes.
    Size(NumberTest),
    /// Received then or later.
    After(Moment),
    /// Received before.
    Before(Moment),
    /// Whether it has a star.
    Starred(bool),
    /// Somewhere in the note; anything means that there is one.
    Note(Pattern),
    /// A label as a whole; anything means that there is one.
    Label(Pattern),
}

/// One step into a JSON document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The member of this name; of an array the element of this number, else that member of any element.
    Name(String),
    /// Any member or element.
    Any,
}

/// What is asked of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonTest {
    /// It is this text, number, `true`, `false` or `null` as a whole; anything means that the field is there.
    Is(Pattern),
    /// It is a number that compares so.
    Compare(Op, JsonNumber),
}

/// How an event came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DupTest {
    /// Whether it did at all.
    Before(bool),
    /// In this way.
    Kind(DuplicateKind),
}

impl DupTest {
    /// Whether it holds.
    pub fn holds(self, kind: Option<DuplicateKind>) -> bool {
        match self {
            Self::Before(before) => kind.is_some() == before,
            Self::Kind(asked) => kind == Some(asked),
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Before(true) => "true",
            Self::Before(false) => "false",
            Self::Kind(kind) => kind.as_str(),
        }
    }

    pub(crate) fn of_word(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        match word.as_str() {
            "true" => Some(Self::Before(true)),
            "false" => Some(Self::Before(false)),
            _ => DuplicateKind::ALL.into_iter().find(|kind| kind.as_str() == word).map(Self::Kind),
        }
    }
}
