//! What cannot be read from one field of a recipe alone: fields that contradict each other.

use crate::{
    algorithm_choice::AlgorithmChoice,
    encoding::Encoding,
    layout::Layout,
    located::{PartSource, SignatureSource},
    recipe::{Recipe, SignatureRule},
    source::Source,
};

/// Two fields that cannot both be right.
#[derive(Debug)]
pub(crate) struct Conflict {
    /// Byte offset in the file.
    pub(crate) offset: usize,
    /// The path of the field to mend.
    pub(crate) field: &'static str,
    /// What is wrong and what to do.
    pub(crate) problem: String,
}

impl Recipe {
    /// The first conflict between fields, with the byte offset and the path of the field to mend.
    pub(crate) fn conflict(&self) -> Option<Conflict> {
        self.token_conflict()
            .or_else(|| self.jws_conflict())
            .or_else(|| self.algorithm_conflict())
            .or_else(|| self.secret_conflict())
            .or_else(|| self.content_conflict())
            .or_else(|| self.layout_conflict())
            .or_else(|| self.items_conflict())
    }

    fn token_conflict(&self) -> Option<Conflict> {
        let SignatureRule { layout, encoding, content, .. } = &self.signature;
        let offset = layout.span().start;
        let is_token = self.is_token();
        let covers_itself = is_token || self.signature.algorithm == AlgorithmChoice::Jws;
        let (field, problem) = match content {
            Some(_) if is_token => ("signature.content", "a token covers nothing; leave content out"),
            Some(_) if covers_itself => ("signature.content", "a JWS covers itself; leave content out"),
            None if !covers_itself => ("signature.content", "missing: only a token covers nothing"),
            _ if is_token && layout.get_ref().holds_several() => {
                ("signature.layout", "a token stands alone: bare or behind a prefix")
            }
            _ if *encoding == Encoding::Text && !is_token => ("signature.encoding", "only a token is sent as text"),
            _ => return None,
        };
        Some(Conflict { offset, field, problem: problem.to_owned() })
    }

    fn jws_conflict(&self) -> Option<Conflict> {
        let layout = &self.signature.layout;
        let is_jws = self.signature.algorithm == AlgorithmChoice::Jws;
        let (field, problem) = match (&self.jws, is_jws) {
            (None, true) => ("jws", "missing: the algorithm jws needs a table [jws] that names the allowed algorithms"),
            (Some(_), false) => ("jws", "this table is for the algorithm jws alone"),
            (Some(_), true) if layout.get_ref().holds_several() => {
                ("signature.layout", "a JWS stands alone: bare or behind a prefix")
            }
            _ => return self.claim_conflict(is_jws),
        };
        Some(Conflict { offset: layout.span().start, field, problem: problem.to_owned() })
    }

    fn claim_conflict(&self, is_jws: bool) -> Option<Conflict> {
        let claimed = self.part_sources().into_iter().find(|(_, source, _)| matches!(source, PartSource::Claim(_)));
        let (field, _, offset) = claimed.filter(|_| !is_jws)?;
        let problem = "only the algorithm jws has claims".to_owned();
        Some(Conflict { offset, field, problem })
    }

    fn algorithm_conflict(&self) -> Option<Conflict> {
        let layout = &self.signature.layout;
        let has_named_prefix = *layout.get_ref() == Layout::NamedPrefix;
        let problem = self.signature.algorithm.problem(has_named_prefix)?;
        Some(Conflict { offset: layout.span().start, field: "signature.algorithm", problem })
    }

    fn secret_conflict(&self) -> Option<Conflict> {
        let problem = self.secret.get_ref().conflict(self.key_kind())?.to_owned();
        Some(Conflict { offset: self.secret.span().start, field: "secret.form", problem })
    }

    fn content_conflict(&self) -> Option<Conflict> {
        let content = self.signature.content.as_ref()?;
        let offset = content.span().start;
        let conflict = |problem: String| Some(Conflict { offset, field: "signature.content", problem });
        for template in content.get_ref().all() {
            for (source, placeholder, table, declared) in [
                (Source::Timestamp, "{timestamp}", "timestamp", self.timestamp.is_some()),
                (Source::MessageId, "{message_id}", "message_id", self.message_id.is_some()),
            ] {
                if template.covers(&source) && !declared {
                    return conflict(format!("{placeholder} needs a table [{table}] that says where it stands"));
                }
            }
            if self.items.is_none() && template.sources().any(|source| matches!(source, Source::Item(_))) {
                return conflict("{item:…} needs a table [items] that says where they stand".to_owned());
            }
            for algorithm in self.signature.algorithm.all() {
                let label = algorithm.label();
                match (algorithm.hashes_the_secret(), template.covers(&Source::Secret)) {
                    (true, false) => {
                        return conflict(format!("anybody can compute {label} without {{secret}} in the content"));
                    }
                    (false, true) => {
                        return conflict(format!("{{secret}} is the key of {label} and no part of the content"));
                    }
                    _ => {}
                }
            }
        }
        None
    }

    fn layout_conflict(&self) -> Option<Conflict> {
        let layout = &self.signature.layout;
        if let Layout::List(list) = layout.get_ref()
            && let Some(problem) = list.problem()
        {
            let problem = problem.to_owned();
            return Some(Conflict { offset: layout.span().start, field: "signature.layout", problem });
        }
        for (field, source, offset) in self.part_sources() {
            let PartSource::SignatureElement(name) = source else { continue };
            let problem = match layout.get_ref().lacks_element(name) {
                Some(problem) => problem,
                None if self.signature.from.header_names().len() > 1 => {
                    "signature_element needs a single signature.from.header"
                }
                None => continue,
            };
            return Some(Conflict { offset, field, problem: problem.to_owned() });
        }
        None
    }

    fn items_conflict(&self) -> Option<Conflict> {
        let signs_items = matches!(self.signature.from, SignatureSource::Item(_));
        let (field, problem) = match (&self.items, signs_items) {
            (None, true) => ("items", "missing: { item = … } needs a table [items] that says where they stand"),
            (Some(_), false) => ("signature.from", "with a table [items] the signature stands in { item = … }"),
            _ => return None,
        };
        Some(Conflict { offset: self.signature.layout.span().start, field, problem: problem.to_owned() })
    }

    /// Where timestamp and id stand, with the path of the field and its place in the file.
    fn part_sources(&self) -> Vec<(&'static str, &PartSource, usize)> {
        let timestamp = self.timestamp.as_ref().map(|rule| ("timestamp.from", &rule.from));
        let message_id = self.message_id.as_ref().map(|rule| ("message_id.from", &rule.from));
        let sources = timestamp.into_iter().chain(message_id);
        sources.map(|(field, source)| (field, source.get_ref(), source.span().start)).collect()
    }
}
