//! A provider: its recipe and what people are shown of it.

use std::{borrow::Cow, sync::Arc};

use hookglass_model::{ConfigProblem, ProviderId};
use sha2::{Digest, Sha256};

use crate::{
    EventFacts, Evidence, Message, Secret, content::ContentTemplate, layout::Layout, located::Located, recipe::Recipe,
};

/// A provider whose deliveries can be verified and signed. Cheap to clone: the recipe is shared.
#[derive(Clone, Debug)]
pub struct Provider {
    recipe: Arc<Recipe>,
    recipe_text: Cow<'static, str>,
    is_custom: bool,
    scheme: String,
    signature_headers: Vec<String>,
    coverage: Coverage,
}

/// What a valid signature speaks for. Worked out once: every check asks.
#[derive(Clone, Copy, Debug)]
struct Coverage {
    url: bool,
    body: bool,
    body_fields: bool,
}

impl Provider {
    pub(crate) fn new(recipe: Recipe, recipe_text: Cow<'static, str>, is_custom: bool) -> Self {
        let signature = &recipe.signature;
        let version = match signature.layout.get_ref() {
            Layout::List(_) => format!(" {}", signature.layout.get_ref().version()),
            // The name before the signature is the algorithm's and stands in the description already.
            Layout::Bare | Layout::Prefix(_) | Layout::NamedPrefix | Layout::Positional(_) => String::new(),
        };
        let (algorithm, encoding) = (signature.algorithm.label(), signature.encoding.label());
        let scheme = format!("{}{version} · {algorithm} · {encoding}", recipe.name);
        let signature_headers = signature.from.header_names().iter().map(|name| name.as_str().to_owned()).collect();
        let coverage = Coverage::of(&recipe);
        Self { recipe: Arc::new(recipe), recipe_text, is_custom, scheme, signature_headers, coverage }
    }

    pub(crate) fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// The identifier, for example `standard-webhooks`.
    pub fn id(&self) -> &ProviderId {
        self.recipe.id.get_ref()
    }

    /// What people call it, for example `Standard Webhooks`.
    pub fn name(&self) -> &str {
        &self.recipe.name
    }

    /// One or two letters for the tile.
    pub fn monogram(&self) -> &str {
        &self.recipe.monogram.0
    }

    /// The tile's hue in degrees, 0 to 359; `None` is neutral.
    pub fn hue(&self) -> Option<u16> {
        self.recipe.hue.map(|hue| hue.0)
    }

    /// The scheme in a line, for example `Stripe-Signature · t, v1 · HMAC-SHA256 hex`.
    pub fn summary(&self) -> &str {
        &self.recipe.summary
    }

    /// Name, version, algorithm and encoding, for example `Stripe v1 · HMAC-SHA256 · hex`.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The `https` address of the vendor's documentation, or of the place where a community recipe's source can be
    /// read; empty when there is neither.
    pub fn docs(&self) -> &str {
        self.recipe.docs.as_ref().map_or("", |docs| &docs.0)
    }

    /// What the recipe rests on.
    pub fn evidence(&self) -> &[Evidence] {
        &self.recipe.evidence.0
    }

    /// Whether this is a recipe of the user's own, and not one that Hookglass comes with.
    pub fn is_custom(&self) -> bool {
        self.is_custom
    }

    /// The recipe as it was read: a TOML document with its comments.
    pub fn recipe_text(&self) -> &str {
        &self.recipe_text
    }

    /// Whether any of the evidence is the vendor's own; else this is a community recipe. Never true of a recipe of the
    /// user's own, whose evidence nobody has looked at.
    pub fn is_official(&self) -> bool {
        !self.is_custom && self.evidence().iter().any(|evidence| evidence.kind.is_official())
    }

    /// What a secret looks like, for example `whsec_…`.
    pub fn secret_hint(&self) -> &str {
        &self.recipe.secret.get_ref().hint
    }

    /// The headers that signatures come in, as the provider writes them; none when they stand elsewhere.
    pub fn signature_headers(&self) -> &[String] {
        &self.signature_headers
    }

    /// Where signatures stand, for example `header Stripe-Signature` or `JSON field /signature/signature`.
    pub fn signature_place(&self) -> String {
        self.recipe.signature.from.place()
    }

    /// Whether the URL that the sender was told is signed, so that a check needs [`Message::url`].
    pub fn signs_url(&self) -> bool {
        self.coverage.url
    }

    /// Whether a valid signature says that the body arrived unchanged.
    pub fn covers_body(&self) -> bool {
        self.coverage.body
    }

    /// Whether a valid signature says that some fields of the body arrived unchanged, and not the whole of it.
    pub fn covers_body_fields(&self) -> bool {
        self.coverage.body_fields
    }

    /// Whether the secret itself is what is sent, so that whoever shows a signed request shows the secret.
    pub fn sends_secret(&self) -> bool {
        self.recipe.is_token()
    }

    /// Largest age that passes, in seconds; `None` when the scheme has no tolerance.
    pub fn tolerance_seconds(&self) -> Option<u32> {
        self.recipe.timestamp.as_ref()?.tolerance_seconds.map(std::num::NonZeroU32::get)
    }

    /// Whether the secret can be used with this provider.
    ///
    /// # Errors
    /// What to mend. Never contains the secret.
    pub fn check_secret(&self, label: &str, secret: &Secret) -> Result<(), ConfigProblem> {
        self.recipe.key(label, secret).map(drop)
    }

    /// A number that only the very same signature gives: two deliveries of one event have it in common when one is a copy of
    /// the other, because a new try is signed at another time. `None` when the scheme signs no time, or the request has no
    /// signature header.
    pub fn proof(&self, message: &Message<'_>) -> Option<i64> {
        self.recipe.timestamp.as_ref()?;
        let mut hash = Sha256::new();
        let mut is_signed = false;
        for name in &self.signature_headers {
            for value in message.headers.all(name) {
                is_signed = true;
                hash.update((value.len() as u64).to_be_bytes());
                hash.update(value);
            }
        }
        let digest: [u8; 32] = hash.finalize().into();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        is_signed.then_some(i64::from_be_bytes(first))
    }

    /// The moment the request says it was signed at, in Unix seconds, whether or not the signature holds.
    pub fn signed_at(&self, message: &Message<'_>) -> Option<i64> {
        let format = self.recipe.timestamp.as_ref()?.format;
        let items = self.recipe.items.as_ref().map(|rule| rule.spans(message.body)).unwrap_or_default();
        let item = items.into_iter().flatten().next().and_then(|span| message.body.get(span));
        format.read(&Located::new(&self.recipe, message, item).inputs().timestamp?)
    }

    /// What the request tells about its event, whether or not it is signed.
    pub fn event(&self, message: &Message<'_>) -> EventFacts {
        self.recipe.event.read(message)
    }
}

impl Coverage {
    fn of(recipe: &Recipe) -> Self {
        // What is signed, and what must agree beside it.
        let asserted = recipe.assert.0.iter().map(|assertion| &assertion.equals);
        let templates: Vec<_> = recipe.contents().iter().chain(asserted).collect();
        let any = |covers: fn(&ContentTemplate) -> bool| templates.iter().any(|template| covers(template));
        let body = any(ContentTemplate::covers_the_body);
        let body_fields = !body && any(ContentTemplate::covers_body_fields);
        Self { url: any(ContentTemplate::covers_the_url), body, body_fields }
    }
}
