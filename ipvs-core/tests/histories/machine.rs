//! The two sides of a history behind one face: a kernel that runs, and one in memory.

pub mod memory;
pub mod real;

use std::io;

use ipvs_core::Client;
use ipvs_sys::socket::ReceiveError;

use crate::history::Interface;

/// A kernel.
pub trait Machine {
    /// So many new network namespaces, in each of which `lo` is up.
    fn places(&self, count: usize) -> Vec<Box<dyn Place>>;
}

/// A network namespace.
pub trait Place {
    /// A client that leaves every judgement to the kernel.
    fn client(&self) -> &Client;

    /// A raw socket.
    fn socket(&self) -> Box<dyn Socket>;

    /// A file of `/proc/net`.
    fn file(&self, name: &str) -> io::Result<Vec<u8>>;

    /// A sysctl below `net.ipv4.vs`.
    fn sysctl(&self, name: &str) -> io::Result<Vec<u8>>;

    fn set_sysctl(&self, name: &str, text: &[u8]) -> io::Result<()>;

    /// Makes an interface, or makes it another.
    fn set_interface(&self, interface: &Interface);
}

/// A raw generic netlink socket.
pub trait Socket {
    fn port(&self) -> u32;

    fn send(&self, bytes: &[u8]) -> io::Result<()>;

    /// What there is to receive at once.
    fn receive(&self, buffer: &mut [u8]) -> Received;

    fn set_receive_buffer_size(&self, bytes: usize) -> io::Result<usize>;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// A datagram of this length.
    Datagram(usize),
    Nothing,
    Overrun,
    /// The length of a datagram that did not fit.
    Truncated(usize),
    Failed(Option<i32>),
}

impl From<Result<usize, ReceiveError>> for Received {
    fn from(outcome: Result<usize, ReceiveError>) -> Self {
        match outcome {
            Ok(length) => Received::Datagram(length),
            Err(ReceiveError::TimedOut) => Received::Nothing,
            Err(ReceiveError::Overrun) => Received::Overrun,
            Err(ReceiveError::Truncated { length, .. }) => Received::Truncated(length),
            Err(ReceiveError::Os(error)) => Received::Failed(error.raw_os_error()),
        }
    }
}
