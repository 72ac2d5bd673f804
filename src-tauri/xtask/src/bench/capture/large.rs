//! Bodies as large as the largest of known providers.

use anyhow::Result;

use super::{
    super::{processes, statistics::median},
    Pace, hookglass, judged,
    load::Load,
    message::Message,
    servers::{Place, Server, count_valid},
};
use crate::workspace::Workspace;

/// GitHub's largest payload.
const BODY_BYTES: usize = 25_000_000;

const CONNECTIONS: u32 = 4;

/// Part of the bare server's speed, and growth of memory in times of the bytes under way (issue 5).
const LEAST_SPEED: f64 = 0.5;
const MOST_GROWTH: f64 = 3.0;

/// Runs the rounds and prints.
pub(super) fn measure(workspace: &Workspace, pace: Pace) -> Result<()> {
    let (shell, program, room) = (&workspace.shell, hookglass(workspace), Place::new(workspace)?);
    let ours = Server::hookglass(&program, &room.data(), &[])?;
    let bare = Server::bare(workspace)?;
    let load = Load { shell, folder: room.folder(), connections: CONNECTIONS, seconds: pace.seconds };
    let before = processes::resident(ours.id())?;
    let (mut ratios, mut ours_bytes, mut bare_bytes, mut p99_us) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for number in 1..=pace.rounds.max(1) {
        let message = Message::signed(shell, &program, room.folder(), BODY_BYTES)?;
        let (captured, dropped) = (load.run(&ours.address, &message)?, load.run(&bare.address, &message)?);
        #[allow(clippy::cast_precision_loss)] // some millions
        let bytes = |per_second: f64| per_second * BODY_BYTES as f64 / 1e6;
        eprintln!(
            "  round {number}: {:.0} MB/s, bare server {:.0} MB/s",
            bytes(captured.requests_per_second),
            bytes(dropped.requests_per_second)
        );
        ours_bytes.push(bytes(captured.requests_per_second));
        bare_bytes.push(bytes(dropped.requests_per_second));
        ratios.push(captured.requests_per_second / dropped.requests_per_second);
        p99_us.push(captured.p99_us);
    }
    let peak = processes::peak_resident(ours.id())?;
    drop((ours, bare));
    let stored = count_valid(shell, &program, &room.data())?;
    let of = |values: &[f64]| median(values).unwrap_or_default();
    #[allow(clippy::cast_precision_loss)] // some hundred millions
    let growth = peak.saturating_sub(before) as f64 / (BODY_BYTES as f64 * f64::from(CONNECTIONS));
    println!("bodies of 25 MB, {CONNECTIONS} connections, signed JSON, median of {} rounds", ratios.len());
    println!(
        "  hookglass listen {:.0} MB/s (p99 {:.0} ms), bare axum server {:.0} MB/s",
        of(&ours_bytes),
        of(&p99_us) / 1e3,
        of(&bare_bytes)
    );
    println!("  speed, of the bare server's         {}", judged(of(&ratios), LEAST_SPEED, of(&ratios) >= LEAST_SPEED));
    println!("  memory growth, of the bytes under way {}", judged(growth, MOST_GROWTH, growth < MOST_GROWTH));
    println!("  resident before {} MB, at most {} MB; stored and valid {stored}", before / 1_000_000, peak / 1_000_000);
    Ok(())
}
