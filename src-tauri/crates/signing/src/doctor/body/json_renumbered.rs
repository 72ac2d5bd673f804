//! JSON of which nothing but numbers was changed, as by a stack that reads `10.0` and writes `10`.

use std::collections::HashSet;

use super::{
    BodyVariant,
    json_numbers::{Exponent, Numbers, is_integer},
    json_text::Node,
};

/// Most names of fields whose numbers are changed one at a time.
const FIELDS_MAX: usize = 10;

/// Words in the names of fields that hold amounts of money.
const AMOUNTS: [&str; 14] = [
    "amount", "balance", "cost", "discount", "fee", "price", "rate", "subtotal", "sum", "tax", "tip", "total", "value",
    "weight",
];

/// What all numbers are changed to, most common first.
const NOTATIONS: [(Numbers, &str); 13] = [
    (Numbers::OneDecimal, "Write whole numbers with .0"),
    (Numbers::TwoDecimals, "Write numbers with two decimals"),
    (Numbers::JavaScript, "Write numbers as JavaScript does"),
    (Numbers::Python, "Write numbers as Python does"),
    (Numbers::Php, "Write numbers as PHP does"),
    (Numbers::Ruby, "Write numbers as Ruby does"),
    (Numbers::Java, "Write numbers as Java does"),
    (Numbers::Positional, "Write numbers without exponents"),
    (Numbers::Exponent(Exponent::Lower), "Write small and round numbers with an exponent (1e3)"),
    (Numbers::Exponent(Exponent::Upper), "Write small and round numbers with an exponent (1E3)"),
    (Numbers::Exponent(Exponent::Signed), "Write small and round numbers with an exponent (1E+3)"),
    (Numbers::Exponent(Exponent::Padded), "Write small and round numbers with an exponent (1E+03)"),
    (Numbers::SeventeenDigits, "Write fractions with seventeen digits"),
];

/// What the numbers of one field are changed to.
const FIELD_NOTATIONS: [(Numbers, &str); 4] = [
    (Numbers::OneDecimal, "with .0"),
    (Numbers::TwoDecimals, "with two decimals"),
    (Numbers::Exponent(Exponent::Lower), "with an exponent (1e3)"),
    (Numbers::Exponent(Exponent::Upper), "with an exponent (1E3)"),
];

/// A number where it stands.
struct Place<'n> {
    field: &'n str,
    start: usize,
    digits: &'n str,
}

/// The body with other numbers and nothing else changed; the node is what was read from it.
pub(super) fn as_it_stands(node: &Node<'_>, body: &[u8], add: &mut dyn FnMut(BodyVariant) -> bool) -> bool {
    let mut places = Vec::new();
    node.each_number("", &mut |field, digits| {
        // The digits are a part of the body, so this is where in it they start.
        let start = (digits.as_ptr() as usize).wrapping_sub(body.as_ptr() as usize);
        places.push(Place { field, start, digits });
    });
    if places.is_empty() {
        return true;
    }
    let mut offer = |step: String, numbers: Numbers, chosen: &dyn Fn(&Place<'_>) -> bool| {
        let Some(bytes) = spliced(body, &places, numbers, chosen) else { return true };
        add(BodyVariant { cause: "json_numbers", second: None, step, bytes })
    };
    // A field that holds a fraction somewhere holds fractions everywhere.
    let fractions: HashSet<&str> =
        places.iter().filter(|place| place.digits.contains('.')).map(|place| place.field).collect();
    let is_amount = |place: &Place<'_>| {
        let name = place.field.to_ascii_lowercase();
        fractions.contains(place.field) || AMOUNTS.iter().any(|word| name.contains(word))
    };
    let is_fraction = |place: &Place<'_>| !is_integer(place.digits);
    NOTATIONS.iter().all(|(numbers, step)| offer((*step).to_owned(), *numbers, &|_| true))
        && [(Numbers::OneDecimal, "with .0"), (Numbers::TwoDecimals, "with two decimals")].into_iter().all(
            |(numbers, how)| {
                offer(format!("Write amounts {how}"), numbers, &is_amount)
                    && offer(format!("Write fractions {how}"), numbers, &is_fraction)
            },
        )
        && fields(&places).into_iter().all(|field| {
            FIELD_NOTATIONS.into_iter().all(|(numbers, how)| {
                offer(format!("Write the numbers of {field} {how}"), numbers, &|place| place.field == field)
            })
        })
}

/// The body with the chosen numbers written so; `None` when that changes none of them.
fn spliced(
    body: &[u8],
    places: &[Place<'_>],
    numbers: Numbers,
    chosen: &dyn Fn(&Place<'_>) -> bool,
) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(body.len() + 64);
    let mut copied = 0;
    for place in places.iter().filter(|place| chosen(place)) {
        let written = numbers.write(place.digits);
        if written != place.digits {
            bytes.extend_from_slice(body.get(copied..place.start)?);
            bytes.extend_from_slice(written.as_bytes());
            copied = place.start + place.digits.len();
        }
    }
    bytes.extend_from_slice(body.get(copied..)?);
    (copied > 0).then_some(bytes)
}

/// The names of fields with numbers, each once: those of fractions and amounts first, then the last ones, which totals
/// often are.
fn fields<'n>(places: &[Place<'n>]) -> Vec<&'n str> {
    let mut known = HashSet::new();
    let mut fields: Vec<_> = places.iter().rev().filter(|place| known.insert(place.field)).collect();
    fields.sort_by_key(|place| {
        let name = place.field.to_ascii_lowercase();
        is_integer(place.digits) && !AMOUNTS.iter().any(|word| name.contains(word))
    });
    fields.into_iter().take(FIELDS_MAX).map(|place| place.field).collect()
}
