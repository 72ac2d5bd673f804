//! F19, F20: bodies and heads larger than allowed, or other than announced.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use hookglass_tests::http;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, tcp::OwnedReadHalf},
    time::{Instant, timeout_at},
};

use crate::{
    case::{Case, Run, Scale, mib},
    listener::Launch,
    program::lacks,
    sockets::status_of,
    stored::Stored,
};

pub(crate) const CASES: [Case; 2] = [
    Case { id: "F19", title: "bodies over the limit, lying lengths", quick: true, run: |run| Box::pin(bodies(run)) },
    Case { id: "F20", title: "too many and too large headers", quick: true, run: |run| Box::pin(heads(run)) },
];

/// The built-in limit of bodies, and the one that is set where it can be.
const BUILT_IN_LIMIT: usize = 25 * 1024 * 1024;
const SHORT_LIMIT: usize = 8 * 1024 * 1024;

/// An answer to something refused comes at once; a body of 100 MiB takes a moment to be sent.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// Sends bytes, also when the peer has stopped reading them, and reads the answer.
async fn told(address: &str, parts: &[&[u8]], half_close: bool) -> Result<Option<u16>> {
    let stream = TcpStream::connect(address).await?;
    let (mut reading, mut writing) = stream.into_split();
    let parts: Vec<Vec<u8>> = parts.iter().map(|part| part.to_vec()).collect();
    let sending = tokio::spawn(async move {
        for part in parts {
            if writing.write_all(&part).await.is_err() {
                return;
            }
        }
        if half_close {
            let _ = writing.shutdown().await;
        } else {
            // Kept open: the end must come from the other side.
            hookglass_tests::pause(ANSWER_LIMIT).await;
        }
    });
    let mut answer = Vec::new();
    let deadline = Instant::now() + ANSWER_LIMIT;
    read_head(&mut reading, deadline, &mut answer).await;
    sending.abort();
    Ok(status_of(&answer))
}

/// Reads until the head of an answer, the end of the connection or the deadline.
async fn read_head(reading: &mut OwnedReadHalf, deadline: Instant, answer: &mut Vec<u8>) {
    let mut part = [0; 4096];
    while let Ok(Ok(read)) = timeout_at(deadline, reading.read(&mut part)).await {
        answer.extend_from_slice(&part[..read]);
        if read == 0 || answer.windows(4).any(|four| four == b"\r\n\r\n") {
            return;
        }
    }
}

async fn bodies(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    // At full size the limit is the one users have: what memory may grow by is told in multiples of it.
    let has_limit = run.scale == Scale::Quick && run.program.knows(&["listen"], "--limit")?;
    let limit = if has_limit { SHORT_LIMIT } else { BUILT_IN_LIMIT };
    let mut launch = Launch::new(&run.program, &data);
    if has_limit {
        launch = launch.limit("body-bytes", "8MiB");
    }
    let mut listener = launch.start().await?;
    let address = listener.address().to_owned();
    listener.until_stored("F19-warm", Duration::from_secs(5)).await?;
    let before = listener.rss()?;

    let four_times = vec![b'x'; 4 * limit];
    let head = format!("POST /F19/announced HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", four_times.len());
    let announced = told(&address, &[head.as_bytes(), &four_times], false).await?;
    let head = "POST /F19/chunked HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut chunks = Vec::new();
    for part in four_times.chunks(64 * 1024) {
        chunks.extend_from_slice(format!("{:x}\r\n", part.len()).as_bytes());
        chunks.extend_from_slice(part);
        chunks.extend_from_slice(b"\r\n");
    }
    let chunked = told(&address, &[head.as_bytes(), &chunks, b"0\r\n\r\n"], false).await?;
    let grown = listener.peak_rss()?.saturating_sub(before);

    let long = b"POST /F19/small HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello, this is more than five\r\n\r\n";
    let mut connection = http::Connection::open(&address).await?;
    connection.send_part(long).await?;
    let (first, second) = (connection.answer().await?.status, connection.answer().await?.status);
    let short = b"POST /F19/large HTTP/1.1\r\nHost: h\r\nContent-Length: 500\r\n\r\nhello";
    let large = told(&address, &[short], true).await?;
    listener.ensure_alive()?;
    let rejected = rejected_codes(run, &data)?;
    listener.stop().await?;

    run.figure("limit", mib(limit as u64));
    run.figure("announced", format!("{announced:?}"));
    run.figure("chunked", format!("{chunked:?}"));
    run.figure("RSS growth", mib(grown));
    run.figure("length too small", format!("{first} then {second}"));
    run.figure("too large, half-closed", format!("{large:?}"));
    ensure!(announced == Some(413) && chunked == Some(413), "a body over the limit is not answered 413");
    ensure!((first, second, large) == (200, 400, Some(400)), "a lying length is not told");
    let stored = Stored::list(&run.program, &data)?;
    for path in ["/F19/announced", "/F19/chunked"] {
        let kept = stored.require(path)?["body_bytes"].as_u64().context("no length")?;
        ensure!(kept > 0 && kept <= limit as u64, "{kept} bytes are kept of {path}");
    }
    ensure!(stored.require("/F19/small")?["body_bytes"] == 5, "the body is not what was announced");
    ensure!(stored.get("/F19/large").is_none(), "half a body was stored as a whole one");
    if let Some(codes) = rejected {
        ensure!(codes.iter().any(|code| code == "body_incomplete"), "the half body is not in the list: {codes:?}");
    }
    // With the small limit of the quick run, what a debug build takes for its threads weighs more than the bodies.
    ensure!(run.scale == Scale::Quick || grown < 2 * limit as u64, "memory grew by {}", mib(grown));
    Ok(())
}

