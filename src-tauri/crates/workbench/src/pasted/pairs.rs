//! Names and values as programming languages print their maps: `{'name': 'value'}`, `"name" => "value"`,
//! `{name=[value]}`, `[('name', 'value')]`, `map[name:[value]]`, PHP's `print_r` and `var_dump`.

use super::Collected;

/// Most pairs that are read: ten times the headers a request may have, since a CGI environment holds more.
const PAIRS_MAX: usize = 1_000;

/// Deepest brackets that are followed; a map of headers within an event within a log has five or six.
const DEPTH_MAX: usize = 64;

/// Longest name in `[name] =>`; the longest header names in use have some sixty letters.
const INDEX_MAX_BYTES: usize = 256;

/// Names under which a map of headers stands within a larger one.
const HOLDERS: [&str; 3] = ["headers", "multiValueHeaders", "rawHeaders"];

/// What languages print before a value to say of what kind it is.
const KINDS: [&str; 6] = ["string", "array", "Array", "[]string", "b", "u"];

/// Reads every pair; what is none is passed over. A body follows the first empty line outside of all brackets.
pub(super) fn read(text: &str) -> Collected {
    let mut scanner =
        Scanner { rest: text, open: Vec::new(), waiting: None, first: None, pairs: Vec::new(), endless: [false; 2] };
    let body = scanner.run();
    let mut collected = Collected { body: body.map(|body| body.as_bytes().to_vec()), ..Collected::default() };
    let pairs = scanner.pairs;
    let has_holder = pairs.iter().any(Pair::is_held);
    for pair in pairs {
        if !has_holder || pair.is_held() {
            collected.take(&pair.name, &pair.value);
            continue;
        }
        match pair.name.as_str() {
            "httpMethod" | "method" => collected.method = Some(pair.value),
            "originalUrl" | "url" | "rawPath" | "path" => collected.target = Some(pair.value),
            "rawQueryString" => collected.query = Some(pair.value),
            "rawBody" | "body" => collected.body = Some(pair.value.into_bytes()),
            _ => {}
        }
    }
    collected
}

struct Pair {
    /// The name of the map in which it stands.
    holder: Option<String>,
    name: String,
    value: String,
}

impl Pair {
    fn is_held(&self) -> bool {
        self.holder.as_deref().is_some_and(|name| HOLDERS.contains(&name))
    }
}

struct Scanner<'t> {
    rest: &'t str,
    /// For each open bracket the name whose value it is.
    open: Vec<Option<String>>,
    /// The name whose bracket comes next.
    waiting: Option<String>,
    /// The first of two texts in turn: `('name', 'value')`.
    first: Option<String>,
    pairs: Vec<Pair>,
    /// Quotes of either kind that have no end; looking for it again and again would take quadratic time.
    endless: [bool; 2],
}

