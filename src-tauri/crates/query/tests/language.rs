//! The search language from outside: what texts mean, what is wrong with them, and what holds for every text.

#![allow(clippy::unwrap_used)] // clippy knows tests by their attribute and takes strategies for the product

use hookglass_query::{
    DupTest, JsonNumber, JsonTest, Key, MAX_DEPTH, MAX_TERMS, MAX_TEXT_BYTES, Node, NumberTest, Op, Pattern, Query,
    StatusTest, Step, Term, TokenKind, VERDICTS, Wanted, complete, parse, quoted, tokens,
};
use proptest::prelude::*;

#[test]
fn texts_are_read_aloud_and_written_down() {
    for (text, reading, canonical) in [
        ("", "all captures", ""),
        (
            "provider:stripe  verdict:invalid size:>1MB -starred:true",
            "invalid captures of stripe, larger than 1 MB, not starred",
            "provider:stripe verdict:invalid size:>1MB -starred:true",
        ),
        ("card declined", "captures containing “card”, containing “declined”", "card declined"),
        ("\"card declined\"", "captures containing “card declined”", "\"card declined\""),
        ("a AND b OR c", "captures either (containing “a” and containing “b”) or containing “c”", "a b OR c"),
        ("(a OR b) c", "captures either containing “a” or containing “b”, containing “c”", "(a OR b) c"),
        ("--a", "captures containing “a”", "a"),
        ("-(a b)", "captures not (containing “a” and containing “b”)", "-(a b)"),
        ("status:5XX status:>=400", "captures answered 5xx, answered at least 400", "status:5xx status:>=400"),
        ("json.data.amount:>1e3", "captures with data.amount > 1e3", "json.data.amount:>1e3"),
        (
            "after:1h -before:2026-11-20",
            "captures received in the last hour, not received before 2026-11-20",
            "after:1h -before:2026-11-20",
        ),
        (
            "dup:TRUE -header.X-Test:*",
            "captures of an event that came before, without the header X-Test",
            "dup:true -header.X-Test:*",
        ),
        (
            "https://a.example 12:30",
            "captures containing “https://a.example”, containing “12:30”",
            "\"https://a.example\" \"12:30\"",
        ),
        (
            "event:invoice.* event:\"a*b\"",
            "captures with the event invoice.*, with the event a*b",
            "event:invoice.* event:\"a*b\"",
        ),
        ("- a-b", "captures containing “-”, containing “a-b”", "\"-\" a-b"),
    ] {
        let query = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(query.reading(), reading, "{text}");
        assert_eq!(query.to_string(), canonical, "{text}");
    }
}

#[test]
fn errors_name_the_place_and_what_may_have_been_meant() {
    for (text, place, message) in [
        ("a statsu:200", "statsu", "No filter called statsu. Did you mean status?"),
        ("colour:red", "colour", "No filter called colour. Write the whole in quotes to look for it as text."),
        ("tag:x", "tag", "No filter called tag. Did you mean label?"),
        ("event.x:y", "event.x", "event: has no parts. Did you mean event?"),
        ("verdict:invlid", "invlid", "verdict: knows no invlid. Did you mean invalid?"),
        (
            "dup:never",
            "never",
            "dup: knows no never. It is one of true, false, retry, duplicate, conflict, replay, possible_duplicate.",
        ),
        ("a \"b c", "\"b c", "This quote is not closed. Put a second \" at the end of the phrase."),
        ("(a OR b", "(", "This parenthesis is not closed."),
        ("a) b", ")", "This parenthesis closes nothing."),
        ("()", "()", "There is nothing in these parentheses."),
        ("a OR", "OR", "Something has to stand after OR."),
        ("OR a", "OR", "Something has to stand before OR. Write \"OR\" in quotes to look for the word."),
        ("AND a", "AND", "Something has to stand on both sides of AND. Write \"AND\" in quotes to look for the word."),
        ("provider:", "provider:", "A value is missing after provider: For example provider:stripe"),
        ("json:5", "json", "json: needs a name after a dot. For example json.data.object.amount:>1000"),
        ("json.a:>b", ">b", "A number has to stand after > Write the value in quotes to look for it as text."),
        ("size:big", "big", "A size is a number with B, KB, MB or GB. For example size:>1MB"),
        ("status:6000", "6000", "A status is a number from 100 to 999, or 5xx. For example status:>=400"),
        ("after:soon", "soon", "This is not a time. Write 1h, 2d, today, 2026-11-20 or 2026-11-20T14:30."),
        ("*", "*", "There is no text to look for."),
        ("\"\"", "\"\"", "There is no text to look for."),
        ("é -OR b", "-", "A filter has to stand after the minus."),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!((&text[error.span.start..error.span.end], error.to_string().as_str()), (place, message), "{text}");
    }
    let meant = parse("statsu:200").unwrap_err().suggestion.unwrap().replacement;
    assert_eq!(meant.as_deref(), Some("status"));
}

