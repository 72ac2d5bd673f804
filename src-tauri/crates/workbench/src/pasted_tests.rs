use super::*;

fn headers(pasted: &Pasted) -> Vec<(String, String)> {
    pasted.headers.iter().map(|header| (header.name.to_ascii_lowercase(), header.value_lossy().into_owned())).collect()
}

#[test]
fn every_usual_form_is_read() {
    let signature = ("stripe-signature".to_owned(), "t=1,v1=ab".to_owned());
    let content_type = ("content-type".to_owned(), "application/json".to_owned());
    for text in [
        "POST /hook?a=1 HTTP/1.1\r\nStripe-Signature: t=1,v1=ab\r\nContent-Type: application/json\r\n\r\n{}",
        "Stripe-Signature: t=1,v1=ab\nContent-Type: application/json\n\n{}",
        "> POST /hook?a=1 HTTP/2\n> Stripe-Signature: t=1,v1=ab\n> Content-Type: application/json\n>\n",
        "curl -X POST 'https://a.example/hook?a=1' \\\n  -H 'Stripe-Signature: t=1,v1=ab' \\\n  --header \"Content-Type: application/json\" \\\n  --data-raw '{}'",
        "-H 'Stripe-Signature: t=1,v1=ab' \\\n-H \"Content-Type: application/json\" \\",
        r#"{"Stripe-Signature":"t=1,v1=ab","Content-Type":"application/json"}"#,
        r#"{"headers":{"stripe-signature":["t=1,v1=ab"],"content-type":"application/json"},"body":"e30=","isBase64Encoded":true,"httpMethod":"POST","path":"/hook?a=1"}"#,
        r#"{"rawHeaders":["Stripe-Signature","t=1,v1=ab","Content-Type","application/json"]}"#,
        "{'Stripe-Signature': 't=1,v1=ab', 'Content-Type': 'application/json'}",
        "{\n  'stripe-signature': 't=1,v1=ab',\n  'content-type': 'application/json',\n}",
        "'HTTP_STRIPE_SIGNATURE' => 't=1,v1=ab',\n'CONTENT_TYPE' => 'application/json',",
        "HTTP_STRIPE_SIGNATURE: t=1,v1=ab\nCONTENT_TYPE: application/json",
        "[\"Stripe-Signature\" => \"t=1,v1=ab\", \"Content-Type\" => \"application/json\"]",
    ] {
        let pasted = read(text, None).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(headers(&pasted), [signature.clone(), content_type.clone()], "{text}");
        assert_eq!(pasted.method, "POST");
        if text.contains("?a=1") {
            assert_eq!(pasted.target, "/hook?a=1", "{text}");
        }
    }
}

#[test]
fn the_body_is_kept_as_it_is() {
    let body = "{\"a\":1}\r\n\r\n\n x";
    assert_eq!(read(&format!("A: b\n\n{body}"), None).unwrap().body, body.as_bytes());
    assert_eq!(read("A: b\r\n\r\nignored", Some(body)).unwrap().body, body.as_bytes());
    let gateway = r#"{"headers":{"a":"b"},"body":"e30=","isBase64Encoded":true}"#;
    assert_eq!(read(gateway, None).unwrap().body, b"{}");
    let curl = read("curl https://a.example -d a=1 -d b=2 -H 'A: b'", None).unwrap();
    assert_eq!(
        (curl.body, curl.url.as_deref(), curl.target.as_str()),
        (b"a=1&b=2".to_vec(), Some("https://a.example"), "/")
    );
}

#[test]
fn what_cannot_be_read_says_what_to_do_and_repeats_nothing() {
    for text in ["", "   ", "no headers here", "{}", "curl 'https://a.example", "curl x -d @secret.json -H 'a: b'"] {
        let error = read(text, None).unwrap_err();
        assert!(error.message.contains("Paste"), "{text}: {}", error.message);
        assert!(!error.message.contains("secret.json"));
    }
    let many = (0..=MAX_HEADERS).map(|n| format!("X-{n}: 1")).collect::<Vec<_>>().join("\n");
    assert!(read(&many, None).is_err());
}

#[test]
fn random_text_is_read_or_refused() {
    let pieces = [
        "'", "\"", ":", "=>", "=", "{", "}", "[", "]", "\\", "\n", "\r\n", "curl ", "-H ", "A", "é", "HTTP_A", ",",
        " ", "> ",
    ];
    let mut rng = fastrand::Rng::with_seed(4);
    for _ in 0..20_000 {
        let text: String = (0..rng.usize(..24)).map(|_| pieces[rng.usize(..pieces.len())]).collect();
        let _ = read(&text, None);
    }
}

#[test]
fn header_lines_come_back_the_same() {
    let mut rng = fastrand::Rng::with_seed(5);
    for _ in 0..500 {
        let lines: Vec<(String, String)> = (0..rng.usize(1..8))
            .map(|n| {
                let value: String = (0..rng.usize(1..30)).map(|_| char::from(rng.u8(33..127))).collect();
                (format!("x-{n}-{}", rng.alphanumeric()).to_ascii_lowercase(), value)
            })
            .collect();
        let text = lines.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n");
        assert_eq!(headers(&read(&text, None).unwrap()), lines, "{text}");
    }
}
