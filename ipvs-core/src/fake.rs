//! An IPVS kernel in memory, for tests without root.

mod counters;
mod environment;
mod faults;
mod interface;
mod release;

pub use environment::Environment;
pub use faults::{Fault, When};
pub use interface::Interface;
pub use release::Release;
