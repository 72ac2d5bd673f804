//! `hookglass captures`: looking at what is stored.

use std::{fmt::Write as _, process::ExitCode, sync::Arc};

use hookglass_workbench::{SystemClock, Workbench, default_data_dir, model::CaptureId};

use crate::{
    arguments::{ListCommand, ShowCommand},
    capture_line,
    failure::Failure,
    output,
};

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

/// Prints one capture.
pub(crate) async fn show(command: ShowCommand) -> Result<ExitCode, Failure> {
    let data_dir = match command.data_dir {
        Some(dir) => dir,
        None => default_data_dir()?,
    };
    let id: CaptureId = command.id.parse().map_err(|_| {
        Failure::input(format!("“{}” is not the id of a capture; `captures list --json` prints them.", command.id))
    })?;
    let bench = Workbench::open_read_only(&data_dir, Arc::new(SystemClock)).await?;
    if command.raw {
        output::write(&bench.capture_wire(id).await?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let capture = bench.capture(id).await?;
    if command.json {
        output::line(&capture_line::json(&capture, &bench.slugs()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let detail = bench.capture_detail(id).await?;
    let mut text = capture_line::page(std::slice::from_ref(&capture), &bench.slugs(), false);
    let mut line = |name: &str, value: &str| {
        // Infallible: writing to a String.
        let _ = writeln!(text, "  {name:<12} {}", output::harmless(value));
    };
    line("signature", &detail.signature.sentence);
    let protocol = detail.tls.as_deref().map_or(String::new(), |tls| format!(" over {tls}"));
    line("from", &format!("{} by {}{protocol}", detail.client, detail.protocol.as_str()));
    line("answered", &capture.answer.status.to_string());
    if detail.answer_delivered == Some(false) {
        line("", "The sender was gone before it could be told; it will send again.");
    }
    if let Some(duplicate) = &detail.row.duplicate {
        line(duplicate.kind.as_str(), &format!("No. {} of its event. {}", duplicate.times, duplicate.sentence));
    }
    for flag in &detail.flags {
        line("note", &format!("{}: {}", flag.title, flag.sentence));
    }
    let (head, trailers) = (&detail.headers, &detail.trailers);
    for (name, headers) in [("headers", head), ("trailers", trailers)] {
        for (at, header) in headers.iter().enumerate() {
            line(if at == 0 { name } else { "" }, &format!("{}: {}", header.name, header.value));
        }
    }
    line("body", &format!("{} bytes, SHA-256 {}", detail.row.body_bytes, detail.body_sha256));
    output::write(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
