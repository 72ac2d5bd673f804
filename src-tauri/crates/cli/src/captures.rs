//! `hookglass captures`: looking at what is stored.

use std::{process::ExitCode, sync::Arc};

use hookglass_workbench::{SystemClock, Workbench, default_data_dir};

use crate::{arguments::ListCommand, capture_line, failure::Failure, output};

/// Prints every stored capture, oldest first.
pub(crate) async fn list(command: ListCommand) -> Result<ExitCode, Failure> {
    let data_dir = match command.data_dir {
        Some(dir) => dir,
        None => default_data_dir()?,
    };
    let bench = Workbench::open_read_only(&data_dir, Arc::new(SystemClock)).await?;
    let slugs = bench.slugs();
    let mut last_seq = 0;
    loop {
        let page = bench.captures_after(last_seq).await?;
        let Some(last) = page.last() else { break };
        last_seq = last.seq;
        output::write(capture_line::page(&page, &slugs, command.json).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}
