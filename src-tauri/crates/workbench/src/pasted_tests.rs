use super::*;

fn headers(pasted: &Pasted) -> Vec<(String, String)> {
    pasted.headers.iter().map(|header| (header.name.to_ascii_lowercase(), header.value_lossy().into_owned())).collect()
}

fn pasted(text: &str) -> Pasted {
    read(text, None).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Each holds the same two headers, and the query where it has a path.
const FORMS: [&str; 54] = [
    "POST /hook?a=1 HTTP/1.1\r\nStripe-Signature: t=1,v1=ab\r\nContent-Type: application/json\r\n\r\n{}",
    "POST https://a.example/hook?a=1 HTTP/1.1\nStripe-Signature: t=1,v1=ab\nContent-Type: application/json\n\n{}",
    "Stripe-Signature: t=1,v1=ab\nContent-Type: application/json\n\n{}",
    "\u{feff}\n  Stripe-Signature: t=1,v1=ab\n  Content-Type: application/json\n",
    // Folded, and as a browser's tools copy it.
    "Stripe-Signature: t=1,v1=ab\nContent-Type:\n application/json\n\n{}",
    "stripe-signature:\nt=1,v1=ab\ncontent-type:\napplication/json",
    ":method: POST\n:path: /hook?a=1\nstripe-signature: t=1,v1=ab\ncontent-type: application/json",
    "> POST /hook?a=1 HTTP/2\n> Stripe-Signature: t=1,v1=ab\n> Content-Type: application/json\n>\n",
    "< Stripe-Signature: t=1,v1=ab\r\n< Content-Type: application/json\r\n< \r\n",
    "* Connected\n> POST /hook?a=1 HTTP/1.1\n> Stripe-Signature: t=1,v1=ab\n> Content-Type: application/json\n> \n* sent\n< HTTP/1.1 400 Bad Request\n< Server: x\n<\n{\"id\": 1}\n",
    "curl -X POST 'https://a.example/hook?a=1' \\\n  -H 'Stripe-Signature: t=1,v1=ab' \\\n  --header \"Content-Type: application/json\" \\\n  --data-raw '{}'",
    "$ curl -sSL -XPOST --max-time 5 -o /dev/null -H'Stripe-Signature: t=1,v1=ab' --header='Content-Type: application/json' a.example/hook?a=1 -d'{}'\nIt's what I ran.",
    "curl \\\r\n --url https://a.example/hook?a=1 \\\r\n -H $'Stripe-Signature: t=1,\\u0076\\x31=ab' \\\r\n -H Content-Type:\\ application/json | jq .",
    "curl ^\"https://a.example/hook?a=1^\" ^\r\n  -H ^\"Stripe-Signature: t=1,v1=ab^\" ^\r\n  -H ^\"Content-Type: application/json^\"",
    "-H 'Stripe-Signature: t=1,v1=ab' \\\n-H \"Content-Type: application/json\" \\",
    r#"{"Stripe-Signature":"t=1,v1=ab","Content-Type":"application/json"}"#,
    r#"{"stripe-signature":["t=1,v1=ab"],"content-type":"application/json","x":null,"y":{"a":1}}"#,
    r#"{"headers":{"stripe-signature":["t=1,v1=ab"],"content-type":"application/json"},"body":"e30=","isBase64Encoded":true,"httpMethod":"POST","path":"/hook?a=1"}"#,
    r#"{"version":"2.0","rawPath":"/hook","rawQueryString":"a=1","headers":{"stripe-signature":"t=1,v1=ab","content-type":"application/json"},"requestContext":{"http":{"method":"POST"}}}"#,
    r#"{"headers":null,"multiValueHeaders":{"Stripe-Signature":["t=1,v1=ab"],"Content-Type":["application/json"]}}"#,
    r#"{"rawHeaders":["Stripe-Signature","t=1,v1=ab","Content-Type","application/json"]}"#,
    r#"[{"headers":{"stripe-signature":"t=1,v1=ab","content-type":"application/json"},"body":{}}]"#,
    r#"{"request":{"method":"POST","url":"https://a.example/hook?a=1","headers":[{"name":"Stripe-Signature","value":"t=1,v1=ab"},{"name":"Content-Type","value":"application/json"}]}}"#,
    r#"[["Stripe-Signature","t=1,v1=ab"],["Content-Type","application/json"]]"#,
    "{'Stripe-Signature': 't=1,v1=ab', 'Content-Type': 'application/json'}",
    "{\n  'stripe-signature': 't=1,v1=ab',\n  'content-type': 'application/json',\n}",
    "'stripe-signature': 't=1,v1=ab',\n'content-type': 'application/json'",
    "'stripe-signature': 't=1,v1=ab', 'content-type': 'application/json'",
    "  stripe-signature: 't=1,v1=ab',\n  'content-type': 'application/json',",
    "Headers({'stripe-signature': 't=1,v1=ab', 'content-type': 'application/json'})",
    "[('Stripe-Signature', 't=1,v1=ab'), ('Content-Type', 'application/json')]",
    "{'httpMethod': 'POST', 'path': '/hook?a=1', 'headers': {'stripe-signature': 't=1,v1=ab', 'content-type': 'application/json'}, 'isBase64Encoded': False}",
    "{stripe-signature=[t=1,v1=ab], content-type=[application/json]}",
    "map[Stripe-Signature:[t=1,v1=ab] Content-Type:[application/json]]",
    "'HTTP_STRIPE_SIGNATURE' => 't=1,v1=ab',\n'CONTENT_TYPE' => 'application/json',",
    "HTTP_STRIPE_SIGNATURE: t=1,v1=ab\nCONTENT_TYPE: application/json",
    "Array\n(\n    [SERVER_NAME] => x\n    [REQUEST_URI] => /hook?a=1\n    [HTTP_STRIPE_SIGNATURE] => t=1,v1=ab\n    [CONTENT_TYPE] => application/json\n)\n",
    "array(2) {\n  [\"stripe-signature\"]=>\n  array(1) {\n    [0]=>\n    string(9) \"t=1,v1=ab\"\n  }\n  [\"content-type\"]=>\n  string(16) \"application/json\"\n}",
    "-H 'Stripe-Signature: t=1,v1=ab' -H 'Content-Type: application/json'",
    "-H 'Stripe-Signature: t=1,v1=ab'\n--header \"Content-Type: application/json\"\n\n{}",
    "-H Stripe-Signature: t=1,v1=ab\n-H Content-Type: application/json",
    "-X POST \\\n -H 'Stripe-Signature: t=1,v1=ab' \\\n -H 'Content-Type: application/json' \\\n https://a.example/hook?a=1",
    "$ sudo curl https://a.example/hook?a=1\n  -H 'Stripe-Signature: t=1,v1=ab'\n  -H 'Content-Type: application/json'\n  -d '{}'",
    "```sh\ncurl https://a.example/hook?a=1 -H 'Stripe-Signature: t=1,v1=ab' -H 'Content-Type: application/json'\n```",
    "```\r\nStripe-Signature: t=1,v1=ab\r\nContent-Type: application/json\r\n```\r\n",
    r#"{"level":30,"req":{"method":"POST","url":"/hook?a=1","headers":{"stripe-signature":"t=1,v1=ab","content-type":"application/json"}},"res":{"headers":{"x":"y"}}}"#,
    r#"{"log":{"entries":[{"response":{"headers":[{"name":"X","value":"y"}]},"request":{"method":"POST","url":"https://a.example/hook?a=1","headers":[{"name":"Stripe-Signature","value":"t=1,v1=ab"},{"name":"Content-Type","value":"application/json"}]}}]}}"#,
    r#"2024-05-01T10:00:00Z INFO: received {"headers":{"stripe-signature":"t=1,v1=ab","content-type":"application/json"}}"#,
    r#"Request headers: {"stripe-signature":"t=1,v1=ab","content-type":"application/json"}"#,
    "Headers: {'stripe-signature': 't=1,v1=ab', 'content-type': 'application/json'}",
    "headers = {\n    'Stripe-Signature': 't=1,v1=ab',\n    'Content-Type': 'application/json',\n}",
    "rawHeaders: [\n  'Stripe-Signature',\n  't=1,v1=ab',\n  'Content-Type',\n  'application/json'\n]",
    "REQUEST_METHOD=POST\nREQUEST_URI=/hook?a=1\nHTTP_STRIPE_SIGNATURE=t=1,v1=ab\nCONTENT_TYPE=application/json\nSTRIPE_KEY=x",
    "{\"HTTP_STRIPE_SIGNATURE\"=>\"t=1,v1=ab\", \"rack.version\"=>[1, 6], \"CONTENT_TYPE\"=>\"application/json\"}",
];

#[test]
fn every_usual_form_is_read() {
    for text in FORMS {
        let pasted = pasted(text);
        let expected = [("stripe-signature", "t=1,v1=ab"), ("content-type", "application/json")];
        assert_eq!(headers(&pasted), expected.map(|(name, value)| (name.to_owned(), value.to_owned())), "{text}");
        assert_eq!(pasted.method, "POST");
        let has_path = text.contains("hook");
        assert_eq!(pasted.target, if has_path { "/hook?a=1" } else { "/" }, "{text}");
        assert_eq!(pasted.url.is_some(), text.contains("a.example"), "{text}");
    }
}

#[test]
fn environments_of_wsgi_and_rack_give_their_headers_alone() {
    let wsgi = "{'REQUEST_METHOD': 'PUT', 'PATH_INFO': '/hook', 'QUERY_STRING': 'a=1', 'SERVER_PORT': '80', 'wsgi.url_scheme': \
                'http', 'HTTP_X_HUB_SIGNATURE_256': 'sha256=ab', 'CONTENT_LENGTH': '2'}";
    let read = pasted(wsgi);
    let expected = [("x-hub-signature-256", "sha256=ab"), ("content-length", "2")];
    assert_eq!(headers(&read), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!((read.method.as_str(), read.target.as_str()), ("PUT", "/hook?a=1"));
}

#[test]
fn the_body_is_kept_as_it_is() {
    let body = "{\"a\":1}\r\n\r\n\n x: y\r\n> z\n";
    for head in [
        "A: b\n\n",
        "A: b\r\n\r\n",
        "POST / HTTP/1.1\r\nA: b\r\n\r\n",
        "> A: b\n>\n",
        "{\"A\": \"b\"}\n\n",
        "{\n 'A': 'b',\n}\r\n\r\n",
        "[A] => b\n\n",
        "-H 'A: b'\n\n",
        "curl a.example \\\r\n -H 'A: b'\r\n\r\n",
        "Headers: {\"A\": \"b\"}\n\n",
        "headers = {'A': 'b'}\n\n",
    ] {
        assert_eq!(String::from_utf8(pasted(&format!("{head}{body}")).body).unwrap(), body, "{head:?}");
        let other = read(&format!("{head}ignored"), Some(body)).unwrap();
        assert_eq!((other.body.as_slice(), other.headers.len()), (body.as_bytes(), 1), "{head:?}");
    }
    let fenced = pasted(&format!("```http\nA: b\n\n{body}\n```\n"));
    assert_eq!(String::from_utf8(fenced.body).unwrap(), body);
    let mail = pasted("> A: b\r\n>\r\n> {\"a\":\r\n>\r\n>  1}\r\n");
    assert_eq!(mail.body, b"{\"a\":\r\n\r\n 1}\r\n");
}

#[test]
fn bodies_within_json_and_maps_are_found() {
    for (text, body) in [
        (r#"{"headers":{"a":"b"},"body":"e30=","isBase64Encoded":true}"#, "{}"),
        (r#"{"headers":{"a":"b"},"body":"{\"x\": 1}"}"#, "{\"x\": 1}"),
        (r#"{"headers":{"a":"b"},"body":{"z":1,"b":[2, 3]}}"#, "{\"z\":1,\"b\":[2,3]}"),
        (r#"{"headers":{"a":"b"},"rawBody":{"type":"Buffer","data":[123,125]},"body":{}}"#, "{}"),
        (r#"{"request":{"headers":[{"name":"a","value":"b"}],"postData":{"text":"x=1"}}}"#, "x=1"),
        (r#"{'headers': {'a': 'b'}, 'body': '{"x": "it\'s"}'}"#, "{\"x\": \"it's\"}"),
        ("curl https://a.example -H 'A: b' -d a=1 -d b=2", "a=1&b=2"),
        ("curl https://a.example -H 'A: b' --data-urlencode 'a=b c&d' --data-urlencode '=é'", "a=b%20c%26d&%C3%A9"),
        ("curl https://a.example -H 'A: b' --data-binary '{\"a\": \\\n1}'", "{\"a\": \\\n1}"),
        (
            "curl https://a.example -H 'A: b' --data-raw $'{\"a\":\"it\\'s\\\\n\\ud83d\\ude00\\u0021\"}\\r\\n'",
            "{\"a\":\"it's\\n😀!\"}\r\n",
        ),
        ("curl https://a.example -H \"A: b\" -d \"{\\\"a\\\": \\\"\\$x\\n\\\"}\"", "{\"a\": \"$x\\n\"}"),
        (
            "curl ^\"https://a.example^\" ^\r\n -H ^\"A: b^\" ^\r\n --data-raw ^\"^{^\\^\"a^\\^\":1^}^\r\n\r\n^\"",
            "{\"a\":1}\n",
        ),
        ("curl https://a.example -H 'A: b' --data-raw @x", "@x"),
        ("-H 'A: b' \\\n --data-raw 'it'\\''s\n\n'", "it's\n\n"),
    ] {
        let read = pasted(text);
        assert_eq!(String::from_utf8(read.body).unwrap(), body, "{text}");
        assert_eq!(read.headers.first("a"), Some(&b"b"[..]), "{text}");
    }
    assert_eq!(pasted("curl a.example -H 'A: b' -d $'\\xe9\\x00'").body, [0xe9, 0]);
}

#[test]
fn an_address_is_told_from_a_path_that_holds_one() {
    for (line, url, target) in [
        ("POST /hook?next=https://b.example/x HTTP/1.1", None, "/hook?next=https://b.example/x"),
        ("POST https://a.example HTTP/1.1", Some("https://a.example"), "/"),
        ("POST https://a.example?a=1#top HTTP/1.1", Some("https://a.example?a=1"), "/?a=1"),
        ("POST http://a.example:8080/x/ HTTP/1.1", Some("http://a.example:8080/x/"), "/x/"),
    ] {
        let read = pasted(&format!("{line}\nA: b\n\n"));
        assert_eq!((read.url.as_deref(), read.target.as_str()), (url, target), "{line}");
    }
    let curl = pasted("curl localhost:3000/hook -u user:pass -H 'Accept:' -H 'X-Empty;'");
    assert_eq!((curl.url.as_deref(), curl.target.as_str()), (Some("http://localhost:3000/hook"), "/hook"));
    let expected = [("authorization", "Basic dXNlcjpwYXNz"), ("x-empty", "")];
    assert_eq!(headers(&curl), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

/// Forms are read by their content type, so one that cURL sends by itself must not be missing.
#[test]
fn data_of_a_curl_command_has_the_content_type_that_curl_gives_it() {
    for (options, content_type) in [
        ("-d a=1", Some("application/x-www-form-urlencoded")),
        ("--json '{}'", Some("application/json")),
        ("--json '{}' -H 'Content-type: text/plain'", Some("text/plain")),
        ("-d a=1 -H 'Content-Type:'", None),
        ("-H 'A: b'", None),
    ] {
        let read = pasted(&format!("curl a.example -H 'A: b' {options}"));
        let found: Vec<_> = headers(&read).into_iter().filter(|(name, _)| name == "content-type").collect();
        assert_eq!(
            found.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>(),
            Vec::from_iter(content_type),
            "{options}"
        );
    }
}

#[test]
fn a_body_of_its_own_leaves_gaps_between_header_lines_but_no_old_body() {
    let spaced = read("A: b\n\nC: d\n\n", Some("x")).unwrap();
    assert_eq!(spaced.headers.len(), 2);
    let old = read("A: b\n\n{\n  \"id\": \"evt\"\n}", Some("x")).unwrap();
    assert_eq!(old.headers.len(), 1);
    let file = read("curl a.example -H 'A: b' -d @event.json", Some("x")).unwrap();
    assert_eq!(file.body, b"x");
}

#[test]
fn no_value_holds_what_a_header_cannot() {
    for text in [
        r#"{"A":"b\n","C":"d\r\ne\u0000f"}"#,
        "{'A': 'b\\n', 'C': 'd\\r\ne\0f'}",
        "curl x -H $'A: b\\n' -H $'C: d\\r\\ne\\x00f'",
    ] {
        let expected = [("a", "b"), ("c", "d  e f")];
        assert_eq!(headers(&pasted(text)), expected.map(|(name, value)| (name.to_owned(), value.to_owned())), "{text}");
    }
}

#[test]
fn what_cannot_be_read_says_what_to_do_and_repeats_nothing() {
    for text in [
        "",
        "   ",
        "no headers of secret-7",
        "{}",
        "[1, \"secret-7\"]",
        "curl 'https://a.example/secret-7",
        "curl x -d @secret-7.json -H 'a: b'",
        "-H 'a: b' -d @secret-7.json",
        "-H 'a: secret-7",
        "curl x -F secret-7=@y -H 'a: b'",
        r#"{"headers":{"a":"b"},"body":"secret-7","isBase64Encoded":true}"#,
    ] {
        let error = read(text, None).unwrap_err();
        assert!(error.message.contains("Paste"), "{text}: {}", error.message);
        assert!(!error.message.contains("secret-7"), "{text}: {}", error.message);
    }
    let lines = |count: usize| (0..count).map(|n| format!("X-{n}: 1\n")).collect::<Vec<_>>().concat();
    assert_eq!(pasted(&lines(MAX_HEADERS)).headers.len(), MAX_HEADERS);
    assert!(read(&lines(MAX_HEADERS + 1), None).unwrap_err().message.contains("headers"));
    let large = "A: b\n\n".to_owned() + &"x".repeat(TEXT_MAX_BYTES);
    assert!(read(&large, None).unwrap_err().message.contains("25 MiB"));
    assert!(read("A: b", Some(&large)).is_err());
}

#[test]
fn random_text_is_read_or_refused() {
    let pieces = [
        "'",
        "\"",
        ":",
        "=>",
        "=",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "\\",
        "\n",
        "\r\n",
        "curl ",
        "-H ",
        "-d",
        "A",
        "é",
        "HTTP_A",
        ",",
        ";",
        " ",
        "> ",
        "< ",
        "$'",
        "^",
        "\\x",
        "\\ud83d",
        "headers",
        "```\n",
        "string(1)",
        "://",
        "POST /",
        "1",
        "\0",
        "\u{2028}",
    ];
    let mut rng = fastrand::Rng::with_seed(4);
    let mut read_some = 0;
    for _ in 0..40_000 {
        let text: String = (0..rng.usize(..24)).map(|_| pieces[rng.usize(..pieces.len())]).collect();
        let Ok(pasted) = read(&text, None) else { continue };
        read_some += 1;
        assert!(pasted.target.starts_with('/') && is_method(&pasted.method), "{text:?}");
        for header in &pasted.headers {
            assert!(is_token(&header.name), "{text:?}");
            assert!(!header.value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)), "{text:?}");
        }
    }
    assert!(read_some > 1_000, "{read_some}");
}

/// Each of these once took quadratic time or memory without bound in a reader of this kind.
#[test]
fn long_text_of_marks_is_read_in_linear_time() {
    for piece in [
        "'\\",
        "\"\\",
        "[",
        "('",
        "A:",
        "a=[",
        "[a",
        "{'a' ",
        "\n\n",
        "> \n",
        "A: b\n \n",
        "curl '",
        "^\n",
        "\n-H a",
        "```\n",
    ] {
        for start in ["", "{", "curl ", "A: b\n", "{'a': 'b'", "-H 'A: b'", "headers: "] {
            let text = start.to_owned() + &piece.repeat(400_000 / piece.len());
            let _ = read(&text, None);
        }
    }
}

#[test]
fn header_lines_come_back_the_same() {
    let mut rng = fastrand::Rng::with_seed(5);
    for _ in 0..2_000 {
        let lines: Vec<(String, String)> = (0..rng.usize(1..8))
            .map(|n| {
                let value: String = (0..rng.usize(1..30)).map(|_| char::from(rng.u8(33..127))).collect();
                (format!("x-{n}-{}", rng.alphanumeric()).to_ascii_lowercase(), value)
            })
            .collect();
        let body: String =
            (0..rng.usize(..20)).map(|_| ["\r\n", "\n", "{", "\"", " ", "é", "a: b"][rng.usize(..7)]).collect();
        for end in ["\n", "\r\n"] {
            let head = lines.iter().map(|(name, value)| format!("{name}: {value}{end}")).collect::<Vec<_>>().concat();
            let read = pasted(&format!("{head}{end}{body}"));
            assert_eq!(headers(&read), lines, "{head}");
            assert_eq!(read.body, body.as_bytes(), "{head}");
        }
        let json = serde_json::to_string(&lines.iter().cloned().collect::<std::collections::BTreeMap<_, _>>()).unwrap();
        let mut read = headers(&pasted(&json));
        read.sort();
        let mut sorted = lines.clone();
        sorted.sort();
        assert_eq!(read, sorted, "{json}");
        let quoted = |text: &str| text.replace('\'', "'\\''");
        let curl =
            lines.iter().map(|(name, value)| format!(" -H '{name}: {}'", quoted(value))).collect::<Vec<_>>().concat();
        let read = pasted(&format!("curl https://a.example{curl} -H Content-Type: --data-raw '{}'", quoted(&body)));
        assert_eq!(headers(&read), lines, "{curl}");
        assert_eq!(read.body, body.as_bytes(), "{curl}");
    }
}
