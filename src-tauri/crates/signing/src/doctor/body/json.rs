//! JSON that was parsed and written anew: the documents that it may have been.

use super::{
    BodyVariant,
    json_features::Features,
    json_looks::Looks,
    json_numbers::Numbers,
    json_renumbered,
    json_style::{FOUR, Html, NonAscii, PLAIN, SPACINGS, STACKS, Spacing, Style, TABS, TWO, numbers_of},
    json_text::{Node, read},
    json_writer::{respaced, write},
    plain,
};

/// Most combinations of spacing and escapes beside the stacks' own.
const COMBINATIONS_MAX: usize = 12;

/// The stacks that sort keys by themselves or are often asked to.
const SORTING: [&str; 20] = [
    "JavaScript's JSON.stringify",
    "Go's encoding/json",
    "Python's json.dumps",
    "Python's json.dumps without spaces",
    "Go's encoding/json, indented,",
    "Go's encoding/json, indented by tabs,",
    "Go's encoding/json, indented by four,",
    "Python's json.dumps with UTF-8",
    "PHP's json_encode",
    "JavaScript's JSON.stringify, indented by two,",
    "Python's json.dumps, indented by two,",
    "Python's json.dumps, indented by four,",
    "JavaScript's JSON.stringify, indented by four,",
    "PHP's json_encode with UTF-8",
    "Python's json.dumps with UTF-8, without spaces",
    "a writer that indents by tabs",
    "Go's encoding/json without HTML escapes",
    "Go's encoding/json without HTML escapes, indented,",
    "Go's encoding/json without HTML escapes, indented by tabs,",
    "Go's encoding/json without HTML escapes, indented by four,",
];

/// The likeliest stacks, tried with decimals given back, and with their own numbers where nothing shows that any stack
/// has read the numbers.
const RENUMBERED_MAX: usize = 4;

/// What stands around a document that is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'b> {
    pub(super) before: &'b [u8],
    pub(super) after: &'b [u8],
}

/// The order of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    AsWritten,
    Sorted,
    IndicesFirst,
}

/// A document that arrived, and where its variants go.
struct Offer<'o, 'b> {
    node: &'o Node<'b>,
    body: &'b [u8],
    around: Around<'b>,
    arrived: Looks,
    add: &'o mut dyn FnMut(BodyVariant) -> bool,
}

impl Offer<'_, '_> {
    fn style(&mut self, node: &Node<'_>, style: &Style, order: Order, by: Option<&str>) -> bool {
        self.text(write(node, style), order, || step(style, order, by))
    }

    /// Hands on what was written, unless it is the document that arrived; `false` says that no more are wanted.
    fn text(&mut self, text: Vec<u8>, order: Order, step: impl FnOnce() -> String) -> bool {
        let Around { before, after } = self.around;
        if text == self.body.trim_ascii() {
            return true;
        }
        let cause = Looks::of(&text).cause(&self.arrived, order != Order::AsWritten);
        let mut bytes = if before.is_empty() { text } else { [before, text.as_slice()].concat() };
        bytes.extend_from_slice(after);
        (self.add)(BodyVariant { cause, second: None, step: step(), bytes })
    }
}

/// Every document that it may have been, most likely first, with the white space around it as it arrived. `add` says
/// whether more are wanted, and so does the answer.
pub(super) fn variants(body: &[u8], add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let start = body.len() - body.trim_ascii_start().len();
    let around = Around { before: &body[..start], after: &body[body.trim_ascii_end().len().max(start)..] };
    let Some(node) = read(body) else { return true };
    let features = Features::of(&node);
    let mut offer = Offer::of(&node, body, around, add);
    usual(&features, &mut offer)
        && json_renumbered::as_it_stands(&node, body, offer.add)
        && renumbered(&features, &mut offer)
        && combinations(&features, &mut offer)
}

/// The likeliest of them, with this around them.
pub(super) fn usual_variants(body: &[u8], around: Around<'_>, add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let Some(node) = read(body) else { return true };
    usual(&Features::of(&node), &mut Offer::of(&node, body, around, add))
}

