//! The kernel's word that interfaces or addresses changed.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use netlink_sys::{Socket, protocols::NETLINK_ROUTE};

/// The groups of linux/rtnetlink.h: links, and addresses of both families.
const GROUPS: [u32; 3] = [1, 5, 9];

/// Readable as soon as a link or an address of this network namespace changed.
///
/// It tells that something changed, not what: whoever wants to know reads the tables
/// ([`Net`](super::Net)), whose answer is never older. So nothing is lost when changes
/// come faster than they are read.
pub struct Changes {
    socket: Socket,
}

impl Changes {
    /// Listens from now on.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn open() -> io::Result<Changes> {
        let mut socket = Socket::new(NETLINK_ROUTE)?;
        socket.bind_auto()?;
        for group in GROUPS {
            socket.add_membership(group)?;
        }
        socket.set_non_blocking(true)?;
        Ok(Changes { socket })
    }

    /// Forgets what has come, and tells whether that was anything.
    ///
    /// # Errors
    /// Those of the socket, but for an overrun: that one is a change as well.
    pub fn take(&mut self) -> io::Result<bool> {
        let mut any = false;
        let mut buffer = Vec::with_capacity(1);
        loop {
            buffer.clear();
            match self.socket.recv(&mut buffer, 0) {
                Ok(_) => any = true,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(any),
                Err(error) if error.raw_os_error() == Some(libc::ENOBUFS) => any = true,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl AsFd for Changes {
    /// Readable when something changed.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
