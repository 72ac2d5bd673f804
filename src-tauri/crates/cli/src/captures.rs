//! `hookglass captures`: looking at what is stored.

use std::{fmt::Write as _, process::ExitCode, sync::Arc};

use hookglass_workbench::view::{CharsetSource, DecodedNoteKind, DecodedView};
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
    if command.decoded {
        return show_decoded(&bench, id, &command.limits).await;
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
    if !detail.codings.is_empty() {
        line("coding", &format!("{}; --decoded prints the body without it", detail.codings.join(", ")));
    }
    line("body", &format!("{} bytes, SHA-256 {}", detail.row.body_bytes, detail.body_sha256));
    output::write(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the decoded body of one capture, and says on standard error what was done.
async fn show_decoded(bench: &Workbench, id: CaptureId, limits: &[String]) -> Result<ExitCode, Failure> {
    let mut allowed = bench.listener_settings().await.limits;
    for limit in limits {
        allowed.set_by_name(limit)?;
    }
    bench.set_limits(allowed).await?;
    let (view, _) = bench.decode_body_into(id, output::Out::default()).await?;
    output::complain(&output::harmless(&what_was_undone(&view)));
    for note in &view.notes {
        let raise = match note.kind {
            DecodedNoteKind::SizeLimit => " --limit decoded-view-bytes=SIZE allows more.",
            DecodedNoteKind::RatioLimit => " --limit decoded-view-ratio=N allows more.",
            _ => "",
        };
        output::complain(&output::harmless(&format!("{}. {}{raise}", note.title, note.sentence)));
    }
    Ok(ExitCode::SUCCESS)
}

fn what_was_undone(view: &DecodedView) -> String {
    let charset = match (view.charset.source, view.charset.unknown.as_deref()) {
        (_, Some(unknown)) => format!("; the charset “{unknown}” is not known"),
        (CharsetSource::Default, None) => String::new(),
        _ if view.charset.name == "UTF-8" => String::new(),
        _ => format!("; the text is in {}", view.charset.name),
    };
    if view.undone.is_empty() {
        return format!("{} bytes as received{charset}", view.decoded_bytes);
    }
    let undone = view.undone.join(", then ");
    format!("Decoded from {undone}: {} bytes, {} as received{charset}", view.decoded_bytes, view.body_bytes)
}