#[test]
fn no_text_costs_more_than_its_bounds() {
    assert!(parse(&"é".repeat(MAX_TEXT_BYTES)).unwrap_err().message.contains("too long"));
    assert!(parse(&"a ".repeat(MAX_TERMS)).is_ok());
    assert!(parse(&"a ".repeat(MAX_TERMS + 1)).unwrap_err().message.contains("too many"));
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(MAX_DEPTH)).is_ok());
    assert!(parse(&nested(MAX_DEPTH + 1)).unwrap_err().message.contains("too deep"));
    assert!(parse(&format!("{}a", "-".repeat(4_000))).is_ok());
    assert!(parse(&"(".repeat(4_000)).is_err());
}

#[test]
fn pieces_are_coloured_while_typing() {
    let text = "-size:>=1MB (colour:x OR \"a b";
    let found: Vec<(&str, TokenKind)> =
        tokens(text).into_iter().map(|token| (&text[token.span.start..token.span.end], token.kind)).collect();
    assert_eq!(
        found,
        [
            ("-", TokenKind::Not),
            ("size:", TokenKind::Key),
            (">=", TokenKind::Comparison),
            ("1MB", TokenKind::Value),
            ("(", TokenKind::Paren),
            ("colour:", TokenKind::UnknownKey),
            ("x", TokenKind::Value),
            ("OR", TokenKind::Operator),
            ("\"a b", TokenKind::Phrase),
        ]
    );
}

#[test]
fn the_cursor_tells_what_is_to_be_completed() {
    let wanted = |text: &str| {
        let cursor = text.find('|').unwrap();
        let text = text.replace('|', "");
        let completion = complete(&text, cursor);
        (text[completion.replace.start..completion.replace.end].to_owned(), completion)
    };
    let (replaced, completion) = wanted("a -pr|");
    assert_eq!((replaced.as_str(), completion.keys()), ("pr", vec![Key::Provider]));
    let (replaced, completion) = wanted("st|at:5 b");
    assert_eq!((replaced.as_str(), completion.keys()), ("stat:", vec![Key::Status, Key::Starred]));
    let (replaced, completion) = wanted("a |");
    assert_eq!((replaced.as_str(), completion.keys().len()), ("", Key::ALL.len()));
    let value = |key, path: Option<&str>, prefix: &str| Wanted::Value {
        key,
        path: path.map(str::to_owned),
        prefix: prefix.to_owned(),
    };
    let (replaced, completion) = wanted("event:\"inv|oice");
    assert_eq!((replaced.as_str(), completion.wanted), ("\"invoice", value(Key::Event, None, "inv")));
    let (replaced, completion) = wanted("(header.user-agent:|)");
    assert_eq!((replaced.as_str(), completion.wanted), ("", value(Key::Header, Some("user-agent"), "")));
    assert!(wanted("colour:r|").1.keys().is_empty());
}

fn some_text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z0-9_.é -]{1,8}", Just("OR".to_owned()), Just("AND".to_owned()), "[\"\\\\*():=<>\u{a0}\n-]{1,4}"]
}

fn some_pattern() -> impl Strategy<Value = Pattern> {
    (some_text(), prop::collection::vec(some_text(), 0..3), any::<bool>()).prop_map(|(first, mut pieces, open)| {
        pieces.insert(0, first);
        if open {
            pieces.push(String::new());
        }
        Pattern::from_pieces(pieces)
    })
}

