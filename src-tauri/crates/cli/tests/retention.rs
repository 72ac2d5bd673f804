//! Rules of retention from the command line.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails, helper functions included")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use serde_json::{Value, json};

fn hookglass(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookglass"));
    command.env("HOOKGLASS_DATA_DIR", data_dir).env_remove("HOOKGLASS_LISTEN").stdin(Stdio::null());
    command
}

fn run(data_dir: &Path, arguments: &[&str]) -> Output {
    hookglass(data_dir).args(arguments).output().unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// A `hookglass listen` that ends with the test.
struct Listening(Child, String);

impl Listening {
    fn start(data_dir: &Path, arguments: &[&str]) -> Self {
        let mut child = hookglass(data_dir)
            .args(["listen", "--addr", "127.0.0.1:0", "--quiet"])
            .args(arguments)
            .env("HOOKGLASS_TEST_SECRET", "any text")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut first).unwrap();
        let address = first.trim().strip_prefix("Listening on http://").unwrap_or_else(|| panic!("{first}")).to_owned();
        Self(child, address)
    }

    fn post(&self, path: &str) {
        let mut socket = TcpStream::connect(&self.1).unwrap();
        write!(socket, "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").unwrap();
        let mut answer = [0; 12];
        socket.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn rule(endpoint: Option<&str>, days: Option<u32>, captures: Option<u64>, bytes: Option<u64>) -> Value {
    json!({"endpoint": endpoint, "max_age_days": days, "max_captures": captures, "max_bytes": bytes})
}

#[test]
fn rules_are_set_listed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let without = run(&data_dir, &["retention", "set", "captures=5"]);
    assert_eq!(without.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&without.stderr).contains("no Hookglass database"), "{without:?}");
    assert!(!data_dir.exists(), "a typing error makes no database");

    drop(Listening::start(&data_dir, &["--endpoint", "hub:github:HOOKGLASS_TEST_SECRET"]));
    assert_eq!(lines(&run(&data_dir, &["retention", "--json"])), [rule(None, None, None, None)]);
    let set = run(&data_dir, &["retention", "set", "captures=1000,days=30", "--json"]);
    assert_eq!(lines(&set), [rule(None, Some(30), Some(1000), None)]);
    let set = run(&data_dir, &["retention", "set", "bytes=2MiB", "--endpoint", "hub", "--json"]);
    let both = [rule(Some("hub"), None, None, Some(2 << 20)), rule(None, Some(30), Some(1000), None)];
    assert_eq!(lines(&set), both);
    assert_eq!(lines(&run(&data_dir, &["retention", "list", "--json"])), both);
    let text = String::from_utf8(run(&data_dir, &["retention"]).stdout).unwrap();
    assert_eq!(text, "hub: bytes=2097152\nall other endpoints: days=30,captures=1000\n");

    for (arguments, part) in [
        (&["retention", "set", "captures=0"][..], "1 or more"),
        (&["retention", "set", "soon"], "write days=30"),
        (&["retention", "set", "days=1", "--endpoint", "nobody"], "no endpoint nobody"),
        (&["retention", "remove", "--endpoint", "nobody"], "no endpoint nobody"),
        (&["listen", "--addr", "127.0.0.1:0", "--keep", "hub:colour=red"], "There are days, captures and bytes"),
        (&["listen", "--addr", "127.0.0.1:0", "--keep", "nobody:days=1"], "no endpoint nobody"),
    ] {
        let refused = run(&data_dir, arguments);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains(part), "{arguments:?}: {refused:?}");
    }
    assert_eq!(lines(&run(&data_dir, &["retention", "--json"])), both, "what was refused changed nothing");

    let removed = run(&data_dir, &["retention", "remove", "--endpoint", "hub", "--json"]);
    assert_eq!(lines(&removed), [rule(None, Some(30), Some(1000), None)]);
    assert_eq!(lines(&run(&data_dir, &["retention", "remove", "--json"])), [rule(None, None, None, None)]);
}

#[test]
fn what_listen_is_told_to_keep_is_kept_and_the_rest_goes_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let hub = ["--endpoint", "hub:github:HOOKGLASS_TEST_SECRET"];
    let listening = Listening::start(folder.path(), &hub);
    for number in 0..6 {
        listening.post(&format!("/hub/{number}"));
        listening.post(&format!("/other/{number}"));
    }
    let busy = run(folder.path(), &["retention", "set", "captures=1"]);
    assert_eq!(busy.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&busy.stderr).contains("in use"), "{busy:?}");
    drop(listening);

    let keep = [&hub[..], &["--keep", "hub:captures=2", "--keep", "captures=4"]].concat();
    let _listening = Listening::start(folder.path(), &keep);
    let mut paths: Vec<String> = Vec::new();
    // The rules are applied in the background; a harness that hangs here tells that they never were.
    while paths.len() != 6 {
        let stored = lines(&run(folder.path(), &["captures", "list", "--json"]));
        paths = stored.iter().map(|capture| capture["path"].as_str().unwrap().to_owned()).collect();
    }
    assert_eq!(paths, ["/other/2", "/other/3", "/hub/4", "/other/4", "/hub/5", "/other/5"]);
}
