//! F26: HTTP/2 and TLS, where they are expected and where they are not.

use std::{fs, process::Stdio, time::Duration};

use anyhow::{Context, Result, ensure};
use hookglass_tests::http;
use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    process::Command,
    time::{Instant, timeout},
};

use crate::{
    case::{Case, Run},
    cases::oversized::rejected_codes,
    listener::Launch,
    program::{lacks, needs_tool},
    sockets::read_to_end,
    stored::Stored,
};

pub(crate) const CASES: [Case; 2] = [
    Case { id: "F26a", title: "HTTP/2 and TLS on the plain port", quick: true, run: |run| Box::pin(protocols(run)) },
    Case { id: "F26b", title: "HTTP/2 and HTTP/1.1 on the TLS port", quick: true, run: |run| Box::pin(tls_port(run)) },
];

/// The beginning of a `ClientHello` as OpenSSL sends it (RFC 8446 §4.1.2).
const CLIENT_HELLO: &[u8] = b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a";

async fn protocols(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    let mut listener = Launch::new(&run.program, &data).start().await?;
    let address = listener.address().to_owned();
    let upgrade =
        [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA")];
    let upgraded = http::send(&address, &http::post("/F26/upgrade", &upgrade, b"hello")).await?;
    ensure!(upgraded.status == 200 && upgraded.head.starts_with("HTTP/1.1"), "Upgrade: {}", upgraded.head);
    run.figure("Upgrade ignored", upgraded.status);

    let mut hello = TcpStream::connect(&address).await?;
    hello.write_all(CLIENT_HELLO).await?;
    hello.shutdown().await?;
    let (end, answer) = read_to_end(&mut hello, Instant::now() + Duration::from_secs(15), 4096).await;
    run.figure("TLS on the plain port", format!("{end:?} after {} bytes", answer.len()));

    let requests = run.rounds(500, 10_000);
    let answered = match needs_tool("h2load") {
        Ok(_) => {
            let outcome = h2load(run, &format!("http://{address}/F26-h2load"), requests, &[]).await;
            run.figure(
                "h2load",
                if outcome.is_ok() { format!("{requests} of {requests}") } else { "not whole".into() },
            );
            outcome.map(|()| u64::from(requests))
        }
        Err(why) => {
            run.left_out("h2load", why);
            Ok(0)
        }
    };
    listener.until_stored("F26-probe", Duration::from_secs(5)).await?;
    let codes = rejected_codes(run, &data)?;
    listener.stop().await?;
    match codes {
        Some(codes) => {
            ensure!(codes.iter().any(|code| code == "tls_on_plain_port"), "the hello is not listed: {codes:?}");
        }
        None => run.left_out("rejected list", lacks(&[], "rejected")),
    }
    let answered = answered?;
    let stored = Stored::list(&run.program, &data)?;
    let h2 = stored.all().iter().filter(|capture| capture["path"] == "/F26-h2load").count() as u64;
    run.figure("stored over HTTP/2", h2);
    ensure!(h2 == answered, "{h2} of {answered} acknowledged requests are stored");
    Ok(())
}

/// Posts so often over 50 connections with ten streams each; an error when any was not answered 2xx.
async fn h2load(run: &Run, url: &str, requests: u32, more: &[&str]) -> Result<()> {
    let tool = needs_tool("h2load")?;
    let body = run.folder().join("body");
    fs::write(&body, [b'b'; 1_000])?;
    let count = requests.to_string();
    let output = Command::new(tool)
        .args(["-n", &count, "-c", "50", "-m", "10", "-d"])
        .arg(&body)
        .args(more)
        .arg(url)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(Duration::from_secs(120), output).await.context("h2load hangs")??;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find(|line| line.starts_with("requests:")).context("h2load counts nothing")?;
    ensure!(line.contains(&format!("{requests} succeeded, 0 failed, 0 errored, 0 timeout")), "h2load: {line}");
    let statuses = text.lines().find(|line| line.starts_with("status codes:")).context("h2load tells no status")?;
    ensure!(statuses.contains(&format!("{requests} 2xx")), "h2load: {statuses}");
    Ok(())
}

/// HTTP/2 and HTTP/1.1 over TLS, and plain HTTP where TLS is spoken.
async fn tls_port(run: &mut Run) -> Result<()> {
    run.program.needs(&["listen"], "--tls-addr")?;
    let data = run.data("data");
    let listener = Launch::new(&run.program, &data).option("--tls-addr").option("127.0.0.1:0").start().await?;
    let address = listener.tls_address().await?;
    let mut plain = TcpStream::connect(&address).await?;
    plain.write_all(&http::post("/F26/plain", &[], b"hello")).await?;
    let (end, answer) = read_to_end(&mut plain, Instant::now() + Duration::from_secs(15), 4096).await;
    run.figure("plain HTTP", format!("{end:?} after {} bytes", answer.len()));
    let requests = run.rounds(200, 5_000);
    h2load(run, &format!("https://{address}/F26-h2"), requests, &[]).await?;
    h2load(run, &format!("https://{address}/F26-h1"), requests, &["--h1"]).await?;
    let codes = rejected_codes(run, &data)?;
    listener.stop().await?;
    let stored = Stored::list(&run.program, &data)?;
    let over = |path: &str| stored.all().iter().filter(|capture| capture["path"] == path).count();
    run.figure("stored", format!("{} over HTTP/2, {} over HTTP/1.1", over("/F26-h2"), over("/F26-h1")));
    ensure!(over("/F26-h2") == requests as usize && over("/F26-h1") == requests as usize, "captures are missing");
    ensure!(stored.get("/F26/plain").is_none(), "plain HTTP was captured on the TLS port");
    let without = stored.all().iter().filter(|capture| !capture["tls"].is_string()).count();
    ensure!(without == 0, "{without} captures do not tell that they came over TLS");
    if let Some(codes) = codes {
        ensure!(codes.iter().any(|code| code == "plain_on_tls_port"), "plain HTTP is not listed: {codes:?}");
    }
    Ok(())
}
