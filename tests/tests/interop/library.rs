//! The Node process that holds the vendors' libraries (`tests/interop/server.mjs`).

use std::{
    io::{BufRead, BufReader, Write},
    process::{ChildStdin, Command, Stdio},
    sync::{LazyLock, Mutex, mpsc},
    thread,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hookglass_tests::binaries::workspace_root;
use serde_json::{Value, json};

use crate::delivery::Delivery;

/// The slowest answer is the first of a large library, which takes some seconds to load on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// One process for all tests; it ends when this one does, because its input ends.
static PROCESS: LazyLock<Mutex<Process>> = LazyLock::new(|| Mutex::new(Process::start()));

struct Process {
    questions: ChildStdin,
    answers: mpsc::Receiver<String>,
}

impl Process {
    #[expect(clippy::zombie_processes, reason = "it ends with this process, which waits for nothing")]
    fn start() -> Self {
        let folder = workspace_root().join("tests/interop");
        assert!(folder.join("node_modules").is_dir(), "run `npm ci --ignore-scripts` in tests/interop first");
        let mut child = Command::new("node")
            .arg("server.mjs")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node cannot be started");
        let output = child.stdout.take().unwrap();
        let (sender, answers) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { questions: child.stdin.take().unwrap(), answers }
    }

    fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.questions, "{question}").expect("node has ended");
        let answer = self.answers.recv_timeout(PATIENCE).expect("node does not answer");
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert!(answer.get("error").is_none(), "{}: {}", question["sdk"], answer["error"].as_str().unwrap_or("?"));
        answer
    }
}

/// A key pair in the forms the library and its vendor use.
pub(crate) struct KeyPair {
    pub(crate) private: String,
    pub(crate) public: String,
}

/// A vendor's library, by the name of its file in `tests/interop/sdks`.
#[derive(Clone, Copy)]
pub(crate) struct Library(pub(crate) &'static str);

impl Library {
    fn ask(self, operation: &str, delivery: &Delivery, secret: &str, at_ms: i64) -> Value {
        let headers: Vec<_> = delivery
            .headers
            .iter()
            .map(|header| json!([&*header.name, String::from_utf8(header.value.clone()).unwrap()]))
            .collect();
        let question = json!({
            "sdk": self.0,
            "op": operation,
            "secret": secret,
            "body_base64": STANDARD.encode(&delivery.body),
            "headers": headers,
            "url": delivery.url,
            "method": delivery.method,
            "id": delivery.id,
            "at_ms": at_ms,
        });
        PROCESS.lock().unwrap_or_else(std::sync::PoisonError::into_inner).ask(&question)
    }

    /// The delivery with the signature that the library makes.
    pub(crate) fn sign(self, mut delivery: Delivery, secret: &str, at_ms: i64) -> Delivery {
        let answer = self.ask("sign", &delivery, secret, at_ms);
        for header in answer["headers"].as_array().unwrap() {
            delivery.put(header[0].as_str().unwrap(), header[1].as_str().unwrap().as_bytes());
        }
        if let Some(body) = answer["body_base64"].as_str() {
            delivery.body = STANDARD.decode(body).unwrap();
        }
        if let Some(url) = answer["url"].as_str() {
            url.clone_into(&mut delivery.url);
        }
        delivery
    }

    /// Whether the library takes the signature for a true one, with its words when it does not.
    pub(crate) fn verify(self, delivery: &Delivery, secret: &str) -> Result<(), String> {
        let answer = self.ask("verify", delivery, secret, 0);
        if answer["valid"].as_bool().unwrap() {
            return Ok(());
        }
        Err(answer["because"].as_str().unwrap_or("it said no").to_owned())
    }

    /// A fresh key pair.
    pub(crate) fn keys(self) -> KeyPair {
        let question = json!({ "sdk": self.0, "op": "keys" });
        let answer = PROCESS.lock().unwrap_or_else(std::sync::PoisonError::into_inner).ask(&question);
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        KeyPair { private: text("private"), public: text("public") }
    }
}
