//! The commands are run by real shells with the real curl against a real server, and the wire is compared.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // a failed set-up step is a failed test

mod support;

use std::{
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use hookglass_exchange::{ExportCapture, Redaction, curl};
use hookglass_model::Header;
use proptest::prelude::*;
use support::capture;

const EVERYTHING: Redaction = Redaction { include_secrets: true };

/// Shells that are not installed are left out, with a line that says so.
fn shells() -> Vec<&'static str> {
    let (found, missing): (Vec<_>, Vec<_>) = ["sh", "bash", "dash", "zsh"]
        .into_iter()
        .partition(|shell| Command::new(shell).args(["-c", ":"]).status().is_ok_and(|status| status.success()));
    if !missing.is_empty() {
        println!("not tested, because not installed: {}", missing.join(", "));
    }
    assert!(found.contains(&"sh"), "no sh on this system");
    found
}

struct Server {
    url: String,
    requests: Receiver<(Vec<String>, Vec<Header>, Vec<u8>)>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, requests) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
                let mut bytes = Vec::new();
                let head_end = loop {
                    let mut buffer = [0; 8192];
                    let read = stream.read(&mut buffer).unwrap();
                    assert!(read > 0, "the request ended in its head");
                    bytes.extend_from_slice(&buffer[..read]);
                    if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                        break at;
                    }
                };
                let mut lines = bytes[..head_end].split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end);
                let request_line =
                    String::from_utf8_lossy(lines.next().unwrap()).split(' ').map(str::to_owned).collect();
                let headers: Vec<Header> = lines
                    .map(|line| {
                        let colon = line.iter().position(|&byte| byte == b':').unwrap();
                        Header::new(String::from_utf8_lossy(&line[..colon]), line[colon + 1..].trim_ascii())
                    })
                    .collect();
                let length = headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
                let length: usize = length.map_or(0, |header| header.value_lossy().parse().unwrap());
                let mut body = bytes.split_off(head_end + 4);
                let mut rest = vec![0; length - body.len()];
                stream.read_exact(&mut rest).unwrap();
                body.append(&mut rest);
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
                if sender.send((request_line, headers, body)).is_err() {
                    return;
                }
            }
        });
        Self { url, requests }
    }
}

/// Runs a command in an empty folder and asserts that it left nothing there.
fn run(shell: &str, command: &str, folder: &Path) {
    // As a file, because an argument may be 128 KiB long only.
    let mut script = tempfile::NamedTempFile::new().unwrap();
    script.write_all(command.as_bytes()).unwrap();
    let output = Command::new(shell)
        .arg(script.path())
        .current_dir(folder)
        // Nobody's own settings: proxies and ~/.curlrc.
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", folder)
        .env("NO_PROXY", "*")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{shell} failed on\n{command}\n{complaint}");
    let made: Vec<_> = folder.read_dir().unwrap().collect();
    assert!(made.is_empty(), "{shell} made {made:?} on\n{command}");
}

fn assert_same_bytes(server: &Server, capture: &ExportCapture, shells: &[&str]) {
    let target = format!("{}/hook?a=1&b=%20", server.url);
    let command = curl::to_sh(capture, &target, &EVERYTHING);
    assert!(!command.replace("\\\n", "").chars().any(char::is_control), "control characters in {command:?}");
    let folder = tempfile::tempdir().unwrap();
    for shell in shells {
        run(shell, &command, folder.path());
        let (line, headers, body) = server.requests.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!(line, [capture.method.as_str(), "/hook?a=1&b=%20", "HTTP/1.1"]);
        let computed = ["host", "content-length", "transfer-encoding", "expect"];
        let comparable = |header: &&Header| !computed.iter().any(|name| header.name.eq_ignore_ascii_case(name));
        let sent: Vec<&Header> = headers.iter().filter(comparable).collect();
        let captured: Vec<&Header> = capture.headers.iter().filter(comparable).collect();
        assert_eq!(sent, captured, "{shell}\n{command}");
        assert_eq!(body, capture.body, "{shell}\n{command}");
    }
}

