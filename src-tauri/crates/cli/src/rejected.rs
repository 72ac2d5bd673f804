//! `hookglass rejected`: requests that never became a capture.

use std::{process::ExitCode, sync::Arc};

use hookglass_workbench::{SystemClock, Workbench, default_data_dir, view::RejectedRow};
use serde::Serialize;

use crate::{arguments::ListCommand, capture_line::rfc3339, failure::Failure, output};

/// Rows asked for at a time.
const PAGE: u32 = 500;

/// The fields a program gets.
#[derive(Serialize)]
struct RejectedJson<'a> {
    at: String,
    client: &'a str,
    over_tls: bool,
    code: &'a str,
    sentence: &'a str,
    first_bytes: &'a str,
    times: u32,
}

/// Prints every one that is kept, newest first.
pub(crate) async fn list(command: ListCommand) -> Result<ExitCode, Failure> {
    let data_dir = match command.data_dir {
        Some(dir) => dir,
        None => default_data_dir()?,
    };
    let bench = Workbench::open_read_only(&data_dir, Arc::new(SystemClock)).await?;
    let mut before_id = None;
    loop {
        let page = bench.list_rejected(before_id, PAGE).await?;
        for row in &page.rows {
            output::line(&if command.json { json(row) } else { text(row) })?;
        }
        before_id = page.next_before_id;
        if before_id.is_none() {
            return Ok(ExitCode::SUCCESS);
        }
    }
}

fn json(row: &RejectedRow) -> String {
    let line = RejectedJson {
        at: rfc3339(row.at),
        client: &row.client,
        over_tls: row.over_tls,
        code: &row.code,
        sentence: &row.sentence,
        first_bytes: &row.first_bytes_hex,
        times: row.times,
    };
    serde_json::to_string(&line).unwrap_or_default()
}

fn text(row: &RejectedRow) -> String {
    let times = if row.times > 1 { format!(" ×{}", row.times) } else { String::new() };
    output::harmless(&format!("{}  {}  {}{times}  {}", rfc3339(row.at), row.client, row.title, row.sentence))
}
