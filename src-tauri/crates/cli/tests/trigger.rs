//! The contract of `hookglass trigger`: what it sends, prints and exits with.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails, helper functions included")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    process::{Command, Output, Stdio},
    thread::JoinHandle,
};

use serde_json::Value;

fn hookglass() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookglass"));
    command.stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    hookglass().args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A handler that answers so many requests and hands them over as they came.
fn handler(requests: usize, answer: &'static str) -> (String, JoinHandle<Vec<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks?from=test", listener.local_addr().unwrap());
    let taken = std::thread::spawn(move || {
        (0..requests)
            .map(|_| {
                let (stream, _) = listener.accept().unwrap();
                let mut reader = BufReader::new(stream);
                let (mut request, mut length) = (Vec::new(), 0);
                loop {
                    let mut line = Vec::new();
                    reader.read_until(b'\n', &mut line).unwrap();
                    request.extend_from_slice(&line);
                    let line = text(&line).to_ascii_lowercase();
                    if let Some(value) = line.strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    if line.trim().is_empty() {
                        break;
                    }
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                request.extend_from_slice(&body);
                reader.into_inner().write_all(answer.as_bytes()).unwrap();
                request
            })
            .collect()
    });
    (url, taken)
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\ntaken";
const REFUSED: &str = "HTTP/1.1 400 Bad Request\r\nContent-Length: 13\r\nConnection: close\r\n\r\nbad \u{1b}[2Jplace";

#[track_caller]
fn assert_verifies(request: &[u8], arguments: &[&str]) {
    let mut child = hookglass()
        .args([&["verify"], arguments, &["-"]].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(request).unwrap();
    let verdict = child.wait_with_output().unwrap();
    assert_eq!(verdict.status.code(), Some(0), "{verdict:?}\n{}", text(request));
}

#[test]
fn a_sample_arrives_signed_and_its_answer_is_printed() {
    let (url, taken) = handler(1, OK);
    let output = run(&["trigger", "stripe", "invoice.paid", "--to", &url, "--secret", "whsec_visible"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let printed = text(&output.stdout);
    assert!(printed.starts_with("invoice.paid evt_") && printed.contains(": 200 in "), "{printed}");
    assert!(printed.ends_with(" ms\n  taken\n"), "{printed}");
    assert!(!printed.contains("visible") && !text(&output.stderr).contains("visible"));
    let request = taken.join().unwrap().remove(0);
    assert!(request.starts_with(b"POST /hooks?from=test HTTP/1.1\r\n"), "{}", text(&request));
    assert_verifies(&request, &["--provider", "stripe", "--secret", "whsec_visible"]);
}

#[test]
fn each_of_several_has_an_id_of_its_own() {
    let (url, taken) = handler(3, OK);
    let mut command = hookglass();
    command.args([
        "trigger",
        "github",
        "push",
        "--to",
        &url,
        "--secret-env",
        "HOOKGLASS_TEST_SECRET",
        "--count",
        "3",
        "--json",
    ]);
    let output = command.env("HOOKGLASS_TEST_SECRET", "It's a Secret to Everybody").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let lines: Vec<Value> = text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    let ids: std::collections::BTreeSet<_> = lines.iter().map(|line| line["event_id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 3);
    assert_eq!((&lines[0]["status"], &lines[0]["received"]), (&Value::from(200), &Value::from(true)));
    assert_eq!(lines[0]["answer"], "taken");
    for (request, line) in taken.join().unwrap().iter().zip(&lines) {
        assert!(text(request).contains(line["event_id"].as_str().unwrap()));
        assert_verifies(request, &["--provider", "github", "--secret", "It's a Secret to Everybody"]);
    }
}

#[test]
fn schemes_that_sign_the_url_take_the_public_one_or_the_target() {
    for public in [None, Some("https://hooks.example.com/square")] {
        let (url, taken) = handler(1, OK);
        let mut arguments = vec!["trigger", "square", "payment.created", "--to", &url, "--secret", "signature-key"];
        arguments.extend(public.iter().flat_map(|url| ["--url", url]));
        assert_eq!(run(&arguments).status.code(), Some(0));
        let signed = public.unwrap_or(&url);
        let request = taken.join().unwrap().remove(0);
        assert_verifies(&request, &["--provider", "square", "--secret", "signature-key", "--url", signed]);
    }
}

#[test]
fn an_event_that_is_not_received_exits_1_and_one_that_cannot_be_sent_2() {
    let (url, taken) = handler(1, REFUSED);
    let refused = run(&["trigger", "stripe", "invoice.paid", "--to", &url, "--secret", "whsec_a"]);
    taken.join().unwrap();
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let printed = text(&refused.stdout);
    assert!(printed.contains("400 in ") && printed.contains("does not count as received"), "{printed}");
    assert!(printed.contains("bad \u{fffd}[2Jplace"), "terminal commands are defused: {printed:?}");

    // Zoom counts 200 and 204 alone.
    let (url, taken) = handler(1, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let accepted = run(&["trigger", "zoom", "meeting.started", "--to", &url, "--secret", "token"]);
    taken.join().unwrap();
    assert_eq!(accepted.status.code(), Some(1), "{accepted:?}");

    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = run(&["trigger", "stripe", "invoice.paid", "--to", &format!("http://{free}/"), "--secret", "whsec_a"]);
    assert_eq!(nobody.status.code(), Some(2), "{nobody:?}");
    for (arguments, says) in [
        (&["trigger", "stripe", "invoice.lost", "--to", "http://127.0.0.1/", "--secret", "a"][..], "invoice.paid"),
        (&["trigger", "nobody", "push"], "no provider"),
        (&["trigger", "ably", "push"], "no sample events"),
        (&["trigger", "stripe", "invoice.paid", "--secret", "a"], "--to URL"),
        (&["trigger", "stripe", "invoice.paid", "--to", "http://127.0.0.1/"], "--secret-env NAME"),
        (&["trigger", "stripe", "invoice.paid", "--to", "nowhere", "--secret", "a"], "not a URL"),
        (
            &["trigger", "standard-webhooks", "invoice.paid", "--to", "http://127.0.0.1/", "--secret", "whsec_%"],
            "base64",
        ),
        (
            &["trigger", "stripe", "invoice.paid", "--to", "http://127.0.0.1/", "--secret", "a", "--count", "0"],
            "--count",
        ),
        (&["trigger"], "PROVIDER"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(text(&output.stderr).contains(says), "{arguments:?}: {output:?}");
    }
}

#[test]
fn without_an_event_the_samples_are_listed() {
    let listed = run(&["trigger", "stripe"]);
    assert_eq!(listed.status.code(), Some(0));
    assert!(
        text(&listed.stdout)
            .lines()
            .any(|line| line.starts_with("invoice.paid ") && line.ends_with("An invoice was paid"))
    );
    let listed = text(&run(&["trigger", "stripe", "--json"]).stdout);
    let first: Value = serde_json::from_str(listed.lines().next().unwrap()).unwrap();
    assert_eq!(first["event"], "invoice.paid");
}

#[test]
fn a_printed_request_verifies_and_shows_no_secret() {
    let printed = run(&["trigger", "shopify", "orders/create", "--print", "--secret", "shpss_visible"]);
    assert_eq!(printed.status.code(), Some(0), "{printed:?}");
    assert!(printed.stdout.starts_with(b"POST / HTTP/1.1\r\nHost: localhost:3000\r\n"), "{}", text(&printed.stdout));
    assert!(!text(&printed.stdout).contains("visible"));
    let request = printed.stdout.strip_suffix(b"\n").unwrap();
    assert_verifies(request, &["--provider", "shopify", "--secret", "shpss_visible"]);

    // GitLab's token is the secret itself.
    let printed = run(&["trigger", "gitlab-token", "push", "--print", "--secret", "visible-token"]);
    let printed = text(&printed.stdout);
    assert!(printed.contains("X-Gitlab-Token: ***\r\n") && !printed.contains("visible"), "{printed}");
    let (url, taken) =
        handler(1, "HTTP/1.1 200 OK\r\nContent-Length: 17\r\nConnection: close\r\n\r\ngot visible-token");
    let echoed = run(&["trigger", "gitlab-token", "push", "--to", &url, "--secret", "visible-token"]);
    assert!(text(&taken.join().unwrap()[0]).contains("visible-token"));
    assert!(text(&echoed.stdout).ends_with("  got ***\n"), "{echoed:?}");
}

#[test]
fn a_provider_is_shown_with_what_it_says_beside_its_signature() {
    let shown = text(&run(&["providers", "show", "zoom"]).stdout);
    for says in ["After 5, 20 and 60 min", "waits      3 s", "received   200, 204", "URL validation", "meeting.started"]
    {
        assert!(shown.contains(says), "{says}: {shown}");
    }
    let output = run(&["providers", "show", "meta", "--json"]);
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&shown["id"], &shown["setup_text_name"]), (&Value::from("meta"), &Value::from("verify token")));
    assert_eq!(shown["handshakes"][0], "Verification request");
    assert_eq!(shown["samples"][0]["event"], "whatsapp.message");
    assert!(shown["retry"].is_null());
}
