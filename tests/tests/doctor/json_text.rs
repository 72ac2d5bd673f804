//! In which ways two texts of one JSON document differ.

use std::collections::BTreeSet;

/// What a text looks like, apart from what it says.
#[derive(Default, PartialEq, Eq)]
struct Looks {
    spaces: Vec<String>,
    keys: Vec<String>,
    numbers: Vec<String>,
    escaped_slashes: usize,
    /// Escapes of `<`, `>`, `&` and quotation marks.
    html_escapes: usize,
    /// Every other escape, and what is not ASCII.
    escapes: Vec<String>,
    empties: Vec<&'static str>,
}

/// The causes that explain the difference between two texts. Empty for equal ones.
pub(crate) fn differences(one: &[u8], other: &[u8]) -> BTreeSet<&'static str> {
    let (one, other) = (Looks::of(one), Looks::of(other));
    let mut all = BTreeSet::new();
    let mut add = |differs: bool, cause: &'static str| {
        if differs {
            all.insert(cause);
        }
    };
    add(one.spaces != other.spaces, "body.json_respaced");
    add(one.keys != other.keys, "body.json_key_order");
    add(sorted(&one.numbers) != sorted(&other.numbers), "body.json_numbers");
    add(one.escaped_slashes != other.escaped_slashes, "body.json_slashes");
    add(one.html_escapes != other.html_escapes, "body.json_html");
    add(sorted(&one.escapes) != sorted(&other.escapes), "body.json_unicode");
    // No name of its own: what stands for an empty object has changed.
    add(one.empties != other.empties, "body.json_empty");
    all
}

fn sorted(texts: &[String]) -> Vec<&String> {
    let mut all: Vec<_> = texts.iter().collect();
    all.sort();
    all
}

impl Looks {
    fn of(text: &[u8]) -> Self {
        let text: Vec<char> = String::from_utf8_lossy(text).chars().collect();
        let mut looks = Self::default();
        let mut at = 0;
        while at < text.len() {
            let end = match text[at] {
                '"' => looks.string(&text, at),
                c if c.is_ascii_whitespace() => {
                    let end = run(&text, at, |c| c.is_ascii_whitespace());
                    looks.spaces.push(text[at..end].iter().collect());
                    end
                }
                c if c.is_ascii_digit() || c == '-' => {
                    let end = run(&text, at, |c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'));
                    looks.numbers.push(text[at..end].iter().collect());
                    end
                }
                open @ ('{' | '[') => {
                    // Ruby writes line ends between the brackets of an empty array.
                    let inside = run(&text, at + 1, |c| c.is_ascii_whitespace());
                    match (open, text.get(inside)) {
                        ('{', Some('}')) => looks.empties.push("{}"),
                        ('[', Some(']')) => looks.empties.push("[]"),
                        _ => {}
                    }
                    at + 1
                }
                _ => at + 1,
            };
            at = end;
        }
        looks.spaces.sort();
        looks.empties.sort_unstable();
        looks
    }

    /// Reads the string that starts here, and gives the place after it.
    fn string(&mut self, text: &[char], start: usize) -> usize {
        let mut at = start + 1;
        while at < text.len() && text[at] != '"' {
            if text[at] == '\\' {
                let length = if text.get(at + 1) == Some(&'u') { 6 } else { 2 };
                let escape: String = text[at..(at + length).min(text.len())].iter().collect();
                match escape.to_ascii_lowercase().as_str() {
                    "\\/" => self.escaped_slashes += 1,
                    "\\u003c" | "\\u003e" | "\\u0026" | "\\u0027" | "\\u0022" => self.html_escapes += 1,
                    "\\\"" | "\\\\" | "\\n" | "\\r" | "\\t" => {}
                    _ => self.escapes.push(escape),
                }
                at += length;
            } else {
                if !text[at].is_ascii() {
                    self.escapes.push(text[at].to_string());
                }
                at += 1;
            }
        }
        let after = run(text, at + 1, |c| c.is_ascii_whitespace());
        if text.get(after) == Some(&':') {
            self.keys.push(text[start..at.min(text.len())].iter().collect());
        }
        at + 1
    }
}

fn run(text: &[char], start: usize, holds: impl Fn(char) -> bool) -> usize {
    (start..text.len()).find(|&at| !holds(text[at])).unwrap_or(text.len())
}
