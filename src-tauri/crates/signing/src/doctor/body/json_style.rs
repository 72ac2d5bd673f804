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
    /// `<`, `>` and `&` in lower case.
    Angles,
    /// `=` and `'` beside.
    Gson,
    /// `<`, `>`, `&`, `'` and quotes in upper case: PHP's `JSON_HEX_` flags, which Drupal sets.
    Php,
    /// `<`, `>`, `&`, `'`, `+`, the backtick and quotes in upper case.
    DotNet,
}

/// One way to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that stacks escape or do not")]
pub(super) struct Style {
    pub(super) spacing: Spacing,
    pub(super) non_ascii: NonAscii,
    pub(super) solidus: bool,
    pub(super) html: Html,
    /// U+2028 and U+2029, which end lines in old JavaScript, as escapes.
    pub(super) separators: bool,
    /// DEL as an escape.
    pub(super) del: bool,
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
    separators: false,
    del: false,
    long_controls: false,
    numbers: Numbers::AsWritten,
};

const PYTHON: Style = Style { non_ascii: NonAscii::Lower, del: true, ..PLAIN };
const PHP: Style = Style { non_ascii: NonAscii::Lower, solidus: true, ..PLAIN };
const GO: Style = Style { html: Html::Angles, separators: true, ..PLAIN };
const DOT_NET: Style = Style { non_ascii: NonAscii::Upper, html: Html::DotNet, del: true, ..PLAIN };

/// Go's `SetEscapeHTML(false)`, and PHP with both of its usual flags.
const SEPARATORS: Style = Style { separators: true, ..PLAIN };

/// Styles by the stacks that write so, most common first. Behaviour of each library's default or usual options.
pub(super) const STACKS: [(&str, Style); 41] = [
    ("JavaScript's JSON.stringify", PLAIN),
    ("Python's json.dumps", Style { spacing: Spacing::Spaced, ..PYTHON }),
    ("PHP's json_encode", PHP),
    ("Go's encoding/json", GO),
    ("Python's json.dumps without spaces", PYTHON),
    ("Python's json.dumps with UTF-8", Style { spacing: Spacing::Spaced, ..PLAIN }),
    ("JavaScript's JSON.stringify, indented by two,", Style { spacing: TWO, ..PLAIN }),
    ("JavaScript's JSON.stringify, indented by four,", Style { spacing: FOUR, ..PLAIN }),
    (".NET's System.Text.Json", DOT_NET),
    ("PHP's json_encode with UTF-8", Style { non_ascii: NonAscii::Raw, separators: true, ..PHP }),
    ("Gson", Style { html: Html::Gson, ..GO }),
    ("Ruby's JSON.pretty_generate", Style { spacing: Spacing::Ruby, ..PLAIN }),
    ("PHP's json_encode, pretty,", Style { spacing: FOUR, ..PHP }),
    (
        "PHP's json_encode with UTF-8, pretty,",
        Style { spacing: FOUR, non_ascii: NonAscii::Raw, separators: true, ..PHP },
    ),
    ("Python's json.dumps, indented by two,", Style { spacing: TWO, ..PYTHON }),
    ("Python's json.dumps, indented by four,", Style { spacing: FOUR, ..PYTHON }),
    ("Go's encoding/json, indented,", Style { spacing: TWO, ..GO }),
    ("Go's encoding/json, indented by tabs,", Style { spacing: TABS, ..GO }),
    ("Go's encoding/json, indented by four,", Style { spacing: FOUR, ..GO }),
    ("Jackson, pretty,", Style { spacing: Spacing::Jackson, ..PLAIN }),
    (".NET, indented,", Style { spacing: TWO_CRLF, ..PLAIN }),
    (".NET's System.Text.Json, indented,", Style { spacing: TWO, ..DOT_NET }),
    ("PHP's json_encode with JSON_HEX flags", Style { html: Html::Php, ..PHP }),
    ("a writer that indents by tabs", Style { spacing: TABS, ..PLAIN }),
    ("a writer with a space after colons", Style { spacing: Spacing::Colons, ..PLAIN }),
    ("a writer with a space after commas", Style { spacing: Spacing::Commas, ..PLAIN }),
    // These differ from those above for line separators, DEL or numbers alone.
    ("Go's encoding/json without HTML escapes", SEPARATORS),
    ("Go's encoding/json without HTML escapes, indented,", Style { spacing: TWO, ..SEPARATORS }),
    ("Go's encoding/json without HTML escapes, indented by tabs,", Style { spacing: TABS, ..SEPARATORS }),
    ("Go's encoding/json without HTML escapes, indented by four,", Style { spacing: FOUR, ..SEPARATORS }),
    ("Ruby's JSON.generate", PLAIN),
    ("Ruby's JSON.generate in ASCII", Style { non_ascii: NonAscii::Lower, ..PLAIN }),
    ("Jackson", PLAIN),
    ("Python's json.dumps with UTF-8, without spaces", PLAIN),
    ("Python's json.dumps with UTF-8, indented by two,", Style { spacing: TWO, ..PLAIN }),
    ("Python's json.dumps with UTF-8, indented by four,", Style { spacing: FOUR, ..PLAIN }),
    ("PHP's json_encode with plain slashes and UTF-8", SEPARATORS),
    ("PHP's json_encode with plain slashes and UTF-8, pretty,", Style { spacing: FOUR, ..SEPARATORS }),
    ("PHP's json_encode with plain slashes", Style { solidus: false, ..PHP }),
    ("PHP's json_encode with plain slashes, pretty,", Style { spacing: FOUR, solidus: false, ..PHP }),
    ("Ruby's JSON.generate with escaped slashes", Style { solidus: true, ..PLAIN }),
];

/// How a stack writes numbers that it has read.
pub(super) fn numbers_of(by: &str) -> Numbers {
    let languages = [
        ("Python", Numbers::Python),
        ("PHP", Numbers::Php),
        ("Ruby", Numbers::Ruby),
        ("Gson", Numbers::Java),
        ("Jackson", Numbers::Java),
    ];
    let known = languages.into_iter().find(|(language, _)| by.starts_with(language));
    known.map_or(Numbers::JavaScript, |(_, numbers)| numbers)
}
