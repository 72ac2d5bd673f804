//! The contract of the command line: arguments, output and exit codes that scripts rely on.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails, helper functions included")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

/// docs.github.com, "Validating webhook deliveries", the test values given there.
const GITHUB_SECRET: &str = "It's a Secret to Everybody";
const GITHUB_MESSAGE: &str = "POST /hooks HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: \
    sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17\r\n\r\nHello, World!";

fn hookglass() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookglass"));
    // No folder is called so: recipes that the person who runs the tests has made stay out of them.
    command.env("HOOKGLASS_DATA_DIR", "/nonexistent/hookglass").env_remove("HOOKGLASS_LISTEN").stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    hookglass().args(arguments).output().unwrap()
}

fn run_with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = hookglass()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn verify_exits_0_when_valid_1_when_not_and_2_on_bad_input() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("message");
    let verify = |message: &str, secret: &str| {
        std::fs::write(&file, message).unwrap();
        run(&["verify", "--provider", "github", "--secret", secret, "--json", file.to_str().unwrap()])
    };
    let valid = verify(GITHUB_MESSAGE, GITHUB_SECRET);
    assert_eq!(valid.status.code(), Some(0));
    assert_eq!(json_of(&valid)["verdict"], "valid");

    // Line ends of the head may be bare; those of the body count.
    assert_eq!(verify(&GITHUB_MESSAGE.replace("\r\n", "\n"), GITHUB_SECRET).status.code(), Some(0));

    let invalid = verify(&GITHUB_MESSAGE.replace("World!", "world!"), GITHUB_SECRET);
    assert_eq!(invalid.status.code(), Some(1));
    assert_eq!(json_of(&invalid)["verdict"], "invalid");
    assert_eq!(json_of(&invalid)["reason"], "signature_mismatch");

    let unsigned = verify("POST / HTTP/1.1\r\n\r\nHello, World!", GITHUB_SECRET);
    assert_eq!((unsigned.status.code(), json_of(&unsigned)["verdict"].as_str()), (Some(1), Some("unsigned")));

    let empty = verify(GITHUB_MESSAGE, "");
    assert_eq!((empty.status.code(), json_of(&empty)["verdict"].as_str()), (Some(1), Some("config_error")));

    let no_message = verify("this is no request", GITHUB_SECRET);
    assert_eq!(no_message.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&no_message.stderr).contains("raw HTTP request"));

    for arguments in [
        &["verify", "--provider", "github", "--secret", "x", "/no/such/file"][..],
        &["verify", "--provider", "nobody", "--secret", "x", file.to_str().unwrap()],
        &["verify", "--provider", "github", file.to_str().unwrap()],
        &["verify", "--provider", "github", "--secret-env", "HOOKGLASS_TEST_NOT_SET", file.to_str().unwrap()],
        &["verify"],
        &["nonsense"],
    ] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn several_secrets_come_from_arguments_the_environment_and_files() {
    let folder = tempfile::tempdir().unwrap();
    let secret_file = folder.path().join("secret");
    std::fs::write(&secret_file, format!("{GITHUB_SECRET}\n")).unwrap();
    let secret_file = secret_file.to_str().unwrap();
    let arguments = ["verify", "--provider", "github", "--secret", "wrong", "--secret-file", secret_file, "-"];
    assert_eq!(run_with_input(&arguments, GITHUB_MESSAGE.as_bytes()).status.code(), Some(0));

    let mut child = hookglass()
        .args(["verify", "--provider", "github", "--secret-env", "HOOKGLASS_TEST_SECRET", "-"])
        .env("HOOKGLASS_TEST_SECRET", GITHUB_SECRET)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(GITHUB_MESSAGE.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("Secret to Everybody"));
}

