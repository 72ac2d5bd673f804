//! What can stand at the cursor of a search: filters, and real values with the number of captures that have them.

use std::collections::HashMap;

use hookglass_model::parse_head;
use hookglass_query::{Key, Wanted, complete, quoted};
use hookglass_store::RecentCapture;
use serde_json::Value;

use crate::{
    CommandError, Workbench,
    searching::units,
    view::{CompletionItem, CompletionView},
};

/// Choices offered at most: a list longer than the window is not read.
const ITEMS_MAX: usize = 50;

/// Newest captures whose columns are counted for values.
const COUNTED_ROWS: u32 = 5_000;

/// Newest captures whose bytes are read for names of headers and fields and their values.
const READ_CAPTURES: u32 = 200;

/// Deepest field that is offered.
const FIELD_DEPTH_MAX: usize = 8;

/// Most different values that are counted.
const DIFFERENT_MAX: usize = 5_000;

/// Longest value that is offered, in characters.
const VALUE_CHARS_MAX: usize = 80;

impl Workbench {
    /// What can stand at `cursor`, counted in UTF-16 code units.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn complete_query(&self, text: &str, cursor: u32) -> Result<CompletionView, CommandError> {
        let completion = complete(text, bytes(text, cursor));
        let (from, to) = units(text, completion.replace);
        let items = match &completion.wanted {
            Wanted::Key { prefix } => match prefix.split_once('.').map(|(name, _)| name) {
                Some("header") => self.names(Key::Header, prefix).await?,
                Some("json") => self.names(Key::Json, prefix).await?,
                _ => completion.keys().into_iter().map(key_item).collect(),
            },
            Wanted::Value { key, path, prefix } => self.values(*key, path.as_deref(), prefix).await?,
        };
        Ok(CompletionView { from, to, items })
    }

    /// Names of headers or fields that begin so.
    async fn names(&self, key: Key, prefix: &str) -> Result<Vec<CompletionItem>, CommandError> {
        let mut counts = Counts::default();
        for capture in self.store.recent_contents(READ_CAPTURES).await? {
            match key {
                Key::Header => header_values(&capture, |name, _| counts.add(&name.to_ascii_lowercase())),
                _ => json_fields(&capture, |path, _| counts.add(path)),
            }
        }
        let written = |name: &str| format!("{}.{name}", key.name());
        let begins = |name: &str| written(name).to_ascii_lowercase().starts_with(prefix);
        Ok(counts.items(begins, |name| format!("{}:", written(name))))
    }

    async fn values(&self, key: Key, path: Option<&str>, prefix: &str) -> Result<Vec<CompletionItem>, CommandError> {
        let typed = prefix.to_lowercase();
        let begins = |value: &str| value.to_lowercase().contains(&typed);
        let mut counts = Counts::default();
        match key {
            Key::Provider | Key::Event | Key::Method => {
                for row in self.store.recent_values(COUNTED_ROWS).await? {
                    let value = match key {
                        Key::Provider => row.provider,
                        Key::Event => row.event_type,
                        _ => Some(row.method),
                    };
                    if let Some(value) = value {
                        counts.add_many(&value, row.captures);
                    }
                }
            }
            Key::Endpoint => {
                let slugs = self.slugs();
                let of_endpoints = self.store.captures_by_endpoint().await?;
                for slug in slugs.values() {
                    counts.add_many(slug, 0);
                }
                for one in of_endpoints {
                    slugs.get(&one.endpoint).into_iter().for_each(|slug| counts.add_many(slug, one.captures));
                }
            }
            Key::Label => {
                for (label, captures) in self.store.labels().await? {
                    counts.add_many(&label, captures);
                }
            }
            Key::Header | Key::Json => {
                let wanted = path.unwrap_or_default();
                for capture in self.store.recent_contents(READ_CAPTURES).await? {
                    if key == Key::Header {
                        header_values(&capture, |name, value| {
                            if name.eq_ignore_ascii_case(wanted) {
                                counts.add(value);
                            }
                        });
                    } else {
                        json_fields(&capture, |path, value| {
                            if let (true, Some(value)) = (path == wanted, value) {
                                counts.add(&value);
                            }
                        });
                    }
                }
            }
            _ => {
                let fixed = key.fixed_values().iter().filter(|value| begins(value.text));
                return Ok(fixed
                    .map(|value| CompletionItem {
                        insert: value.text.to_owned(),
                        sentence: value.sentence.to_owned(),
                        captures: None,
                    })
                    .collect());
            }
        }
        Ok(counts.items(begins, quoted))
    }
}

fn key_item(key: Key) -> CompletionItem {
    let sign = if key.has_path() { '.' } else { ':' };
    CompletionItem { insert: format!("{}{sign}", key.name()), sentence: key.sentence().to_owned(), captures: None }
}

/// How often each value was seen.
#[derive(Default)]
struct Counts(HashMap<String, u64>);

impl Counts {
    fn add(&mut self, value: &str) {
        self.add_many(value, 1);
    }

    fn add_many(&mut self, value: &str, captures: u64) {
        if value.is_empty() || value.chars().count() > VALUE_CHARS_MAX {
            return;
        }
        if let Some(count) = self.0.get_mut(value) {
            *count += captures;
        } else if self.0.len() < DIFFERENT_MAX {
            self.0.insert(value.to_owned(), captures);
        }
    }

    /// Those that are wanted, the commonest first.
    fn items(self, is_wanted: impl Fn(&str) -> bool, written: impl Fn(&str) -> String) -> Vec<CompletionItem> {
        let mut wanted: Vec<(String, u64)> = self.0.into_iter().filter(|(value, _)| is_wanted(value)).collect();
        wanted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        wanted
            .into_iter()
            .take(ITEMS_MAX)
            .map(|(value, captures)| CompletionItem {
                insert: written(&value),
                sentence: String::new(),
                captures: Some(captures),
            })
            .collect()
    }
}

fn header_values(capture: &RecentCapture, mut see: impl FnMut(&str, &str)) {
    if let Ok((head, _)) = parse_head(&capture.head) {
        for header in &head.headers {
            see(&header.name, &header.value_lossy());
        }
    }
}

/// Every field of a JSON body with its value, when that is no object or array.
fn json_fields(capture: &RecentCapture, mut see: impl FnMut(&str, Option<String>)) {
    if let Ok(document) = serde_json::from_slice(&capture.body) {
        walk(&document, "", FIELD_DEPTH_MAX, &mut see);
    }
}

fn walk(value: &Value, path: &str, depth: usize, see: &mut impl FnMut(&str, Option<String>)) {
    match value {
        Value::Object(members) if depth > 0 => {
            for (name, member) in members {
                let name = if name.contains('.') { format!("\"{}\"", name.replace('"', "\\\"")) } else { quoted(name) };
                let path = if path.is_empty() { name } else { format!("{path}.{name}") };
                walk(member, &path, depth - 1, see);
            }
        }
        Value::Array(elements) if depth > 0 => {
            for element in elements.iter().take(3) {
                walk(element, path, depth - 1, see);
            }
        }
        Value::Object(_) | Value::Array(_) => {}
        Value::String(text) if !path.is_empty() => see(path, Some(text.clone())),
        other if !path.is_empty() => see(path, Some(other.to_string())),
        _ => {}
    }
}

/// A place counted in UTF-16 code units, in bytes.
fn bytes(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    for (at, c) in text.char_indices() {
        if left < c.len_utf16() {
            return at;
        }
        left -= c.len_utf16();
    }
    text.len()
}
