//! Whether a capture is meant: every hit is held against what is stored, its bytes included.

use std::cell::OnceCell;
use std::io::Read;

use hookglass_model::{DuplicateKind, EndpointId, VerdictKind, parse_head};
use hookglass_query::{DupTest, JsonAsker, Matcher, Node, NumberTest, Pattern, StatusTest, Term};
use rusqlite::{CachedStatement, Connection, OptionalExtension};
use serde_json::Value;
use uuid::Uuid;

use super::needle::Needles;
use super::{SEARCHED_BODY_BYTES, Search};
use crate::StoreError;
use crate::bodies::Bodies;
use crate::table::{capture_label, capture_note, capture_star, endpoint, uuid};

/// A query made ready for looking at many captures.
pub(crate) struct Plan {
    pub(crate) root: Option<Check>,
    endpoints: Vec<(EndpointId, String)>,
    needs: Needs,
}

/// What stands apart from a capture's row and is asked for.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether one table has to be read")]
struct Needs {
    mark: bool,
    star: bool,
    note: bool,
    labels: bool,
}

pub(crate) enum Check {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Leaf(Leaf),
}

pub(crate) struct Leaf {
    /// What every hit holds.
    pub(crate) needles: Needles,
    pub(crate) test: Test,
}

/// A term with all that could be worked out beforehand.
pub(crate) enum Test {
    Text(Matcher),
    Provider(Matcher),
    Event(Matcher),
    Verdict(VerdictKind),
    Endpoint(Vec<EndpointId>),
    Method(Matcher),
    Path(Matcher),
    Status(StatusTest),
    Header { name: String, value: Matcher },
    Body(Matcher),
    Json(JsonAsker),
    Id(Matcher, Option<Uuid>),
    Dup(DupTest),
    Size(NumberTest),
    Since(i64),
    Until(i64),
    Starred(bool),
    Note(Matcher),
    Label(Matcher),
}

impl Plan {
    pub(crate) fn of(connection: &Connection, search: &Search) -> Result<Self, StoreError> {
        let endpoints =
            endpoint::list(connection)?.into_iter().map(|one| (one.id, one.slug.as_str().to_owned())).collect();
        let mut plan = Self { root: None, endpoints, needs: Needs::default() };
        plan.root = search.query.root.as_ref().map(|root| plan.check(root, search));
        Ok(plan)
    }

    /// The endpoints with such a name.
    pub(crate) fn endpoints(&self, pattern: &Pattern) -> Vec<EndpointId> {
        let matcher = pattern.matcher();
        self.endpoints.iter().filter(|(_, slug)| matcher.is_whole(slug)).map(|(id, _)| *id).collect()
    }

    fn check(&mut self, node: &Node, search: &Search) -> Check {
        match node {
            Node::All(nodes) => Check::All(nodes.iter().map(|node| self.check(node, search)).collect()),
            Node::Any(nodes) => Check::Any(nodes.iter().map(|node| self.check(node, search)).collect()),
            Node::Not(node) => Check::Not(Box::new(self.check(node, search))),
            Node::Term(term) => Check::Leaf(Leaf { needles: Needles::of(term), test: self.test(term, search) }),
        }
    }

    fn test(&mut self, term: &Term, search: &Search) -> Test {
        match term {
            Term::Text(pattern) => Test::Text(pattern.matcher()),
            Term::Provider(pattern) => Test::Provider(pattern.matcher()),
            Term::Event(pattern) => Test::Event(pattern.matcher()),
            Term::Verdict(verdict) => Test::Verdict(*verdict),
            Term::Endpoint(pattern) => Test::Endpoint(self.endpoints(pattern)),
            Term::Method(pattern) => Test::Method(pattern.matcher()),
            Term::Path(pattern) => Test::Path(pattern.matcher()),
            Term::Status(test) => Test::Status(*test),
            Term::Header { name, value } => Test::Header { name: name.clone(), value: value.matcher() },
            Term::Body(pattern) => Test::Body(pattern.matcher()),
            Term::Json { path, test } => Test::Json(test.asker(path)),
            Term::Id(pattern) => {
                Test::Id(pattern.matcher(), pattern.as_literal().and_then(|text| Uuid::try_parse(text).ok()))
            }
            Term::Dup(test) => {
                self.needs.mark = true;
                Test::Dup(*test)
            }
            Term::Size(test) => Test::Size(*test),
            Term::After(moment) => Test::Since(moment.resolve(search.now).0),
            Term::Before(moment) => Test::Until(moment.resolve(search.now).0),
            Term::Starred(starred) => {
                self.needs.star = true;
                Test::Starred(*starred)
            }
            Term::Note(pattern) => {
                self.needs.note = true;
                Test::Note(pattern.matcher())
            }
            Term::Label(pattern) => {
                self.needs.labels = true;
                Test::Label(pattern.matcher())
            }
        }
    }
}

