//! A scheme in words, for people who decide whether a recipe is right. Told from the recipe's own text, so that
//! what is shown is what stands in the file.

use toml::{Table, Value};

use crate::Provider;

/// What a recipe may say, for people who write one: the built-in ones' own documentation, in Markdown.
const GUIDE: &str = include_str!("../providers/README.md");

/// Where the guide goes on about files of this repository that a recipe of the user's own does not need.
const GUIDE_END: &str = "\n## Vectors";

/// What a recipe may say, in Markdown.
pub fn recipe_guide() -> &'static str {
    GUIDE.split_once(GUIDE_END).map_or(GUIDE, |(guide, _)| guide)
}

/// One line about a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeFact {
    /// What it is about, for example `Signed content`.
    pub title: &'static str,
    /// The fact: a clause, or exact text when `is_code`.
    pub text: String,
    /// Whether the text stands so in the recipe, such as a content template.
    pub is_code: bool,
}

impl Provider {
    /// The scheme, line by line: where the signature stands, how it is written and made, what it covers, the
    /// timestamp and the id.
    pub fn facts(&self) -> Vec<SchemeFact> {
        let Ok(recipe) = self.recipe_text().parse::<Table>() else { return Vec::new() };
        let empty = Table::new();
        let table = |name: &str| recipe.get(name).and_then(Value::as_table);
        let signature = table("signature").unwrap_or(&empty);
        let mut facts = Facts(Vec::new());

        if let Some(place) = signature.get("from").map(place) {
            facts.say("Stands in", place);
        }
        if let Some(items) = table("items") {
            let array = items.get("json").map_or_else(String::new, plain);
            facts.say("Signed apart", format!("every element of {array} in the body carries a signature of its own"));
        }
        if let Some(layout) = signature.get("layout").map(layout) {
            facts.say("Written as", layout);
        }
        facts.say("Made with", made_with(signature, table("jws")));
        match signature.get("content") {
            Some(Value::Array(templates)) => templates.iter().for_each(|one| facts.quote("Signed content", plain(one))),
            Some(template) => facts.quote("Signed content", plain(template)),
            None if signature.get("algorithm").and_then(Value::as_str) == Some("token") => {
                facts.say("Signed content", "nothing: the secret itself is sent".to_owned());
            }
            None if table("jws").is_some() => {
                facts.say("Signed content", "the token's own header and claims".to_owned());
            }
            None => {}
        }
        if let Some(hash) = signature.get("content_hash").map(plain) {
            facts.say("Hashed first", format!("{hash}; the hash is what is signed"));
        }
        if let Some(issuer) = table("jws").and_then(|jws| jws.get("issuer")) {
            facts.say("Issuer", format!("must be {}", plain(issuer)));
        }
        if let Some(timestamp) = table("timestamp") {
            facts.say("Timestamp", timestamp_fact(timestamp));
        }
        if let Some(from) = table("message_id").and_then(|id| id.get("from")) {
            facts.say("Message id", place(from));
        }
        for assertion in recipe.get("assert").and_then(Value::as_array).into_iter().flatten() {
            if let Some(assertion) = assertion.as_table() {
                let equals = assertion.get("equals").map_or_else(String::new, plain);
                let at = assertion.get("at").map(place).unwrap_or_default();
                facts.say("Must also hold", format!("{at} equals {equals}"));
            }
        }
        if let Some(secret) = table("secret") {
            facts.say("Key", key_fact(secret));
        }
        let body = match (self.covers_body(), self.covers_body_fields()) {
            (true, _) => "covered by the signature",
            (false, true) => "only the fields above are covered",
            (false, false) => "not covered",
        };
        facts.say("Body", body.to_owned());
        if self.signs_url() {
            facts.say("Address", "signed, so an endpoint needs its public address".to_owned());
        }
        facts.0
    }
}

struct Facts(Vec<SchemeFact>);

impl Facts {
    fn say(&mut self, title: &'static str, text: String) {
        self.0.push(SchemeFact { title, text, is_code: false });
    }

    fn quote(&mut self, title: &'static str, text: String) {
        self.0.push(SchemeFact { title, text, is_code: true });
    }
}

/// A value as people read it: text without quotes, a list with commas.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// A place such as `{ header = "X" }`.
fn place(value: &Value) -> String {
    value.as_table().map_or_else(|| plain(value), place_of)
}

fn place_of(table: &Table) -> String {
    const PLACES: [(&str, &str); 10] = [
        ("form_json", "the form field's document at"),
        ("encoded_json", "the base64 document at"),
        ("headers", "the headers"),
        ("header", "the header"),
        ("query", "the query parameter"),
        ("form", "the form field"),
        ("json", "the JSON body at"),
        ("item", "each signed element of the body at"),
        ("claim", "the token's claim"),
        ("signature_element", "the signature's own element"),
    ];
    let known = PLACES.iter().find_map(|(name, words)| Some(format!("{words} {}", plain(table.get(*name)?))));
    known.unwrap_or_else(|| table.to_string().trim().replace('\n', ", "))
}

