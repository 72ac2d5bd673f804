//! The signed webhook that the load repeats.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use xshell::{Shell, cmd};

/// Signs the load. It guards nothing.
pub(super) const SECRET: &str = "whsec_bench0000000000000000000000000000";

/// A request that wrk repeats.
pub(super) struct Message {
    pub(super) path: &'static str,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Message {
    /// A Stripe event with a body of this size, signed now by the program that is measured.
    pub(super) fn signed(shell: &Shell, hookglass: &Path, folder: &Path, body_bytes: usize) -> Result<Self> {
        let body = body(body_bytes);
        let file = folder.join("message.http");
        let unsigned = format!(
            "POST /stripe HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json; charset=utf-8\r\n\
             User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        fs::write(&file, unsigned).context("the message cannot be written")?;
        let signed = cmd!(shell, "{hookglass} sign --provider stripe --secret {SECRET} {file}")
            .quiet()
            .output()
            .context("the message could not be signed")?;
        let text = String::from_utf8(signed.stdout).context("the signed message is not text")?;
        let (head, _) = text.split_once("\r\n\r\n").or_else(|| text.split_once("\n\n")).context("it has no head")?;
        let headers: Vec<_> = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            // wrk writes these itself.
            .filter(|(name, _)| !name.eq_ignore_ascii_case("host") && !name.eq_ignore_ascii_case("content-length"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let is_signed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("stripe-signature"));
        ensure!(is_signed, "the message has no signature");
        Ok(Self { path: "/stripe", headers, body })
    }

    /// The same, on a new connection each time.
    pub(super) fn closing(mut self) -> Self {
        self.headers.push(("Connection".to_owned(), "close".to_owned()));
        self
    }
}

fn body(bytes: usize) -> String {
    let start = r#"{"id":"evt_1BenchBenchBenchBenchBen","object":"event","type":"invoice.paid","livemode":false,"data":{"object":{"id":"in_1Bench","object":"invoice","amount_paid":4900,"currency":"eur"}},"padding":""#;
    let end = "\"}";
    let padding = "x".repeat(bytes.saturating_sub(start.len() + end.len()));
    format!("{start}{padding}{end}")
}

#[cfg(test)]
mod tests {
    use super::body;

    #[test]
    fn the_body_is_json_of_the_stated_size() {
        assert_eq!(body(1024).len(), 1024);
        assert!(serde_json::from_str::<serde_json::Value>(&body(1024)).is_ok());
    }
}
