//! What the real stacks write, found from what the other stacks write. Each runs once for all documents.

use std::{
    collections::{HashMap, HashSet},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use hookglass_model::HeaderList;
use proptest::{
    prelude::*,
    strategy::{Strategy, ValueTree as _},
    test_runner::TestRunner,
};
use serde_json::{Map, Value};

use super::for_each;
use crate::Message;

/// More than any list of these documents comes to.
const BUDGET_BYTES: u64 = 64 * 1024 * 1024;

/// Documents beside the chosen ones: enough that every pair of features meets, and few enough for a second or two.
const RANDOM_DOCUMENTS: usize = 24;

/// A document as a stack writes it.
struct Written {
    stack: &'static str,
    way: usize,
    /// Whether the order of fields is lost.
    is_sorted: bool,
    text: Vec<u8>,
}

/// Everything that stacks write each in their way, where nothing is lost: no numbers but small integers and plain
/// fractions, no field twice, and no names that JavaScript takes for indices.
fn documents() -> Vec<String> {
    let chosen = [
        r#"{"b":1,"a":2}"#,
        r#"{"b":[],"a":{}}"#,
        r#"{"b":[[],{},[{}],{"c":[]}],"a":{"d":{}}}"#,
        "[]",
        r#"[1,2.5,-3,0,true,false,null,"",[2]]"#,
        r#"[{"b":"x","a":[1,[2,[3,{"z":"é","y":null}]]]}]"#,
        r#"{"b":"é","a":"ß😀漢"}"#,
        r#"{"b":"https://example.com/a/b?c=d&e=f","a":"</script>"}"#,
        r#"{"b":"<é/😀>&'=+`","a":"\"quoted\" \\ back"}"#,
        r#"{"b":"\b\f\n\r\t\u0000\u001f\u007f","a":"\u2028\u2029"}"#,
        r#"{"é/<":1,"b\"\n":2,"a b":3,"😀":4,"\uffee":5}"#,
        r#"{"b":"\u0080\u00a0\u0178\ufeff\ufffd\ue000","a":"+"}"#,
        r#"{"b":{"z":[{"d":1,"c":2},{"d":3,"c":4}]},"a":[["y","x"]]}"#,
        r#"{"b":19.99,"a":-0.5,"c":[1.25,100,123456789012]}"#,
        r#"{"b":"a: b, c","a":"{\"x\": [1, 2]}"}"#,
    ];
    let mut runner = TestRunner::deterministic();
    let random = (0..RANDOM_DOCUMENTS).map(|_| document().new_tree(&mut runner).unwrap().current().to_string());
    chosen.into_iter().map(ToOwned::to_owned).chain(random).collect()
}

/// A random document.
fn document() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[a-z]{0,6}",
        "[a-zé€😀/<>&'\"=+`\\\\ \u{8}\u{c}\n\u{7f}\u{2028}]{0,6}",
        any::<String>().prop_map(|text| text.chars().take(6).collect()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        // Two decimals, the last no nought, are written alike everywhere.
        (0..1000, 1..10).prop_map(|(whole, last)| Value::from(f64::from(whole * 100 + 10 + last) / 100.0)),
        text.clone().prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(4, 24, 5, move |inner| {
        // Letters come before digits, so none is an index.
        let name = text.clone().prop_map(|text| format!("n{text}"));
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..5)
                .prop_map(|fields| Value::from(fields.into_iter().collect::<Map<_, _>>())),
        ]
    });
    prop::collection::vec(value, 1..4).prop_map(Value::from)
}

/// What a stack writes of every document, one list a document; `None` when it is not installed.
fn run(stack: &'static str, mut command: Command, documents: &[String], sorts: &[usize]) -> Option<Vec<Vec<Written>>> {
    let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = started else { return None };
    let mut input = child.stdin.take().unwrap();
    let lines = documents.join("\n") + "\n";
    // Whoever reads all before writing is not waited for, and the other way round.
    let writing = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    assert!(output.status.success(), "{stack} failed");
    let texts = |line: &str| {
        let text = |(way, digits): (usize, &str)| Written {
            stack,
            way,
            is_sorted: sorts.contains(&way),
            text: hex::decode(digits).unwrap(),
        };
        line.split(' ').enumerate().map(text).collect::<Vec<_>>()
    };
    let written: Vec<_> = String::from_utf8(output.stdout).unwrap().lines().map(texts).collect();
    assert_eq!(written.len(), documents.len(), "{stack} answered otherwise");
    Some(written)
}

/// What every installed stack writes of every document, one list a document.
fn written(documents: &[String]) -> Vec<Vec<Written>> {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/doctor/body/stacks");
    let script = |program: &str, script: &str| {
        let mut command = Command::new(program);
        command.arg(scripts.join(script));
        command
    };
    let stacks = [
        ("node", script("node", "node.mjs"), &[][..]),
        ("python3", script("python3", "python.py"), &[8, 9, 10, 11, 12]),
        ("php", script("php", "php.php"), &[]),
        ("ruby", script("ruby", "ruby.rb"), &[]),
        ("go", go(&scripts.join("main.go")), &[0, 1, 2, 3, 4, 5, 6, 7]),
    ];
    let mut all: Vec<Vec<Written>> = documents.iter().map(|_| Vec::new()).collect();
    for (stack, command, sorts) in stacks {
        let Some(answers) = run(stack, command, documents, sorts) else { continue };
        all.iter_mut().zip(answers).for_each(|(all, answers)| all.extend(answers));
    }
    all
}

