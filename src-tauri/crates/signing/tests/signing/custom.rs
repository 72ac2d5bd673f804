//! Recipes of the user's own beside the built-in ones, and schemes in words.

use std::{fs, path::Path};

use hookglass_model::ProviderId;
use hookglass_signing::{Registry, recipe_guide};

use crate::request::provider;

fn own(id: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("providers");
    let stripe = fs::read_to_string(folder.join("stripe.toml")).unwrap();
    stripe.replace("id = \"stripe\"", &format!("id = {id:?}")).replace("name = \"Stripe\"", "name = \"Our Stripe\"")
}

#[test]
fn those_that_work_are_there_and_the_others_say_why_not() {
    let built_in = Registry::built_in();
    let (mine, taken, other) = (own("mine"), own("stripe"), own("other"));
    let (registry, errors) = built_in.with_custom(&[
        ("mine.toml", &mine),
        ("broken.toml", "id = "),
        ("stripe.toml", &taken),
        ("misnamed.toml", &other),
        ("mine.toml", &mine),
    ]);
    let said: Vec<_> = errors.iter().map(|error| (error.file.as_str(), error.field.as_str())).collect();
    assert_eq!(said, [("broken.toml", ""), ("stripe.toml", "id"), ("misnamed.toml", "id"), ("mine.toml", "id")]);
    assert_eq!(registry.providers().count(), built_in.providers().count() + 1);
    let custom = registry.get("mine").unwrap();
    assert!(custom.is_custom() && !custom.is_official(), "nobody looked at its evidence");
    assert_eq!(custom.recipe_text(), mine);
    assert!(!registry.get("stripe").unwrap().is_custom());
    let names: Vec<_> = registry.providers().map(|provider| provider.name().to_lowercase()).collect();
    assert!(names.is_sorted());

    let (without, errors) = registry.with_custom(&[]);
    assert!(without.get("mine").is_none() && errors.is_empty(), "each reading replaces the one before");
}

#[test]
fn an_edition_may_keep_its_own_id_and_take_no_other() {
    let (registry, _) = Registry::built_in().with_custom(&[("mine.toml", &own("mine"))]);
    let mine = ProviderId::from("mine");
    assert_eq!(registry.read_custom(&own("mine"), Some(&mine)).unwrap().id(), &mine);
    assert_eq!(registry.read_custom(&own("free"), Some(&mine)).unwrap().id().as_str(), "free");
    for (id, replaces) in [("mine", None), ("stripe", None), ("stripe", Some(&ProviderId::from("stripe")))] {
        let error = registry.read_custom(&own(id), replaces).unwrap_err();
        assert_eq!((error.line, error.field.as_str()), (1, "id"), "{id}");
    }
    for id in ["", "-a", "A", "a b", "../a", "a/b", "a.b", "ä", &"a".repeat(65)] {
        assert_eq!(registry.read_custom(&own(id), None).unwrap_err().field, "id", "{id}");
    }
}

#[test]
fn the_guide_explains_the_language_and_not_this_repository() {
    let guide = recipe_guide();
    assert!(guide.contains("[signature]") && guide.contains("`{body}`") && guide.contains("[[recognise]]"));
    assert!(!guide.contains("[[vector]]"));
}

#[test]
fn every_built_in_scheme_is_told_in_words() {
    for provider in Registry::built_in().providers() {
        let titles: Vec<_> = provider.facts().iter().map(|fact| fact.title).collect();
        for title in ["Stands in", "Written as", "Made with", "Signed content", "Key", "Body"] {
            assert!(titles.contains(&title) || title == "Written as", "{}: {title}", provider.id());
        }
        assert!(provider.facts().iter().all(|fact| !fact.text.trim().is_empty()), "{}", provider.id());
        assert!(provider.facts().iter().all(|fact| !fact.text.contains('\n') || fact.is_code), "{}", provider.id());
    }
    let facts = provider("stripe").facts();
    let said = |title: &str| facts.iter().find(|fact| fact.title == title).unwrap().text.clone();
    assert_eq!(said("Stands in"), "the header Stripe-Signature");
    assert_eq!(said("Written as"), "elements “name=value” with “,” between them; signatures are named v1");
    assert_eq!(said("Made with"), "HMAC-SHA256, written as hex");
    assert_eq!(said("Signed content"), "{timestamp}.{body}");
    assert_eq!(
        said("Timestamp"),
        "the signature's own element t, in Unix seconds, at most 300 s old; one ahead of the clock passes"
    );
    assert_eq!(said("Body"), "covered by the signature");
    let said = |id: &str, title: &str| {
        provider(id).facts().into_iter().find(|fact| fact.title == title).map(|fact| fact.text).unwrap()
    };
    assert_eq!(said("netlify", "Must also hold"), "the token's claim /sha256 equals {body|sha256|hex}");
    assert_eq!(said("netlify", "Signed content"), "the token's own header and claims");
    assert_eq!(said("bridge-xyz", "Hashed first"), "sha256; the hash is what is signed");
    assert!(said("sinch-application", "Written as").starts_with("“Application ”, then elements"));
}

#[test]
fn a_shared_file_cannot_play_tricks_with_what_lists_show() {
    let long = "x".repeat(161);
    for (shown, part) in
        [("", "empty"), (" ", "empty"), ("a\u{202e}b", "direction"), ("a\\u001bb", "control"), (&*long, "160")]
    {
        for (field, from) in [
            ("name", "name = \"Our Stripe\"".to_owned()),
            ("summary", "summary = \"Stripe-Signature · t, v1 · HMAC-SHA256 hex\"".to_owned()),
            ("secret.hint", "hint = \"whsec_…\"".to_owned()),
        ] {
            let (key, _) = from.split_once(" = ").unwrap();
            let text = own("mine").replace(&from, &format!("{key} = \"{shown}\""));
            let line = 1 + text[..=text.find(&format!("\n{key} = ")).unwrap()].matches('\n').count();
            let error = Registry::built_in().read_custom(&text, None).unwrap_err();
            assert_eq!((error.field.as_str(), error.line as usize), (field, line), "{shown:?}");
            assert!(error.problem.contains(part), "{error}");
        }
    }
}
