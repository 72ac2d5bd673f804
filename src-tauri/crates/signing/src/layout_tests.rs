use super::*;
use crate::punctuation::{Punctuation, Separator};

fn list(separator: char, assign: char) -> Layout {
    Layout::List(ElementList {
        prefix: String::new(),
        separator: Separator::try_from(separator.to_string()).unwrap(),
        assign: Punctuation::try_from(assign).unwrap(),
        signature: SignatureName::try_from("v1".to_owned()).unwrap(),
        signature_first: false,
    })
}

fn prefix() -> Layout {
    Layout::Prefix(Prefix::try_from("sha256=".to_owned()).unwrap())
}

fn written<const N: usize>(texts: [&str; N]) -> [WrittenSignature; N] {
    texts.map(|text| WrittenSignature { name: "sha256".to_owned(), text: text.to_owned() })
}

fn values(found: &Signatures<'_>) -> Vec<String> {
    found.kept.iter().map(|element| String::from_utf8_lossy(element.value).into_owned()).collect()
}

#[test]
fn finds_signatures_among_other_elements() {
    let found = list(',', '=').signatures(b"t=1,v1=aa,v0=bb,v1=cc", &["t"]);
    assert_eq!(values(&found), ["aa", "cc"]);
    assert_eq!(found.kept[1].offset, 19);
    assert_eq!(found.other_names, [b"v0"]);
    assert_eq!(found.fault, None);

    let found = list(' ', ',').signatures(b"v1,aa=  v1a,bb v1,cc=", &[]);
    assert_eq!(values(&found), ["aa=", "cc="]);
    assert_eq!(found.other_names, [b"v1a"]);
    assert_eq!(found.fault, None, "nothing between two separators is no fault");
}

#[test]
fn points_at_the_first_fault() {
    let fault = |layout: Layout, header: &str| layout.signatures(header.as_bytes(), &["t"]).fault.unwrap();
    assert_eq!(fault(list(',', '='), "t=1,v1").offset, 6);
    assert_eq!(fault(list(',', '='), "t=1, v1=aa").offset, 4);
    assert_eq!(fault(list(',', '='), "=aa").offset, 0);
    assert_eq!(fault(list(' ', ','), "g0hM9SsE=").offset, 9);
    assert_eq!(fault(prefix(), "757107ea").offset, 0);
    assert_eq!(fault(prefix(), "757107ea=").expected, "sha256= followed by the signature");
}

#[test]
fn another_algorithm_in_the_prefix_is_another_version() {
    let found = prefix().signatures(b"sha1=aa", &[]);
    assert_eq!(found.total, 0);
    assert_eq!(found.other_names, [b"sha1"]);
}

#[test]
fn counts_all_but_keeps_few() {
    let header = "v1=aa,".repeat(10_000);
    let found = list(',', '=').signatures(header.as_bytes(), &[]);
    assert_eq!((found.total, found.kept.len()), (10_000, MAX_SIGNATURES_COMPARED));
    let header = "v9=aa,".repeat(10_000);
    assert_eq!(list(',', '=').signatures(header.as_bytes(), &[]).other_names.len(), OTHER_NAMES_KEPT);
}

#[test]
fn a_repeated_single_element_is_a_fault() {
    assert_eq!(list(',', '=').element(b"t=1,v1=a", "t"), Ok(Some(&b"1"[..])));
    assert_eq!(list(',', '=').element(b"v1=a", "t"), Ok(None));
    assert_eq!(list(',', '=').element(b"t=1,t=2", "t").unwrap_err().offset, 6);
}

#[test]
fn writes_what_it_reads() {
    let signatures = written(["aa", "bb"]);
    let header = list(',', '=').write(&[("t", b"1")], &signatures).unwrap();
    assert_eq!(header, b"t=1,v1=aa,v1=bb");
    assert_eq!(values(&list(',', '=').signatures(&header, &["t"])), ["aa", "bb"]);
    assert_eq!(list(' ', ',').write(&[], &signatures).unwrap(), b"v1,aa v1,bb");
    assert_eq!(prefix().write(&[], &signatures[..1]).unwrap(), b"sha256=aa");
    assert_eq!(prefix().write(&[], &signatures), None);
    assert_eq!(Layout::NamedPrefix.write(&[], &signatures[..1]).unwrap(), b"sha256=aa");
}

#[test]
fn punctuation_and_names_cannot_be_confused() {
    assert!(Punctuation::try_from('a').is_err());
    assert!(Punctuation::try_from('-').is_err());
    assert!(Punctuation::try_from('·').is_err());
    assert!(ElementName::try_from("v=1".to_owned()).is_err());
    assert!(Prefix::try_from(String::new()).is_err());
    assert!(Prefix::try_from("sha256".to_owned()).is_err());
    assert!(Prefix::try_from("=".to_owned()).is_err());
}

