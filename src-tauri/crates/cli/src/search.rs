//! `hookglass captures search`: stored captures that a query finds.

use std::{process::ExitCode, sync::Arc};

use hookglass_workbench::{SystemClock, Workbench, default_data_dir, explain_query, view::QueryProblem};

use crate::{arguments::SearchCommand, capture_line, failure::Failure, output};

/// Prints what is found, newest first.
pub(crate) async fn search(command: SearchCommand) -> Result<ExitCode, Failure> {
    let text = command.query;
    if let Some(problem) = explain_query(&text).problem {
        return Err(Failure::input(marked(&text, &problem)));
    }
    let data_dir = match command.data_dir {
        Some(dir) => dir,
        None => default_data_dir()?,
    };
    let bench = Workbench::open_read_only(&data_dir, Arc::new(SystemClock)).await?;
    let (captures, partly) = bench.find_captures(&text, command.limit).await?;
    output::write(capture_line::page(&captures, &bench.slugs(), command.json).as_bytes())?;
    if partly > 0 {
        output::complain(&format!("{partly} bodies over 256 KiB were searched only in their first 256 KiB."));
    }
    Ok(ExitCode::SUCCESS)
}

/// The query with a caret under the place that is wrong, and what is wrong with it.
fn marked(text: &str, problem: &QueryProblem) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    let chars = |from: u32, to: u32| {
        units.get(from as usize..to as usize).map_or(0, |units| String::from_utf16_lossy(units).chars().count())
    };
    let (before, wrong) = (chars(0, problem.from), chars(problem.from, problem.to).max(1));
    let suggestion = problem.suggestion.as_ref().map_or(String::new(), |one| format!(" {one}"));
    format!("{}\n{}{}\n{}{suggestion}", output::harmless(text), " ".repeat(before), "^".repeat(wrong), problem.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_marked_under_the_text() {
        let text = "é statsu:200 b";
        let problem = explain_query(text).problem.unwrap();
        assert_eq!(marked(text, &problem), "é statsu:200 b\n  ^^^^^^\nNo filter called statsu. Did you mean status?");
    }
}
