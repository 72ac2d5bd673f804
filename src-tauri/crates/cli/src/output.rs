//! Writing to the terminal. What came from a sender is made harmless first: terminals obey control characters.

use std::io::{self, Write};

use crate::failure::Failure;

/// Writes bytes to standard output and flushes them, so that a pipe sees every line at once.
/// A reader that closed the pipe (`| head`) is no error.
pub(crate) fn write(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    ended_by_reader(out.write_all(bytes).and_then(|()| out.flush()))
        .map_err(|error| Failure::input(format!("Standard output cannot be written: {error}")))
}

/// Standard output for what comes piece by piece. A reader that closed the pipe ends the program, as in [`write`].
#[derive(Debug, Default)]
pub(crate) struct Out(());

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        ended_by_reader(io::stdout().lock().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        ended_by_reader(io::stdout().lock().flush())
    }
}

fn ended_by_reader<T>(done: io::Result<T>) -> io::Result<T> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        done => done,
    }
}

/// Writes one line to standard output.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    write(format!("{text}\n").as_bytes())
}

/// Writes one line to standard error.
#[expect(clippy::print_stderr, reason = "this is where the command line speaks")]
pub(crate) fn complain(text: &str) {
    eprintln!("{text}");
}

/// Text from a sender with control and direction-changing characters replaced, so that it can neither move the
/// cursor nor write the clipboard (OSC 52).
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            c if c.is_control() => '\u{fffd}',
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_commands_from_a_sender_are_defused() {
        assert_eq!(harmless("a\u{1b}]52;c;eA==\u{7}\u{9b}b\u{202e}c"), "a\u{fffd}]52;c;eA==\u{fffd}\u{fffd}b\u{fffd}c");
    }
}