impl<'t> Scanner<'t> {
    /// Reads to the end, or to the body, which it returns.
    fn run(&mut self) -> Option<&'t str> {
        while self.pairs.len() < PAIRS_MAX {
            let is_indexed = match self.gap() {
                Gap::Body(body) => return Some(body),
                Gap::End => return None,
                Gap::Name { is_indexed } => is_indexed,
            };
            let is_quoted = self.at_quote();
            if let Some(name) = self.name() {
                self.after_name(name, is_indexed, is_quoted);
            } else {
                self.step();
            }
        }
        None
    }

    /// Passes over what stands between pairs and follows the brackets in it.
    fn gap(&mut self) -> Gap<'t> {
        let mut is_indexed = false;
        loop {
            if self.open.is_empty()
                && !self.pairs.is_empty()
                && let Some(line) = self.rest.strip_prefix('\n')
                && let Some(body) = line.trim_start_matches([' ', '\t', '\r']).strip_prefix('\n')
            {
                return Gap::Body(body);
            }
            let Some(c) = self.rest.chars().next() else { return Gap::End };
            match c {
                '{' | '[' | '(' => {
                    if self.open.len() >= DEPTH_MAX {
                        return Gap::End;
                    }
                    // `[name] => value` is no list.
                    is_indexed = c == '[' && self.is_index();
                    if !is_indexed {
                        let waiting = self.waiting.take();
                        self.open.push(waiting);
                        self.first = None;
                    }
                }
                '}' | ']' | ')' => {
                    self.open.pop();
                    self.waiting = None;
                    self.first = None;
                }
                c if c.is_whitespace() || matches!(c, ',' | ';') => {}
                _ => return Gap::Name { is_indexed },
            }
            self.step();
        }
    }

    /// Whether `[…] =>` comes next.
    fn is_index(&self) -> bool {
        let end = self.rest.bytes().take(INDEX_MAX_BYTES).position(|byte| matches!(byte, b']' | b'\n'));
        end.and_then(|end| self.rest.get(end..)?.strip_prefix(']'))
            .is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with("=>"))
    }

    fn after_name(&mut self, name: String, is_indexed: bool, is_quoted: bool) {
        if is_indexed {
            self.rest = self.rest.strip_prefix(']').unwrap_or(self.rest);
        }
        let rest = self.rest.trim_start_matches([' ', '\t']);
        if let Some(rest) = rest.strip_prefix("=>").or_else(|| rest.strip_prefix([':', '='])) {
            self.rest = rest;
            self.first = None;
            self.value_of(name, is_indexed);
        } else if is_quoted {
            self.alone(name);
        }
    }

    /// What follows `name:`; brackets are left for the gap.
    fn value_of(&mut self, name: String, is_indexed: bool) {
        let spaced = self.rest.trim_start();
        let plain = without_kind(spaced);
        let is_nested = plain.starts_with(['{', '(']) || (plain.starts_with('[') && !is_plain_list(plain));
        if is_nested {
            self.rest = plain;
            // A number names a place in a list, not a header.
            self.waiting = if is_number(&name) { self.holder() } else { Some(name) };
            return;
        }
        if plain.starts_with(['\'', '"']) {
            self.rest = plain;
            if let Some(value) = self.quoted() {
                self.push(name, value);
            }
            return;
        }
        let line = self.rest.trim_start_matches([' ', '\t']);
        let (value, rest) = if let Some(list) = line.strip_prefix('[') {
            list.split_at(list.find([']', '\n']).unwrap_or(list.len()))
        } else if is_indexed {
            // print_r ends a value with its line alone.
            line.split_at(line.find('\n').unwrap_or(line.len()))
        } else {
            line.split_at(end_of_plain(line))
        };
        self.rest = if line.starts_with('[') { rest.strip_prefix(']').unwrap_or(rest) } else { rest };
        if !matches!(value.trim(), "null" | "None" | "nil" | "undefined") {
            self.push(name, value.trim().to_owned());
        }
    }

    /// A text without a name: one of a list of values, or one of a name and a value in turn.
    fn alone(&mut self, text: String) {
        match self.holder() {
            Some(holder) if !HOLDERS.contains(&holder.as_str()) => self.push(holder, text),
            _ => match self.first.take() {
                Some(name) => self.push(name, text),
                None => self.first = Some(text),
            },
        }
    }

    fn push(&mut self, name: String, value: String) {
        let name = if is_number(&name) { self.holder().unwrap_or(name) } else { name };
        let holder = self.open.iter().rev().flatten().find(|holder| **holder != name).cloned();
        self.pairs.push(Pair { holder, name, value });
    }

    fn holder(&self) -> Option<String> {
        self.open.last().cloned().flatten()
    }

    fn step(&mut self) {
        let mut characters = self.rest.chars();
        characters.next();
        self.rest = characters.as_str();
    }

    fn at_quote(&self) -> bool {
        self.rest.starts_with(['\'', '"'])
    }

    fn name(&mut self) -> Option<String> {
        if self.at_quote() {
            return self.quoted();
        }
        let end =
            self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!name.is_empty()).then(|| name.to_owned())
    }

    /// A text in quotes of one kind; a backslash takes the next character as it is. None, and nothing is taken, when
    /// the quote has no end.
    fn quoted(&mut self) -> Option<String> {
        let mut characters = self.rest.chars();
        let quote = characters.next()?;
        let endless = self.endless.get_mut(usize::from(quote == '"'))?;
        if *endless {
            return None;
        }
        let mut text = String::new();
        while let Some(c) = characters.next() {
            match c {
                c if c == quote => {
                    self.rest = characters.as_str();
                    return Some(text);
                }
                '\\' => match characters.next() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some(other) => text.push(other),
                    None => break,
                },
                c => text.push(c),
            }
        }
        *endless = true;
        None
    }
}

/// What comes after a gap.
enum Gap<'t> {
    Name { is_indexed: bool },
    Body(&'t str),
    End,
}

fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// `string(10) "…"`, `array(1) {`, `Array (`, `b'…'` without what says the kind.
fn without_kind(text: &str) -> &str {
    let of_kind = |kind: &&str| {
        let rest = text.strip_prefix(*kind)?;
        let sized = rest.strip_prefix('(').and_then(|rest| {
            let (size, rest) = rest.split_once(')')?;
            is_number(size).then_some(rest)
        });
        let rest = sized.unwrap_or(rest);
        if kind.len() == 1 {
            return rest.starts_with(['\'', '"']).then_some(rest);
        }
        let plain = rest.trim_start();
        // An empty line between is no part of a value.
        let is_near = rest.bytes().take(rest.len() - plain.len()).filter(|byte| *byte == b'\n').count() < 2;
        (is_near && plain.starts_with(['\'', '"', '{', '(', '['])).then_some(plain)
    };
    KINDS.iter().find_map(of_kind).unwrap_or(text)
}

/// `[t=1,v1=ab]` as Java and Go print a list of one value, in contrast to one of quoted texts or of further brackets.
fn is_plain_list(text: &str) -> bool {
    let inner = text.strip_prefix('[').unwrap_or(text).trim_start();
    !inner.starts_with(['\'', '"', '[', '{', '(', ']'])
}

/// Where a value without quotes ends. A comma within it ends it only before white space: `t=1,v1=ab` is one value.
fn end_of_plain(text: &str) -> usize {
    let is_end =
        |at: usize| text.get(at + 1..).is_none_or(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
    text.char_indices()
        .find(|(at, c)| matches!(c, '\n' | '}' | ']') || (matches!(c, ',' | ';') && is_end(*at)))
        .map_or(text.len(), |(at, _)| at)
}
