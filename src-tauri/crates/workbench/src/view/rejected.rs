//! Requests that never became a capture.

use hookglass_model::UnixMillis;
use hookglass_store::Rejection;
use serde::Serialize;

/// One line of the Rejected list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RejectedRow {
    /// Its number; newer ones have higher ones.
    pub id: i64,
    /// When it was turned away; of several together, the newest.
    pub at: UnixMillis,
    /// The socket peer, as `address:port`.
    pub client: String,
    /// Whether it came to the TLS port.
    pub over_tls: bool,
    /// The stable word of the reason.
    pub code: String,
    /// The reason in a few words.
    pub title: String,
    /// What happened and what to do.
    pub sentence: String,
    /// How it began: printable ASCII as it is, other bytes as `\xNN`.
    pub first_bytes: String,
    /// The same bytes in hex.
    pub first_bytes_hex: String,
    /// How many equal ones came together.
    pub times: u32,
}

/// A page of the Rejected list, newest first.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RejectedPage {
    /// The rows.
    pub rows: Vec<RejectedRow>,
    /// How many are kept.
    pub total: u64,
    /// What to ask for next, `None` at the end.
    pub next_before_id: Option<i64>,
}

impl From<Rejection> for RejectedRow {
    fn from(stored: Rejection) -> Self {
        let one = stored.rejection;
        Self {
            id: stored.id,
            at: one.at,
            client: one.client,
            over_tls: one.over_tls,
            title: title(&one.code),
            code: one.code,
            sentence: one.sentence,
            first_bytes: one.first_bytes.escape_ascii().to_string(),
            first_bytes_hex: hex::encode(&one.first_bytes),
            times: one.times,
        }
    }
}

/// `head_too_large` as `Head too large`; abbreviations keep their capitals.
fn title(code: &str) -> String {
    let words: Vec<String> = code
        .split('_')
        .map(|word| match word {
            "tls" => "TLS".to_owned(),
            word => word.to_owned(),
        })
        .collect();
    let mut title = words.join(" ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn codes_read_as_titles() {
        assert_eq!(title("head_too_large"), "Head too large");
        assert_eq!(title("tls_on_plain_port"), "TLS on plain port");
        assert_eq!(title("plain_on_tls_port"), "Plain on TLS port");
    }
}
