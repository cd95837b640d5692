//! The API of the libipvs that ipvsadm has inside, for programs that were written to it: they
//! include `libipvs.h` in its place, unchanged, and link this library. Its functions, structs
//! and messages are the old ones; its faults are not.
//!
//! `include/libipvs.h` is written by hand, and is the manual.

mod block;
mod call;
mod given;
mod session;
mod told;

pub mod daemons;
pub mod dests;
pub mod info;
pub mod messages;
pub mod order;
pub mod services;
pub mod structs;
pub mod timeouts;

#[cfg(test)]
mod tests;
