//! The contract of `hookglass doctor`: what scripts read, exit codes, and that no secret is printed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails, helper functions included")]

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// docs.github.com, "Validating webhook deliveries", the test values given there.
const SECRET: &str = "It's a Secret to Everybody";
const MESSAGE: &str = "POST /hooks HTTP/1.1\r\nHost: x\r\nX-GitHub-Event: ping\r\nX-Hub-Signature-256: \
    sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17\r\n\r\nHello, World!";

fn doctor(arguments: &[&str], message: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hookglass"))
        .arg("doctor")
        .args(arguments)
        .env("HOOKGLASS_DATA_DIR", "/nonexistent/hookglass")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn the_cause_is_first_with_its_remedy_and_the_signed_bytes() {
    for (provider, message, secret, cause) in [
        (true, MESSAGE.to_owned(), format!("{SECRET}\n"), "secret.newline"),
        (false, MESSAGE.to_owned(), format!("'{SECRET}'"), "secret.quotes"),
        (true, format!("{MESSAGE}\n"), SECRET.to_owned(), "body.newline_added"),
        (true, format!("{MESSAGE}\n"), format!(" {SECRET}"), "secret.whitespace+body.newline_added"),
    ] {
        let mut arguments = vec!["--json", "--secret", &secret, "-"];
        if provider {
            arguments.extend(["--provider", "github"]);
        }
        let output = doctor(&arguments, &message);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let found = json_of(&output);
        let first = &found["findings"][0];
        assert_eq!((first["cause"].as_str().unwrap(), &first["reproduced"]), (cause, &Value::Bool(true)), "{found}");
        for field in ["sentence", "remedy"] {
            assert!(first[field].as_str().unwrap().ends_with('.'), "{found}");
        }
        assert_eq!(first["steps"].as_array().unwrap().len(), cause.split('+').count());
        assert_eq!(found["signed"][0]["text"], "Hello, World!");
        assert!(found["tried"].as_u64().unwrap() > 0 && found["elapsed_ms"].as_f64().unwrap() > 0.0);
        assert_eq!(found["provider"], "github");
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(!printed.contains(SECRET), "the secret is printed: {printed}");
    }
}

#[test]
fn of_several_secrets_the_first_should_match() {
    let found = json_of(&doctor(&["--json", "--secret", "wrong", "--secret", SECRET, "-"], MESSAGE));
    assert_eq!(found["findings"][0]["cause"], "secret.other");
    let valid = doctor(&["--json", "--secret", SECRET, "--secret", "wrong", "-"], MESSAGE);
    assert_eq!(valid.status.code(), Some(0));
    assert_eq!(
        (&json_of(&valid)["findings"], &json_of(&valid)["verdict"]),
        (&Value::Array(Vec::new()), &"valid".into())
    );
}

#[test]
fn what_is_only_ruled_out_exits_1_and_bad_input_2() {
    let output = doctor(&["--json", "--provider", "github", "--secret", "quite another", "-"], MESSAGE);
    assert_eq!(output.status.code(), Some(1));
    let found = json_of(&output);
    assert_eq!(
        (&found["findings"][0]["cause"], &found["findings"][0]["reproduced"]),
        (&"secret.unknown".into(), &false.into())
    );
    assert_eq!(doctor(&["--secret", "x", "-"], "POST / HTTP/1.1\r\nHost: x\r\n\r\n").status.code(), Some(2));
    assert_eq!(doctor(&["--provider", "nobody", "--secret", "x", "-"], MESSAGE).status.code(), Some(2));
    assert_eq!(doctor(&["--secret", "x"], "").status.code(), Some(2), "a file is needed");
    let text = doctor(&["--secret", &format!("{SECRET}\r\n"), "-"], MESSAGE);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("secret.newline (proved: this reproduces the signature)"), "{text}");
}

#[test]
fn an_age_is_judged_at_the_moment_that_is_given() {
    let signed = {
        let unsigned = "POST /s HTTP/1.1\r\nHost: x\r\n\r\n{}";
        let mut child = Command::new(env!("CARGO_BIN_EXE_hookglass"))
            .args(["sign", "--provider", "stripe", "--secret", "whsec_x", "--timestamp", "1700000000", "-"])
            .env("HOOKGLASS_DATA_DIR", "/nonexistent/hookglass")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(unsigned.as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    };
    let found = json_of(&doctor(&["--json", "--secret", "whsec_x", "--now", "1700000400", "-"], &signed));
    assert_eq!(found["findings"][0]["cause"], "timestamp.too_old");
    assert_eq!(found["findings"][0]["badge"], "400 s too old");
}

#[test]
fn guides_need_no_request() {
    let guide = doctor(&["--guide", "express"], "");
    assert_eq!(guide.status.code(), Some(0));
    assert!(String::from_utf8(guide.stdout).unwrap().contains("express.raw("));
    let json = json_of(&doctor(&["--guide", "go", "--json"], ""));
    assert_eq!((&json["guide"]["id"], &json["guide"]["language"]), (&"go".into(), &"Go".into()));
    let unknown = doctor(&["--guide", "cobol"], "");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("express, nextjs"));
}
