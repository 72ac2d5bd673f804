//! F03: power loss, shown by order. Every 2xx is written to its socket after an fdatasync of the log that began after
//! the row's page was written to it.
//!
//! The order is that of strace's lines. A call stands where it began and where it ended; what one call waits for in
//! another process can only stand before it.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use hookglass_tests::http;
use tokio::task::JoinSet;

use crate::{
    case::{Case, Run},
    listener::Launch,
    strace::Attached,
};

pub(crate) const CASES: [Case; 1] = [Case {
    id: "F03",
    title: "each answer follows an fdatasync begun after its insert",
    quick: true,
    run: |run| Box::pin(answers_follow_syncs(run)),
}];

/// Senders at a time: enough for several requests in one commit.
const SENDERS: u32 = 32;

/// Each request has one in its path, so that its row's page can be recognised: `F03-` and eight digits.
const MARK: &str = "F03-";
const MARK_LENGTH: usize = MARK.len() + 8;

/// Strings are traced so far: a database page of 8,192 bytes whole.
const TRACED_BYTES: &str = "8300";

/// One acknowledged request, as its sender knows it.
struct Sent {
    mark: String,
    /// Which connection, and the how many-th answer on it.
    port: u16,
    nth: usize,
}

/// What the trace tells, by line numbers.
#[derive(Default)]
struct Order {
    /// When the first write of a page with this mark to the log had ended.
    written: HashMap<String, usize>,
    /// Begin and end of each sync of the log, by begin.
    syncs: Vec<(usize, usize)>,
    /// When each answer of 200 on a connection began to be written.
    answers: HashMap<u16, Vec<usize>>,
}

async fn answers_follow_syncs(run: &mut Run) -> Result<()> {
    reading_notices_a_wrong_order()?;
    let each = run.pick(20, 160);
    let data = run.data("data");
    let listener = Launch::new(&run.program, &data).start().await?;
    let arguments = ["-s", TRACED_BYTES, "-e", "trace=pwrite64,fdatasync,fsync,sendto,sendmsg,write,writev"];
    let attached = Attached::to(run, listener.id(), &arguments.map(str::to_owned)).await?;
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        senders.spawn(send(listener.address().to_owned(), sender, each));
    }
    let mut sent = Vec::new();
    while let Some(ended) = senders.join_next().await {
        sent.extend(ended.context("a sender panicked")??);
    }
    let lines = attached.end().await?;
    listener.stop().await?;

    let order = Order::read(&lines);
    for one in &sent {
        order.ensure_covered(one).with_context(|| format!("the answer to {}", one.mark))?;
    }
    run.figure("acked", sent.len());
    run.figure("fdatasyncs", order.syncs.len());
    run.figure("in order", "100 %");
    ensure!(!order.syncs.is_empty(), "no sync was traced, so nothing is shown");
    ensure!(sent.len() >= run.pick(500, 5_000), "too few answers to show anything");
    Ok(())
}

/// Sends on one connection; every request must be answered 200.
async fn send(address: String, sender: u32, count: usize) -> Result<Vec<Sent>> {
    let mut connection = http::Connection::open(&address).await?;
    let port = connection.local_port()?;
    let mut sent = Vec::new();
    for nth in 0..count {
        let mark = format!("{MARK}{sender:03}{nth:05}");
        let answer = connection.exchange(&http::post(&format!("/{mark}"), &[], b"{}")).await?;
        ensure!(answer.status == 200, "answered {}", answer.status);
        sent.push(Sent { mark, port, nth });
    }
    Ok(sent)
}

impl Order {
    fn read(lines: &[String]) -> Self {
        let mut order = Self::default();
        // Calls that have begun and not ended, by thread.
        let mut begun: HashMap<&str, (usize, &str)> = HashMap::new();
        for (at, line) in lines.iter().enumerate() {
            let Some((thread, call)) = line.split_once(' ') else { continue };
            let call = call.trim_start();
            if call.ends_with("<unfinished ...>") {
                order.begins(at, call);
                begun.insert(thread, (at, call));
            } else if call.starts_with("<... ") {
                if let Some((began, first)) = begun.remove(thread)
                    && succeeded(call)
                {
                    order.ended(began, at, first);
                }
            } else {
                order.begins(at, call);
                if succeeded(call) {
                    order.ended(at, at, call);
                }
            }
        }
        order.syncs.sort_unstable();
        order
    }

