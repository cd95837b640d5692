//! One send of one or more requests, and their answers.

mod events;
#[cfg(test)]
mod tests;

use std::time::Duration;

use ipvs_sys::netlink::{NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST};

use super::WireError;
use super::attr::Builder;
use super::message::{Header, Messages, write_generic};

pub use events::{Event, Events, Failure, Success};

/// Which answer a request asks for. An error is answered in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Expect {
    /// An acknowledgement.
    Ack,
    /// An acknowledgement, which the kernel may forget although it did what
    /// was asked: it answers nothing when stopping a sync daemon is
    /// interrupted. A later request must follow, see [`Exchange`].
    AckOrNothing,
    /// One message, and no acknowledgement behind it.
    Reply,
    /// A dump: any number of messages, then its end. The kernel runs one at a
    /// time on a socket: a second one in the same send fails with `EBUSY`.
    Dump,
    /// Nothing, unless it fails: the cheapest. A later request must follow,
    /// see [`Exchange`].
    Silent,
}

impl Expect {
    fn flags(self) -> u16 {
        NLM_F_REQUEST
            | match self {
                Expect::Ack | Expect::AckOrNothing => NLM_F_ACK,
                Expect::Reply | Expect::Silent => 0,
                Expect::Dump => NLM_F_DUMP,
            }
    }

    /// Whether a request may end well without an answer of its own.
    fn may_be_silent(self) -> bool {
        matches!(self, Expect::AckOrNothing | Expect::Silent)
    }
}

/// The state of one send: which requests are in it and which are answered.
///
/// It holds no socket and no clock. Its owner appends requests, sends
/// [`bytes`](Self::bytes) in one piece, hands every datagram that comes back
/// to [`receive`](Self::receive), and stops when [`is_finished`] says so, or
/// when nothing has come for [`silence`](Self::silence).
///
/// # When a silent request is done
///
/// The kernel runs the requests of a send one after the other and queues its
/// answers in that order, so the first answer to a request (an
/// acknowledgement, an error, a message, a dump's first part or its end) tells
/// that every earlier request was run, and that those of them that are allowed
/// to say nothing ([`Expect::Silent`], [`Expect::AckOrNothing`]) and said
/// nothing ended well: [`Success::Implied`]. The later parts of a dump come
/// when they are read, behind the answers to requests that follow the dump;
/// they prove nothing new.
///
/// So let the last request of a send be one that is answered. Behind a
/// silent one the exchange waits until the deadline.
///
/// # What ends it early
///
/// A time-out, an overrun of the socket, and a [`WireError`]: each request in
/// [`outstanding`](Self::outstanding) may then have been carried out or not.
/// Answers that come late meet the next exchange, which skips them, as their
/// numbers are not its own; [`stale`](Self::stale) counts those.
///
/// ```
/// use std::time::Duration;
/// use ipvs_core::wire::WireError;
/// use ipvs_core::wire::exchange::{Event, Exchange, Expect, Success};
///
/// let mut exchange = Exchange::new(41, Duration::from_secs(5));
/// exchange.push(0x1c, 17, Expect::Silent, |_| Ok::<_, WireError>(()))?;
/// exchange.push(0x1c, 17, Expect::Ack, |_| Ok::<_, WireError>(()))?;
/// assert_eq!(exchange.bytes().len(), 2 * 20);
///
/// # let mut datagram = Vec::new();
/// # let ack = ipvs_core::wire::message::Header { kind: 2, sequence: 42, ..Default::default() };
/// # ipvs_core::wire::message::write(&mut datagram, ack, |m| {
/// #     m.raw(&[0; 20]);
/// #     Ok::<_, WireError>(())
/// # })?;
/// // `datagram` is the acknowledgement of the second one, number 42.
/// let events: Result<Vec<_>, _> = exchange.receive(&datagram).collect();
/// let done = |index, success| Event::Finished { index, result: Ok(success) };
/// assert_eq!(events?, [done(0, Success::Implied), done(1, Success::Answered)]);
/// assert!(exchange.is_finished());
/// # Ok::<_, WireError>(())
/// ```
///
/// [`is_finished`]: Self::is_finished
#[derive(Clone, Debug)]
pub struct Exchange {
    first: u32,
    next: u32,
    silence: Duration,
    bytes: Vec<u8>,
    requests: Vec<Request>,
    /// How many are not finished.
    outstanding: usize,
    /// How many, from the first, are settled: none of them can still be
    /// finished by an answer to another one.
    settled: usize,
    broken: Option<WireError>,
    stale: u64,
}

