//! The fake's netlink, byte by byte.

mod golden;
