//! The use cases on real sockets and real database files.

mod bad_input;
mod bench;
mod checking;
mod endpoints;
mod listening;
mod resending;
