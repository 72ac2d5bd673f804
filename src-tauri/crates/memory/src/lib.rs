//! The allocator of the hosts, and how soon it gives memory back.

use std::ffi::c_int;

/// Small short-lived allocations on many threads are what a capture is made of.
pub use mimalloc::MiMalloc as Allocator;

/// `mi_option_purge_delay` of mimalloc 3 (mimalloc.h, `mi_option_e`), which the binding has no name for.
const PURGE_DELAY: c_int = 15;

/// Gives freed memory back to the system at once; mimalloc waits a second. In a flood of large bodies that second is some
/// 350 MB (F31b: 270 MiB instead of 560 to 650); captures of usual size take as long either way. To be called first in `main`.
#[allow(unsafe_code)]
pub fn give_back_at_once() {
    // SAFETY: sets an integer that mimalloc reads as an atomic; it may be called at any time.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, 0) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(unsafe_code)]
    fn the_number_is_that_of_the_purge_delay() {
        // SAFETY: reads an integer.
        let delay_ms = || unsafe { libmimalloc_sys::mi_option_get(PURGE_DELAY) };
        // Its default in mimalloc 3, which no other option has.
        assert_eq!(delay_ms(), 1_000);
        give_back_at_once();
        assert_eq!(delay_ms(), 0);
    }
}
