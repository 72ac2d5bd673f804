//! Asking a field of a JSON document.

use serde_json::Value;

use crate::number::JsonNumber;
use crate::pattern::{Matcher, Pattern};
use crate::term::{JsonTest, Step};

impl JsonTest {
    /// Prepares it for looking at many documents.
    pub fn asker(&self, path: &[Step]) -> JsonAsker {
        let (matcher, is_anything, number) = match self {
            Self::Is(pattern) => (pattern.matcher(), pattern.is_anything(), as_number(pattern)),
            Self::Compare(..) => (Pattern::literal("").matcher(), false, None),
        };
        JsonAsker { path: path.to_vec(), test: self.clone(), matcher, is_anything, number }
    }
}

/// A test of a field, prepared for looking at many documents.
#[derive(Clone, Debug)]
pub struct JsonAsker {
    path: Vec<Step>,
    test: JsonTest,
    matcher: Matcher,
    is_anything: bool,
    number: Option<JsonNumber>,
}

/// A number that is asked for without an operator: `1.0` in a document is also `1`.
fn as_number(pattern: &Pattern) -> Option<JsonNumber> {
    pattern.as_literal().and_then(JsonNumber::new)
}

impl JsonAsker {
    /// Whether a document has such a field.
    pub fn holds(&self, document: &Value) -> bool {
        self.walk(document, &self.path)
    }

    fn walk(&self, value: &Value, path: &[Step]) -> bool {
        let Some((step, rest)) = path.split_first() else { return self.is_met_by(value) };
        match (value, step) {
            (Value::Object(members), Step::Name(name)) => {
                members.get(name).is_some_and(|member| self.walk(member, rest))
            }
            (Value::Object(members), Step::Any) => members.values().any(|member| self.walk(member, rest)),
            (Value::Array(elements), Step::Any) => elements.iter().any(|element| self.walk(element, rest)),
            (Value::Array(elements), Step::Name(name)) => match name.parse::<usize>() {
                Ok(at) => elements.get(at).is_some_and(|element| self.walk(element, rest)),
                Err(_) => elements.iter().any(|element| self.walk(element, path)),
            },
            _ => false,
        }
    }

    fn is_met_by(&self, value: &Value) -> bool {
        match &self.test {
            JsonTest::Compare(op, asked) => {
                let number = match value {
                    Value::Number(number) => asked.compare(number),
                    // Amounts are often sent as text, so that no reader rounds them.
                    Value::String(text) => serde_json::from_str(text).ok().and_then(|number| asked.compare(&number)),
                    _ => None,
                };
                number.is_some_and(|order| op.holds(order))
            }
            JsonTest::Is(_) if self.is_anything => true,
            JsonTest::Is(_) => match value {
                Value::String(text) => self.matcher.is_whole(text),
                Value::Number(number) => {
                    self.number.as_ref().and_then(|asked| asked.compare(number)).is_some_and(std::cmp::Ordering::is_eq)
                        || self.matcher.is_whole(&number.to_string())
                }
                Value::Bool(truth) => self.matcher.is_whole(if *truth { "true" } else { "false" }),
                Value::Null => self.matcher.is_whole("null"),
                Value::Array(elements) => elements.iter().any(|element| !element.is_array() && self.is_met_by(element)),
                Value::Object(_) => false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Node, Term, parse};

    #[test]
    fn fields_are_asked() {
        let document = serde_json::json!({
            "data": {"object": {"amount": 1250, "price": "12.50", "currency": "USD", "paid": true, "note": null}},
            "items": [{"id": 5}, {"id": "six"}], "tags": ["a", "b"], "a.b": {"c:d": 1.0}
        });
        for (query, holds) in [
            ("json.data.object.amount:>1000", true),
            ("json.data.object.amount:<=1000", false),
            ("json.data.object.amount:1250", true),
            ("json.data.object.price:>12", true),
            ("json.data.object.currency:usd", true),
            ("json.data.object.currency:u*", true),
            ("json.data.object.currency:us", false),
            ("json.data.object.currency:>1", false),
            ("json.data.object.paid:true", true),
            ("json.data.object.note:null", true),
            ("json.data.object.note:*", true),
            ("json.data.object.absent:*", false),
            ("json.data.*.paid:true", true),
            ("json.items.0.id:5", true),
            ("json.items.1.id:5", false),
            ("json.items.id:six", true),
            ("json.tags:b", true),
            ("json.\"a.b\".\"c:d\":1", true),
            ("json.Data.object.amount:1250", false),
        ] {
            let parsed = parse(query).unwrap();
            let Some(Node::Term(Term::Json { path, test })) = parsed.root else { panic!("{query}") };
            assert_eq!(test.asker(&path).holds(&document), holds, "{query}");
        }
    }
}