#[derive(Clone, Copy, Debug)]
struct Request {
    family: u16,
    expect: Expect,
    finished: bool,
    interrupted: bool,
}

impl Exchange {
    /// An empty one. The first request gets the number `first`, each further
    /// one the next; past the greatest comes 0. Begin with a random number on
    /// a new socket, and with [`next_sequence`](Self::next_sequence) of the
    /// last exchange on a used one.
    #[must_use]
    pub fn new(first: u32, silence: Duration) -> Self {
        Exchange {
            first,
            next: first,
            silence,
            bytes: Vec::new(),
            requests: Vec::new(),
            outstanding: 0,
            settled: 0,
            broken: None,
            stale: 0,
        }
    }

    /// Forgets the requests and begins anew with the next sequence number, in
    /// the same buffers. What is still unanswered becomes stale.
    pub fn restart(&mut self) {
        self.first = self.next;
        self.bytes.clear();
        self.requests.clear();
        self.outstanding = 0;
        self.settled = 0;
        self.broken = None;
    }

    /// Appends a request for `command` of the generic netlink family with the
    /// id `family`, with the attributes that `attributes` writes. Returns its
    /// index, by which events name it: 0 for the first.
    ///
    /// `NLM_F_*` follow from `expect`. On an error nothing was appended.
    ///
    /// # Errors
    ///
    /// What `attributes` returns, and [`WireError::TooLarge`].
    pub fn push<E: From<WireError>>(
        &mut self,
        family: u16,
        command: u8,
        expect: Expect,
        attributes: impl FnOnce(&mut Builder<'_>) -> Result<(), E>,
    ) -> Result<usize, E> {
        let header = Header {
            kind: family,
            flags: expect.flags(),
            sequence: self.next,
            port: 0,
        };
        write_generic(&mut self.bytes, header, command, attributes)?;
        let index = self.requests.len();
        self.requests.push(Request {
            family,
            expect,
            finished: false,
            interrupted: false,
        });
        self.next = self.next.wrapping_add(1);
        self.outstanding += 1;
        Ok(index)
    }

    /// What to send, in one piece and once.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes a datagram in and yields what it means, in the kernel's order.
    /// Nothing is taken in before the iterator is advanced: run it to its end.
    ///
    /// Messages that answer no outstanding request are skipped. After an error
    /// the exchange is broken: it takes nothing in any more, and yields that
    /// same error for each further datagram.
    pub fn receive<'e, 'd>(&'e mut self, datagram: &'d [u8]) -> Events<'e, 'd> {
        Events::new(self, Messages::new(datagram))
    }

    /// How many requests there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.requests.len()
    }

    /// Whether there are no requests.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    /// Whether every request is finished: nothing more is to be received.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.outstanding == 0
    }

    /// The indexes of the requests that are not finished. When the owner
    /// gives up, these are the ones whose outcome is unknown.
    pub fn outstanding(&self) -> impl Iterator<Item = usize> + '_ {
        let requests = self.requests.iter().enumerate();
        requests.filter_map(|(index, request)| (!request.finished).then_some(index))
    }

    /// How long to wait for a datagram before giving up: counted anew from
    /// each datagram that comes, so a long dump is no time-out.
    #[must_use]
    pub fn silence(&self) -> Duration {
        self.silence
    }

    /// The number that the next request gets.
    #[must_use]
    pub fn next_sequence(&self) -> u32 {
        self.next
    }

    /// How many messages were skipped, since they answered no outstanding
    /// request: late answers to earlier sends, for one.
    #[must_use]
    pub fn stale(&self) -> u64 {
        self.stale
    }

    /// The outstanding request that has the number `sequence`.
    #[inline]
    fn find(&self, sequence: u32) -> Option<usize> {
        let index = usize::try_from(sequence.wrapping_sub(self.first)).ok()?;
        let request = self.requests.get(index)?;
        (!request.finished).then_some(index)
    }

    /// Finishes the next request before `index` that was run without a word,
    /// if there is one left.
    #[inline]
    fn settle_one_before(&mut self, index: usize) -> Option<usize> {
        while self.settled < index {
            let earlier = self.settled;
            self.settled += 1;
            let request = self.requests.get(earlier)?;
            if request.expect.may_be_silent() && !request.finished {
                self.finish(earlier);
                return Some(earlier);
            }
        }
        None
    }

    fn finish(&mut self, index: usize) {
        if let Some(request) = self.requests.get_mut(index) {
            self.outstanding -= usize::from(!request.finished);
            request.finished = true;
        }
    }
}
