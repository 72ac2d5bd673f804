//! The vault of the window on the command line: unlocked by the environment or standard input, never by an argument,
//! and honest when it stays locked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails, helper functions included")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::Arc,
};

use hookglass_workbench::model::ProviderId;
use hookglass_workbench::view::{EndpointInput, SecretInput, SetupTextInput, VaultInput};
use hookglass_workbench::{Options, SystemClock, VaultChoice, Workbench};
use serde_json::Value;

/// docs.github.com, "Validating webhook deliveries", the test values given there.
const SECRET: &str = "It's a Secret to Everybody";
const MESSAGE: &str = "POST /github HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\nConnection: close\r\nX-Hub-Signature-256: \
    sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17\r\n\r\nHello, World!";
const PASSPHRASE: &str = "correct horse battery";

/// A data folder as the window leaves it.
fn prepared(place: VaultInput) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { data_dir: folder.path().to_path_buf(), vault: VaultChoice::Memory };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let bench = Workbench::open(options, Arc::new(SystemClock)).await.unwrap();
        bench.choose_vault(place).await.unwrap();
        let secret = SecretInput { id: None, label: "one".to_owned(), value: Some(SECRET.to_owned()) };
        let input = EndpointInput {
            id: None,
            slug: "github".to_owned(),
            provider: Some(ProviderId::from("github")),
            secrets: vec![secret],
            public_url: None,
            tolerance_seconds: None,
            target_url: None,
            setup_text: SetupTextInput::Keep,
        };
        bench.save_endpoint(input).await.unwrap();
        bench.close().await;
    });
    folder
}

fn listen(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookglass"));
    command
        .args(["listen", "--addr", "127.0.0.1:0", "--json", "--data-dir", folder.to_str().unwrap()])
        .args(arguments)
        .env_remove("HOOKGLASS_PASSPHRASE")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Ends the process when a test fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Posts one message and returns what was said before listening, and the line of the capture.
fn received(mut command: Command, input: &str) -> (String, Value) {
    let mut running = Running(command.spawn().unwrap());
    if let Some(mut stdin) = running.0.stdin.take() {
        stdin.write_all(input.as_bytes()).unwrap();
    }
    let mut said = String::new();
    let mut complaints = BufReader::new(running.0.stderr.take().unwrap());
    let address = loop {
        let mut line = String::new();
        assert!(complaints.read_line(&mut line).unwrap() > 0, "ended: {said}");
        if let Some(address) = line.trim().strip_prefix("Listening on http://") {
            break address.to_owned();
        }
        said.push_str(&line);
    };
    let mut socket = TcpStream::connect(address).unwrap();
    socket.write_all(MESSAGE.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let mut line = String::new();
    BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (said, serde_json::from_str(&line).unwrap())
}

fn ended(mut command: Command, input: &str) -> Output {
    let mut child = command.spawn().unwrap();
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).unwrap();
    }
    child.wait_with_output().unwrap()
}

#[test]
fn a_passphrase_comes_from_the_environment_or_standard_input() {
    let folder = prepared(VaultInput::Passphrase { passphrase: PASSPHRASE.to_owned() });
    let mut command = listen(folder.path(), &[]);
    command.env("HOOKGLASS_PASSPHRASE", PASSPHRASE);
    let (said, line) = received(command, "");
    assert_eq!((said.as_str(), &line["verdict"]), ("", &"valid".into()));

    let mut command = listen(folder.path(), &["--passphrase-stdin"]);
    command.stdin(Stdio::piped());
    let (said, line) = received(command, &format!("{PASSPHRASE}\r\nnot part of it"));
    assert_eq!((said.as_str(), &line["verdict"]), ("", &"valid".into()));
}

#[test]
fn a_vault_that_stays_locked_is_told_and_captures_all_the_same() {
    let folder = prepared(VaultInput::Passphrase { passphrase: PASSPHRASE.to_owned() });
    let (said, line) = received(listen(folder.path(), &[]), "");
    assert!(said.contains("The vault is locked") && said.contains("HOOKGLASS_PASSPHRASE"), "{said}");
    assert_eq!((&line["verdict"], &line["reason"]), (&"not_checked".into(), &"vault_locked".into()));
}

#[test]
fn a_wrong_passphrase_ends_a_script_and_is_not_printed() {
    let folder = prepared(VaultInput::Passphrase { passphrase: PASSPHRASE.to_owned() });
    let mut command = listen(folder.path(), &[]);
    command.env("HOOKGLASS_PASSPHRASE", "CANARY wrong");
    let output = ended(command, "");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.starts_with("HOOKGLASS_PASSPHRASE: This is not the passphrase"), "{said}");
    assert!(!said.contains("CANARY"), "{said}");

    let mut command = listen(folder.path(), &["--passphrase-stdin"]);
    command.stdin(Stdio::piped());
    assert_eq!(ended(command, "CANARY wrong\n").status.code(), Some(2));
}

#[test]
fn an_unencrypted_key_is_told_at_every_start() {
    let folder = prepared(VaultInput::KeyFile);
    let (said, line) = received(listen(folder.path(), &[]), "");
    assert!(said.starts_with("Secrets are stored unencrypted: their key is in "), "{said}");
    assert_eq!(line["verdict"], "valid");
    let mut command = listen(folder.path(), &["--passphrase-stdin"]);
    command.stdin(Stdio::piped());
    let output = ended(command, "x\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("has no passphrase"));
}

#[test]
fn a_passphrase_is_no_argument() {
    let folder = tempfile::tempdir().unwrap();
    let output = ended(listen(folder.path(), &["--passphrase", "x"]), "");
    assert_eq!(output.status.code(), Some(2));
}
