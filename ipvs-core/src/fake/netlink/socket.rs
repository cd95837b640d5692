//! A socket: its queue, and what the kernel counts of it.

use std::collections::VecDeque;

use ipvs_sys::errno::ENOBUFS;

use super::dump::Dump;
use super::memory;
use crate::fake::Release;
use crate::fake::faults::{Datagram, Faults};
use crate::fake::ipvs::Errno;
use crate::fake::machine::NamespaceId;

/// A generic netlink socket.
#[derive(Debug)]
pub(in crate::fake) struct Socket {
    pub(in crate::fake) namespace: NamespaceId,
    port: u32,
    queue: VecDeque<Queued>,
    /// What the queue takes of the receive buffer.
    charged: usize,
    receive_buffer: usize,
    send_buffer: usize,
    /// Whether an answer was refused. Nothing is queued until the queue is empty.
    congested: bool,
    /// What the next receive tells in place of a datagram.
    error: Option<Errno>,
    /// The longest buffer that was ever given to a receive, if the kernel has pages as long.
    pub(super) longest_receive: usize,
    /// `NETLINK_CAP_ACK`: an error is answered without the request it is about.
    pub(super) capped: bool,
    /// `NETLINK_EXT_ACK`: an error may be answered with words.
    pub(super) extended: bool,
    pub(super) dump: Option<Dump>,
}

#[derive(Debug)]
struct Queued {
    datagram: Datagram,
    /// In the kernel's accounts.
    size: usize,
}

/// What a receive ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fake) enum Received {
    /// A datagram of this length, which is in the buffer.
    Datagram {
        length: usize,
        /// Whether somebody else than the kernel sent it.
        forged: bool,
    },
    /// A datagram of this length, of which only the beginning is in the buffer; the rest is lost.
    Truncated {
        length: usize,
        /// Whether somebody else than the kernel sent it.
        forged: bool,
    },
    /// The queue is empty.
    Nothing,
    /// An error: `ENOBUFS` after an overrun.
    Failed(Errno),
}

/// The kernel's defaults for both buffers.
const BUFFER: usize = 212_992;
/// The least that a receive buffer can be set to.
const LEAST_RECEIVE: usize = 2304;
/// The least that a send buffer can be set to.
const LEAST_SEND: usize = 4608;

impl Socket {
    /// As `ipvs_sys::socket::Socket` sets one up: with both options.
    pub(in crate::fake) fn new(namespace: NamespaceId, port: u32) -> Self {
        Socket {
            namespace,
            port,
            queue: VecDeque::new(),
            charged: 0,
            receive_buffer: BUFFER,
            send_buffer: BUFFER,
            congested: false,
            error: None,
            longest_receive: 0,
            capped: true,
            extended: true,
            dump: None,
        }
    }

    /// Its netlink port.
    pub(in crate::fake) fn port(&self) -> u32 {
        self.port
    }

    /// Sets the options `NETLINK_CAP_ACK` and `NETLINK_EXT_ACK`.
    #[cfg(test)]
    pub(in crate::fake) fn set_options(&mut self, capped: bool, extended: bool) {
        (self.capped, self.extended) = (capped, extended);
    }

    /// How much its queue may hold, in the kernel's accounts.
    pub(in crate::fake) fn receive_buffer_size(&self) -> usize {
        self.receive_buffer
    }

    /// Sets it as `SO_RCVBUFFORCE` does: to the double.
    pub(in crate::fake) fn set_receive_buffer_size(&mut self, bytes: usize) {
        self.receive_buffer = bytes.saturating_mul(2).max(LEAST_RECEIVE);
    }

    /// How much a send may hold, in the kernel's accounts.
    pub(in crate::fake) fn send_buffer_size(&self) -> usize {
        self.send_buffer
    }

    /// Sets it as `SO_SNDBUFFORCE` does: to the double.
    pub(in crate::fake) fn set_send_buffer_size(&mut self, bytes: usize) {
        self.send_buffer = bytes.saturating_mul(2).max(LEAST_SEND);
    }