/// Builds below cargo's own folder, where the next run finds what this one compiled.
fn go(source: &Path) -> Command {
    let test = std::env::current_exe().unwrap();
    let folder: PathBuf = test.parent().unwrap().join("doctor-body-go");
    let mut command = Command::new("go");
    command.arg("run").arg(source).env("GOCACHE", folder.join("cache")).env("GOPATH", folder.join("path"));
    command.env("GO111MODULE", "off").env("GOTOOLCHAIN", "local").env("GOFLAGS", "");
    command
}

/// The bodies that are tried for this one, with their second causes.
fn tried(body: &[u8]) -> HashMap<Vec<u8>, Option<&'static str>> {
    let headers = HeaderList::new();
    let message = Message { method: "POST", target: "/", url: None, headers: &headers, body };
    let mut all = HashMap::new();
    for_each(&message, BUDGET_BYTES, &mut |variant| {
        all.insert(variant.bytes, variant.second);
        true
    });
    all
}

/// Looks for what each stack signed, with this end, in what is tried for every text that another wrote, with that end;
/// `second` is the second cause that each must have, and `keeps` says whether a stack loses nothing of a document.
fn assert_found(
    documents: &[String],
    (signed_end, arrived_end): (&str, &str),
    second: Option<&'static str>,
    keeps: impl Fn(&Written) -> bool,
) {
    let ended = |text: &[u8], end: &str| [text, end.as_bytes()].concat();
    let (mut missed, mut checked) = (Vec::new(), 0);
    for texts in written(documents) {
        let mut seen = HashSet::new();
        for arrived in texts.iter().filter(|arrived| keeps(arrived)) {
            if !seen.insert(&arrived.text) {
                continue;
            }
            let tried = tried(&ended(&arrived.text, arrived_end));
            let others = texts.iter().filter(|signed| signed.text != arrived.text);
            for signed in others.filter(|signed| signed.is_sorted || !arrived.is_sorted) {
                checked += 1;
                if tried.get(&ended(&signed.text, signed_end)) != Some(&second) {
                    let [from, to] = [arrived, signed].map(|written| {
                        format!("{} {}: {}", written.stack, written.way, String::from_utf8_lossy(&written.text))
                    });
                    missed.push(format!("signed by {to}\narrived from {from}"));
                }
            }
        }
    }
    missed.sort_by_key(String::len);
    assert!(
        missed.is_empty(),
        "{} of {checked}, for example\n{}",
        missed.len(),
        missed[..missed.len().min(5)].join("\n")
    );
    // Node and Python, which are always there, have a dozen texts of a document between them.
    assert!(checked > documents.len() * 12, "{checked} of {} documents", documents.len());
}

#[test]
fn what_an_installed_stack_signs_is_found_from_what_the_others_write() {
    assert_found(&documents(), ("", ""), None, |_| true);
}

#[test]
fn what_an_installed_stack_signs_is_found_where_a_line_end_was_added_or_removed() {
    let mut documents = documents();
    // Ruby's empty array without its line ends is that of the others, which is one cause.
    documents.retain(|document| document != "[]");
    assert_found(&documents, ("", "\n"), Some("newline_added"), |_| true);
    assert_found(&documents, ("", "\r\n"), Some("newline_added"), |_| true);
    assert_found(&documents, ("\n", ""), Some("newline_removed"), |_| true);
}

#[test]
fn what_an_installed_stack_signs_is_found_with_numbers_as_that_stack_writes_them() {
    let with = |numbers: &[&str]| -> Vec<_> {
        numbers.iter().map(|number| format!("{{\"b\":\"é/\",\"a\":[{number},7]}}")).collect()
    };
    let fractions = with(&["0.00001", "1.5e300", "5e-324", "0.1", "4.50", "12345678.9", "1.25E-9"]);
    assert_found(&fractions, ("", ""), None, |_| true);
    // The others write these as integers, of which nobody knows that they were fractions.
    let whole = with(&["10.0", "1e3", "100.00", "1e15"]);
    assert_found(&whole, ("", ""), None, |arrived| ["python3", "ruby"].contains(&arrived.stack));
    // JavaScript and Go lose the last digit of the first, and PHP of the second.
    let integers = with(&["9007199254740993"]);
    assert_found(&integers, ("", ""), None, |arrived| ["python3", "ruby", "php"].contains(&arrived.stack));
    let integers = with(&["123456789012345678901"]);
    assert_found(&integers, ("", ""), None, |arrived| ["python3", "ruby"].contains(&arrived.stack));
}
