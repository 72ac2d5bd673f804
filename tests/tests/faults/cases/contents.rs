//! F22, F23, F24, F25: what bodies and headers may hold. It is stored as it came.

use std::{io::Write, time::Duration};

use anyhow::{Context, Result, ensure};
use flate2::{
    Compression,
    write::{GzEncoder, ZlibEncoder},
};
use hookglass_tests::http;
use sha2::{Digest, Sha256};

use crate::{
    case::{Case, Run, mib},
    listener::Launch,
    load::Acknowledged,
    program::lacks,
    stored::{self, Stored},
};

pub(crate) const CASES: [Case; 4] = [
    Case { id: "F22", title: "bytes of every kind, kept as sent", quick: true, run: |run| Box::pin(every_kind(run)) },
    Case { id: "F23", title: "encoded bodies, right and wrong", quick: true, run: |run| Box::pin(encoded(run)) },
    Case { id: "F24", title: "decompression bombs", quick: true, run: |run| Box::pin(bombs(run)) },
    Case { id: "F25", title: "Expect: 100-continue", quick: true, run: |run| Box::pin(expectations(run)) },
];

/// What a bomb may cost (F24).
const BOMB_GROWTH: u64 = 64 * 1024 * 1024;

/// Sends bodies with a header line, one after another, and remembers what was answered 2xx.
struct Sender {
    connection: http::Connection,
    sent: Vec<Acknowledged>,
    requests: Vec<Vec<u8>>,
}

impl Sender {
    async fn to(address: &str) -> Result<Self> {
        let connection = http::Connection::open(address).await?;
        Ok(Self { connection, sent: Vec::new(), requests: Vec::new() })
    }

    async fn send(&mut self, path: &str, lines: &[(&[u8], &[u8])], body: &[u8]) -> Result<()> {
        let request = http::post_bytes(path.as_bytes(), lines, body);
        let answer = self.connection.exchange(&request).await.with_context(|| path.to_owned())?;
        ensure!(answer.status == 200, "{path}: answered {}", answer.status);
        let (sha256, bytes) = (Sha256::digest(body).into(), body.len() as u64);
        self.sent.push(Acknowledged { path: path.to_owned(), sha256, bytes });
        self.requests.push(request);
        Ok(())
    }
}

/// Listed and on the disk as sent; with `captures show --raw`, also head and framing.
async fn ensure_as_sent(run: &mut Run, data: &std::path::Path, sender: &Sender) -> Result<()> {
    let listed = Stored::list(&run.program, data)?;
    listed.ensure_holds(&sender.sent)?;
    stored::ensure_bytes(data, &sender.sent).await?;
    run.figure("bodies equal", sender.sent.len());
    if !run.program.knows(&["captures"], "show")? {
        run.left_out("raw bytes", lacks(&["captures"], "show"));
        return Ok(());
    }
    let shown = sender.sent.len().min(run.pick(20, 200));
    for (sent, request) in sender.sent.iter().zip(&sender.requests).take(shown) {
        let id = listed.require(&sent.path)?["id"].as_str().context("no id")?.to_owned();
        let output = run.program.output(&["captures", "show", &id, "--raw"], Some(data))?;
        ensure!(output.status.success(), "captures show: {}", String::from_utf8_lossy(&output.stderr));
        ensure!(output.stdout == *request, "{} is shown with other bytes than were sent", sent.path);
    }
    run.figure("raw equal", shown);
    Ok(())
}

