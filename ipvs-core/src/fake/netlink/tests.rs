//! The fake's netlink, byte by byte.

mod buffers;
#[cfg(target_endian = "little")]
mod golden;
mod lists;
pub(in crate::fake) mod peer;
#[cfg(target_endian = "little")]
mod recorded;