/// Those in lines, with CRLF at their ends.
pub(super) fn pretty_variants(body: &[u8], add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let mut crlf = |variant: BodyVariant| {
        let bytes = plain::replaced(&variant.bytes, b"\n", b"\r\n");
        add(BodyVariant { bytes, ..variant })
    };
    let Some(node) = read(body) else { return true };
    let features = Features::of(&node);
    let mut offer = Offer::of(&node, body, Around { before: b"", after: b"" }, &mut crlf);
    let is_pretty = |style: &Style| matches!(style.spacing, Spacing::Lines { end: "\n", .. });
    let styles = effective(&features, &STACKS);
    styles
        .iter()
        .filter(|(_, style)| is_pretty(style))
        .all(|(by, style)| offer.style(&node, style, Order::AsWritten, Some(by)))
}

impl<'o, 'b> Offer<'o, 'b> {
    fn of(node: &'o Node<'b>, body: &'b [u8], around: Around<'b>, add: &'o mut dyn FnMut(BodyVariant) -> bool) -> Self {
        Self { node, body, around, arrived: Looks::of(body), add }
    }
}

/// The stacks' own ways to write, other white space, and other orders of fields.
fn usual(features: &Features, offer: &mut Offer<'_, '_>) -> bool {
    let node = offer.node;
    let styles = effective(features, &STACKS);
    let sorted = node.sorted();
    let indices = node.indices_first();
    // Strings that stand as JSON.stringify writes them were just written so with all of the white space.
    let is_plain = respaced(node, Spacing::Compact) == write(node, &PLAIN);
    let plain = |order| move |spacing| step(&Style { spacing, ..PLAIN }, order, None);
    styles.iter().all(|(by, style)| offer.style(node, style, Order::AsWritten, Some(by)))
        && (is_plain
            || SPACINGS.into_iter().all(|spacing| {
                offer.text(respaced(node, spacing), Order::AsWritten, || plain(Order::AsWritten)(spacing))
            }))
        && (sorted == *node || {
            let sorting: Vec<_> = STACKS.into_iter().filter(|(by, _)| SORTING.contains(by)).collect();
            effective(features, &sorting).iter().all(|(by, style)| offer.style(&sorted, style, Order::Sorted, Some(by)))
                && offer
                    .text(respaced(&sorted, Spacing::Compact), Order::Sorted, || plain(Order::Sorted)(Spacing::Compact))
        })
        && (indices == *node || {
            let is_script = |(by, _): &&(&str, Style)| by.starts_with("JavaScript") || by.ends_with("by tabs");
            let scripts = STACKS.iter().filter(is_script);
            scripts.into_iter().all(|(by, style)| offer.style(&indices, style, Order::IndicesFirst, Some(by)))
        })
}

/// The styles by what they change in this document, each once.
fn effective<'s>(features: &Features, styles: &[(&'s str, Style)]) -> Vec<(&'s str, Style)> {
    let mut kept: Vec<(&str, Style)> = Vec::new();
    // Go before 1.22 had no short forms for backspace and form feed.
    let is_go = |(by, _): &&(&str, Style)| features.controls && by.starts_with("Go's");
    let older = styles.iter().filter(is_go).map(|(by, style)| (*by, Style { long_controls: true, ..*style }));
    for (by, style) in styles.iter().copied().chain(older) {
        let style = features.effective(&style);
        if !kept.iter().any(|(_, known)| *known == style) {
            kept.push((by, style));
        }
    }
    kept
}

