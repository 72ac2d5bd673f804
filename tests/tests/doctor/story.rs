//! What happened to a request between its sender and its receiver, told step by step and then carried out.

use std::collections::BTreeSet;

use fastrand::Rng;
use hookglass_model::{Header, HeaderList, UnixMillis, VerdictKind};
use hookglass_signing::{
    Case, Examination, KnownSecret, LabelledSecret, Message, Registry, Secret, SecretStanding, SignOptions,
};

use crate::{
    scheme::{Algorithm, Encoding, Made, Scheme, StampPlace},
    stacks::Stacks,
};

/// The moment that requests are signed at unless a story says otherwise, in Unix seconds.
pub(crate) const SIGNED_AT_S: i64 = 1_790_000_123;

/// A secret that the doctor knows.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) label: String,
    pub(crate) text: Vec<u8>,
    pub(crate) standing: SecretStanding,
}

/// A change of the content that is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// The two or three pieces between the separators in reverse order.
    Swapped,
    /// Every separator between pieces is replaced.
    Separated(&'static str),
    /// The body alone.
    BodyAlone,
    /// Every piece of this name and the separator after it are left out.
    Without(&'static str),
}

/// A change of the headers after signing.
type Wire = Box<dyn Fn(&Scheme, &mut HeaderList)>;

/// Everything about one delivery. Ways change it, then it is carried out.
pub(crate) struct Story<'a> {
    pub(crate) scheme: &'a Scheme,
    pub(crate) stacks: &'a Stacks,
    pub(crate) rng: Rng,
    pub(crate) headers: HeaderList,
    /// What is delivered unless anything is changed.
    pub(crate) body: Vec<u8>,
    /// What arrives, where another body is signed.
    pub(crate) arriving: Option<Vec<u8>>,
    /// What the sender signs with.
    pub(crate) sender_secret: Vec<u8>,
    /// The key, where it is not what the secret stands for.
    pub(crate) sender_key: Option<Vec<u8>>,
    /// The endpoint's own first.
    pub(crate) known: Vec<Known>,
    /// Which of them the sender has.
    pub(crate) right: usize,
    pub(crate) signed_url: String,
    pub(crate) public_url: Option<String>,
    /// Path and query as they arrive.
    pub(crate) target: String,
    pub(crate) signed_at_s: i64,
    pub(crate) received_at_s: i64,
    /// The text of the timestamp inside the signed content, where it is not the one that is sent.
    pub(crate) signed_stamp: Option<String>,
    pub(crate) content: Option<Content>,
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) made: Made,
    pub(crate) encoding: Option<Encoding>,
    /// The sender follows this scheme.
    pub(crate) sender_scheme: Option<&'a Scheme>,
    pub(crate) wire: Vec<Wire>,
    /// The causes that say what happened, a set for each way.
    pub(crate) expected: Vec<BTreeSet<String>>,
    /// Whether the signature can be reproduced at all.
    pub(crate) is_provable: bool,
    /// What else there is to say about a miss.
    pub(crate) note: String,
}

/// A request as it arrived, with what its receiver knows.
pub(crate) struct Arrived {
    pub(crate) method: &'static str,
    pub(crate) target: String,
    pub(crate) url: Option<String>,
    pub(crate) headers: HeaderList,
    pub(crate) body: Vec<u8>,
    pub(crate) known: Vec<(String, Secret, SecretStanding)>,
    pub(crate) received_at: UnixMillis,
}

