//! The kernel's words for IPVS, Linux's layer-4 load balancer, and the doors to it.
//!
//! * [`uapi`], [`netlink`], [`sockopt`]: the numbers and structs of the kernel's headers, spelled
//!   as there; plain data. [`errno`]: the error numbers that they come back with.
//! * [`socket`]: a generic netlink socket that sends, receives from the kernel alone, and always
//!   comes back in time.
//! * [`legacy`]: a socket that asks the older interface.
//! * [`netns`]: network namespaces, entered on a short-lived thread and never on the caller's.
//! * [`descriptor`]: descriptors that come as numbers.
#![cfg_attr(
    feature = "faults",
    doc = "* [`faults`], [`hostile`]: any system call of this crate fails, the process forks; for tests."
)]
//!
//! It does not know what is inside a message, nor what IPVS would say to it: the `ipvs-core`
//! crate does, in safe code on top of this one. It execs nothing, prints nothing, and no thread
//! of it outlives a call.
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::dbg_macro,
    clippy::exit,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::todo,
    clippy::unimplemented,
    clippy::unreachable
)]

#[cfg(not(target_os = "linux"))]
compile_error!("IPVS is a part of Linux; ipvs-sys builds for nothing else");

pub mod descriptor;
pub mod errno;
#[cfg(feature = "faults")]
pub mod faults;
#[cfg(feature = "faults")]
pub mod hostile;
pub mod legacy;
pub mod netlink;
pub mod netns;
mod os;
pub mod socket;
pub mod sockopt;
pub mod uapi;
