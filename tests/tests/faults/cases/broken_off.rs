//! F28, F29: connections that end early, on either side of the moment when a request counts.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use hookglass_tests::{http, pause, wait_for};
use rusqlite::Connection;
use tokio::{io::AsyncWriteExt, net::TcpStream, time::Instant};

use crate::{
    case::{Case, Run},
    cases::oversized::rejected_codes,
    listener::Launch,
    program::lacks,
    sockets::{self, read_to_end, status_of},
    stored::{DATABASE, Stored},
};

pub(crate) const CASES: [Case; 2] = [
    Case { id: "F28", title: "pipelines, half-closes, resets", quick: true, run: |run| Box::pin(early_ends(run)) },
    Case { id: "F29", title: "senders gone before the answer", quick: true, run: |run| Box::pin(gone_senders(run)) },
];

const LIMIT: Duration = Duration::from_secs(20);

async fn early_ends(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    let mut listener = Launch::new(&run.program, &data).start().await?;
    let address = listener.address().to_owned();
    let mut expected = 0;
    for length in [3, 1_000] {
        pipeline(&address, length).await.with_context(|| format!("{length} pipelined"))?;
        expected += length;
    }
    run.figure("pipelined", expected);

    let mut half = TcpStream::connect(&address).await?;
    half.write_all(&http::post("/F28/half-closed", &[], b"whole")).await?;
    half.shutdown().await?;
    let (_, answer) = read_to_end(&mut half, Instant::now() + LIMIT, 4096).await;
    let whole = status_of(&answer);
    expected += 1;

    let unfinished = b"POST /F28/unfinished HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nonly this";
    let mut half = TcpStream::connect(&address).await?;
    half.write_all(unfinished).await?;
    half.shutdown().await?;
    let (_, answer) = read_to_end(&mut half, Instant::now() + LIMIT, 4096).await;
    let short = status_of(&answer);

    for _ in 0..20 {
        let mut stream = TcpStream::connect(&address).await?;
        stream.write_all(unfinished).await?;
        // Read by the other side before the reset comes, which throws away what was not.
        pause(Duration::from_millis(20)).await;
        sockets::reset(stream)?;
    }
    let resets = 50_u64;
    for number in 0..resets {
        let mut stream = TcpStream::connect(&address).await?;
        stream.write_all(&http::post(&format!("/F28/reset/{number}"), &[], b"whole")).await?;
        sockets::reset(stream)?;
    }
    listener.until_stored("F28-probe", Duration::from_secs(5)).await?;
    expected += 1;
    let codes = rejected_codes(run, &data)?;
    listener.stop().await?;
    run.figure("half-closed", format!("{whole:?}"));
    run.figure("half-closed within the body", format!("{short:?}"));
    ensure!(whole == Some(200) && short == Some(400), "a half-closed request is answered {whole:?}, {short:?}");
    let stored = Stored::list(&run.program, &data)?;
    ensure!(stored.get("/F28/unfinished").is_none(), "half a body was stored as a whole one");
    // A reset may come before its request was read; both are right, but nothing else may be stored.
    let reset = stored.count().checked_sub(expected).context("pipelined requests are missing")?;
    ensure!(reset <= resets, "{reset} captures of {resets} requests");
    run.figure("reset after the request", format!("{reset} of {resets} stored"));
    match codes {
        Some(codes) => {
            let incomplete = codes.iter().filter(|code| *code == "body_incomplete").count();
            run.figure("incomplete listed", format!("{incomplete} of 21"));
            ensure!(incomplete == 21, "{incomplete} of 21 incomplete requests are listed");
        }
        None => run.left_out("rejected list", lacks(&[], "rejected")),
    }
    Ok(())
}

/// All requests in one write; each is answered and stored, in their order.
async fn pipeline(address: &str, length: u64) -> Result<()> {
    let requests = (0..length).flat_map(|number| http::post(&format!("/F28/{length}/{number}"), &[], b"piped"));
    let requests: Vec<u8> = requests.collect();
    let mut connection = http::Connection::open(address).await?;
    connection.send_part(&requests).await?;
    for number in 0..length {
        let answer = connection.answer().await.with_context(|| format!("answer {number}"))?;
        ensure!(answer.status == 200, "answer {number} is {}", answer.status);
    }
    Ok(())
}

/// A foreign lock holds the commit back, so that each sender is surely gone before its answer.
async fn gone_senders(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    let mut listener = Launch::new(&run.program, &data).start().await?;
    listener.until_stored("F29-warm", Duration::from_secs(5)).await?;
    let lock = Connection::open(data.join(DATABASE))?;
    lock.execute_batch("BEGIN IMMEDIATE")?;
    let senders = 10;
    let mut streams = Vec::new();
    for number in 0..senders {
        let mut stream = TcpStream::connect(listener.address()).await?;
        stream.write_all(&http::post(&format!("/F29/{number}"), &[], b"gone")).await?;
        streams.push(stream);
    }
    // Long enough to be read, and shorter than the product waits for a foreign lock.
    pause(Duration::from_millis(700)).await;
    for stream in streams {
        sockets::reset(stream)?;
    }
    pause(Duration::from_millis(100)).await;
    lock.execute_batch("ROLLBACK")?;
    drop(lock);
    wait_for("the captures of senders that are gone", Duration::from_secs(5), async || {
        let stored = Stored::list(&run.program, &data)?;
        Ok((stored.count() > senders).then_some(()))
    })
    .await?;
    listener.until_stored("F29-probe", Duration::from_secs(5)).await?;
    listener.stop().await?;
    let stored = Stored::list(&run.program, &data)?;
    run.figure("kept", senders);
    let mut flagged = 0;
    for number in 0..senders {
        let capture = stored.require(&format!("/F29/{number}"))?;
        let Some(delivered) = capture.get("answer_delivered") else {
            run.left_out("answer_delivered", "this build does not tell it");
            return Ok(());
        };
        flagged += u64::from(delivered == false);
    }
    let probe = stored.require("/F29-probe/0")?;
    run.figure("flagged", flagged);
    ensure!(flagged == senders, "{flagged} of {senders} are flagged as not delivered");
    ensure!(probe["answer_delivered"] == true, "a delivered answer is not said to be");
    Ok(())
}