async fn heads(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    let mut listener = Launch::new(&run.program, &data).start().await?;
    let address = listener.address().to_owned();
    let lines = |count: usize| "X-Line: of many\r\n".repeat(count);
    let request = |path: &str, lines: &str| format!("GET {path} HTTP/1.1\r\nHost: h\r\n{lines}\r\n").into_bytes();
    let long = |bytes: usize| format!("X-Long: {}\r\n", "y".repeat(bytes));
    let path = |bytes: usize| format!("/{}", "p".repeat(bytes));
    // What each is answered; where two are named, it depends on which bound is met first.
    let table: [(&str, Vec<u8>, &[u16]); 8] = [
        ("100 headers", request("/F20/100", &lines(99)), &[200]),
        ("101 headers", request("/F20/101", &lines(100)), &[431]),
        ("1,000 headers", request("/F20/1000", &lines(999)), &[431]),
        ("10,000 headers", request("/F20/10000", &lines(9_999)), &[431]),
        ("header of 60 kB", request("/F20/60k", &long(60_000)), &[200]),
        ("header of 500 kB", request("/F20/500k", &long(500_000)), &[431]),
        ("path of 8 kB", request(&path(8_000), ""), &[200]),
        ("path of 70 kB", request(&path(70_000), ""), &[414, 431]),
    ];
    let (mut problems, mut refused) = (Vec::new(), 0);
    for (name, bytes, expected) in &table {
        let status = told(&address, &[bytes], false).await?;
        run.figure(name, format!("{status:?}"));
        if !status.is_some_and(|status| expected.contains(&status)) {
            problems.push(format!("{name}: {status:?} instead of {expected:?}"));
        }
        refused += usize::from(expected != &[200]);
    }
    listener.until_stored("F20-probe", Duration::from_secs(5)).await?;
    match rejected_codes(run, &data)? {
        Some(codes) if codes.len() < refused => problems.push(format!("only {} of {refused} are listed", codes.len())),
        Some(codes) => run.figure("listed", format!("{codes:?}")),
        None => run.left_out("rejected list", lacks(&[], "rejected")),
    }
    listener.stop().await?;
    ensure!(problems.is_empty(), "{}", problems.join("; "));
    Ok(())
}

/// The reasons in the rejected list, an entry per time it happened.
pub(crate) fn rejected_codes(run: &Run, data: &Path) -> Result<Option<Vec<String>>> {
    // Entries are gathered for a moment before they are written: looked at until two looks in a row find the same ones.
    let until = Instant::now() + Duration::from_secs(3);
    let mut rows = run.program.rejected(data)?;
    loop {
        std::thread::sleep(Duration::from_millis(400));
        let again = run.program.rejected(data)?;
        let is_settled = again == rows && again.as_ref().is_none_or(|rows| !rows.is_empty());
        rows = again;
        if is_settled || Instant::now() >= until {
            break;
        }
    }
    let Some(rows) = rows else { return Ok(None) };
    let mut codes = Vec::new();
    for row in rows {
        let code = row["code"].as_str().context("a rejected entry without code")?.to_owned();
        let times = usize::try_from(row["times"].as_u64().unwrap_or(1))?;
        codes.extend(std::iter::repeat_n(code, times));
    }
    Ok(Some(codes))
}
