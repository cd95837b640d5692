//! The fake's netlink, byte by byte.

mod golden;
mod mistakes;
mod recorded;
