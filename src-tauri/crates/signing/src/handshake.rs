//! Requests with which a provider asks whether it may send, and the answers it waits for.

use hookglass_model::{Header, UnixMillis, Verdict, VerdictKind};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::{
    LabelledSecret, Message, Provider, Secret,
    answer_template::{AnswerTemplate, Scope, Unfit},
    handshake_rule::{AnswerRule, AnswerType, HandshakeRule, OutgoingGet},
    request_value,
};

/// Longest address that is handed on to be opened. Amazon's have some 350 characters.
const ADDRESS_MAX_BYTES: usize = 2048;

/// Longest value that is offered as a secret.
const OFFERED_SECRET_MAX_BYTES: usize = 1024;

/// A request that is a handshake, and what to do about it.
#[derive(Clone, Debug)]
pub struct Handshake {
    /// What people call it, for example `URL verification`.
    pub name: String,
    /// The answer the provider waits for; `None` when it cannot be made, and `note` says why.
    pub answer: Option<HandshakeAnswer>,
    /// Whether the provider signs it, so that a missing signature means it is not the provider's.
    pub signed: bool,
    /// Whether the provider waits for this answer to every delivery, so that the request may be one, with its own signature.
    pub every_delivery: bool,
    /// A value of the request that becomes the endpoint's secret when its user agrees. Nothing keeps it by itself.
    pub offered_secret: Option<Secret>,
    /// An `https` address that has to be opened to finish the handshake, never opened unasked.
    pub outgoing_get: Option<String>,
    /// What people should know, in plain sentences; never holds a secret.
    pub note: Option<String>,
}

/// What is sent back. It may repeat what becomes a secret (Asana's header), so it is not for logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandshakeAnswer {
    /// 200 to 599.
    pub status: u16,
    /// `text/plain` or `application/json` with its parameters; `None` without a body.
    pub content_type: Option<String>,
    /// The headers besides the content type. Values are visible ASCII, spaces and tabs.
    pub headers: Vec<Header>,
    /// At most some 20 kB; what a stranger sent stands in it only as text or inside JSON strings.
    pub body: Vec<u8>,
}

/// What the signature of a signed handshake comes to.
enum Judged {
    /// There is no secret to check with.
    NoSecret,
    /// It holds under the secret of this index.
    Holds(usize),
    /// It does not, or cannot be judged.
    Fails(Verdict),
}

impl Provider {
    /// The handshake that the request is, if it is one. Answers are made with the first of `secrets`, or the one that a
    /// signed handshake's signature holds under.
    pub fn handshake(&self, message: &Message<'_>, secrets: &[&Secret]) -> Option<Handshake> {
        self.handshake_with_setup_text(message, secrets, None)
    }

    /// The same for providers with a text beside the secret, see [`Provider::setup_text_name`]. Without it, a handshake
    /// that only compares it is answered and its note says that nothing was compared.
    pub fn handshake_with_setup_text(
        &self,
        message: &Message<'_>,
        secrets: &[&Secret],
        setup_text: Option<&Secret>,
    ) -> Option<Handshake> {
        let rule = self.recipe().handshake.0.iter().find(|rule| rule.matches(message))?;
        let mut notes: Vec<String> = rule.note.iter().cloned().collect();
        let judged = if rule.signed { self.judge(message, secrets) } else { Judged::Holds(0) };
        let believed = !matches!(judged, Judged::Fails(_));
        let answer = self.answer(rule, message, secrets, setup_text, judged, &mut notes);
        let offered = rule.store_secret_from.as_ref().filter(|_| believed);
        let offered = offered.and_then(|source| request_value::read_text(source, message));
        let outgoing_get = rule
            .outgoing_get
            .as_ref()
            .filter(|_| believed)
            .and_then(|get| get.address(message).map_err(|problem| notes.push(problem)).ok());
        Some(Handshake {
            name: rule.name.clone(),
            answer,
            signed: rule.signed,
            every_delivery: rule.every_delivery,
            offered_secret: offered.filter(|text| text.len() <= OFFERED_SECRET_MAX_BYTES).map(Secret::new),
            outgoing_get,
            note: (!notes.is_empty()).then(|| notes.join(" ")),
        })
    }

    /// What the provider calls the text that its handshakes need beside the secret, for example `verify token`.
    pub fn setup_text_name(&self) -> Option<&str> {
        self.recipe().handshake.0.iter().find_map(|rule| Some(rule.setup_text.as_ref()?.name.as_str()))
    }

    /// What people call the handshakes this provider may begin with, in the order they are looked for.
    pub fn handshake_names(&self) -> impl Iterator<Item = &str> {
        self.recipe().handshake.0.iter().map(|rule| rule.name.as_str())
    }

