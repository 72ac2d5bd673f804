//! A query written down again: the one text that all ways of writing it come to.

use std::fmt;

use crate::moment::Moment;
use crate::number::{StatusTest, size_text};
use crate::pattern::Pattern;
use crate::term::{JsonTest, Node, Query, Step, Term};

/// A text as it is written in a query: in quotes where it would mean something else without.
pub fn quoted(text: &str) -> String {
    let is_special =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\\' | '(' | ')' | '*' | ':' | ',');
    let begins_special = text.starts_with(['-', '<', '>', '=']);
    if !text.is_empty() && !begins_special && !text.contains(is_special) && text != "OR" && text != "AND" {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.as_ref().map_or(Ok(()), |root| write_node(f, root, false))
    }
}

/// `inner` is whether it stands in a list of terms, where `OR` needs parentheses.
fn write_node(f: &mut fmt::Formatter<'_>, node: &Node, inner: bool) -> fmt::Result {
    match node {
        Node::All(nodes) => write_list(f, nodes, " ", true),
        Node::Any(nodes) if inner => {
            f.write_str("(")?;
            write_list(f, nodes, " OR ", false)?;
            f.write_str(")")
        }
        Node::Any(nodes) => write_list(f, nodes, " OR ", false),
        Node::Not(node) => {
            f.write_str("-")?;
            match &**node {
                Node::Term(term) => write!(f, "{term}"),
                node => {
                    f.write_str("(")?;
                    write_node(f, node, false)?;
                    f.write_str(")")
                }
            }
        }
        Node::Term(term) => write!(f, "{term}"),
    }
}

fn write_list(f: &mut fmt::Formatter<'_>, nodes: &[Node], between: &str, inner: bool) -> fmt::Result {
    for (at, node) in nodes.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        write_node(f, node, inner)?;
    }
    Ok(())
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, piece) in self.pieces().iter().enumerate() {
            if at > 0 {
                f.write_str("*")?;
            }
            if !piece.is_empty() {
                f.write_str(&quoted(piece))?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ago { amount, unit } => write!(f, "{amount}{}", unit.letter()),
            Self::Today => f.write_str("today"),
            Self::Yesterday => f.write_str("yesterday"),
            Self::Day(date) => write!(f, "{date}"),
            Self::Time(date, seconds) => {
                write!(f, "{date}T{:02}:{:02}", seconds / 3_600, seconds / 60 % 60)?;
                if seconds % 60 == 0 { Ok(()) } else { write!(f, ":{:02}", seconds % 60) }
            }
        }
    }
}

impl fmt::Display for StatusTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Class(digit) => write!(f, "{digit}xx"),
            Self::Is(test) => write!(f, "{}{}", sign(test.op), test.value),
        }
    }
}

fn sign(op: crate::Op) -> &'static str {
    if op == crate::Op::Equal { "" } else { op.sign() }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(pattern) => write!(f, "{pattern}"),
            Self::Provider(pattern) => write!(f, "provider:{pattern}"),
            Self::Event(pattern) => write!(f, "event:{pattern}"),
            Self::Verdict(verdict) => write!(f, "verdict:{}", verdict.as_str()),
            Self::Endpoint(pattern) => write!(f, "endpoint:{pattern}"),
            Self::Method(pattern) => write!(f, "method:{pattern}"),
            Self::Path(pattern) => write!(f, "path:{pattern}"),
            Self::Status(test) => write!(f, "status:{test}"),
            Self::Header { name, value } => write!(f, "header.{}:{value}", quoted(name)),
            Self::Body(pattern) => write!(f, "body:{pattern}"),
            Self::Json { path, test } => {
                f.write_str("json")?;
                for step in path {
                    match step {
                        Step::Any => f.write_str(".*")?,
                        Step::Name(name) if name.contains('.') => {
                            write!(f, ".\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))?;
                        }
                        Step::Name(name) => write!(f, ".{}", quoted(name))?,
                    }
                }
                match test {
                    JsonTest::Is(pattern) => write!(f, ":{pattern}"),
                    JsonTest::Compare(op, number) => write!(f, ":{}{}", op.sign(), number.as_str()),
                }
            }
            Self::Id(pattern) => write!(f, "id:{pattern}"),
            Self::Dup(test) => write!(f, "dup:{}", test.word()),
            Self::Size(test) => write!(f, "size:{}{}", sign(test.op), size_text(test.value)),
            Self::After(moment) => write!(f, "after:{moment}"),
            Self::Before(moment) => write!(f, "before:{moment}"),
            Self::Starred(starred) => write!(f, "starred:{starred}"),
            Self::Note(pattern) => write!(f, "note:{pattern}"),
            Self::Label(pattern) => write!(f, "label:{pattern}"),
        }
    }
}
