//! Recipes: the built-in ones are complete, and broken ones are refused at file, line and field.

use std::{fs, path::Path};

use hookglass_signing::{RecipeError, Registry};

use crate::request::provider;

fn built_in(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("providers").join(file)).unwrap()
}

/// Loads the file with one text replaced; the line returned is the one where the new text begins.
fn changed(file: &str, from: &str, to: &str) -> (RecipeError, u32) {
    let text = built_in(file);
    let at = text.find(from).unwrap_or_else(|| panic!("{file} has no {from}"));
    let line = 1 + text[..at].matches('\n').count();
    let text = text.replacen(from, to, 1);
    (Registry::load(&[(file, &text)]).unwrap_err(), u32::try_from(line).unwrap())
}

#[test]
fn every_file_of_the_folder_is_built_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("providers");
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let id = path.file_stem().unwrap().to_str().unwrap();
            assert!(Registry::built_in().get(id).is_some(), "{id}");
            files += 1;
        }
    }
    assert_eq!(Registry::built_in().providers().count(), files);
    assert!(Registry::built_in().get("unknown").is_none());
}

#[test]
fn providers_come_sorted_and_described() {
    let names: Vec<_> = Registry::built_in().providers().map(|provider| provider.name().to_lowercase()).collect();
    assert!(names.is_sorted());
    let stripe = provider("stripe");
    assert_eq!(stripe.scheme(), "Stripe v1 · HMAC-SHA256 · hex");
    assert_eq!(stripe.summary(), "Stripe-Signature · t, v1 · HMAC-SHA256 hex");
    assert_eq!((stripe.monogram(), stripe.hue()), ("S", Some(244)));
    assert_eq!(stripe.signature_headers(), ["Stripe-Signature"]);
    assert_eq!(provider("github").scheme(), "GitHub · HMAC-SHA256 · hex");
    assert_eq!(provider("github").tolerance_seconds(), None);
    assert_eq!(provider("standard-webhooks").scheme(), "Standard Webhooks v1 · HMAC-SHA256 · base64");
    for provider in Registry::built_in().providers() {
        assert!(!provider.secret_hint().is_empty());
        assert!((1..=2).contains(&provider.monogram().chars().count()));
        assert!(provider.docs().is_empty() || provider.docs().starts_with("https://"));
        assert!(provider.evidence().iter().all(|evidence| !evidence.source.is_empty()));
    }
}

#[test]
fn third_party_evidence_makes_a_community_recipe() {
    let text = built_in("stripe.toml").replace("official-sdk-source", "third-party");
    let registry = Registry::load(&[("stripe.toml", &text)]).unwrap();
    assert!(!registry.get("stripe").unwrap().is_official());
}

#[test]
fn schema_errors_name_file_line_and_field() {
    for (file, from, to, field, says) in [
        ("stripe.toml", "hue =", "hoe =", "hoe", "unknown field"),
        ("stripe.toml", "hue = 244", "hue = \"red\"", "hue", "invalid type"),
        ("stripe.toml", "hue = 244", "hue = 360", "hue", "0 to 359"),
        ("stripe.toml", "\"S\"", "\"Stripe\"", "monogram", "one or two letters"),
        ("stripe.toml", "\"https://", "\"javascript:", "docs", "https"),
        ("stripe.toml", "encoding = \"hex\"", "encoding = \"hexx\"", "signature.encoding", "`hex`"),
        ("stripe.toml", "encoding = \"hex\"", "encodings = \"hex\"", "signature.encodings", "unknown field"),
        ("stripe.toml", "{body}\"", "{bdy}\"", "signature.content", "unknown placeholder {bdy}"),
        ("stripe.toml", "{body}\"", "{body\"", "signature.content", "needs its }"),
        ("stripe.toml", "future = \"accepted\"", "future = 1", "timestamp.future", "string"),
        ("stripe.toml", "300", "0", "timestamp.tolerance_seconds", "nonzero"),
        ("stripe.toml", "300", "-1", "timestamp.tolerance_seconds", "integer"),
        ("stripe.toml", "separator = \",\"", "separator = \"=\"", "signature.layout", "must differ"),
        ("stripe.toml", "points = 100", "points = 0", "recognise[0].points", "nonzero"),
        ("stripe.toml", "json = \"/type\"", "json = \"type\"", "event.type[0].json", "JSON pointer"),
        ("stripe.toml", "{ json = \"/type\" }", "{ yaml = \"/type\" }", "event.type[0]", "unknown variant"),
        ("stripe.toml", "signature_element = \"t\"", "signature_element = \"v1\"", "timestamp.from", "already"),
        ("github.toml", "sha256=\" }", "\" }", "signature.layout.prefix", "not a prefix"),
        ("github.toml", "content = \"{body}\"", "content = \"{timestamp}{body}\"", "signature.content", "[timestamp]"),
        (
            "github.toml",
            "header = \"X-Hub-Signature-256\"",
            "header = \"X Hub\"",
            "signature.from.header",
            "header name",
        ),
        ("standard-webhooks.toml", "id = \"standard", "id = \"substandard", "id", "file's name"),
        ("standard-webhooks.toml", "form = \"base64\"", "form = \"base65\"", "secret.form", "unknown variant"),
    ] {
        let (error, line) = changed(file, from, to);
        assert_eq!(error.file, file);
        assert_eq!(error.field, field, "{to}: {error}");
        assert_eq!(error.line, line, "{to}: {error}");
        assert!(error.problem.contains(says), "{to}: {error}");
        assert!(error.to_string().starts_with(&format!("{file}:{line}: {field}: ")), "{error}");
    }
}