    /// Whether a dump was begun and not read to its end.
    pub(in crate::fake) fn is_listing(&self) -> bool {
        self.dump.is_some()
    }

    /// Whether an answer of this size is taken in.
    pub(super) fn admits(&self, release: Release, size: usize) -> bool {
        let room = match release.counts_before_it_queues() {
            true => self.charged == 0 || self.charged + size <= self.receive_buffer,
            false => self.charged <= self.receive_buffer,
        };
        room && !self.congested
    }

    /// Whether a part of a dump that takes so much may be made.
    pub(super) fn admits_part(&self, release: Release, size: usize) -> bool {
        match release.counts_before_it_queues() {
            true => self.charged == 0 || self.charged + size < self.receive_buffer,
            false => self.charged < self.receive_buffer,
        }
    }

    /// Whether the next part of a dump is made when something was received.
    pub(super) fn wants_more(&self) -> bool {
        self.dump.is_some() && self.charged <= self.receive_buffer / 2
    }

    /// An answer was not taken in.
    pub(super) fn overrun(&mut self) {
        if !self.congested {
            self.error = Some(ENOBUFS);
        }
        self.congested = true;
    }

    /// The next receive fails with this.
    pub(super) fn fail(&mut self, errno: Errno) {
        self.error = Some(errno);
    }

    /// Queues a datagram, whatever becomes of it by a fault.
    pub(super) fn push(&mut self, bytes: Vec<u8>, size: usize, faults: &mut Faults) {
        let datagram = Datagram::new(bytes);
        if !faults.await_a_datagram() {
            self.enqueue(datagram, size);
            return;
        }
        let fate = faults.on_datagram(datagram);
        if fate.overrun {
            self.overrun();
        }
        for datagram in fate.datagrams {
            self.enqueue(datagram, size);
        }
    }

    fn enqueue(&mut self, datagram: Datagram, size: usize) {
        self.charged += size;
        self.queue.push_back(Queued { datagram, size });
    }

    /// What a fault makes of the datagram that would be taken next.
    pub(super) fn suffer(&mut self, faults: &mut Faults) {
        let Some(next) = self.next() else {
            return;
        };
        let Some(Queued { datagram, size }) = self.remove(next) else {
            return;
        };
        let fate = faults.on_datagram(datagram);
        if fate.overrun {
            self.overrun();
        }
        for datagram in fate.datagrams.into_iter().rev() {
            self.charged += size;
            self.queue.push_front(Queued { datagram, size });
        }
    }

    /// Takes the next datagram, or what there is to tell in its place.
    pub(super) fn take(&mut self, buffer: &mut [u8]) -> Received {
        if let Some(errno) = self.error.take() {
            return Received::Failed(errno);
        }
        let next = self.next().and_then(|index| self.remove(index));
        for waiting in &mut self.queue {
            waiting.datagram.delay = waiting.datagram.delay.saturating_sub(1);
        }
        let Some(Queued { datagram, .. }) = next else {
            return Received::Nothing;
        };
        self.longest_receive = memory::pages(self.longest_receive.max(buffer.len()));
        let Datagram { bytes, forged, .. } = datagram;
        let length = bytes.len();
        for (slot, byte) in buffer.iter_mut().zip(&bytes) {
            *slot = *byte;
        }
        match length > buffer.len() {
            true => Received::Truncated { length, forged },
            false => Received::Datagram { length, forged },
        }
    }

    /// Where the next datagram is that no fault holds back.
    fn next(&self) -> Option<usize> {
        self.queue
            .iter()
            .position(|queued| queued.datagram.delay == 0)
    }

    fn remove(&mut self, index: usize) -> Option<Queued> {
        let queued = self.queue.remove(index)?;
        self.charged = self.charged.saturating_sub(queued.size);
        Some(queued)
    }

    /// An empty queue takes answers in again.
    pub(super) fn relax(&mut self) {
        if self.queue.is_empty() {
            self.congested = false;
        }
    }
}
