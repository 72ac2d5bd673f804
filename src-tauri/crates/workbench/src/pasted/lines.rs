//! Header lines: a raw request with or without its request line, also with the marks of a verbose log or a quoted mail.

use super::{Collected, after_scheme, is_method, is_of_gateway, is_token, next_line, pairs};

/// A request line, header lines, an empty line, the body.
pub(super) fn read(text: &str, has_own_body: bool) -> Collected {
    for mark in ['>', '<'] {
        if text.lines().all(|line| line.trim().is_empty() || unmarked(line, mark).is_some()) {
            // Every line is marked, so the body is, too.
            let plain: String = text.split_inclusive('\n').map(|line| unmarked(line, mark).unwrap_or(line)).collect();
            return of_plain(&plain, has_own_body);
        }
    }
    match ['>', '<'].into_iter().find(|mark| head(text).any(|line| unmarked(line, *mark).is_some())) {
        Some(mark) => of_marked(text, mark),
        None => of_plain(text, has_own_body),
    }
}

/// The lines before the first empty one.
fn head(text: &str) -> impl Iterator<Item = &str> {
    text.trim_start().lines().take_while(|line| !line.trim().is_empty())
}

fn unmarked(line: &str, mark: char) -> Option<&str> {
    let rest = line.trim_start().strip_prefix(mark)?;
    rest.strip_prefix(' ').or_else(|| rest.trim().is_empty().then_some(rest))
}

/// A verbose log: what is not marked tells about the connection or is the answer.
fn of_marked(text: &str, mark: char) -> Collected {
    let mut collected = Collected::default();
    let mut rest = text;
    while let Some((line, after)) = next_line(rest) {
        rest = after;
        match unmarked(line, mark) {
            Some(line) if !line.trim().is_empty() => of_line(line, &mut collected),
            None if !line.trim().is_empty() => {}
            _ if collected.headers.is_empty() => {}
            // The end of the head. cURL goes on with its own notes or with the answer.
            _ => {
                let is_log = ["* ", "< ", "> ", "} [", "{ ["].iter().any(|note| rest.trim_start().starts_with(note));
                collected.body = (!is_log).then(|| rest.strip_prefix('\n').unwrap_or(rest).as_bytes().to_vec());
                break;
            }
        }
    }
    collected
}

fn of_plain(text: &str, has_own_body: bool) -> Collected {
    let mut collected = Collected::default();
    if is_literal(text) {
        return pairs::read(text);
    }
    let mut rest = text;
    while let Some((line, after)) = next_line(rest) {
        rest = after;
        if !line.trim().is_empty() {
            of_line(line, &mut collected);
        } else if !collected.headers.is_empty() || collected.method.is_some() {
            if !has_own_body {
                collected.body = Some(rest.as_bytes().to_vec());
                break;
            }
            // With its body elsewhere, the text may be header lines with gaps between; a body is none.
            if !rest.lines().all(|line| line.trim().is_empty() || plain_header(line).is_some()) {
                break;
            }
        }
    }
    collected
}

/// `name: 'value',` lines out of a map whose braces were not copied.
fn is_literal(text: &str) -> bool {
    let mut has_comma = false;
    let is_quoted = |line: &str| {
        let (name, value) =
            line.split_once(':').map(|(name, value)| (name.trim().trim_matches(['\'', '"']), value.trim()))?;
        if !is_token(name) {
            return None;
        }
        let inner = value.strip_suffix(',').unwrap_or(value);
        let quote = inner.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        (inner.len() > 1 && inner.ends_with(quote)).then_some(inner.len() < value.len())
    };
    head(text).all(|line| is_quoted(line).inspect(|comma| has_comma |= comma).is_some()) && has_comma
}

fn plain_header(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.trim_start().split_once(':')?;
    // `https://…` alone on a line is no header, and a quoted name is one of a map.
    (is_token(name) && !name.starts_with('\'') && !value.starts_with("//")).then_some((name, value))
}

fn of_line(whole: &str, collected: &mut Collected) {
    let line = whole.trim_start();
    if line.starts_with("* ") || line.starts_with('#') {
        return;
    }
    let mut words = line.split_whitespace();
    if let (Some(method), Some(target)) = (words.next(), words.next())
        && is_method(method)
        && (target.starts_with('/') || after_scheme(target).is_some())
        && collected.headers.is_empty()
    {
        collected.method = Some(method.to_owned());
        collected.target = Some(target.to_owned());
        return;
    }
    if let Some(rest) = line.strip_prefix("-H ").or_else(|| line.strip_prefix("--header ")) {
        let rest = rest.trim_end_matches('\\').trim().trim_matches(['\'', '"']);
        if let Some((name, value)) = rest.split_once(':') {
            collected.take(name, value);
        }
        return;
    }
    if line.starts_with(['\'', '"']) {
        collected.join(pairs::read(line));
        return;
    }
    // Pseudo headers of HTTP/2 begin with a colon.
    if let Some((name, value)) = line.strip_prefix(':').and_then(|rest| rest.split_once(':')) {
        collected.take(&format!(":{name}"), value);
        return;
    }
    if let Some((name, value)) = plain_header(line) {
        collected.take(name, value);
        return;
    }
    if line.contains("=>") {
        collected.join(pairs::read(line));
        return;
    }
    if let Some((name, value)) = line.split_once('=')
        && is_of_gateway(name)
    {
        collected.take(name, value);
        return;
    }
    // A folded value (RFC 9112 §5.2), or one that a browser's tools put on a line of its own.
    if let Some(last) = collected.headers.last_mut()
        && (whole.starts_with([' ', '\t']) || last.value.is_empty())
    {
        if !last.value.is_empty() {
            last.value.push(b' ');
        }
        last.value.extend_from_slice(line.trim_end().replace('\0', " ").as_bytes());
    }
}
