//! F14: the wall clock jumps. Captures keep the order in which they came.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use hookglass_tests::http;

use crate::{
    case::{Case, Run, skip},
    listener::{Launch, USABLE_LIMIT},
    stored::Stored,
};

pub(crate) const CASES: [Case; 1] =
    [Case { id: "F14", title: "the wall clock jumps to and fro", quick: true, run: |run| Box::pin(clock_jumps(run)) }];

/// What is set, in the words of libfaketime, with the year that then stands in the listing; none for the present.
const JUMPS: [(&str, Option<&str>); 7] = [
    ("+0", None),
    ("+1h", None),
    ("-1h", None),
    ("-1d", None),
    // Past the end of 32-bit seconds, over New Year, and through the hour that Europe's clocks skip.
    ("@2038-01-19 03:14:06", Some("2038-")),
    ("@2040-12-31 23:59:59", Some("20")),
    ("@2027-03-28 00:59:59", Some("2027-03")),
];

/// Requests after each jump.
const EACH: u32 = 20;

async fn clock_jumps(run: &mut Run) -> Result<()> {
    let library = faketime_library()?;
    let (data, clock) = (run.data("data"), run.folder().join("clock"));
    fs::write(&clock, "+0\n")?;
    let mut listener = Launch::new(&run.program, &data)
        .variable("LD_PRELOAD", library)
        .variable("FAKETIME_TIMESTAMP_FILE", &clock)
        .variable("FAKETIME_NO_CACHE", "1")
        // Deadlines run on the monotonic clock, which no user can set.
        .variable("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .variable("DONT_FAKE_MONOTONIC", "1")
        .start()
        .await?;
    let mut connection = http::Connection::open(listener.address()).await?;
    let mut sent = Vec::new();
    for (jump, (setting, _)) in JUMPS.iter().enumerate() {
        fs::write(&clock, format!("{setting}\n"))?;
        for number in 0..EACH {
            let path = format!("/F14/{jump}/{number}");
            let answer = connection.exchange(&http::post(&path, &[], b"tick")).await.context(*setting)?;
            ensure!(answer.status == 200, "answered {} after {setting}", answer.status);
            sent.push(path);
        }
    }
    let (_, probe) = listener.until_stored("F14-probe", USABLE_LIMIT).await?;
    sent.push(probe);
    listener.stop().await?;
    let stored = Stored::list(&run.program, &data)?;
    let listed: Vec<&str> = stored.all().iter().filter_map(|capture| capture["path"].as_str()).collect();
    ensure!(listed == sent, "the captures are not listed in the order in which they came");
    for (jump, (setting, year)) in JUMPS.iter().enumerate() {
        let capture = stored.require(&format!("/F14/{jump}/0"))?;
        let at = capture["received_at"].as_str().context("a capture without a moment")?;
        let year = year.unwrap_or("20");
        ensure!(at.starts_with(year), "after {setting} the clock says {at}, so nothing is shown");
    }
    run.figure("jumps", JUMPS.len());
    run.figure("in order", sent.len());
    Ok(())
}

/// The one for programs with threads. Debian keeps it in a folder of its own.
fn faketime_library() -> Result<PathBuf> {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    folders
        .chain([PathBuf::from("/usr/local/lib"), PathBuf::from("/usr/lib64")])
        .map(|folder| folder.join(Path::new("faketime/libfaketimeMT.so.1")))
        .find(|library| library.is_file())
        .ok_or_else(|| skip("libfaketime is not installed"))
}
