//! Typed requests in, typed replies or errnos out.
//!
//! The one place where wire and socket meet: a [`Connection`] drives an
//! exchange over a [`Transport`], finds the family's id, and keeps the socket
//! clean for whoever comes next. What an errno means is not known here.

#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use ipvs_sys::errno::{ENOENT, EOPNOTSUPP};
use ipvs_sys::legacy::LegacySocket;
use ipvs_sys::socket::{ReceiveError, Socket};
use ipvs_sys::uapi::IPVS_GENL_NAME;

use crate::wire::WireError;
use crate::wire::exchange::{self, Event, Exchange, Expect, Success};
use crate::wire::family::{self, Family};
use crate::wire::request::Request;

/// What carries datagrams to a kernel and back.
pub(crate) trait Transport: Send {
    /// Sends one datagram, wholly or not at all.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Waits for one datagram of the kernel's for `silence` at most.
    fn receive(&mut self, buffer: &mut [u8], silence: Duration) -> Result<usize, ReceiveError>;

    /// Throws away what is still queued.
    fn drain(&mut self) -> io::Result<()>;

    /// How many requests a single send may hold: as many as all of their answers
    /// fit the receive buffer, and they the send buffer.
    fn capacity(&self) -> io::Result<usize>;
}

/// What a short answer takes of a receive buffer, in the kernel's accounts (896 bytes
/// on Linux 7.2), rounded up.
const ANSWER_SIZE: usize = 1024;
/// What no request is longer than.
const REQUEST_SIZE: usize = 512;
/// Beyond this many a send, nothing is gained.
const MOST_REQUESTS: usize = 200;

impl Transport for Arc<Socket> {
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
        Ok(capacity(
            self.receive_buffer_size()?,
            self.send_buffer_size()?,
        ))
    }
}

/// What answers the older interface's questions in place.
pub(crate) trait Legacy: fmt::Debug + Send + Sync {
    /// Asks one of the `IP_VS_SO_GET_*`.
    fn get(&self, option: i32, buffer: &mut [u8]) -> io::Result<()>;
}

impl Legacy for LegacySocket {
    fn get(&self, option: i32, buffer: &mut [u8]) -> io::Result<()> {
        LegacySocket::get(self, option, buffer)
    }
}

/// How many requests go with buffers of these sizes.
pub(crate) fn capacity(receive_buffer: usize, send_buffer: usize) -> usize {
    let (answers, requests) = (receive_buffer / ANSWER_SIZE, send_buffer / REQUEST_SIZE);
    answers.min(requests).clamp(1, MOST_REQUESTS)
}

/// Why a request has no good end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A value does not fit into the request: nothing was sent.
    Unsendable(WireError),
    /// The system did not take the request.
    Send(io::Error),
    /// The kernel has no family called IPVS.
    NoFamily { errno: i32 },
    /// The kernel refused the request of this index, the first to be refused.
    Refused {
        index: usize,
        errno: i32,
        /// The kernel's own words, which it has for very few mistakes.
        text: Option<String>,
    },
    /// The kernel marked a dump as interrupted by a change.
    Interrupted,
    /// No answer came in time, or the answers were lost or could not be read.
    Receive(ReceiveError),
    /// An answer that is not what netlink or IPVS promise.
    Answer(WireError),
    /// The family had to be found again, and wasn't: the request was refused.
    Unresolved(Box<Failure>),
    /// The socket belongs to the process that this one was forked from.
    Forked,
}

impl Failure {
    /// Whether it may mean that the family has another number now.
    fn may_be_the_family(&self) -> bool {
        let errnos = [ENOENT, EOPNOTSUPP];
        matches!(self, Failure::Refused { errno, .. } if errnos.contains(errno))
    }
}

/// The process that opened a socket. A child shares the socket after a fork:
/// each would take answers that are the other's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner {
    pid: u32,
}

impl Owner {
    pub(crate) fn this_process() -> Self {
        Owner {
            pid: std::process::id(),
        }
    }

    #[cfg(test)]
    pub(crate) fn another_process() -> Self {
        let pid = std::process::id().wrapping_add(1);
        Owner { pid }
    }

    pub(crate) fn is_this_process(self) -> bool {
        self.pid == std::process::id()
    }
}

/// Takes one message: the index of its request and its attributes.
pub(crate) type Take<'t> = &'t mut dyn FnMut(usize, &[u8]) -> Result<(), WireError>;