#[test]
fn bodies_of_every_kind_arrive_byte_for_byte() {
    let server = Server::start();
    let shells = shells();
    let all_bytes: Vec<u8> = (0..=255).collect();
    let large_text = "{\"naïve\": 'quoted' \\n %s $HOME `id`}".repeat(8_000);
    let large_binary: Vec<u8> = (0..=255).cycle().take(1_500_000).collect();
    let bodies: [&[u8]; 18] = [
        b"",
        b"{\"id\":\"evt_1\"}",
        b"it's $(touch canary) `touch canary` \\ \" ! * ? ~ # ; & | < > %s %n \\n",
        b"@/etc/passwd",
        b"-d @/etc/passwd",
        b"--output canary",
        b"line one\nline two\r\nline three\n",
        b"\n",
        b"-n\n",
        b"\ttab\x1b[31mred\x1b[0m\x07\x7f",
        "ünï©ødé \u{202e}txt.exe\u{feff}\u{200b}".as_bytes(),
        b"nul\0inside",
        b"\xff\xfe\xfd",
        b"%d%%\\045\\\\",
        &all_bytes,
        large_text.as_bytes(),
        &large_binary,
        b"'",
    ];
    for body in bodies {
        assert_same_bytes(
            &server,
            &capture(&[("Content-Type", b"application/json"), ("Content-Length", b"1")], body),
            &shells,
        );
        assert_same_bytes(&server, &capture(&[], body), &shells);
    }
}

#[test]
fn headers_arrive_in_order_and_case_with_odd_values() {
    let server = Server::start();
    let latin: Vec<u8> = (128..=255).collect();
    let headers: [(&str, &[u8]); 17] = [
        ("X-GitHub-Event", b"push"),
        ("user-agent", b"GitHub-Hookshot/1"),
        ("X-Dup", b"1"),
        ("X-Dup", b"2"),
        ("X-Empty", b""),
        ("Accept", b""),
        ("X-Shell", b"'; touch canary; echo '$(touch canary)`touch canary`"),
        ("X-At", b"@/etc/passwd"),
        ("X-Semi", b"a;b;"),
        ("X-Latin", &latin),
        ("X-Tab", b"a\tb"),
        ("X-Escape", b"\x1b]52;c;aGk=\x07 %s \\n"),
        ("X-Recall", b"\xff!! !touch !-1 'it's' !?canary?"),
        ("X-Recall-Plain", b"!! !touch !-1 'it's' !?canary?"),
        ("X-Bidi", "\u{202e}abc".as_bytes()),
        ("Accept-Encoding", b"gzip, br"),
        ("!#$%&'*+-.^_`|~", b"odd name"),
    ];
    assert_same_bytes(&server, &capture(&headers, b"{}"), &shells());
}

#[test]
fn history_expansion_recalls_no_old_command() {
    let server = Server::start();
    let values: [&[u8]; 3] = [b"!! !touch", b"\xff!! !touch", b"it's !! 'quoted' !-1"];
    for value in values {
        let capture = capture(&[("X-Recall", value)], b"it's !! \n !touch");
        let folder = tempfile::tempdir().unwrap();
        let command = curl::to_sh(&capture, &format!("{}/x", server.url), &EVERYTHING);
        let Ok(mut shell) = Command::new("bash")
            // What an interactive bash does with typed lines, without taking over the terminal.
            .args(["-o", "history", "-o", "histexpand"])
            .current_dir(&folder)
            .env("HISTFILE", "/dev/null")
            .env("NO_PROXY", "*")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
        else {
            println!("not tested, because bash is not installed");
            return;
        };
        let typed = format!("cd .; : touch canary\n{command}\n");
        shell.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        let output = shell.wait_with_output().unwrap();
        let (_, headers, body) = server
            .requests
            .recv_timeout(Duration::from_secs(10))
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        assert!(headers.contains(&Header::new("X-Recall", value)), "{command}");
        assert_eq!(body, capture.body);
    }
}

