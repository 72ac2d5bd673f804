//! Captures a second: `hookglass listen` beside a server that reads and drops, on the same machine in the same run.

mod crowd;
mod large;
mod load;
mod message;
mod million;
mod pairs;
mod servers;

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result};
use clap::ValueEnum;

use super::statistics::median;
use crate::workspace::Workspace;

/// Syncs that are timed for the disk's own speed.
const SYNCS: usize = 200;

/// One way of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Shape {
    /// 64 kept-alive connections, small signed JSON: the figure that the speed is named by.
    Many,
    /// One connection: one request, one sync.
    One,
    /// 8 connections.
    Few,
    /// 256 connections.
    More,
    /// 1,000 connections.
    Thousand,
    /// A new connection for every request, 64 at a time.
    NewConnections,
    /// Bodies of 25 MB, four at a time.
    Large,
    /// 10,000 idle or slow connections beside ordinary traffic.
    Crowd,
    /// Ordinary traffic with 1,000,000 captures stored. Only when asked for: it takes some minutes and 2 GB.
    Million,
}

/// How long to measure.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    /// How often each server is put under load in turn.
    pub(super) rounds: u32,
    /// How long each time.
    pub(super) seconds: u32,
}

/// Measures the shapes and prints a table of each.
pub(super) fn measure(workspace: &Workspace, shapes: &[Shape], pace: Pace) -> Result<()> {
    let every_day = || Shape::value_variants().iter().copied().filter(|shape| *shape != Shape::Million).collect();
    let shapes: Vec<Shape> = if shapes.is_empty() { every_day() } else { shapes.to_vec() };
    println!("fsync of one 4 KiB page, p50: {:.2} ms", time_fsync(workspace.target().as_ref())? / 1e3);
    for shape in shapes {
        match shape {
            Shape::One => pairs::measure(workspace, &pairs::ONE, pace),
            Shape::Few => pairs::measure(workspace, &pairs::FEW, pace),
            Shape::Many => pairs::measure(workspace, &pairs::MANY, pace),
            Shape::More => pairs::measure(workspace, &pairs::MORE, pace),
            Shape::Thousand => pairs::measure(workspace, &pairs::THOUSAND, pace),
            Shape::NewConnections => pairs::measure(workspace, &pairs::NEW_CONNECTIONS, pace),
            Shape::Large => large::measure(workspace, pace),
            Shape::Crowd => crowd::measure(workspace, pace),
            Shape::Million => million::measure(workspace, pace),
        }?;
    }
    Ok(())
}

/// The program that is measured.
fn hookglass(workspace: &Workspace) -> PathBuf {
    workspace.binary("release", "hookglass")
}

/// Half of all syncs of one appended 4 KiB page take at most this long, in microseconds.
fn time_fsync(folder: &Path) -> Result<f64> {
    let mut file = tempfile::tempfile_in(folder).context("the disk cannot be written")?;
    let mut times_us = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        times_us.push(time_one(&mut file)?);
    }
    median(&times_us).context("nothing was timed")
}

fn time_one(file: &mut File) -> Result<f64> {
    file.write_all(&[0_u8; 4096]).context("the disk cannot be written")?;
    let begun = Instant::now();
    file.sync_data().context("the disk cannot be synced")?;
    Ok(begun.elapsed().as_secs_f64() * 1e6)
}

/// A target and whether it was reached.
fn judged(value: f64, target: f64, reached: bool) -> String {
    format!("{value:.2} (target {target}: {})", if reached { "reached" } else { "missed" })
}