#[test]
fn what_sign_prints_verify_accepts_byte_for_byte() {
    let body = [b"{\"id\":\"evt_1\",\"text\":\"".as_slice(), &[0, 0xff, b'\n', b'\r', 0x80], b"\"}\n"].concat();
    for (provider, secret) in [
        ("stripe", "whsec_4fK0xExampleExampleExampleExample"),
        ("github", "any text"),
        ("standard-webhooks", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ] {
        let message = [b"POST /a?b HTTP/1.1\nHost: x\nX-Keep: 1\n\n".as_slice(), &body].concat();
        let sign =
            ["sign", "--provider", provider, "--secret", secret, "--timestamp", "1700000000", "--id", "msg_1", "-"];
        let signed = run_with_input(&sign, &message);
        assert_eq!(signed.status.code(), Some(0), "{provider}: {signed:?}");
        assert!(signed.stdout.ends_with(&body), "{provider}: the body is untouched");
        let verify = ["verify", "--provider", provider, "--secret", secret, "--now", "1700000100", "-"];
        let verdict = run_with_input(&verify, &signed.stdout);
        assert_eq!(verdict.status.code(), Some(0), "{provider}: {verdict:?}");
        let mut tampered = signed.stdout;
        let last = tampered.len() - 2;
        tampered[last] ^= 1;
        assert_eq!(run_with_input(&verify, &tampered).status.code(), Some(1), "{provider}");
    }
}

/// GitHub's scheme under another name, as somebody's own recipe.
const OWN_RECIPE: &str = r#"
id = "ours"
name = "Ours"
monogram = "O"
summary = "X-Ours"
evidence = [{ kind = "official-docs", source = "our wiki" }]
secret = { form = "text", hint = "any" }

[signature]
from = { header = "X-Ours" }
layout = { prefix = "sha256=" }
algorithm = "hmac-sha256"
encoding = "hex"
content = "{body}"
"#;

#[test]
fn recipes_of_the_data_folder_are_listed_verified_and_signed_with() {
    let folder = tempfile::tempdir().unwrap();
    let recipes = folder.path().join("providers");
    std::fs::create_dir(&recipes).unwrap();
    std::fs::write(recipes.join("ours.toml"), OWN_RECIPE).unwrap();
    std::fs::write(recipes.join("torn.toml"), "id = ").unwrap();
    let data_dir = ["--data-dir", folder.path().to_str().unwrap()];
    let message = GITHUB_MESSAGE.replace("X-Hub-Signature-256", "X-Ours");

    let listed = run(&[&["providers", "list"], &data_dir[..]].concat());
    assert_eq!(listed.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&listed.stdout).contains("(your own recipe)"));
    assert!(String::from_utf8_lossy(&listed.stderr).contains("torn.toml: line 1"), "{listed:?}");
    let shown = json_of(&run(&[&["providers", "show", "ours", "--json"], &data_dir[..]].concat()));
    assert_eq!((&shown["custom"], &shown["official"]), (&Value::Bool(true), &Value::Bool(false)));
    let torn = run(&[&["providers", "show", "torn"], &data_dir[..]].concat());
    assert_eq!(torn.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&torn.stderr).contains("line 1"));

    let scheme = [&["--provider", "ours", "--secret", GITHUB_SECRET, "-"], &data_dir[..]].concat();
    let verified = run_with_input(&[&["verify"], &scheme[..]].concat(), message.as_bytes());
    assert_eq!(verified.status.code(), Some(0), "{verified:?}");
    let unsigned = message.replace("757107", "000000");
    let signed = run_with_input(&[&["sign"], &scheme[..]].concat(), unsigned.as_bytes());
    assert_eq!(String::from_utf8_lossy(&signed.stdout), message);

    let built_in_alone = run_with_input(&["verify", "--provider", "ours", "--secret", "x", "-"], message.as_bytes());
    assert_eq!(built_in_alone.status.code(), Some(2));
}