/// Takes how a request ended, by its index.
type End<'e> = &'e mut dyn FnMut(usize, Result<Success, exchange::Failure<'_>>);

/// A transport with the family's id, ready for requests.
pub(crate) struct Connection {
    exchange: Exchange,
    /// Whether the messages of the last exchange may be of several moments.
    torn: bool,
    /// Whether a datagram of the last exchange held messages.
    listed: bool,
    family: u16,
    capacity: Option<usize>,
    /// Whether answers to the last exchange may be queued still.
    littered: bool,
    buffer: Box<[u8]>,
    transport: Box<dyn Transport>,
    owner: Owner,
}

impl Connection {
    /// Finds the family. `first` is the first sequence number, best a random one.
    pub(crate) fn new(
        transport: Box<dyn Transport>,
        first: u32,
        silence: Duration,
    ) -> Result<Self, Failure> {
        let mut connection = Connection {
            exchange: Exchange::new(first, silence),
            torn: false,
            listed: false,
            family: 0,
            capacity: None,
            littered: false,
            buffer: vec![0; Socket::RECEIVE_BUFFER].into(),
            transport,
            owner: Owner::this_process(),
        };
        // Who had the socket before may have left a dump unread, which would
        // keep the next one from beginning.
        let _ = connection.transport.drain();
        connection.family = connection.resolve()?;
        Ok(connection)
    }

    /// Sends `requests` in one piece and hands their messages to `take`, until
    /// every one is finished: [`Success::Implied`] if one of them ended without
    /// a word.
    ///
    /// A family that has another number than before (the module was loaded
    /// again) answers ENOENT, or another family in its place EOPNOTSUPP; the
    /// kernel has then run none of the requests, and they are sent again once.
    pub(crate) fn run(
        &mut self,
        requests: &[Request<'_>],
        take: Take<'_>,
    ) -> Result<Success, Failure> {
        let outcome = self.attempt(requests, &mut *take);
        let suspect = |failure: &Failure| {
            matches!(failure, Failure::Refused { index: 0, .. }) && failure.may_be_the_family()
        };
        if outcome.as_ref().is_err_and(suspect) && self.family_has_moved()? {
            return self.attempt(requests, take);
        }
        outcome
    }

    /// How many changes a [`batch`](Self::batch) may hold. It is asked for once: a
    /// socket in use keeps its buffers.
    pub(crate) fn capacity(&mut self) -> Result<usize, Failure> {
        let capacity = match self.capacity {
            Some(known) => known,
            None => self.transport.capacity().map_err(Failure::Send)?,
        };
        self.capacity = Some(capacity);
        Ok(capacity)
    }

    /// Sends changes in one piece, acknowledged once behind the last, and adds those that
    /// were refused to `refused`. When no answer came or none that can be read, those that
    /// are still [outstanding](Self::outstanding) may have been carried out or not; after
    /// every other error none was carried out.
    ///
    /// As in [`run`](Self::run), the family may have another number than before: then every
    /// change is refused alike. A change of which the kernel may forget the answer is none
    /// for a batch.
    pub(crate) fn batch<'c>(
        &mut self,
        changes: impl ExactSizeIterator<Item = Request<'c>> + Clone,
        refused: &mut Vec<(usize, Failure)>,
    ) -> Result<(), Failure> {
        self.attempt_batch(changes.clone(), refused)?;
        let mut failures = refused.iter().map(|(_, failure)| failure);
        if refused.len() < changes.len() || !failures.all(Failure::may_be_the_family) {
            return Ok(());
        }
        match self.family_has_moved() {
            Ok(false) => Ok(()),
            Ok(true) => {
                refused.clear();
                self.attempt_batch(changes, refused)
            }
            Err(unresolved) => {
                refused.clear();
                Err(unresolved)
            }
        }
    }

    /// The requests of the last run whose outcome is not known.
    pub(crate) fn outstanding(&self) -> impl Iterator<Item = usize> + '_ {
        self.exchange.outstanding()
    }

    /// Whether the last run learned how its first request ended, whatever
    /// became of the others.
    pub(crate) fn first_is_finished(&self) -> bool {
        !self.exchange.is_empty() && self.exchange.outstanding().all(|index| index != 0)
    }

    #[cfg(test)]
    pub(crate) fn disown(&mut self) {
        self.owner = Owner::another_process();
    }

    /// Begins a dump without reading it: see [`receive`](Self::receive).
    pub(crate) fn start(&mut self, dump: &Request<'_>) -> Result<(), Failure> {
        self.exchange.restart();
        self.push(&[*dump])?;
        self.send()
    }

    /// Reads one datagram of what [`start`](Self::start) began; `false` when it was the last.
    ///
    /// Here a fork may have come in between. (Whoever runs requests has just looked.)
    pub(crate) fn receive(&mut self, take: Take<'_>) -> Result<bool, Failure> {
        if !self.owner.is_this_process() {
            return Err(Failure::Forked);
        }
        let mut outcome = Ok(Success::Answered);
        self.step(take, &mut |index, result| {
            conclude(&mut outcome, index, result)
        })?;
        outcome.map(|_| !self.exchange.is_finished())
    }

    fn attempt_batch<'c>(
        &mut self,
        changes: impl ExactSizeIterator<Item = Request<'c>>,
        refused: &mut Vec<(usize, Failure)>,
    ) -> Result<(), Failure> {
        self.exchange.restart();
        let last = changes.len().saturating_sub(1);
        for (index, change) in changes.enumerate() {
            let expect = if index == last {
                Expect::Ack
            } else {
                Expect::Silent
            };
            change
                .push_expecting(&mut self.exchange, self.family, expect)
                .map_err(Failure::Unsendable)?;
        }
        self.send()?;
        self.finish(&mut |_, _| Ok(()), &mut |index, result| {
            if let Err(failure) = result {
                refused.push((index, refusal(index, &failure)));
            }
        })
    }

    /// Looks the family up again: whether it has another number now.
    fn family_has_moved(&mut self) -> Result<bool, Failure> {
        let known = self.family;
        let unresolved = |failure| Failure::Unresolved(Box::new(failure));
        self.family = self.resolve().map_err(unresolved)?;
        Ok(known != self.family)
    }

    fn attempt(&mut self, requests: &[Request<'_>], take: Take<'_>) -> Result<Success, Failure> {
        self.exchange.restart();
        self.push(requests)?;
        self.send()?;
        let mut outcome = Ok(Success::Answered);
        let finished = self.finish(take, &mut |index, result| {
            conclude(&mut outcome, index, result)
        });
        // A refusal is one, whatever becomes of the answers behind it.
        outcome.and_then(|success| finished.map(|()| success))
    }

    /// Whether the messages of the last run may be of several moments: a dump
    /// that came in one short datagram is of one.
    pub(crate) fn may_be_torn(&self) -> bool {
        self.torn
    }

    fn push(&mut self, requests: &[Request<'_>]) -> Result<(), Failure> {
        for request in requests {
            request
                .push(&mut self.exchange, self.family)
                .map_err(Failure::Unsendable)?;
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), Failure> {
        if mem::take(&mut self.littered) {
            let _ = self.transport.drain();
        }
        (self.torn, self.listed) = (false, false);
        self.transport
            .send(self.exchange.bytes())
            .map_err(Failure::Send)
    }

    /// Receives until every request is finished.
    fn finish(&mut self, take: Take<'_>, end: End<'_>) -> Result<(), Failure> {
        while !self.exchange.is_finished() {
            if let Err(failure) = self.step(take, end) {
                // What is queued must not meet the next exchange, nor may a dump that
                // was not read to its end; and what comes late is drained before that.
                // If draining fails too, the sequence numbers keep the answers apart.
                let _ = self.transport.drain();
                self.littered = true;
                return Err(failure);
            }
        }
        Ok(())
    }

    /// Takes in one datagram: hands on its messages, and how requests ended.
    fn step(&mut self, take: Take<'_>, end: End<'_>) -> Result<(), Failure> {
        let silence = self.exchange.silence();
        let length = self
            .transport
            .receive(&mut self.buffer, silence)
            .map_err(Failure::Receive)?;
        let datagram = self.buffer.get(..length).unwrap_or_default();
        let mut messages = 0;
        for event in self.exchange.receive(datagram) {
            match event.map_err(Failure::Answer)? {
                Event::Message {
                    index, attributes, ..
                } => {
                    messages += 1;
                    take(index, attributes).map_err(Failure::Answer)?;
                }
                Event::Finished { index, result } => end(index, result),
            }
        }
        if messages > 0 {
            // A second one is of another moment than the first.
            self.torn |= self.listed || length > SHORT_PART;
            self.listed = true;
        }
        Ok(())
    }

    /// Asks for the family's number, on kernels from 5.16 loading the module.
    fn resolve(&mut self) -> Result<u16, Failure> {
        self.exchange.restart();
        family::ask(&mut self.exchange, IPVS_GENL_NAME).map_err(Failure::Unsendable)?;
        self.send()?;
        let (mut answer, mut outcome) = (None, Ok(Success::Answered));
        let mut take = |_, attributes: &[u8]| {
            answer = Some(Family::decode(attributes)?);
            Ok(())
        };
        self.finish(&mut take, &mut |index, result| {
            conclude(&mut outcome, index, result);
        })?;
        match (outcome, answer) {
            (Ok(_), Some(family)) => Ok(family.id),
            (Err(Failure::Refused { errno, .. }), _) => Err(Failure::NoFamily { errno }),
            (Err(failure), _) => Err(failure),
            (Ok(_), None) => {
                let name = "CTRL_ATTR_FAMILY_ID";
                Err(Failure::Answer(WireError::MissingAttribute { name }))
            }
        }
    }
}

/// The kernel fills a dump's first datagram up to 3,520 bytes, and the others
/// further, before it looks for more: one that is shorter was all there is.
const SHORT_PART: usize = 2048;

/// How requests that stand for one thing came out: as the first refused one did,
/// though the others run all the same.
fn conclude(
    outcome: &mut Result<Success, Failure>,
    index: usize,
    result: Result<Success, exchange::Failure<'_>>,
) {
    if outcome.is_ok() {
        match result {
            Ok(Success::Interrupted) => *outcome = Err(Failure::Interrupted),
            Ok(Success::Implied) => *outcome = Ok(Success::Implied),
            Ok(_) => {}
            Err(failure) => *outcome = Err(refusal(index, &failure)),
        }
    }
}

fn refusal(index: usize, failure: &exchange::Failure<'_>) -> Failure {
    let text = failure.extended.message.map(str::to_owned);
    let errno = failure.errno;
    Failure::Refused { index, errno, text }
}