impl Story<'_> {
    pub(crate) fn expect(&mut self, causes: &[&str]) {
        self.expected.push(causes.iter().map(|cause| (*cause).to_owned()).collect());
    }

    /// A body that arrives in the place of what was signed.
    pub(crate) fn arrives(&mut self, change: impl FnOnce(&[u8]) -> Vec<u8>) {
        self.arriving = Some(change(self.arriving.as_ref().unwrap_or(&self.body)));
    }

    /// What is signed in the place of what arrives.
    pub(crate) fn signs(&mut self, change: impl FnOnce(&[u8]) -> Vec<u8>) {
        let signed = change(&self.body);
        self.arriving.get_or_insert_with(|| self.body.clone());
        self.body = signed;
    }

    /// Another right secret, known as it is.
    pub(crate) fn set_secret(&mut self, text: impl Into<Vec<u8>>) {
        self.sender_secret = text.into();
        let right = self.right;
        self.known[right].text.clone_from(&self.sender_secret);
    }

    /// Carries it out; `None` where the ways that were told do not go together with the scheme.
    pub(crate) fn carried_out(&self) -> Option<Arrived> {
        let scheme = self.sender_scheme.unwrap_or(self.scheme);
        let secret = Secret::new(self.sender_secret.clone());
        let options = SignOptions { timestamp: self.signed_at_s, id: Some("msg_2Lh9KRb0pzN4LePd3XiA4v12".to_owned()) };
        let target = path_of(&self.signed_url).to_owned();
        let message = Message {
            method: "POST",
            target: &target,
            url: Some(&self.signed_url),
            headers: &self.headers,
            body: &self.body,
        };
        let signed = scheme.provider.sign(&message, &[&secret], &options).ok()?;
        // What is written into the query would change the URL that arrives, which ways have their own mind about.
        signed.query.is_empty().then_some(())?;
        let mut headers = self.headers.clone();
        for header in &signed.headers {
            headers.set(&header.name, header.value.clone());
        }
        let mut body = signed.body.unwrap_or_else(|| self.body.clone());
        if body != self.body && self.arriving.is_some() {
            return None;
        }
        self.bend(scheme, &target, &mut headers, &mut body)?;
        for wire in &self.wire {
            wire(scheme, &mut headers);
        }
        let known =
            self.known.iter().map(|known| (known.label.clone(), Secret::new(known.text.clone()), known.standing));
        Some(Arrived {
            method: "POST",
            target: self.target.clone(),
            url: self.public_url.clone(),
            headers,
            body: self.arriving.clone().unwrap_or(body),
            known: known.collect(),
            received_at: UnixMillis(self.received_at_s * 1000 + 417),
        })
    }

    /// Puts another signature in the place of the right one where the story asks for it.
    fn bend(&self, scheme: &Scheme, target: &str, headers: &mut HeaderList, body: &mut Vec<u8>) -> Option<()> {
        let makes_another = self.sender_key.is_some()
            || self.signed_stamp.is_some()
            || self.content.is_some()
            || self.algorithm.is_some()
            || self.made != Made::Hmac;
        if !makes_another && self.encoding.is_none() {
            return Some(());
        }
        let message = Message { method: "POST", target, url: Some(&self.signed_url), headers, body };
        let explanation = scheme.provider.explain(&message);
        let old = explanation.received.first()?.value.clone();
        let digest = if makes_another {
            let own = scheme.algorithm?;
            let mut pieces: Vec<_> =
                explanation.parts.into_iter().map(|part| (part.name, part.bytes.into_owned())).collect();
            if let Some(stamp) = &self.signed_stamp {
                pieces
                    .iter_mut()
                    .filter(|(name, _)| name == "timestamp")
                    .for_each(|(_, bytes)| *bytes = stamp.as_bytes().to_vec());
            }
            let pieces = self.content.map_or(Some(pieces.clone()), |content| content.of(&pieces))?;
            let content: Vec<u8> = pieces.into_iter().flat_map(|(_, bytes)| bytes).collect();
            let key = self.sender_key.clone().unwrap_or_else(|| scheme.key(&self.sender_secret));
            self.algorithm.unwrap_or(own).digest(self.made, &key, &content)
        } else {
            scheme.encoding.read(&old)?
        };
        let new = self.encoding.unwrap_or(scheme.encoding).write(&digest);
        let mut is_replaced = false;
        for name in &scheme.headers {
            if let Some(value) = headers.first_text(name).map(ToOwned::to_owned) {
                headers.set(name, value.replace(&old, &new));
                is_replaced = true;
            }
        }
        if !is_replaced {
            *body = String::from_utf8(body.clone()).ok()?.replace(&old, &new).into_bytes();
        }
        Some(())
    }
}