#[derive(Deserialize)]
struct Holder {
    layout: Layout,
}

fn layout(text: &str) -> Layout {
    toml::from_str::<Holder>(&format!("layout = {text}")).unwrap().layout
}

#[test]
fn a_bare_header_is_the_signature() {
    let bare = layout("\"bare\"");
    assert_eq!(values(&bare.signatures(b"aa", &[])), ["aa"]);
    assert_eq!(bare.write(&[], &written(["aa"])).unwrap(), b"aa");
    assert_eq!(bare.write(&[], &written(["aa", "bb"])), None);
}

#[test]
fn positions_tell_elements_apart() {
    let positional = layout("{ positional = { separator = \",\", leading = [\"t\"] } }");
    let found = positional.signatures(b"17,aa,bb", &[]);
    assert_eq!(values(&found), ["aa", "bb"]);
    assert_eq!(found.kept[1].offset, 6);
    assert_eq!(positional.element(b"17,aa", "t"), Ok(Some(&b"17"[..])));
    let fault = positional.signatures(b"17", &[]).fault.unwrap();
    assert_eq!((fault.offset, fault.expected.as_str()), (2, "t,the signature"));
    let signatures = written(["aa", "bb"]);
    assert_eq!(positional.write(&[("t", b"17")], &signatures).unwrap(), b"17,aa,bb");
    assert_eq!(positional.lacks_element(&ElementName::try_from("t".to_owned()).unwrap()), None);
    assert!(positional.lacks_element(&ElementName::try_from("x".to_owned()).unwrap()).is_some());
}

#[test]
fn a_spaced_separator_reads_both_and_writes_the_space() {
    let spaced =
        layout("{ list = { separator = \", \", assign = \"=\", signature = \"v1\", signature_first = true } }");
    for header in [&b"t=1, v1=aa"[..], b"t=1,v1=aa", b"v1=aa,  t=1"] {
        assert_eq!(values(&spaced.signatures(header, &["t"])), ["aa"]);
        assert_eq!(spaced.element(header, "t"), Ok(Some(&b"1"[..])));
    }
    assert_eq!(spaced.signatures(b"t=1, v1=aa", &["t"]).kept[0].offset, 8);
    assert_eq!(spaced.write(&[("t", b"1")], &written(["aa"])).unwrap(), b"v1=aa, t=1");
    assert!(Separator::try_from(",,".to_owned()).is_err());
    assert!(Separator::try_from("  ".to_owned()).is_err());
    assert!(Separator::try_from(String::new()).is_err());
}

#[test]
fn a_prefix_may_end_in_a_space() {
    let scheme = layout("{ prefix = \"HMAC \" }");
    assert_eq!(values(&scheme.signatures(b"HMAC aa=", &[])), ["aa="]);
    assert_eq!(scheme.signatures(b"Bearer aa", &[]).other_names, [b"Bearer"]);
    assert_eq!(scheme.write(&[], &written(["aa"])).unwrap(), b"HMAC aa");
}

#[test]
fn a_named_prefix_gives_its_name() {
    let found = Layout::NamedPrefix.signatures(b"sha512=aa=", &[]);
    assert_eq!((found.kept[0].name, found.kept[0].value), (&b"sha512"[..], &b"aa="[..]));
    for header in [&b"aa"[..], b"=aa", b"sha512=", b"a b=aa"] {
        assert!(Layout::NamedPrefix.signatures(header, &[]).fault.is_some());
    }
}

#[test]
fn elements_may_be_named_by_their_keys() {
    let by_key = layout("{ list = { separator = \"&\", assign = \"|\", signature = \"{key_id}\" } }");
    let found = by_key.signatures(b"pub1|aa&pub2|bb", &[]);
    assert_eq!(values(&found), ["aa", "bb"]);
    let signatures = [WrittenSignature { name: "pub1".to_owned(), text: "aa".to_owned() }];
    assert_eq!(by_key.write(&[], &signatures).unwrap(), b"pub1|aa");
}

#[test]
fn a_list_may_stand_behind_a_prefix() {
    let text =
        r#"layout = { list = { prefix = "Application ", separator = ",", assign = ":", signature = "{key_id}" } }"#;
    let layout = toml::from_str::<std::collections::BTreeMap<String, Layout>>(text).unwrap().remove("layout").unwrap();
    let signature = WrittenSignature { name: "key-1".to_owned(), text: "YQ==".to_owned() };
    let header = layout.write(&[], &[signature]).unwrap();
    assert_eq!(header, b"Application key-1:YQ==");
    let found = layout.signatures(&header, &[]);
    assert_eq!((found.kept[0].value, found.kept[0].offset), (&b"YQ=="[..], 18));
    let fault = layout.signatures(b"Basic a2V5", &[]).fault.unwrap();
    assert_eq!((fault.offset, fault.expected.as_str()), (0, "\"Application \" before the list"));
}
