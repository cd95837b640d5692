//! An IPVS kernel in memory, for tests without root.

mod counters;
mod environment;
mod faults;
mod files;
mod interface;
mod ipvs;
mod machine;
mod modules;
mod netlink;
mod network;
mod release;

pub use environment::Environment;
pub use faults::{Fault, When};
pub use interface::Interface;
pub use release::Release;