fn layout(value: &Value) -> String {
    let text = |table: &Table, name: &str| table.get(name).map(plain).unwrap_or_default();
    match value {
        Value::String(name) if name == "bare" => "the signature alone".to_owned(),
        Value::String(name) if name == "named-prefix" => "<algorithm>=<signature>".to_owned(),
        Value::Table(table) => {
            let inner = |name: &str| table.get(name).and_then(Value::as_table);
            if let Some(prefix) = table.get("prefix") {
                format!("{}<signature>", plain(prefix))
            } else if let Some(list) = inner("list") {
                let (separator, assign) = (text(list, "separator"), text(list, "assign"));
                let signature = text(list, "signature");
                let before =
                    list.get("prefix").map_or_else(String::new, |prefix| format!("“{}”, then ", plain(prefix)));
                format!(
                    "{before}elements “name{assign}value” with “{separator}” between them; signatures are named {signature}"
                )
            } else if let Some(positional) = inner("positional") {
                let (separator, leading) = (text(positional, "separator"), text(positional, "leading"));
                format!("elements with “{separator}” between them: {leading}, then signatures")
            } else {
                table.to_string().trim().replace('\n', ", ")
            }
        }
        other => plain(other),
    }
}

fn made_with(signature: &Table, jws: Option<&Table>) -> String {
    let encoding = signature.get("encoding").map(|encoding| format!(", written as {}", plain(encoding)));
    let algorithm = match signature.get("algorithm") {
        Some(Value::String(name)) if name == "jws" => {
            let algorithms = jws.and_then(|jws| jws.get("algorithms")).map(plain).unwrap_or_default();
            return format!("a JSON Web Signature with {algorithms}");
        }
        Some(Value::Table(table)) => {
            let allowed = table.get("allowed").and_then(Value::as_table);
            let names: Vec<_> = allowed.into_iter().flatten().map(|(_, name)| algorithm_name(&plain(name))).collect();
            format!("the algorithm that the request names, one of {}", names.join(", "))
        }
        Some(name) => algorithm_name(&plain(name)),
        None => "an unnamed algorithm".to_owned(),
    };
    format!("{algorithm}{}", encoding.unwrap_or_default())
}

fn algorithm_name(name: &str) -> String {
    match name {
        "ed25519" => "Ed25519".to_owned(),
        "token" => "a token".to_owned(),
        other => other.to_ascii_uppercase(),
    }
}

fn timestamp_fact(timestamp: &Table) -> String {
    let mut clauses = Vec::new();
    clauses.extend(timestamp.get("from").map(place));
    clauses.extend(timestamp.get("format").map(|format| match plain(format).as_str() {
        "unix-seconds" => "in Unix seconds".to_owned(),
        "unix-milliseconds" => "in Unix milliseconds".to_owned(),
        "rfc3339" => "as in RFC 3339".to_owned(),
        other => format!("as {other}"),
    }));
    let ahead_passes = timestamp.get("future").and_then(Value::as_str) == Some("accepted");
    clauses.push(match timestamp.get("tolerance_seconds").and_then(Value::as_integer) {
        None => "no largest age is documented".to_owned(),
        Some(seconds) if ahead_passes => format!("at most {seconds} s old; one ahead of the clock passes"),
        Some(seconds) => format!("at most {seconds} s old or ahead of the clock"),
    });
    clauses.join(", ")
}

fn key_fact(secret: &Table) -> String {
    let form = secret.get("form").map(plain).unwrap_or_default();
    let mut clauses = vec![match form.as_str() {
        "text" => "the secret's text as it is".to_owned(),
        "base64" => "the secret decoded from base64".to_owned(),
        "hex" => "the secret decoded from hexadecimal digits".to_owned(),
        "public-key" => "a public key, or its private key to sign too".to_owned(),
        "html-text" => "the secret's text, HTML entities replaced".to_owned(),
        "nfkd-text" => "the secret's text in Unicode's normalization form KD".to_owned(),
        other => format!("the secret as {other}"),
    }];
    clauses.extend(secret.get("optional_prefix").map(|prefix| format!("“{}” in front is taken off", plain(prefix))));
    clauses.extend(secret.get("after").map(|mark| format!("what follows the first “{}”", plain(mark))));
    clauses.extend(secret.get("append").map(|text| format!("“{}” is put after it", plain(text))));
    clauses.extend(secret.get("derive").map(|hash| format!("then its {}", plain(hash).to_ascii_uppercase())));
    clauses.extend(secret.get("id_before").map(|mark| format!("what stands before “{}” is its id", plain(mark))));
    clauses.join(", ")
}
