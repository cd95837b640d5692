//! A socket to a fake kernel, at the level of bytes.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ipvs_sys::errno::{EAGAIN, EINTR, ENOBUFS};
use ipvs_sys::socket::ReceiveError;

use super::machine::{NamespaceId, SocketId};
use super::netlink::{self, Received};
use super::{Shared, enter};
use crate::door::{self, Transport};

/// A generic netlink socket to a [`Kernel`](super::Kernel), which behaves as
/// [`ipvs_sys::socket::Socket`] does on a real one: for those who drive
/// [`wire`](crate::wire) from an event loop of their own.
///
/// ```
/// use std::time::Duration;
/// use ipvs_core::fake::Kernel;
/// use ipvs_core::wire::exchange::Exchange;
/// use ipvs_core::wire::family::{self, Family};
///
/// let socket = Kernel::new().initial().socket();
/// let mut exchange = Exchange::new(1, Duration::from_secs(5));
/// family::ask(&mut exchange, "IPVS")?;
/// socket.send(exchange.bytes())?;
/// let mut buffer = vec![0; 32 * 1024];
/// let length = socket.receive(&mut buffer, exchange.silence())?;
/// assert!(exchange.receive(&buffer[..length]).count() > 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Socket {
    machine: Shared,
    id: SocketId,
    foreign: AtomicU64,
}

impl Socket {
    pub(super) fn open(machine: Shared, namespace: NamespaceId) -> Self {
        let id = enter(&machine).open_socket(namespace);
        Socket {
            machine,
            id,
            foreign: AtomicU64::new(0),
        }
    }

    /// The socket's own port, as it stands in the header of every reply.
    #[must_use]
    pub fn port(&self) -> u32 {
        self.read(netlink::Socket::port)
    }

    /// How many datagrams were dropped because their sender was not the kernel:
    /// [`Fault::Forge`](super::Fault::Forge).
    #[must_use]
    pub fn foreign(&self) -> u64 {
        self.foreign.load(Ordering::Relaxed)
    }

    /// Sends `bytes` as one datagram of one or more messages, which are carried out before this
    /// returns.
    ///
    /// # Errors
    ///
    /// `EMSGSIZE` for more than the send buffer holds, since 5.16 `ENODATA` for nothing at all,
    /// and what a [`Fault::Errno`](super::Fault::Errno) says, `EINTR` excepted: then it tries
    /// again.
    pub fn send(&self, bytes: &[u8]) -> io::Result<()> {
        loop {
            match enter(&self.machine).send(self.id, bytes) {
                Err(error) if error.raw_os_error() == Some(EINTR) => {}
                outcome => return outcome,
            }
        }
    }

    /// Takes a datagram of the kernel's and writes it to the beginning of `buffer`; its length in
    /// bytes is returned. Where there is none, `silence` goes by, on the kernel's clock and no
    /// other.
    ///
    /// # Errors
    ///
    /// See [`ReceiveError`]. The socket remains usable after each of them.
    pub fn receive(&self, buffer: &mut [u8], silence: Duration) -> Result<usize, ReceiveError> {
        let mut machine = enter(&self.machine);
        loop {
            match machine.receive(self.id, buffer) {
                Received::Datagram { forged: true, .. }
                | Received::Truncated { forged: true, .. } => {
                    self.foreign.fetch_add(1, Ordering::Relaxed);
                }
                // An empty datagram holds no message: it counts as silence.
                Received::Datagram { length: 0, .. } | Received::Failed(EINTR | EAGAIN) => {}
                Received::Datagram { length, .. } => return Ok(length),
                Received::Truncated { length, .. } => {
                    return Err(ReceiveError::Truncated {
                        length,
                        buffer: buffer.len(),
                    });
                }
                Received::Nothing => {
                    machine.advance(silence);
                    return Err(ReceiveError::TimedOut);
                }
                Received::Failed(ENOBUFS) => return Err(ReceiveError::Overrun),
                Received::Failed(errno) => {
                    return Err(ReceiveError::Os(io::Error::from_raw_os_error(errno)));
                }
            }
        }
    }

    /// Throws away what is queued, and what remains of a dump; tells how many datagrams that
    /// was.
    ///
    /// # Errors
    ///
    /// What a [`Fault::Errno`](super::Fault::Errno) says, but for `EINTR` and `ENOBUFS`.
    pub fn drain(&self) -> io::Result<usize> {
        let mut machine = enter(&self.machine);
        let mut drained = 0;
        loop {
            match machine.receive(self.id, &mut []) {
                Received::Datagram { .. } | Received::Truncated { .. } => drained += 1,
                Received::Nothing | Received::Failed(EAGAIN) => return Ok(drained),
                Received::Failed(EINTR | ENOBUFS) => {}
                Received::Failed(errno) => return Err(io::Error::from_raw_os_error(errno)),
            }
        }
    }

    /// The receive buffer's size as the kernel accounts it, in bytes.
    #[must_use]
    pub fn receive_buffer_size(&self) -> usize {
        self.read(netlink::Socket::receive_buffer_size)
    }

    /// Asks for a receive buffer of `bytes`, and tells the size in force: the double.
    pub fn set_receive_buffer_size(&self, bytes: usize) -> usize {
        self.change(|socket| socket.set_receive_buffer_size(bytes));
        self.receive_buffer_size()
    }

    /// The send buffer's size as the kernel accounts it, in bytes; 32 bytes less is the longest
    /// datagram that can be sent.
    #[must_use]
    pub fn send_buffer_size(&self) -> usize {
        self.read(netlink::Socket::send_buffer_size)
    }

    /// Asks for a send buffer of `bytes`, and tells the size in force: the double.
    pub fn set_send_buffer_size(&self, bytes: usize) -> usize {
        self.change(|socket| socket.set_send_buffer_size(bytes));
        self.send_buffer_size()
    }

    fn read<T: Default>(&self, what: impl FnOnce(&netlink::Socket) -> T) -> T {
        let machine = enter(&self.machine);
        machine.socket(self.id).map(what).unwrap_or_default()
    }

    fn change(&self, how: impl FnOnce(&mut netlink::Socket)) {
        if let Some(socket) = enter(&self.machine).socket_mut(self.id) {
            how(socket);
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        enter(&self.machine).close_socket(self.id);
    }
}

impl Transport for Socket {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        Socket::send(self, bytes)
    }

    fn receive(&mut self, buffer: &mut [u8], silence: Duration) -> Result<usize, ReceiveError> {
        Socket::receive(self, buffer, silence)
    }

    fn drain(&mut self) -> io::Result<()> {
        Socket::drain(self).map(|_| ())
    }

    fn capacity(&self) -> io::Result<usize> {
        let (receive, send) = (self.receive_buffer_size(), self.send_buffer_size());
        Ok(door::capacity(receive, send))
    }
}