fn some_op() -> impl Strategy<Value = Op> {
    prop::sample::select(vec![Op::Equal, Op::Less, Op::AtMost, Op::More, Op::AtLeast])
}

fn some_term() -> impl Strategy<Value = Term> {
    let anything = || prop_oneof![4 => some_pattern(), 1 => Just(Pattern::from_pieces(vec![String::new(); 2]))];
    let step = prop_oneof![4 => some_text().prop_map(Step::Name), 1 => Just(Step::Any)];
    let moments = ["after:3w", "after:today", "before:2026-2-3", "before:2026-02-03T04:05:06", "after:yesterday"];
    prop_oneof![
        some_pattern().prop_map(Term::Text),
        some_pattern().prop_map(Term::Body),
        anything().prop_map(Term::Event),
        anything().prop_map(Term::Note),
        anything().prop_map(Term::Label),
        (some_text(), anything()).prop_map(|(name, value)| Term::Header { name, value }),
        prop::sample::select(VERDICTS.to_vec()).prop_map(Term::Verdict),
        (some_op(), any::<u64>()).prop_map(|(op, value)| Term::Size(NumberTest { op, value: value >> 14 })),
        (some_op(), 100_u64..=999).prop_map(|(op, value)| Term::Status(StatusTest::Is(NumberTest { op, value }))),
        (1_u8..=9).prop_map(|digit| Term::Status(StatusTest::Class(digit))),
        any::<bool>().prop_map(Term::Starred),
        any::<bool>().prop_map(|before| Term::Dup(DupTest::Before(before))),
        (prop::collection::vec(step, 1..4), some_op(), any::<i64>(), some_pattern(), any::<bool>()).prop_map(
            |(path, op, number, pattern, compares)| {
                let number = JsonNumber::new(&number.to_string()).unwrap();
                let test = if compares { JsonTest::Compare(op, number) } else { JsonTest::Is(pattern) };
                Term::Json { path, test }
            }
        ),
        prop::sample::select(moments.to_vec()).prop_map(|text| parse(text).unwrap().terms()[0].clone()),
    ]
}

fn some_node() -> impl Strategy<Value = Node> {
    some_term().prop_map(Node::Term).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|nodes| Node::all(nodes).unwrap()),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|nodes| Node::any(nodes).unwrap()),
            inner.prop_map(Node::negated),
        ]
    })
}

/// What people type, and what nobody should.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~]{0,6}",
        "\\PC{0,4}",
        prop::sample::select(vec![
            "provider:",
            "json.",
            "json.a.b:>",
            "header.",
            "\"",
            "\\",
            "(",
            ")",
            "-",
            " OR ",
            " AND ",
            "*",
            ":",
            "size:>1",
            "after:",
            "status:",
            "5xx",
            "dup:",
            "é",
            "\u{10ffff}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_tree_comes_back_from_its_text(node in some_node()) {
        let query = Query { root: Some(node) };
        prop_assert_eq!(parse(&query.to_string()), Ok(query));
    }

    #[test]
    fn no_text_makes_a_panic_and_places_are_inside_it(text in any_text(), cursor in 0_usize..80) {
        match parse(&text) {
            Ok(query) => {
                let written = query.to_string();
                prop_assert!(!query.reading().is_empty());
                // Quotes may make it longer than can be read.
                if written.len() <= MAX_TEXT_BYTES {
                    prop_assert_eq!(parse(&written), Ok(query));
                }
            }
            Err(error) => prop_assert!(text.get(error.span.start..error.span.end).is_some()),
        }
        let mut end = 0;
        for token in tokens(&text) {
            prop_assert!(token.span.start >= end && token.span.start < token.span.end);
            prop_assert!(text.get(token.span.start..token.span.end).is_some());
            end = token.span.end;
        }
        let completion = complete(&text, cursor);
        prop_assert!(text.get(completion.replace.start..completion.replace.end).is_some());
    }

    #[test]
    fn a_quoted_text_is_that_text(text in "\\PC{1,12}") {
        prop_assert_eq!(parse(&quoted(&text)), Ok(Query { root: Some(Node::Term(Term::Text(Pattern::literal(text)))) }));
    }
}
