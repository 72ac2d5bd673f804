//! Ways in which common stacks write JSON.

use super::json_numbers::Numbers;

/// The white space between the pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spacing {
    Compact,
    /// A space after commas and colons.
    Spaced,
    /// A space after colons alone.
    Colons,
    /// A space after commas alone.
    Commas,
    /// A line for each element, indented by this much, with this line end.
    Lines {
        indent: &'static str,
        end: &'static str,
    },
    /// Lines of two spaces, and line ends between the brackets of what is empty: `pretty_generate` of Ruby's json
    /// before 2.10.
    Ruby,
    /// Objects by lines of two spaces with ` : `, arrays in one line.
    Jackson,
}

/// How characters beyond ASCII stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NonAscii {
    /// As UTF-8.
    Raw,
    /// `\u00e9`.
    Lower,
    /// `\u00E9`.
    Upper,
}

/// Which characters of HTML are escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Html {
    None,
    /// `<`, `>` and `&` in lower case, and the line separators U+2028 and U+2029.
    Angles,
    /// `=` and `'` beside.
    Gson,
    /// `<`, `>`, `&`, `'`, `+`, the backtick and quotes in upper case.
    DotNet,
}

/// One way to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) spacing: Spacing,
    pub(super) non_ascii: NonAscii,
    pub(super) solidus: bool,
    pub(super) html: Html,
    /// Backspace and form feed as `\u0008` and `\u000c`.
    pub(super) long_controls: bool,
    pub(super) numbers: Numbers,
}

pub(super) const TWO: Spacing = Spacing::Lines { indent: "  ", end: "\n" };
pub(super) const FOUR: Spacing = Spacing::Lines { indent: "    ", end: "\n" };
pub(super) const TABS: Spacing = Spacing::Lines { indent: "\t", end: "\n" };
pub(super) const TWO_CRLF: Spacing = Spacing::Lines { indent: "  ", end: "\r\n" };

/// Every white space there is, most common first.
pub(super) const SPACINGS: [Spacing; 10] = [
    Spacing::Compact,
    Spacing::Spaced,
    TWO,
    FOUR,
    TABS,
    Spacing::Ruby,
    Spacing::Jackson,
    TWO_CRLF,
    Spacing::Colons,
    Spacing::Commas,
];

pub(super) const PLAIN: Style = Style {
    spacing: Spacing::Compact,
    non_ascii: NonAscii::Raw,
    solidus: false,
    html: Html::None,
    long_controls: false,
    numbers: Numbers::AsWritten,
};

/// Styles by the stacks that write so, most common first. Behaviour of each library's default or usual options.
pub(super) const STACKS: [(&str, Style); 23] = [
    ("JavaScript's JSON.stringify", PLAIN),
    ("Python's json.dumps", Style { spacing: Spacing::Spaced, non_ascii: NonAscii::Lower, ..PLAIN }),
    ("PHP's json_encode", Style { non_ascii: NonAscii::Lower, solidus: true, ..PLAIN }),
    ("Go's encoding/json", Style { html: Html::Angles, ..PLAIN }),
    ("Python's json.dumps without spaces", Style { non_ascii: NonAscii::Lower, ..PLAIN }),
    ("Python's json.dumps with UTF-8", Style { spacing: Spacing::Spaced, ..PLAIN }),
    ("JavaScript's JSON.stringify, indented by two,", Style { spacing: TWO, ..PLAIN }),
    ("JavaScript's JSON.stringify, indented by four,", Style { spacing: FOUR, ..PLAIN }),
    (".NET's System.Text.Json", Style { non_ascii: NonAscii::Upper, html: Html::DotNet, ..PLAIN }),
    ("PHP's json_encode with UTF-8", Style { solidus: true, ..PLAIN }),
    ("Gson", Style { html: Html::Gson, ..PLAIN }),
    ("Ruby's JSON.pretty_generate", Style { spacing: Spacing::Ruby, ..PLAIN }),
    ("PHP's json_encode, pretty,", Style { spacing: FOUR, non_ascii: NonAscii::Lower, solidus: true, ..PLAIN }),
    ("Python's json.dumps, indented by two,", Style { spacing: TWO, non_ascii: NonAscii::Lower, ..PLAIN }),
    ("Python's json.dumps, indented by four,", Style { spacing: FOUR, non_ascii: NonAscii::Lower, ..PLAIN }),
    ("Go's encoding/json, indented,", Style { spacing: TWO, html: Html::Angles, ..PLAIN }),
    ("Jackson, pretty,", Style { spacing: Spacing::Jackson, ..PLAIN }),
    (".NET, indented,", Style { spacing: TWO_CRLF, ..PLAIN }),
    (
        ".NET's System.Text.Json, indented,",
        Style { spacing: TWO, non_ascii: NonAscii::Upper, html: Html::DotNet, ..PLAIN },
    ),
    ("Go's encoding/json before 1.22", Style { html: Html::Angles, long_controls: true, ..PLAIN }),
    ("a writer that indents by tabs", Style { spacing: TABS, ..PLAIN }),
    ("a writer with a space after colons", Style { spacing: Spacing::Colons, ..PLAIN }),
    ("a writer with a space after commas", Style { spacing: Spacing::Commas, ..PLAIN }),
];
