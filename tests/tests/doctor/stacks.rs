//! The stacks that really re-write bodies: one process each for the whole run, answering line by line.

use std::{
    collections::HashMap,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Mutex,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

/// A way in which a stack writes a JSON document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) stack: &'static str,
    pub(crate) way: &'static str,
}

const fn form(stack: &'static str, way: &'static str) -> Form {
    Form { stack, way }
}

/// Every way in which a JSON document is written.
pub(crate) const JSON_FORMS: [Form; 19] = [
    form("node", "compact"),
    form("node", "indent 2"),
    form("node", "indent 4"),
    form("python", "default"),
    form("python", "compact"),
    form("python", "unescaped"),
    form("python", "sorted"),
    form("python", "sorted compact"),
    form("python", "indent 2"),
    form("python", "indent 4"),
    form("php", "default"),
    form("php", "unescaped"),
    form("php", "pretty"),
    form("php", "arrays"),
    form("ruby", "compact"),
    form("ruby", "pretty"),
    form("go", "map"),
    form("go", "unescaped"),
    form("go", "indent"),
];

/// Every way in which a form body is written. Go's sorts the fields.
pub(crate) const FORM_FORMS: [Form; 6] = [
    form("node", "form"),
    form("python", "form"),
    form("python", "form quoted"),
    form("php", "form"),
    form("ruby", "form"),
    form("go", "form"),
];

/// One running stack.
struct Stack {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// Those that are installed.
pub(crate) struct Stacks {
    running: HashMap<&'static str, Mutex<Stack>>,
    /// The names of those that are not.
    pub(crate) missing: Vec<&'static str>,
}

impl Stacks {
    pub(crate) fn start() -> Self {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/doctor/stacks");
        let mut stacks = Self::none();
        let programs = [
            ("node", "node", "node.mjs"),
            ("python", "python3", "python.py"),
            ("php", "php", "php.php"),
            ("ruby", "ruby", "ruby.rb"),
        ];
        for (name, program, script) in programs {
            let mut command = Command::new(program);
            command.arg(scripts.join(script));
            stacks.add(name, command);
        }
        let go = go_command(&scripts.join("go.go"));
        stacks.add("go", go);
        stacks
    }

    /// For requests that no stack touches.
    pub(crate) fn none() -> Self {
        Self { running: HashMap::new(), missing: Vec::new() }
    }

    fn add(&mut self, name: &'static str, mut command: Command) {
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let Ok(mut child) = started else {
            self.missing.push(name);
            return;
        };
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        self.running.insert(name, Mutex::new(Stack { child, input, output }));
    }

    pub(crate) fn has(&self, stack: &str) -> bool {
        self.running.contains_key(stack)
    }

    /// The body as the stack writes it; `None` when the stack is not installed or the body is nothing for it.
    pub(crate) fn write(&self, form: Form, body: &[u8]) -> Option<Vec<u8>> {
        let stack = &mut *self.running.get(form.stack)?.lock().unwrap();
        let mut line = json!({ "way": form.way, "body": STANDARD.encode(body) }).to_string();
        line.push('\n');
        stack.input.write_all(line.as_bytes()).unwrap();
        stack.input.flush().unwrap();
        let mut answer = String::new();
        stack.output.read_line(&mut answer).unwrap();
        assert!(answer.ends_with('\n'), "{} ended while it was asked for {}", form.stack, form.way);
        match answer.trim_end() {
            "!" => None,
            written => Some(STANDARD.decode(written).unwrap()),
        }
    }

    pub(crate) fn python(&self, way: &'static str, body: &[u8]) -> Option<Vec<u8>> {
        self.write(form("python", way), body)
    }

    pub(crate) fn node(&self, way: &'static str, body: &[u8]) -> Option<Vec<u8>> {
        self.write(form("node", way), body)
    }
}

/// Builds in cargo's folder for tests, where the next run finds what this one compiled. The source is copied there so
/// that no module is looked for above it.
fn go_command(source: &Path) -> Command {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("doctor-go");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(source, folder.join("main.go")).unwrap();
    let mut command = Command::new("go");
    command.args(["run", "main.go"]).current_dir(&folder);
    command.env("GOCACHE", folder.join("cache")).env("GOPATH", folder.join("path")).env("GO111MODULE", "off");
    command.env("GOTOOLCHAIN", "local").env("GOFLAGS", "");
    command
}

impl Drop for Stacks {
    fn drop(&mut self) {
        for stack in self.running.values() {
            let Ok(mut stack) = stack.lock() else { continue };
            // `go run` hands a signal on to nobody, but each stack ends with its input.
            let _ = stack.input.flush();
            let _ = stack.child.kill();
            let _ = stack.child.wait();
        }
    }
}
