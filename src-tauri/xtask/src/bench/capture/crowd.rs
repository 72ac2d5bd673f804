//! Ten thousand connections that do nothing, or next to nothing, beside ordinary traffic.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use anyhow::{Context, Result, ensure};

use super::{
    super::{processes, statistics::median},
    Pace, hookglass, judged,
    load::Load,
    message::Message,
    pairs::BODY_BYTES,
    servers::{Place, Server},
};
use crate::workspace::Workspace;

const CROWD: usize = 10_000;

/// Ordinary traffic.
const CONNECTIONS: u32 = 8;

/// At most this much memory, and at most so many times the p99 without the crowd (issue 5).
const MOST_MEGABYTES: f64 = 500.0;
const MOST_SLOWER: f64 = 2.0;

/// The crowd stays for the whole measurement: no deadline may thin it out.
const LIMITS: [&str; 8] = [
    "--limit",
    "max-connections=11000",
    "--limit",
    "first-byte=600s",
    "--limit",
    "header=600s",
    "--limit",
    "keep-alive-idle=600s",
];

/// Measures without and with the crowd, and prints.
pub(super) fn measure(workspace: &Workspace, pace: Pace) -> Result<()> {
    let (shell, program, room) = (&workspace.shell, hookglass(workspace), Place::new(workspace)?);
    let ours = Server::hookglass(&program, &room.data(), &LIMITS)?;
    let load = Load { shell, folder: room.folder(), connections: CONNECTIONS, seconds: pace.seconds };
    let p99_ms = || -> Result<Vec<f64>> {
        let message = Message::signed(shell, &program, room.folder(), BODY_BYTES)?;
        (0..pace.rounds.max(1)).map(|_| Ok(load.run(&ours.address, &message)?.p99_us / 1e3)).collect()
    };
    let (alone, resident_alone) = (p99_ms()?, processes::resident(ours.id())?);
    let crowd = (0..CROWD).map(|number| join(&ours.address, number)).collect::<Result<Vec<_>>>()?;
    let crowded = p99_ms()?;
    let resident = processes::resident(ours.id())?;
    let gone = crowd.iter().filter(|stream| is_gone(stream)).count();
    ensure!(gone == 0, "{gone} of {CROWD} connections were ended while it was measured");
    let (alone, crowded) = (median(&alone).unwrap_or_default(), median(&crowded).unwrap_or_default());
    #[allow(clippy::cast_precision_loss)] // some hundred millions
    let (megabytes, slower) = (resident as f64 / 1e6, crowded / alone);
    println!("{CROWD} idle or slow connections beside {CONNECTIONS} busy ones");
    println!(
        "  resident, MB           {} ({} MB without them)",
        judged(megabytes, MOST_MEGABYTES, megabytes < MOST_MEGABYTES),
        resident_alone / 1_000_000
    );
    println!(
        "  p99, times without them {}: {crowded:.2} ms instead of {alone:.2} ms",
        judged(slower, MOST_SLOWER, slower < MOST_SLOWER)
    );
    Ok(())
}

/// A third says nothing, a third begins a head, a third was answered once and rests.
fn join(address: &str, number: usize) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address).with_context(|| format!("connection {number} was not taken"))?;
    match number % 3 {
        0 => {}
        1 => stream.write_all(b"POST /stripe HTTP/1.1\r\nHost: local").context("a head could not be begun")?,
        _ => {
            stream.write_all(b"GET /resting HTTP/1.1\r\nHost: localhost\r\n\r\n").context("nothing could be asked")?;
            let mut answer = [0; 256];
            let read = stream.read(&mut answer).context("nothing was answered")?;
            ensure!(answer[..read].starts_with(b"HTTP/1.1 200"), "connection {number} was answered otherwise");
        }
    }
    stream.set_nonblocking(true).context("a connection cannot be looked at without waiting")?;
    Ok(stream)
}

fn is_gone(mut stream: &TcpStream) -> bool {
    !matches!(stream.read(&mut [0; 16]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
}
