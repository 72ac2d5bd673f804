//! Memory: what one check allocates, for a small body and one a thousand times as large. A line each:
//! `<provider> <bytes for the small body> <bytes for the large one>`.
#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints")]

use hookglass_speed::{BODY_BYTES, LARGE_BODY_BYTES, MEASURED, SignedRequest};

fn main() {
    for provider in MEASURED {
        let allocated = |body_bytes| {
            let request = SignedRequest::new(provider, body_bytes);
            allocation_counter::measure(|| drop(request.verify())).bytes_total
        };
        println!("{provider} {} {}", allocated(BODY_BYTES), allocated(LARGE_BODY_BYTES));
    }
}
