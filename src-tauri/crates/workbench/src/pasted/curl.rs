//! A cURL command, as browsers and documents write them.

use super::Collected;
use crate::CommandError;

/// Options with a value that says nothing about the request's bytes.
const OTHER_VALUES: [&str; 14] = [
    "-o",
    "--output",
    "-m",
    "--max-time",
    "-x",
    "--proxy",
    "--connect-timeout",
    "-w",
    "--write-out",
    "--retry",
    "-E",
    "--cert",
    "--cacert",
    "-c",
];

/// Reads the command.
pub(super) fn read(text: &str) -> Result<Collected, CommandError> {
    let text = text.trim_start_matches("$ ").replace("\\\r\n", " ").replace("\\\n", " ").replace("^\r\n", " ");
    let words = shlex::split(&text).ok_or_else(|| {
        CommandError::invalid("The cURL command has a quotation mark without its end. Paste the whole command.")
    })?;
    let mut collected = Collected::default();
    let mut data: Vec<String> = Vec::new();
    let mut words = words.into_iter().skip(1);
    while let Some(word) = words.next() {
        let (option, joined) = match word.split_once('=') {
            Some((option, value)) if word.starts_with("--") => (option.to_owned(), Some(value.to_owned())),
            // `-XPOST` and `-HName: value`.
            _ if word.len() > 2 && ["-X", "-H", "-d"].iter().any(|short| word.starts_with(short)) => {
                (word[..2].to_owned(), Some(word[2..].to_owned()))
            }
            _ => (word.clone(), None),
        };
        let mut value = || joined.clone().or_else(|| words.next()).unwrap_or_default();
        match option.as_str() {
            "-H" | "--header" => {
                let header = value();
                if let Some((name, value)) = header.split_once(':') {
                    collected.take(name, value);
                }
            }
            "-X" | "--request" => collected.method = Some(value()),
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" => {
                let body = value();
                if body.starts_with('@') && option != "--data-raw" {
                    return Err(CommandError::invalid(
                        "The cURL command reads its body from a file. Paste the body into the field for it.",
                    ));
                }
                data.push(body);
            }
            "-A" | "--user-agent" => {
                let agent = value();
                collected.take("User-Agent", &agent);
            }
            "--url" => collected.target = Some(value()),
            other if OTHER_VALUES.contains(&other) => drop(value()),
            other if other.starts_with('-') => {}
            _ => collected.target = Some(word),
        }
    }
    if !data.is_empty() {
        collected.body = Some(data.join("&").into_bytes());
    }
    Ok(collected)
}
