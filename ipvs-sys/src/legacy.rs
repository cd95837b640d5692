//! The older interface to IPVS: a socket whose options are the kernel's answers.
//!
//! What may be asked, and the structs of questions and answers, are in [`crate::sockopt`].

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use crate::os;

/// An IPv4 socket, for questions at level `IPPROTO_IP`.
///
/// It belongs to the network namespace of the thread that opened it, for good: see
/// [`crate::netns`]. Nothing stays in it from one question to the next, so threads may share it.
#[derive(Debug)]
pub struct LegacySocket {
    fd: OwnedFd,
}

impl LegacySocket {
    /// Opens one in the network namespace of the calling thread; it closes on exec.
    ///
    /// # Errors
    ///
    /// Those of the system, such as `EMFILE`; no privilege is needed.
    pub fn open() -> io::Result<Self> {
        let fd = os::ipv4_socket()?;
        Ok(Self { fd })
    }

    /// Asks one of the `IP_VS_SO_GET_*`. The question is what `buffer` holds, and the answer is
    /// written over it; bytes that the answer does not reach stay as they are.
    ///
    /// # Errors
    ///
    /// `EPERM` without `CAP_NET_ADMIN` in the user namespace that owns the socket's; `ESRCH` for
    /// a service that is not there; `EINVAL` for a buffer of another length than the question
    /// has; `ENOPROTOOPT` without IPVS.
    pub fn get(&self, option: i32, buffer: &mut [u8]) -> io::Result<()> {
        os::question(self.fd.as_fd(), libc::IPPROTO_IP, option, buffer)
    }
}