    fn begins(&mut self, at: usize, call: &str) {
        let writes = ["sendto(", "sendmsg(", "write(", "writev("].iter().any(|name| call.starts_with(name));
        if writes
            && call.contains("HTTP/1.1 200")
            && let Some(port) = peer_port(call)
        {
            self.answers.entry(port).or_default().push(at);
        }
    }

    fn ended(&mut self, began: usize, at: usize, call: &str) {
        if !call.contains("hookglass.db-wal>") {
            return;
        }
        if call.starts_with("fdatasync(") || call.starts_with("fsync(") {
            self.syncs.push((began, at));
        } else if call.starts_with("pwrite64(") {
            for (position, _) in call.match_indices(MARK) {
                let Some(mark) = call.get(position..position + MARK_LENGTH) else { continue };
                self.written.entry(mark.to_owned()).or_insert(at);
            }
        }
    }

    /// A sync begun after the row's page was written had ended when the answer began.
    fn ensure_covered(&self, sent: &Sent) -> Result<()> {
        let answers = self.answers.get(&sent.port).context("its connection was not traced")?;
        let answered = *answers.get(sent.nth).context("its answer was not traced")?;
        let written = *self.written.get(&sent.mark).context("its row was never written to the log")?;
        ensure!(written < answered, "it stands at line {answered}, the row's page only at line {written}");
        let first = self.syncs.partition_point(|(began, _)| *began <= written);
        let covered = self.syncs[first..].iter().any(|(_, ended)| *ended < answered);
        ensure!(covered, "it stands at line {answered}; no fdatasync lies between it and its page at line {written}");
        Ok(())
    }
}

fn succeeded(call: &str) -> bool {
    call.rsplit_once(" = ").is_some_and(|(_, result)| !result.starts_with('-'))
}

/// The other side's port in `12<TCP:[127.0.0.1:4665->127.0.0.1:50123]>`.
fn peer_port(call: &str) -> Option<u16> {
    let (_, rest) = call.split_once("->")?;
    let (address, _) = rest.split_once(']')?;
    address.rsplit_once(':')?.1.parse().ok()
}

/// Checked at every run, because a reading of the trace that finds nothing wrong would also find nothing.
fn reading_notices_a_wrong_order() -> Result<()> {
    let page = r#"7 pwrite64(9</d/hookglass.db-wal>, "x/F03-00000000y", 4096, 0) = 4096"#;
    let sync = "7 fdatasync(9</d/hookglass.db-wal>) = 0";
    let answer = r#"8 sendto(5<TCP:[127.0.0.1:1->127.0.0.1:50123]>, "HTTP/1.1 200 OK", 15, 0, NULL, 0) = 15"#;
    let sent = Sent { mark: "F03-00000000".to_owned(), port: 50_123, nth: 0 };
    let holds = |lines: &[&str]| {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        Order::read(&lines).ensure_covered(&sent).is_ok()
    };
    ensure!(holds(&[page, sync, answer]), "the right order is refused");
    ensure!(!holds(&[page, answer, sync]), "an answer before its sync is not noticed");
    ensure!(!holds(&[sync, page, answer]), "a sync before its page is not noticed");
    let (begins, ends) = ("7 fdatasync(9</d/hookglass.db-wal> <unfinished ...>", "7 <... fdatasync resumed>) = 0");
    ensure!(holds(&[page, begins, ends, answer]), "a sync in two lines is refused");
    ensure!(!holds(&[page, begins, answer, ends]), "an answer during its sync is not noticed");
    let failed = "7 fdatasync(9</d/hookglass.db-wal>) = -1 EIO (Input/output error)";
    ensure!(!holds(&[page, failed, answer]), "a failed sync is taken for one");
    Ok(())
}