    fn answer(
        &self,
        rule: &HandshakeRule,
        message: &Message<'_>,
        secrets: &[&Secret],
        setup_text: Option<&Secret>,
        judged: Judged,
        notes: &mut Vec<String>,
    ) -> Option<HandshakeAnswer> {
        let answer = rule.answer.as_ref()?;
        let secret_index = match judged {
            Judged::Holds(index) => index,
            Judged::NoSecret if rule.answer_by_verdict => {
                notes.push("The right answer depends on the signature. Enter the endpoint's secret.".to_owned());
                return None;
            }
            Judged::NoSecret => 0,
            Judged::Fails(_) if rule.answer_by_verdict => return Some(HandshakeAnswer::bare(401)),
            Judged::Fails(verdict) => {
                notes.push(format!("It is not answered, because it should be signed. {}", verdict.sentence()));
                return None;
            }
        };
        if let Some(text) = &rule.setup_text
            && let Some(source) = &text.equals
        {
            let sent = request_value::read(source, message).unwrap_or_default();
            match setup_text {
                Some(expected) if bool::from(expected.bytes().ct_eq(&sent)) => {}
                Some(_) => {
                    notes.push(format!(
                        "{} is not the {} entered here.",
                        format_args!("The {}", source.name()),
                        text.name
                    ));
                    return Some(HandshakeAnswer::bare(403));
                }
                None => notes.push(format!("Any {} is accepted: none is entered here to compare it with.", text.name)),
            }
        }
        let key = self.handshake_key(rule, secrets.get(secret_index).copied());
        let key = key.as_ref().map(|key| key.as_slice()).map_err(Clone::clone);
        let key_id = secrets.get(secret_index).and_then(|secret| self.recipe().secret.get_ref().key_id(secret));
        let scope = Scope { message, key, key_id, setup_text, computed: &rule.compute };
        match answer.fill(&scope) {
            Ok(answer) => Some(answer),
            Err(unfit) => {
                let reason = match (unfit, &rule.setup_text) {
                    (Unfit::NoSetupText, Some(text)) => format!("the answer is made with the {}; enter it", text.name),
                    (unfit, _) => unfit.to_string(),
                };
                notes.push(format!("It is not answered: {reason}."));
                None
            }
        }
    }

    /// Whether the signature holds, whatever its age: the listener judges that with its clock.
    fn judge(&self, message: &Message<'_>, secrets: &[&Secret]) -> Judged {
        let mut failed = None;
        for (index, secret) in secrets.iter().enumerate() {
            let labelled = LabelledSecret { label: "", secret };
            let verdict = self.verify(message, &[labelled], UnixMillis(0), Some(0));
            if verdict.kind() == VerdictKind::Valid {
                return Judged::Holds(index);
            }
            failed = Some(verdict);
        }
        failed.map_or(Judged::NoSecret, Judged::Fails)
    }

    /// The key of answers that are made with it.
    fn handshake_key(&self, rule: &HandshakeRule, secret: Option<&Secret>) -> Result<Zeroizing<Vec<u8>>, Unfit> {
        if !rule.templates().any(AnswerTemplate::needs_key) {
            return Err(Unfit::NoSecret);
        }
        let key = self.recipe().key("", secret.ok_or(Unfit::NoSecret)?);
        key.map_err(|problem| Unfit::Secret(Verdict::ConfigError { problem }.sentence()))
    }
}

impl AnswerRule {
    fn fill(&self, scope: &Scope<'_>) -> Result<HandshakeAnswer, Unfit> {
        let mut headers = Vec::new();
        for (name, template) in &self.headers {
            let value = template.fill(scope)?;
            if !value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) {
                return Err(Unfit::Unsendable(name.clone()));
            }
            if !value.is_empty() {
                headers.push(Header::new(name.as_str(), value));
            }
        }
        if self.body.repeats() {
            // No browser may take a stranger's text for a page of this origin.
            headers.push(Header::new("X-Content-Type-Options", "nosniff"));
        }
        let content_type = self.content_type.map(|kind| match kind {
            AnswerType::Text => "text/plain; charset=utf-8".to_owned(),
            AnswerType::Json => "application/json".to_owned(),
        });
        Ok(HandshakeAnswer { status: self.status.0, content_type, headers, body: self.body.fill(scope)? })
    }
}

impl HandshakeAnswer {
    fn bare(status: u16) -> Self {
        Self { status, content_type: None, headers: Vec::new(), body: Vec::new() }
    }
}

impl OutgoingGet {
    /// The address to open, or why it is not handed on.
    fn address(&self, message: &Message<'_>) -> Result<String, String> {
        let place = format!("the {}", self.from.name());
        let address =
            request_value::read_text(&self.from, message).ok_or_else(|| format!("It has no address in {place}."))?;
        let host = address.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
        let plain = address.len() <= ADDRESS_MAX_BYTES && address.bytes().all(|byte| byte.is_ascii_graphic());
        let known = host.is_some_and(|host| {
            let named = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
            let host = host.to_ascii_lowercase();
            named && host.starts_with(&self.host_starts_with) && host.ends_with(&self.host_ends_with)
        });
        if plain && known {
            Ok(address)
        } else {
            let Self { host_starts_with: start, host_ends_with: end, .. } = self;
            Err(format!("The address in {place} is no https address of a host {start}…{end}; do not open it."))
        }
    }
}