impl Content {
    fn of(self, pieces: &[(String, Vec<u8>)]) -> Option<Vec<(String, Vec<u8>)>> {
        let is_separator = |piece: &(String, Vec<u8>)| piece.0 == "separator";
        let between = |at: usize| at > 0 && at + 1 < pieces.len();
        let whole = pieces.iter().filter(|piece| !is_separator(piece)).count();
        match self {
            Self::Swapped if whole > 3 => None,
            Self::Swapped => {
                let mut reversed = pieces.iter().filter(|piece| !is_separator(piece)).rev().cloned();
                let swapped: Vec<_> = pieces
                    .iter()
                    .map(|piece| if is_separator(piece) { piece.clone() } else { reversed.next().unwrap() })
                    .collect();
                (swapped != pieces).then_some(swapped)
            }
            Self::Separated(text) => {
                let mut separated = pieces.to_vec();
                let mut changed = false;
                for (at, piece) in separated.iter_mut().enumerate() {
                    if is_separator(piece) && between(at) && piece.1 != text.as_bytes() {
                        piece.1 = text.as_bytes().to_vec();
                        changed = true;
                    }
                }
                changed.then_some(separated)
            }
            Self::BodyAlone => {
                let body: Vec<_> = pieces.iter().filter(|piece| piece.0 == "body").cloned().collect();
                (!body.is_empty() && body.len() < pieces.len()).then_some(body)
            }
            Self::Without(name) => {
                let mut left = Vec::new();
                let mut skips = false;
                for piece in pieces {
                    if piece.0 == name {
                        skips = true;
                        // With the last piece goes the separator before it.
                        if pieces.last() == Some(piece) && left.last().is_some_and(is_separator) {
                            left.pop();
                        }
                    } else if !(skips && is_separator(piece)) {
                        left.push(piece.clone());
                        skips = false;
                    }
                }
                (left.len() < pieces.len() && !left.is_empty()).then_some(left)
            }
        }
    }
}

impl Arrived {
    pub(crate) fn message(&self) -> Message<'_> {
        let url = self.url.as_deref();
        Message { method: self.method, target: &self.target, url, headers: &self.headers, body: &self.body }
    }

    /// Whether an endpoint of this scheme takes it as it is.
    pub(crate) fn is_valid(&self, scheme: &Scheme) -> bool {
        let own = self.known.iter().filter(|(_, _, standing)| *standing == SecretStanding::Configured);
        let secrets: Vec<_> = own.map(|(label, secret, _)| LabelledSecret { label, secret }).collect();
        let verdict = scheme.provider.verify(&self.message(), &secrets, self.received_at, None);
        verdict.kind() == VerdictKind::Valid
    }

    pub(crate) fn diagnosed(&self, scheme: &Scheme) -> Examination {
        let secrets: Vec<_> = self
            .known
            .iter()
            .map(|(label, secret, standing)| KnownSecret { label, secret, standing: *standing })
            .collect();
        let case = Case {
            message: self.message(),
            provider: scheme.provider,
            secrets: &secrets,
            received_at: self.received_at,
            tolerance_seconds: None,
        };
        Registry::built_in().diagnose(&case, &|| false)
    }
}

/// The path and query of a URL.
pub(crate) fn path_of(url: &str) -> &str {
    let after = url.find("://").map_or(0, |at| at + 3);
    url[after..].find('/').map_or("/", |at| &url[after + at..])
}

/// Changes the header of the scheme's timestamp, or its element in the signature's header.
pub(crate) fn set_stamp(scheme: &Scheme, headers: &mut HeaderList, text: &str) {
    match scheme.stamp.as_ref().map(|stamp| &stamp.place) {
        Some(StampPlace::Header(name)) => headers.set(name, text),
        Some(StampPlace::Element(name)) => {
            // Another way may have moved the signature to another header before.
            let element = format!("{name}=");
            let holds = |header: &&Header| header.value_lossy().contains(&element);
            let is_own = |header: &&Header| header.name.eq_ignore_ascii_case(&scheme.headers[0]);
            let found = headers.iter().filter(holds).find(is_own).or_else(|| headers.iter().find(holds));
            let (header, value) = found.map(|one| (one.name.clone(), one.value_lossy().into_owned())).unwrap();
            let start = value.find(&element).unwrap() + element.len();
            let end = value[start..].find([',', ';']).map_or(value.len(), |at| start + at);
            headers.set(&header, format!("{}{text}{}", &value[..start], &value[end..]));
        }
        Some(StampPlace::Body) | None => {}
    }
}

/// A header beside those that are there.
pub(crate) fn push(headers: &mut HeaderList, name: &str, value: impl Into<Vec<u8>>) {
    headers.push(Header::new(name, value));
}
