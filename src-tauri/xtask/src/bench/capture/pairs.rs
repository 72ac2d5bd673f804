//! Small messages over some number of connections, in turn to Hookglass and to the bare server.

use anyhow::{Result, ensure};

use super::{
    super::statistics::median,
    Pace, hookglass, judged,
    load::{Load, Round},
    message::Message,
    servers::{Place, Server, count_valid},
};
use crate::workspace::Workspace;

/// Size of the posted body, as the target states it.
pub(super) const BODY_BYTES: usize = 1024;

/// What is sent, and what is to be reached.
pub(super) struct Senders {
    name: &'static str,
    connections: u32,
    closing: bool,
    /// At least this part of the bare server's speed, and at most so many times its p99 (issue 5).
    targets: Option<(f64, f64)>,
}

pub(super) const ONE: Senders = kept_alive("1 connection", 1);
pub(super) const FEW: Senders = kept_alive("8 connections", 8);
pub(super) const MANY: Senders = Senders { targets: Some((0.60, 4.0)), ..kept_alive("64 connections", 64) };
pub(super) const MORE: Senders = kept_alive("256 connections", 256);
pub(super) const THOUSAND: Senders = kept_alive("1,000 connections", 1_000);
pub(super) const NEW_CONNECTIONS: Senders =
    Senders { name: "a new connection each time, 64 at once", connections: 64, closing: true, targets: None };

const fn kept_alive(name: &'static str, connections: u32) -> Senders {
    Senders { name, connections, closing: false, targets: None }
}

/// Runs the rounds, checks that everything answered was stored and found valid, and prints.
pub(super) fn measure(workspace: &Workspace, senders: &Senders, pace: Pace) -> Result<()> {
    let (shell, program, room) = (&workspace.shell, hookglass(workspace), Place::new(workspace)?);
    let ours = Server::hookglass(&program, &room.data(), &[])?;
    let bare = Server::bare(workspace)?;
    let load = Load { shell, folder: room.folder(), connections: senders.connections, seconds: pace.seconds };
    let mut rounds = Vec::new();
    for number in 1..=pace.rounds.max(1) {
        // Signed anew each round, so that no signature gets older than the tolerance.
        let message = Message::signed(shell, &program, room.folder(), BODY_BYTES)?;
        let message = if senders.closing { message.closing() } else { message };
        let round = (load.run(&ours.address, &message)?, load.run(&bare.address, &message)?);
        eprintln!(
            "  round {number}: {:.0} captures/s, bare server {:.0} requests/s",
            round.0.requests_per_second, round.1.requests_per_second
        );
        rounds.push(round);
    }
    drop((ours, bare));
    let answered: u64 = rounds.iter().map(|(ours, _)| ours.answered).sum();
    let stored = count_valid(shell, &program, &room.data())?;
    ensure!(stored >= answered, "{answered} requests were answered 2xx, but only {stored} are stored");
    print(senders, &rounds, stored);
    Ok(())
}

fn print(senders: &Senders, rounds: &[(Round, Round)], stored: u64) {
    let of =
        |pick: fn(&(Round, Round)) -> f64| median(&rounds.iter().map(pick).collect::<Vec<_>>()).unwrap_or_default();
    println!("{}, {BODY_BYTES} B signed JSON, median of {} rounds", senders.name, rounds.len());
    println!("                       requests/s    p50 ms    p99 ms");
    for (name, speed, p50_us, p99_us) in [
        ("hookglass listen", of(|r| r.0.requests_per_second), of(|r| r.0.p50_us), of(|r| r.0.p99_us)),
        ("bare axum server", of(|r| r.1.requests_per_second), of(|r| r.1.p50_us), of(|r| r.1.p99_us)),
    ] {
        println!("  {name:<20} {speed:>10.0} {:>9.2} {:>9.2}", p50_us / 1e3, p99_us / 1e3);
    }
    let ratio = of(|(ours, bare)| ours.requests_per_second / bare.requests_per_second);
    let slower = of(|(ours, bare)| ours.p99_us / bare.p99_us);
    match senders.targets {
        Some((least, most)) => {
            println!("  speed, of the bare server's  {}", judged(ratio, least, ratio >= least));
            println!("  p99, times the bare server's {}", judged(slower, most, slower <= most));
        }
        None => println!("  speed {ratio:.2} of the bare server's, p99 {slower:.2} times its"),
    }
    println!("  stored and valid {stored}");
}
