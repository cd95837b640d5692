//! Who of two directors serves: the rooms of `pulse`.
//!
//! [`Machine`] takes what happens (something heard, time passed, a link, a signal) with
//! the time at which it happened, and gives what to do about it. Under it are two ways
//! to agree with the partner, [`heartbeat`] and [`vrrp`]. [`announce`] builds the frames
//! that tell the neighbours where an address lives now.
//!
//! None of these reads a clock, opens a socket or prints: time is a [`Duration`] since
//! any fixed moment, and packets are bytes. All of that is in the one room below them,
//! the daemon.
//!
//! [`Duration`]: std::time::Duration

pub mod announce;
pub(crate) mod checksum;
mod complaints;
pub(crate) mod daemon;
pub mod heartbeat;
mod machine;
pub mod vrrp;

pub use machine::{Action, Election, Event, Machine, Nic, Settings};

#[cfg(test)]
mod simulation;

use std::fmt;

/// Which of the two directors this one is by its configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The node that lvs.cf calls `primary`: it gets the service back after a failure.
    Master,
    /// The node that lvs.cf calls `backup`.
    Backup,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Role::Master => "MASTER",
            Role::Backup => "BACKUP",
        })
    }
}
