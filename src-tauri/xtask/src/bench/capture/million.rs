//! Whether a full database captures as fast as an empty one.

use std::path::Path;

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use super::{
    super::statistics::median,
    Pace, hookglass, judged,
    load::Load,
    message::Message,
    pairs::BODY_BYTES,
    servers::{Place, Server},
};
use crate::workspace::Workspace;

const STORED: u64 = 1_000_000;

const CONNECTIONS: u32 = 64;

/// Part of the empty database's speed (issue 5).
const LEAST: f64 = 0.9;

/// Fills a database through the socket, then measures it in turn with an empty one, and prints.
pub(super) fn measure(workspace: &Workspace, pace: Pace) -> Result<()> {
    let (shell, program) = (&workspace.shell, hookglass(workspace));
    let (full, empty) = (Place::new(workspace)?, Place::new(workspace)?);
    let filled = fill(shell, &program, &full)?;
    let with_many = Server::hookglass(&program, &full.data(), &[])?;
    let with_none = Server::hookglass(&program, &empty.data(), &[])?;
    let load = Load { shell, folder: empty.folder(), connections: CONNECTIONS, seconds: pace.seconds };
    let (mut ratios, mut p99) = (Vec::new(), Vec::new());
    for number in 1..=pace.rounds.max(1) {
        let message = Message::signed(shell, &program, empty.folder(), BODY_BYTES)?;
        let (many, none) = (load.run(&with_many.address, &message)?, load.run(&with_none.address, &message)?);
        eprintln!(
            "  round {number}: {:.0} captures/s, empty {:.0} captures/s",
            many.requests_per_second, none.requests_per_second
        );
        ratios.push(many.requests_per_second / none.requests_per_second);
        p99.push(many.p99_us / none.p99_us);
    }
    let (ratio, p99) = (median(&ratios).unwrap_or_default(), median(&p99).unwrap_or_default());
    println!(
        "{filled} captures stored, {CONNECTIONS} connections, {BODY_BYTES} B signed JSON, median of {} rounds",
        ratios.len()
    );
    println!("  speed, of an empty database's {}", judged(ratio, LEAST, ratio >= LEAST));
    println!("  p99 {p99:.2} times that of an empty one");
    Ok(())
}

/// Gives how many were stored.
fn fill(shell: &Shell, program: &Path, room: &Place) -> Result<u64> {
    let server = Server::hookglass(program, &room.data(), &[])?;
    let load = Load { shell, folder: room.folder(), connections: CONNECTIONS, seconds: 10 };
    let mut stored = 0;
    while stored < STORED {
        let message = Message::signed(shell, program, room.folder(), BODY_BYTES)?;
        stored += load.run(&server.address, &message)?.answered;
        eprintln!("  {stored} stored");
    }
    // SIGTERM, so that what was put off is done and the log is moved before the measurement begins.
    let id = server.id().to_string();
    cmd!(shell, "kill -TERM {id}").quiet().run().context("the listener could not be asked to end")?;
    server.wait()?;
    Ok(stored)
}
