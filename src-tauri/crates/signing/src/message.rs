//! The request that is checked or signed.

use hookglass_model::HeaderList;

/// A request, borrowed from wherever it lives.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// The method token.
    pub method: &'a str,
    /// Path and query as received.
    pub target: &'a str,
    /// The absolute URL the provider was told to send to, when configured. Some schemes sign it, and it
    /// cannot be read from the request behind a tunnel or proxy.
    pub url: Option<&'a str>,
    /// The headers in wire order.
    pub headers: &'a HeaderList,
    /// The body as it came, transfer-decoded only.
    pub body: &'a [u8],
}