#[test]
fn providers_are_listed_and_shown_with_what_they_rest_on() {
    let listed = run(&["providers", "list", "--json"]);
    assert_eq!(run(&["providers", "--json"]).stdout, listed.stdout, "the list is what one gets without a further word");
    let listed = String::from_utf8(listed.stdout).unwrap();
    let ids: Vec<_> = listed
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    for id in ["stripe", "github", "standard-webhooks"] {
        assert!(ids.iter().any(|known| known == id), "{id}");
    }
    let shown = json_of(&run(&["providers", "show", "stripe", "--json"]));
    assert_eq!((shown["official"].as_bool(), shown["tolerance_seconds"].as_u64()), (Some(true), Some(300)));
    let text = run(&["providers", "show", "stripe"]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("the vendor's own"), "{text:?}");
    let unknown = run(&["providers", "show", "nobody"]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn sign_as_json_names_the_headers_that_were_set() {
    let sign = ["sign", "--provider", "stripe", "--secret", "whsec_a", "--timestamp", "1533204620", "--json", "-"];
    let output = json_of(&run_with_input(&sign, b"POST / HTTP/1.1\r\n\r\n{}"));
    assert_eq!(output["headers"][0]["name"], "Stripe-Signature");
    assert!(output["headers"][0]["value"].as_str().unwrap().starts_with("t=1533204620,v1="));
    assert!(output["message_base64"].is_string());
}

/// A `hookglass listen` that ends with the test.
struct Listening {
    child: Child,
    url: String,
    lines: BufReader<std::process::ChildStdout>,
}

impl Listening {
    fn start(data_dir: &Path) -> Self {
        let mut child = hookglass()
            .args(["listen", "--addr", "127.0.0.1:0", "--json", "--endpoint", "hub:github:HOOKGLASS_TEST_SECRET"])
            .arg("--data-dir")
            .arg(data_dir)
            .env("HOOKGLASS_TEST_SECRET", GITHUB_SECRET)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut first).unwrap();
        let url = first.trim().strip_prefix("Listening on ").unwrap_or_else(|| panic!("{first}")).to_owned();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, url, lines }
    }

    fn post(&self, message: impl AsRef<[u8]>) -> String {
        let mut socket = TcpStream::connect(self.url.strip_prefix("http://").unwrap()).unwrap();
        socket.write_all(message.as_ref()).unwrap();
        let mut answer = [0; 12];
        socket.read_exact(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn listen_prints_the_line_that_captures_list_prints_later() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let mut listening = Listening::start(&data_dir);
    let message = GITHUB_MESSAGE.replace("/hooks", "/hub/x?y=1").replace("Host: x", "Host: x\r\nContent-Length: 13");
    assert_eq!(listening.post(&message), "HTTP/1.1 200");
    let line = listening.line();
    for (field, value) in [
        ("endpoint", "hub"),
        ("method", "POST"),
        ("path", "/hub/x"),
        ("provider", "github"),
        ("verdict", "valid"),
        // printf 'Hello, World!' | sha256sum
        ("body_sha256", "dffd6021bb2bd5b0af676290809ec3a53191dd81c7f70a4b28688a362182986f"),
    ] {
        assert_eq!(line[field], value, "{field}");
    }
    assert_eq!(line["body_bytes"], 13);
    assert_eq!(line["event_id"], Value::Null);
    assert!(line["received_at"].as_str().unwrap().ends_with('Z'));

    let listed = run(&["captures", "list", "--json", "--data-dir", data_dir.to_str().unwrap()]);
    assert_eq!(listed.status.code(), Some(0), "reads beside the process that writes: {listed:?}");
    assert_eq!(serde_json::from_slice::<Value>(&listed.stdout).unwrap(), line);
    for (query, found) in [("provider:github verdict:valid \"hello, w\"", true), ("-provider:github", false)] {
        let searched = run(&["captures", "search", query, "--json", "--data-dir", data_dir.to_str().unwrap()]);
        assert_eq!((searched.status.code(), !searched.stdout.is_empty()), (Some(0), found), "{query}: {searched:?}");
        assert!(!found || json_of(&searched) == line);
    }

    let second = run(&["listen", "--addr", "127.0.0.1:0", "--data-dir", data_dir.to_str().unwrap()]);
    assert_eq!(second.status.code(), Some(2), "one writer a data directory");
    assert!(String::from_utf8_lossy(&second.stderr).contains("in use"), "{second:?}");
}

/// `printf '%s' '{"hello":"world, world, world, world, world"}' | gzip -9n`
const GZIPPED: [u8; 41] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0xca, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xb2,
    0x52, 0x2a, 0xcf, 0x2f, 0xca, 0x49, 0xd1, 0x51, 0xc0, 0x4d, 0x29, 0xd5, 0x02, 0x00, 0xda, 0x1e, 0xe3, 0xfb, 0x2d,
    0x00, 0x00, 0x00,
];

#[test]
fn show_decoded_prints_the_decoded_body_and_says_what_was_undone() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let mut listening = Listening::start(&data_dir);
    let mut capture = |coding: &str, body: &[u8]| {
        let head = format!(
            "POST /x HTTP/1.1\r\nHost: x\r\nContent-Encoding: {coding}\r\nContent-Type: text/plain; charset=latin1\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        assert_eq!(listening.post([head.as_bytes(), body].concat()), "HTTP/1.1 200");
        listening.line()["id"].as_str().unwrap().to_owned()
    };
    let show = |id: &str, more: &[&str]| {
        let output = run(&[&["captures", "show", id, "--data-dir", data_dir.to_str().unwrap()], more].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), output.stdout, said)
    };

    let id = capture("gzip", &GZIPPED);
    let (code, out, said) = show(&id, &["--decoded"]);
    assert_eq!((code, &out[..]), (Some(0), &br#"{"hello":"world, world, world, world, world"}"#[..]));
    assert_eq!(said, "Decoded from gzip: 45 bytes, 41 as received; the text is in windows-1252\n");
    let (_, text, _) = show(&id, &[]);
    assert!(String::from_utf8(text).unwrap().contains("gzip; --decoded prints the body without it"));

    let (code, out, said) = show(&capture("gzip", &GZIPPED[..30]), &["--decoded"]);
    assert_eq!((code, out.starts_with(b"{\"hello")), (Some(0), true), "{said}");
    assert!(said.contains("The gzip data ends early. It ends at byte 30 of the body"), "{said}");

    let (code, out, said) = show(&capture("compress", b"\x1f\x9d\x90"), &["--decoded"]);
    assert_eq!((code, &out[..]), (Some(0), &b"\x1f\x9d\x90"[..]), "what is not known stays as it is");
    assert!(said.starts_with("3 bytes as received") && said.contains("“compress” is not known"), "{said}");

    for (limit, code, part) in [
        ("decoded-view-bytes=1KiB", 0, "Decoded from gzip"),
        ("decoded-view-bytes=1", 2, "from 1024 to"),
        ("decoded-view-ratio=x", 2, "whole number"),
    ] {
        let (found, _, said) = show(&id, &["--decoded", "--limit", limit]);
        assert_eq!((found, said.contains(part)), (Some(code), true), "{limit}: {said}");
    }
    assert_eq!(show(&id, &["--decoded", "--raw"]).0, Some(2));
}

#[test]
fn a_port_in_use_ends_with_its_cause_and_a_free_port() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let taken = holder.local_addr().unwrap().to_string();
    let output = run(&["listen", "--addr", &taken, "--data-dir", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(
        message.contains(&holder.local_addr().unwrap().port().to_string()) && message.contains("--addr"),
        "{message}"
    );
}

#[test]
fn listing_where_there_is_no_database_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&["captures", "list", "--data-dir", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no Hookglass database"), "{output:?}");
}

#[test]
fn a_search_that_cannot_be_understood_exits_2_with_the_place_marked() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&["captures", "search", "statsu:200", "--data-dir", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(complaint, "statsu:200\n^^^^^^\nNo filter called statsu. Did you mean status?\n");
}