#[test]
fn missing_fields_are_named_with_their_table() {
    let (error, _) = changed("stripe.toml", "algorithm = \"hmac-sha256\"", "");
    assert_eq!(error.field, "signature.algorithm");
    let table = built_in("stripe.toml").lines().position(|line| line == "[signature]").unwrap() + 1;
    assert_eq!(error.line as usize, table, "{error}");
    let (error, _) = changed("stripe.toml", "name = \"Stripe\"", "");
    assert_eq!((error.field.as_str(), error.line), ("name", 1));
}

#[test]
fn a_list_element_needs_a_list() {
    let (error, _) = changed(
        "stripe.toml",
        "{ list = { separator = \",\", assign = \"=\", signature = \"v1\" } }",
        "{ prefix = \"v1=\" }",
    );
    assert_eq!(error.field, "timestamp.from");
    assert!(error.problem.contains("kind list"), "{error}");
}

#[test]
fn no_evidence_and_too_many_entries_are_refused() {
    let text = built_in("github.toml");
    let start = text.find("evidence = [").unwrap();
    let end = start + text[start..].find("\n]").unwrap() + 2;
    let none = format!("{}evidence = []{}", &text[..start], &text[end..]);
    assert_eq!(Registry::load(&[("github.toml", &none)]).unwrap_err().field, "evidence");

    let clue = "\n[[recognise]]\nheader = \"X-A\"\npoints = 1\n";
    let many = format!("{text}{}", clue.repeat(40));
    assert_eq!(Registry::load(&[("github.toml", &many)]).unwrap_err().field, "recognise");
}

#[test]
fn two_files_cannot_share_an_id() {
    let text = built_in("stripe.toml");
    let error = Registry::load(&[("stripe.toml", &text), ("stripe.toml", &text)]).unwrap_err();
    assert_eq!((error.line, error.field.as_str()), (1, "id"));
}

#[test]
fn hostile_files_are_refused_in_bounded_time() {
    let deep_array = format!("id = {}", "[".repeat(30_000));
    let deep_closed = format!("id = {}{}", "[".repeat(30_000), "]".repeat(30_000));
    let deep_table = format!("id = {}", "{ a = ".repeat(10_000));
    let deep_key = format!("{}a = 1", "a.".repeat(30_000));
    let deep_header = format!("[{}a]", "a.".repeat(30_000));
    let huge = format!("# {}", "x".repeat(10_000_000));
    // Found by fuzzing: faults in inline tables let the toml crate descend without a bound.
    let deep_faults = "from = {e64 text\"\n\n[signature]\n".repeat(1_900);
    let long_value = format!("id = {:?}", "x".repeat(60_000));
    let long_field = format!("{} = 1", "x".repeat(60_000));
    for (text, says) in [
        (deep_array.as_str(), ""),
        (&deep_closed, ""),
        (&deep_table, ""),
        (&deep_key, ""),
        (&deep_header, ""),
        (&huge, "at most 65536"),
        (&deep_faults, "more than 256 brackets"),
        (&long_value, ""),
        (&long_field, "unknown field"),
        ("", "missing field"),
        ("id = \"a\"\nid = \"b\"", "duplicate key"),
        ("id = \"a\nname = \"b\"", ""),
        ("\u{0}", ""),
    ] {
        let error = Registry::load(&[("a.toml", text)]).unwrap_err();
        assert!(error.problem.contains(says) && !error.problem.is_empty(), "{error}");
        assert!(error.to_string().len() < 1000, "{error}");
    }
    let second_line = Registry::load(&[("a.toml", "id = \"a\"\nid = \"b\"")]).unwrap_err();
    assert_eq!(second_line.line, 2);
}