impl Test {
    /// Whether the bytes have to be read.
    pub(crate) fn reads_content(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Header { .. } | Self::Body(_) | Self::Json(_))
    }
}

impl Check {
    /// Whether any part of it reads the bytes.
    pub(crate) fn reads_content(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::reads_content),
            Self::Not(part) => part.reads_content(),
            Self::Leaf(leaf) => leaf.test.reads_content(),
        }
    }

    /// Whether it holds; `None` when only the bytes can tell and they were not read.
    fn holds(&self, row: &Facts<'_>, content: Option<&Content>) -> Option<bool> {
        match self {
            Self::All(parts) => {
                let mut unknown = false;
                for part in parts {
                    match part.holds(row, content) {
                        Some(false) => return Some(false),
                        Some(true) => {}
                        None => unknown = true,
                    }
                }
                (!unknown).then_some(true)
            }
            Self::Any(parts) => {
                let mut unknown = false;
                for part in parts {
                    match part.holds(row, content) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => unknown = true,
                    }
                }
                (!unknown).then_some(false)
            }
            Self::Not(part) => part.holds(row, content).map(|holds| !holds),
            Self::Leaf(leaf) => leaf.test.holds(row, content),
        }
    }
}

impl Test {
    fn holds(&self, row: &Facts<'_>, content: Option<&Content>) -> Option<bool> {
        let whole = |matcher: &Matcher, text: Option<&str>| text.is_some_and(|text| matcher.is_whole(text));
        let within = |matcher: &Matcher, text: &str| matcher.is_in(text.to_ascii_lowercase().as_bytes());
        Some(match self {
            Self::Provider(matcher) => whole(matcher, row.provider),
            Self::Event(matcher) => whole(matcher, row.event_type),
            Self::Verdict(verdict) => row.verdict == verdict.as_str(),
            Self::Endpoint(endpoints) => endpoints.contains(&row.endpoint),
            Self::Method(matcher) => matcher.is_whole(row.method),
            Self::Path(matcher) => within(matcher, row.target),
            Self::Status(test) => test.holds(row.status),
            Self::Id(matcher, id) => *id == Some(row.id) || whole(matcher, row.event_id),
            Self::Dup(test) => test.holds(row.duplicate),
            Self::Size(test) => test.holds(row.body_bytes),
            Self::Since(at) => row.received_at >= *at,
            Self::Until(at) => row.received_at < *at,
            Self::Starred(starred) => row.starred == *starred,
            Self::Note(matcher) => row.note.as_deref().is_some_and(|note| within(matcher, note)),
            Self::Label(matcher) => row.labels.iter().any(|label| matcher.is_whole(label)),
            Self::Text(matcher) => {
                let of_row = [row.provider, row.event_type, row.event_id];
                if of_row.into_iter().flatten().any(|text| within(matcher, text)) {
                    return Some(true);
                }
                let content = content?;
                matcher.is_in(&content.folded_head) || matcher.is_in(&content.folded_body)
            }
            Self::Body(matcher) => matcher.is_in(&content?.folded_body),
            Self::Header { name, value } => content?.has_header(name, value),
            Self::Json(asker) => content?.json().is_some_and(|document| asker.holds(document)),
        })
    }
}

/// What is known of a capture without its bytes.
struct Facts<'r> {
    id: Uuid,
    received_at: i64,
    endpoint: EndpointId,
    verdict: &'r str,
    provider: Option<&'r str>,
    event_type: Option<&'r str>,
    event_id: Option<&'r str>,
    method: &'r str,
    target: &'r str,
    body_bytes: u64,
    status: u16,
    duplicate: Option<DuplicateKind>,
    starred: bool,
    note: Option<String>,
    labels: Vec<String>,
}

/// The bytes of a capture, as far as they are searched; ASCII letters in lower case beside them as they came.
#[derive(Default)]
struct Content {
    head: Vec<u8>,
    body: Vec<u8>,
    folded_head: Vec<u8>,
    folded_body: Vec<u8>,
    json: OnceCell<Option<Value>>,
}

impl Content {
    fn fold(&mut self) {
        self.folded_head.clone_from(&self.head);
        self.folded_head.make_ascii_lowercase();
        self.folded_body.clone_from(&self.body);
        self.folded_body.make_ascii_lowercase();
        self.json = OnceCell::new();
    }

