//! The language in which captures are searched, without any I/O and without a clock: what a text means, what is wrong with
//! it and where, how it reads aloud, how it is coloured, and what can stand at the cursor.
//!
//! ```text
//! query    = any
//! any      = all { "OR" all }
//! all      = part { [ "AND" ] part }
//! part     = { "-" } ( word | "(" any ")" )
//! word     = text | key ":" value
//! value    = [ ">" | ">=" | "<" | "<=" | "=" ] text
//! text     = pieces of bare characters, `*` (anything) and "quoted" pieces, where `\"` and `\\` are escapes
//! ```
//!
//! Names (`provider`, `event`, `endpoint`, `method`, `id`, `label`, `json.…`) match as a whole; texts (bare words, `path`,
//! `body`, `header.…`, `note`) match anywhere. ASCII letters match in either case.

mod canonical;
mod completion;
mod error;
mod json;
mod key;
mod lex;
mod limits;
mod moment;
mod number;
mod parse;
mod pattern;
mod reading;
mod suggestion;
mod term;
mod token;

pub use canonical::quoted;
pub use completion::{Completion, Wanted, complete};
pub use error::{QueryError, Span, Suggestion};
pub use json::JsonAsker;
pub use key::{FixedValue, Key};
pub use limits::{MAX_DEPTH, MAX_TERMS, MAX_TEXT_BYTES};
pub use moment::{Moment, Now, Unit};
pub use number::{JsonNumber, NumberTest, Op, StatusTest};
pub use parse::parse;
pub use pattern::{Matcher, Pattern};
pub use term::{DupTest, JsonTest, Node, Query, Step, Term, VERDICTS};
pub use token::{Token, TokenKind, tokens};