#[test]
fn methods_keep_their_meaning() {
    let server = Server::start();
    for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PURGE", "get"] {
        let mut capture = capture(&[("X-A", b"1")], b"");
        capture.method = method.to_owned();
        assert_same_bytes(&server, &capture, &["sh"]);
    }
    let mut with_body = capture(&[("X-A", b"1")], b"body of a GET");
    with_body.method = "GET".to_owned();
    assert_same_bytes(&server, &with_body, &["sh"]);
}

#[test]
fn an_odd_target_stays_one_argument() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    for (path, expected) in [
        ("/a/../b?x={1,2}&y=[1-3]", "/a/../b?x={1,2}&y=[1-3]"),
        ("/'; touch canary; '", "/';%20touch%20canary;%20'"),
        ("/$(touch canary)", "/$(touch%20canary)"),
        ("/ü\n", "/%C3%BC%0A"),
    ] {
        let command = curl::to_sh(&capture(&[], b""), &format!("{}{path}", server.url), &EVERYTHING);
        for shell in shells() {
            run(shell, &command, folder.path());
            let (line, _, _) = server.requests.recv_timeout(Duration::from_secs(10)).unwrap();
            assert_eq!(line[1], expected, "{shell}");
        }
    }
    let option = curl::to_sh(&capture(&[], b""), "--output=canary", &EVERYTHING);
    assert!(option.contains("--url '--output=canary'"));
}

#[test]
fn an_ordinary_webhook_is_pleasant_to_read() {
    let headers: [(&str, &[u8]); 5] = [
        ("Host", b"hooks.example.com"),
        ("User-Agent", b"Stripe/1.0"),
        ("Content-Type", b"application/json"),
        ("Content-Length", b"14"),
        ("Stripe-Signature", b"t=1,v1=ab"),
    ];
    let command =
        curl::to_sh(&capture(&headers, b"{\"id\":\"evt_1\"}"), "http://localhost:3000/hook", &Redaction::default());
    assert_eq!(
        command,
        r#"curl --request POST --url 'http://localhost:3000/hook' \
  --header 'User-Agent: Stripe/1.0' \
  --header 'Content-Type: application/json' \
  --header 'Stripe-Signature: t=1,v1=ab' \
  --header 'Accept:' \
  --data-binary '{"id":"evt_1"}'"#
    );
}

#[test]
fn secrets_do_not_leave() {
    let headers: [(&str, &[u8]); 3] =
        [("Authorization", b"Bearer CANARY_1"), ("Cookie", b"s=CANARY_2"), ("X-Gitlab-Token", b"CANARY_1")];
    let command =
        curl::to_sh(&capture(&headers, b"{}"), "http://u:CANARY_3@localhost/?token=CANARY_4", &Redaction::default());
    assert!(!command.contains("CANARY"), "{command}");
    assert!(command.contains("--url 'http://%5Bredacted:1%5D@localhost/?token=%5Bredacted:2%5D'"), "{command}");
    assert!(command.contains("'Authorization: Bearer [redacted:3]'"), "{command}");
    assert!(command.contains("'X-Gitlab-Token: [redacted:3]'"), "{command}");
}

#[test]
fn random_requests_arrive_byte_for_byte() {
    let server = Server::start();
    let shells = shells();
    let value = proptest::collection::vec(
        prop_oneof![Just(b'\''), Just(b'\\'), Just(b'%'), Just(b'$'), 32..127_u8, 128..=255_u8],
        0..16,
    )
    .prop_map(|bytes| bytes.trim_ascii().to_vec());
    let body = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        any::<String>().prop_map(String::into_bytes),
        "[ -~\n\r\t]{0,100}".prop_map(String::into_bytes),
    ];
    let strategy = (proptest::collection::vec(("X-[!#$%&'*+.^_`|~A-Za-z0-9-]{1,8}", value), 0..6), body);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(60));
    runner
        .run(&strategy, |(headers, body)| {
            let headers: Vec<(&str, &[u8])> =
                headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
            assert_same_bytes(&server, &capture(&headers, &body), &shells);
            Ok(())
        })
        .unwrap();
}