    fn json(&self) -> Option<&Value> {
        self.json.get_or_init(|| serde_json::from_slice(&self.body).ok()).as_ref()
    }

    fn has_header(&self, name: &str, value: &Matcher) -> bool {
        parse_head(&self.head).is_ok_and(|(head, _)| {
            head.headers
                .iter()
                .any(|header| header.name.eq_ignore_ascii_case(name) && value.is_in(&header.value.to_ascii_lowercase()))
        })
    }
}

/// Looks at captures one by one.
pub(crate) struct Checker<'c> {
    connection: &'c Connection,
    bodies: &'c Bodies,
    plan: &'c Plan,
    row: CachedStatement<'c>,
    bytes: CachedStatement<'c>,
    content: Content,
}

const ROW: &str = "SELECT id, received_at, endpoint, verdict, provider, event_type, event_id, method, target, body_bytes, \
    answer_status FROM capture WHERE seq = ?";

impl<'c> Checker<'c> {
    pub(crate) fn new(connection: &'c Connection, bodies: &'c Bodies, plan: &'c Plan) -> rusqlite::Result<Self> {
        Ok(Self {
            connection,
            bodies,
            plan,
            row: connection.prepare_cached(ROW)?,
            bytes: connection.prepare_cached("SELECT head, body, body_file FROM capture_content WHERE seq = ?")?,
            content: Content::default(),
        })
    }

    /// Whether a capture is there and meant, and whether its body was searched only in part.
    pub(crate) fn check(&mut self, seq: i64) -> Result<(bool, bool), StoreError> {
        let Self { connection, bodies, plan, row, bytes, content } = self;
        let Some(root) = &plan.root else { return Ok((true, false)) };
        let mut rows = row.query([seq])?;
        let Some(row) = rows.next()? else { return Ok((false, false)) };
        let text = |column: &str| -> Result<Option<&str>, StoreError> {
            Ok(row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?)
        };
        let needs = plan.needs;
        let facts = Facts {
            id: uuid(row, "id")?,
            received_at: row.get("received_at")?,
            endpoint: EndpointId(uuid(row, "endpoint")?),
            verdict: text("verdict")?.unwrap_or_default(),
            provider: text("provider")?,
            event_type: text("event_type")?,
            event_id: text("event_id")?,
            method: text("method")?.unwrap_or_default(),
            target: text("target")?.unwrap_or_default(),
            body_bytes: row.get("body_bytes")?,
            status: row.get("answer_status")?,
            duplicate: if needs.mark {
                crate::table::capture_mark::get(connection, seq)?.duplicate.map(|one| one.kind)
            } else {
                None
            },
            starred: needs.star && capture_star::is_set(connection, seq)?,
            note: if needs.note { capture_note::get(connection, seq)? } else { None },
            labels: if needs.labels { capture_label::of(connection, seq)? } else { Vec::new() },
        };
        if let Some(holds) = root.holds(&facts, None) {
            return Ok((holds, false));
        }
        let partly = facts.body_bytes > SEARCHED_BODY_BYTES as u64;
        if !read(bytes, bodies, seq, content)? {
            return Ok((false, false));
        }
        Ok((root.holds(&facts, Some(content)).unwrap_or(false), partly))
    }
}

/// Reads the bytes of a capture; false when it is gone.
fn read(
    statement: &mut CachedStatement<'_>,
    bodies: &Bodies,
    seq: i64,
    content: &mut Content,
) -> Result<bool, StoreError> {
    let found = statement
        .query_row([seq], |row| {
            let (head, body) = (row.get_ref(0)?.as_blob()?, row.get_ref(1)?.as_blob()?);
            content.head.clear();
            content.head.extend_from_slice(head);
            content.body.clear();
            content.body.extend_from_slice(&body[..body.len().min(SEARCHED_BODY_BYTES)]);
            row.get::<_, Option<String>>(2)
        })
        .optional()?;
    let Some(file) = found else { return Ok(false) };
    if let Some(name) = file {
        content.body = beginning(bodies, &name);
    }
    content.fold();
    Ok(true)
}

/// What is searched of a body in a file. A file that cannot be read hides its capture from searches of bodies, and the check
/// of the database tells of it.
pub(crate) fn beginning(bodies: &Bodies, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let read = bodies.open(name).map(|file| file.take(SEARCHED_BODY_BYTES as u64).read_to_end(&mut bytes));
    match read {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "a body could not be searched"),
        Err(error) => tracing::warn!(%error, "a body could not be searched"),
    }
    bytes
}