async fn every_kind(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    let listener = Launch::new(&run.program, &data).start().await?;
    let mut sender = Sender::to(listener.address()).await?;
    let json = (&b"Content-Type"[..], &b"application/json"[..]);
    let form = (&b"Content-Type"[..], &b"multipart/form-data; boundary=xyz"[..]);
    let every_byte: Vec<u8> = (0..=255).collect();
    sender.send("/F22/empty", &[json], b"").await?;
    sender.send("/F22/every-byte", &[], &every_byte).await?;
    sender.send("/F22/nul", &[json], b"{\"a\":\"\0\"}").await?;
    sender.send("/F22/surrogate", &[json], br#"{"a":"\ud800","b":"\udc00\ud83d"}"#).await?;
    sender.send("/F22/overlong", &[json], b"\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80").await?;
    sender.send("/F22/bom", &[json], b"\xef\xbb\xbf{}").await?;
    sender.send("/F22/multipart", &[form], b"--xyz\r\nno header\r\n--other--\r\n").await?;
    sender.send("/F22/boundary", &[(b"content-TYPE", b"multipart/form-data")], b"--\r\n\r\n").await?;
    sender.send("/F22/header", &[(b"X-Latin", b"caf\xe9 \xff\x80"), (b"x-latin", b"again")], b"header").await?;
    sender.send("/F22/space", &[(b"X-Wide", b" \t two  spaces \t ")], b"space").await?;
    sender.send("/F22/like-http", &[], b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc").await?;
    for number in 0..run.rounds(300, 10_000) {
        // Mostly small, sometimes over several database pages.
        let longest = if number % 50 == 0 { 100_000 } else { 2_000 };
        let mut body = vec![0; run.random.usize(0..longest)];
        run.random.fill(&mut body);
        sender.send(&format!("/F22/random/{number}"), &[], &body).await?;
    }
    listener.stop().await?;
    ensure_as_sent(run, &data, &sender).await
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

async fn encoded(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    let listener = Launch::new(&run.program, &data).start().await?;
    let mut sender = Sender::to(listener.address()).await?;
    let coding = |name: &'static str| (&b"Content-Encoding"[..], name.as_bytes());
    let plain = br#"{"type":"invoice.paid","amount":1999}"#.repeat(50);
    let zipped = gzip(&plain)?;
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    zlib.write_all(&plain)?;
    let zlib = zlib.finish()?;
    // Made with `printf hi | brotli -c` and `printf hi | zstd -c`.
    let brotli = b"\x0b\x00\x80hi\x03";
    let zstd = b"\x28\xb5\x2f\xfd\x04\x58\x11\x00\x00hi\x3d\xd8\x41\x1c";
    sender.send("/F23/gzip", &[coding("gzip")], &zipped).await?;
    sender.send("/F23/x-gzip", &[coding("X-GZIP")], &zipped).await?;
    sender.send("/F23/deflate", &[coding("deflate")], &zlib).await?;
    sender.send("/F23/br", &[coding("br")], brotli).await?;
    sender.send("/F23/zstd", &[coding("zstd")], zstd).await?;
    sender.send("/F23/twice", &[coding("gzip, gzip")], &gzip(&zipped)?).await?;
    sender.send("/F23/truncated", &[coding("gzip")], &zipped[..zipped.len() / 2]).await?;
    sender.send("/F23/wrong-label", &[coding("br")], &zipped).await?;
    sender.send("/F23/not-encoded", &[coding("gzip")], &plain).await?;
    sender.send("/F23/unknown", &[coding("rot13")], &plain).await?;
    sender.send("/F23/empty", &[coding("gzip")], b"").await?;
    sender.send("/F23/trailing", &[coding("gzip")], &[&zipped[..], b"rest"].concat()).await?;
    listener.stop().await?;
    run.left_out("decoded view", "only the window decodes");
    ensure_as_sent(run, &data, &sender).await
}

async fn bombs(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    let mut listener = Launch::new(&run.program, &data).start().await?;
    let mut sender = Sender::to(listener.address()).await?;
    let coding = (&b"Content-Encoding"[..], &b"gzip"[..]);
    let json = (&b"Content-Type"[..], &b"application/json"[..]);
    sender.send("/F24/warm", &[], b"x").await?;
    // A thousand to one; the bomb itself must not be what takes the memory.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let block = vec![b'['; 1024 * 1024];
    let blocks = run.pick(128, 4_096_u64);
    for _ in 0..blocks {
        encoder.write_all(&block)?;
    }
    let bomb = encoder.finish()?;
    let nested = gzip(&bomb)?;
    let before = listener.rss()?;
    sender.send("/F24/bomb", &[coding, json], &bomb).await?;
    sender.send("/F24/nested", &[(b"Content-Encoding", b"gzip, gzip"), json], &nested).await?;
    // Deep and not compressed at all: what reads JSON must not follow it down.
    sender.send("/F24/deep", &[json], &b"[".repeat(1_000_000)).await?;
    hookglass_tests::pause(Duration::from_millis(500)).await;
    let grown = listener.peak_rss()?.saturating_sub(before);
    listener.ensure_alive()?;
    listener.stop().await?;
    run.figure("bomb", format!("{} of {}", mib(bomb.len() as u64), mib(blocks * block.len() as u64)));
    run.figure("RSS growth", mib(grown));
    run.left_out("decoded view", "only the window decodes");
    ensure_as_sent(run, &data, &sender).await?;
    // Beside the bodies themselves, which are held until they are stored.
    let bodies = (bomb.len() + nested.len() + 1_000_000) as u64;
    ensure!(grown <= BOMB_GROWTH + 2 * bodies, "memory grew by {}", mib(grown));
    Ok(())
}

async fn expectations(run: &mut Run) -> Result<()> {
    let data = run.data("data");
    let listener = Launch::new(&run.program, &data).start().await?;
    let head = |path: &str, expectation: &str| {
        format!("POST {path} HTTP/1.1\r\nHost: h\r\nExpect: {expectation}\r\nContent-Length: 5\r\n\r\n").into_bytes()
    };
    let mut waiting = http::Connection::open(listener.address()).await?;
    waiting.send_part(&head("/F25/waiting", "100-continue")).await?;
    let go_on = waiting.answer().await.context("no 100 came")?.status;
    waiting.send_part(b"hello").await?;
    let waited = waiting.answer().await?.status;

    let mut hasty = http::Connection::open(listener.address()).await?;
    hasty.send_part(&[head("/F25/hasty", "100-Continue"), b"hello".to_vec()].concat()).await?;
    let mut told = hasty.answer().await?.status;
    if told == 100 {
        told = hasty.answer().await?.status;
    }

    let mut unknown = http::Connection::open(listener.address()).await?;
    unknown.send_part(&[head("/F25/unknown", "a-miracle"), b"hello".to_vec()].concat()).await?;
    let unknown = unknown.answer().await?.status;
    listener.stop().await?;
    run.figure("waiting", format!("{go_on} then {waited}"));
    run.figure("hasty", told);
    run.figure("unknown", unknown);
    ensure!((go_on, waited, told) == (100, 200, 200), "a client that expects 100 is stuck");
    ensure!([200, 417].contains(&unknown), "an unknown expectation is answered {unknown}");
    let stored = Stored::list(&run.program, &data)?;
    for path in ["/F25/waiting", "/F25/hasty"] {
        ensure!(stored.require(path)?["body_bytes"] == 5, "{path} has another body");
    }
    ensure!(unknown == 417 || stored.get("/F25/unknown").is_some(), "answered 200 and not stored");
    Ok(())
}
