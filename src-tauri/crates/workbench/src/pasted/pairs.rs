//! Names and values as programming languages print their maps: `{'name': 'value'}`, `"name" => "value"`, `name: 'value'`.

/// Most pairs that are read.
const PAIRS_MAX: usize = 1_000;

/// Every pair, in order; what is none is passed over.
pub(super) fn read(text: &str) -> Vec<(String, String)> {
    let mut scanner = Scanner { rest: text };
    let mut pairs = Vec::new();
    while pairs.len() < PAIRS_MAX {
        scanner.skip(|c| c.is_whitespace() || "{}[](),;".contains(c));
        if scanner.rest.is_empty() {
            break;
        }
        let Some(name) = scanner.name() else {
            scanner.step();
            continue;
        };
        scanner.skip(char::is_whitespace);
        let Some(rest) = scanner.rest.strip_prefix("=>").or_else(|| scanner.rest.strip_prefix([':', '='])) else {
            continue;
        };
        scanner.rest = rest;
        scanner.skip(|c| c == ' ' || c == '\t' || c == '[');
        pairs.push((name, scanner.value()));
    }
    pairs
}

struct Scanner<'t> {
    rest: &'t str,
}

impl Scanner<'_> {
    fn skip(&mut self, is_skipped: impl Fn(char) -> bool) {
        self.rest = self.rest.trim_start_matches(is_skipped);
    }

    fn step(&mut self) {
        let mut characters = self.rest.chars();
        characters.next();
        self.rest = characters.as_str();
    }

    fn name(&mut self) -> Option<String> {
        if self.rest.starts_with(['\'', '"']) {
            return self.quoted();
        }
        let end = self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c))).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!name.is_empty()).then(|| name.to_owned())
    }

    fn value(&mut self) -> String {
        if self.rest.starts_with(['\'', '"'])
            && let Some(text) = self.quoted()
        {
            return text;
        }
        let end = self.rest.find([',', '\n', '}', ']']).unwrap_or(self.rest.len());
        let (value, rest) = self.rest.split_at(end);
        self.rest = rest;
        value.trim().to_owned()
    }

    /// A text in quotes of one kind; a backslash takes the next character as it is.
    fn quoted(&mut self) -> Option<String> {
        let mut characters = self.rest.chars();
        let quote = characters.next()?;
        let mut text = String::new();
        while let Some(c) = characters.next() {
            match c {
                c if c == quote => {
                    self.rest = characters.as_str();
                    return Some(text);
                }
                '\\' => match characters.next()? {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    other => text.push(other),
                },
                c => text.push(c),
            }
        }
        // A quote without its end is no text.
        self.step();
        None
    }
}
