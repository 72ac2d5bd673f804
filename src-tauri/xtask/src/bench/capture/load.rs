//! Load from wrk: connections that post the same message.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};

use super::message::Message;

/// One thread of load: with two, wrk would take the second core from the server on small machines.
const THREADS: u32 = 1;

/// What one round of load measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Round {
    pub(super) requests_per_second: f64,
    pub(super) p50_us: f64,
    pub(super) p99_us: f64,
    /// Requests that were answered, all of them 2xx.
    pub(super) answered: u64,
}

/// Who sends, and how long.
pub(super) struct Load<'a> {
    pub(super) shell: &'a Shell,
    /// Where the script is written.
    pub(super) folder: &'a Path,
    pub(super) connections: u32,
    pub(super) seconds: u32,
}

impl Load<'_> {
    /// Puts `address` under load.
    ///
    /// # Errors
    /// When wrk fails, or when any request was not answered 2xx.
    pub(super) fn run(&self, address: &str, message: &Message) -> Result<Round> {
        let Self { shell, folder, connections, seconds } = self;
        let script = folder.join("load.lua");
        let body = folder.join("load.body");
        fs::write(&body, &message.body).context("the body of the load cannot be written")?;
        fs::write(&script, lua(message, &body)).context("the load script cannot be written")?;
        let url = format!("http://{address}{}", message.path);
        let (connections, threads) = (connections.to_string(), THREADS.to_string());
        let duration = format!("{seconds}s");
        let output = cmd!(
            shell,
            "wrk --threads {threads} --connections {connections} --duration {duration} --timeout 30s --script {script} {url}"
        )
        .quiet()
        .read()
        .context("wrk failed")?;
        parse(&output)
    }
}

fn lua(message: &Message, body: &Path) -> String {
    let mut script = String::from("wrk.method = 'POST'\n");
    for (name, value) in &message.headers {
        // Infallible: writing to a String.
        let _ = writeln!(script, "wrk.headers[{name:?}] = {value:?}");
    }
    let _ = writeln!(
        script,
        "local file = assert(io.open([==[{}]==], 'rb'))\nwrk.body = file:read('*a')\nfile:close()",
        body.display()
    );
    script.push_str(
        "done = function(summary, latency)\n\
         local errors = summary.errors\n\
         io.write(string.format('measured %d %d %d %d %d\\n', summary.requests, summary.duration,\n\
         latency:percentile(50), latency:percentile(99),\n\
         errors.connect + errors.read + errors.write + errors.status + errors.timeout))\n\
         end\n",
    );
    script
}

/// Reads the line that the script prints at the end: requests, duration in µs, p50 and p99 in µs, errors.
fn parse(output: &str) -> Result<Round> {
    let line = output.lines().find_map(|line| line.strip_prefix("measured ")).context("wrk printed no measurement")?;
    let numbers: Vec<f64> =
        line.split(' ').map(str::parse).collect::<Result<_, _>>().context("wrk printed no numbers")?;
    let [requests, duration_us, p50_us, p99_us, errors] = numbers[..] else {
        bail!("wrk printed “{line}”, which is not five numbers");
    };
    if errors > 0.0 {
        bail!("{errors} of {requests} requests were not answered 2xx");
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a count, printed by %d
    let answered = requests as u64;
    Ok(Round { requests_per_second: requests / (duration_us / 1e6), p50_us, p99_us, answered })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measurement_is_read_and_errors_are_not_hidden() {
        let round = parse("Running 4s test\nmeasured 20000 4000000 900 5000 0\n").unwrap();
        assert!((round.requests_per_second - 5_000.0).abs() < 1e-6);
        assert_eq!(round.answered, 20_000);
        assert!(parse("measured 20000 4000000 900 5000 3\n").is_err());
        assert!(parse("measured 1 2 3\n").is_err());
        assert!(parse("").is_err());
    }

    #[test]
    fn the_script_sends_the_headers_and_the_body_of_the_file() {
        let message = Message {
            path: "/stripe",
            headers: vec![("X-A".to_owned(), "t=1,v1=ab".to_owned())],
            body: r#"{"a":"\n"}"#.to_owned(),
        };
        let script = lua(&message, Path::new("/folder/load.body"));
        assert!(script.contains("io.open([==[/folder/load.body]==], 'rb')"));
        assert!(script.contains(r#"wrk.headers["X-A"] = "t=1,v1=ab""#));
    }
}
