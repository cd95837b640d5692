//! Generic netlink as the kernel runs it: what a socket sends is carried out while it is
//! being sent, and the answers wait in the socket's queue.

mod answer;
mod controller;
mod dump;
mod families;
mod memory;
pub(super) mod policy;
mod request;
mod socket;
#[cfg(test)]
pub(super) mod tests;

pub(super) use answer::ExtendedAck;
pub(super) use socket::{Received, Socket};

use std::io;

use ipvs_sys::errno::{EAGAIN, EBADF, EMSGSIZE, ENODATA};

use super::ipvs::Errno;
use super::machine::{Machine, SocketId};

/// What the kernel keeps free of a send buffer.
const SEND_OVERHEAD: usize = 32;

/// The two system calls.
impl Machine {
    /// Sends a datagram of one or more messages: they are carried out before this returns.
    ///
    /// # Errors
    ///
    /// `EMSGSIZE` for more than the send buffer holds, since 5.16 `ENODATA` for nothing, and
    /// what a fault says.
    pub(super) fn send(&mut self, id: SocketId, bytes: &[u8]) -> io::Result<()> {
        let fault = self.faults.on_send();
        self.change_by_others(id);
        let socket = self.socket(id).ok_or_else(|| os_error(EBADF))?;
        if let Some(errno) = fault {
            return Err(os_error(errno));
        }
        if bytes.is_empty() && self.environment.release.refuses_empty_sends() {
            return Err(os_error(ENODATA));
        }
        if bytes.len() > socket.send_buffer_size().saturating_sub(SEND_OVERHEAD) {
            return Err(os_error(EMSGSIZE));
        }
        self.carry_out(id, bytes);
        if self.environment.processors > 1 {
            self.let_threads_run();
        }
        Ok(())
    }

    /// Takes the oldest datagram from a socket's queue and writes it to the beginning of
    /// `buffer`; after that the kernel goes on with the socket's dump.
    pub(super) fn receive(&mut self, id: SocketId, buffer: &mut [u8]) -> Received {
        let fault = self.faults.on_receive();
        self.change_by_others(id);
        if let Some(errno) = fault {
            return Received::Failed(errno);
        }
        let received = self.take(id, buffer);
        match received {
            Received::Nothing => self.let_threads_run(),
            Received::Failed(_) => {}
            Received::Datagram { .. } | Received::Truncated { .. } => self.go_on_dumping(id),
        }
        if let Some(socket) = self.socket_mut(id) {
            socket.relax();
        }
        received
    }

    fn take(&mut self, id: SocketId, buffer: &mut [u8]) -> Received {
        let awaited = self.faults.await_a_datagram();
        let Some(mut socket) = self.lend_socket(id) else {
            return Received::Failed(EBADF);
        };
        if awaited {
            socket.suffer(&mut self.faults);
        }
        let received = socket.take(buffer);
        self.give_back_socket(id, socket);
        received
    }

    /// Queues a datagram of the kernel's, of `size` in its accounts.
    ///
    /// # Errors
    ///
    /// `EAGAIN` when the receive buffer has no room, which the next receive tells.
    fn queue(&mut self, id: SocketId, bytes: Vec<u8>, size: usize) -> Result<(), Errno> {
        let release = self.environment.release;
        let Some(mut socket) = self.lend_socket(id) else {
            return Err(EAGAIN);
        };
        let admitted = socket.admits(release, size);
        if admitted {
            socket.push(bytes, size, &mut self.faults);
        } else {
            socket.overrun();
        }
        self.give_back_socket(id, socket);
        if admitted { Ok(()) } else { Err(EAGAIN) }
    }

    /// Lets the changes of a fault happen, in the namespace of a socket.
    fn change_by_others(&mut self, id: SocketId) {
        let changes = self.faults.changes();
        let Some(namespace) = self.socket(id).map(|socket| socket.namespace) else {
            return;
        };
        for change in &changes {
            // What the kernel refuses changes nothing.
            let _ = self.change(namespace, change);
        }
    }
}

fn os_error(errno: Errno) -> io::Error {
    io::Error::from_raw_os_error(errno)
}