/// The stacks' own ways with their own numbers, and the likeliest with decimals that may have been lost.
fn renumbered(features: &Features, offer: &mut Offer<'_, '_>) -> bool {
    let node = offer.node;
    let changing = |styles: Vec<(&'static str, Style)>| {
        let mut styles = effective(features, &styles);
        styles.retain(|(_, style)| style.numbers != Numbers::AsWritten);
        styles
    };
    let own = |is_meant: fn(&str) -> bool| {
        let stacks = STACKS.into_iter().filter(|(by, _)| is_meant(by));
        changing(stacks.map(|(by, style)| (by, Style { numbers: numbers_of(by), ..style })).collect())
    };
    // Numbers that no stack writes so were read by none on their way here, and are the sender's own.
    let was_read = features.may_be_rewritten();
    let tried = if was_read { usize::MAX } else { RENUMBERED_MAX };
    let decimals = [Numbers::OneDecimal, Numbers::TwoDecimals];
    let likeliest: Vec<_> = effective(features, &STACKS).into_iter().take(RENUMBERED_MAX).collect();
    let decimals = decimals.map(|numbers| likeliest.iter().map(move |(by, style)| (*by, Style { numbers, ..*style })));
    own(|by| !by.starts_with("a writer") && !by.starts_with(".NET"))
        .iter()
        .take(tried)
        .all(|(by, style)| offer.style(node, style, Order::AsWritten, Some(by)))
        && changing(decimals.into_iter().flatten().collect())
            .iter()
            .all(|(by, style)| offer.style(node, style, Order::AsWritten, Some(by)))
        && (!was_read || {
            let sorting = own(|by| SORTING.contains(&by) && (by.starts_with("Go's") || by.starts_with("Python's")));
            sorting.is_empty() || {
                let sorted = node.sorted();
                sorted == *node
                    || sorting.iter().all(|(by, style)| offer.style(&sorted, style, Order::Sorted, Some(by)))
            }
        })
}

/// Spacing and escapes that no stack here has together.
fn combinations(features: &Features, offer: &mut Offer<'_, '_>) -> bool {
    let node = offer.node;
    let mut styles = Vec::new();
    for spacing in [Spacing::Compact, Spacing::Spaced, FOUR, TWO, TABS] {
        for non_ascii in [NonAscii::Raw, NonAscii::Lower, NonAscii::Upper] {
            for solidus in [false, true] {
                for html in [Html::None, Html::Angles] {
                    // As PHP does for separators where it leaves the rest as UTF-8, and Python for DEL.
                    let (separators, del) = (solidus || html != Html::None, non_ascii == NonAscii::Lower && !solidus);
                    styles.push(("", Style { spacing, non_ascii, solidus, html, separators, del, ..PLAIN }));
                }
            }
        }
    }
    let known = effective(features, &STACKS);
    let styles = effective(features, &styles);
    let new = styles.iter().filter(|(_, style)| !known.iter().any(|(_, known)| known == style));
    new.take(COMBINATIONS_MAX).all(|(_, style)| offer.style(node, style, Order::AsWritten, None))
}

fn step(style: &Style, order: Order, by: Option<&str>) -> String {
    let mut step = String::from("Write the JSON ");
    step.push_str(match style.spacing {
        Spacing::Compact => "without white space",
        Spacing::Spaced => "with a space after commas and colons",
        Spacing::Colons => "with a space after colons",
        Spacing::Commas => "with a space after commas",
        Spacing::Lines { .. } | Spacing::Ruby | Spacing::Jackson => "in indented lines",
    });
    if style.non_ascii != NonAscii::Raw {
        step.push_str(", characters beyond ASCII as \\uXXXX");
    }
    if style.solidus {
        step.push_str(", slashes as \\/");
    }
    if style.html != Html::None {
        step.push_str(", <, > and & as \\u003c");
    }
    step.push_str(match order {
        Order::AsWritten => "",
        Order::Sorted => ", keys sorted",
        Order::IndicesFirst => ", numeric keys first",
    });
    step.push_str(match style.numbers {
        Numbers::AsWritten => "",
        Numbers::OneDecimal => ", whole numbers with .0",
        Numbers::TwoDecimals => ", numbers with two decimals",
        _ => ", numbers in another notation",
    });
    if let Some(by) = by {
        step.push_str(", as ");
        step.push_str(by);
        step.push_str(" does");
    }
    step
}
