//! What a datagram means to an exchange.

use ipvs_sys::netlink::{NLM_F_DUMP_INTR, NLM_F_MULTI, NLMSG_NOOP, NLMSG_OVERRUN};

use super::{Exchange, Expect};
use crate::wire::WireError;
use crate::wire::message::{Answer, Content, ExtendedAck, Header, Message, Messages};

/// Something that an exchange learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'d> {
    /// A reply, or one entry of a dump.
    Message {
        /// The request that it answers.
        index: usize,
        /// The generic netlink command of the answer.
        command: u8,
        /// Its attributes, for [`Attrs::new`](crate::wire::attr::Attrs::new).
        attributes: &'d [u8],
    },
    /// A request is over. There is exactly one of these for each request that
    /// is not outstanding.
    Finished {
        /// The request.
        index: usize,
        /// How it ended. A [`Reply`](Expect::Reply) may end well without a
        /// message, if that is what the kernel did.
        result: Result<Success, Failure<'d>>,
    },
}

/// How a request ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Success {
    /// By its answer.
    Answered,
    /// By the end of a dump that the kernel marked (`NLM_F_DUMP_INTR`), since
    /// what it lists had changed meanwhile: entries may be missing or doubled.
    /// IPVS never marks its dumps, so [`Answered`](Self::Answered) does not
    /// promise the contrary.
    Interrupted,
    /// Without a word: it was allowed to, and a later request was answered.
    Implied,
}

/// The kernel's refusal of a request, or the failure of a dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure<'d> {
    /// The errno, positive.
    pub errno: i32,
    /// What the kernel adds, if anything.
    pub extended: ExtendedAck<'d>,
}

/// The events of one datagram: see [`Exchange::receive`].
#[derive(Debug)]
#[must_use = "nothing is received before the events are iterated over"]
pub struct Events<'e, 'd> {
    exchange: &'e mut Exchange,
    messages: Messages<'d>,
    /// A message that waits for the requests before its own to be settled.
    held: Option<(usize, Message<'d>)>,
    /// A request that its reply, just yielded, has finished.
    replied: Option<usize>,
    /// The error of an earlier datagram.
    broken: Option<WireError>,
    /// The dump that the last message was a part of.
    listing: Option<Listing>,
}

/// A dump that is going on, and what each of its parts looks like.
#[derive(Clone, Copy, Debug)]
struct Listing {
    index: usize,
    sequence: u32,
    family: u16,
}

impl<'e, 'd> Events<'e, 'd> {
    pub(super) fn new(exchange: &'e mut Exchange, messages: Messages<'d>) -> Self {
        let broken = exchange.broken;
        let messages = broken.map_or(messages, |_| Messages::new(&[]));
        Events {
            exchange,
            messages,
            held: None,
            replied: None,
            broken,
            listing: None,
        }
    }

    /// A request that was run without a word before the message that is held.
    #[inline]
    fn next_implied(&mut self) -> Option<Event<'d>> {
        let (index, _) = self.held?;
        let implied = self.exchange.settle_one_before(index)?;
        Some(Event::Finished {
            index: implied,
            result: Ok(Success::Implied),
        })
    }

    /// The next message, if it is just one more part of the dump that the last one was a
    /// part of: nearly every message of a listing. It finishes and settles nothing, so all
    /// of [`step`](Self::step) can be passed over, which is half of the work on a message.
    #[inline]
    fn next_part(&mut self) -> Option<Event<'d>> {
        let listing = self.listing?;
        let mut messages = self.messages.clone();
        let message = messages.next()?.ok()?;
        let header = message.header;
        let same = (header.sequence, header.kind) == (listing.sequence, listing.family);
        if !same || header.flags & NLM_F_DUMP_INTR != 0 {
            return None;
        }
        let generic = message.generic().ok()?;
        self.messages = messages;
        Some(Event::Message {
            index: listing.index,
            command: generic.command,
            attributes: generic.attributes,
        })
    }

    fn step(&mut self) -> Result<Option<Event<'d>>, WireError> {
        if let Some(broken) = self.broken.take() {
            return Err(broken);
        }
        if let Some(index) = self.replied.take() {
            let result = Ok(self.success(index));
            return Ok(Some(Event::Finished { index, result }));
        }
        while let Some((index, message)) = self.next_answer()? {
            self.held = Some((index, message));
            if let Some(implied) = self.next_implied() {
                return Ok(Some(implied));
            }
            self.held = None;
            if let Some(event) = self.take_in(index, &message)? {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    /// The next message that answers an outstanding request, and its index.
    fn next_answer(&mut self) -> Result<Option<(usize, Message<'d>)>, WireError> {
        if self.held.is_some() {
            return Ok(self.held.take());
        }
        while let Some(message) = self.messages.next().transpose()? {
            let Header { kind, sequence, .. } = message.header;
            match (kind, self.exchange.find(sequence)) {
                (NLMSG_NOOP, _) => {}
                // It stands for answers that are lost, whatever its number.
                (NLMSG_OVERRUN, _) => return Err(WireError::Overrun),
                (_, Some(index)) => return Ok(Some((index, message))),
                (_, None) => self.exchange.stale += 1,
            }
        }
        Ok(None)
    }

    // Inlined, it makes the compiler carry every field of every answer through
    // the loop: a quarter more instructions a message.
    #[inline(never)]
    fn take_in(
        &mut self,
        index: usize,
        message: &Message<'d>,
    ) -> Result<Option<Event<'d>>, WireError> {
        let Some(request) = self.exchange.requests.get_mut(index) else {
            return Ok(None);
        };
        let Header {
            kind,
            flags,
            sequence,
            ..
        } = message.header;
        request.interrupted |= flags & NLM_F_DUMP_INTR != 0;
        let request = *request;
        match message.content()? {
            Content::Ack(answer) | Content::Done(answer) => {
                self.exchange.finish(index);
                let result = match answer {
                    Answer { errno: 0, .. } => Ok(self.success(index)),
                    Answer { errno, extended } => Err(Failure { errno, extended }),
                };
                Ok(Some(Event::Finished { index, result }))
            }
            Content::Generic(generic) if kind == request.family => {
                // Some families send a reply in several parts and an end.
                if request.expect == Expect::Reply && flags & NLM_F_MULTI == 0 {
                    self.exchange.finish(index);
                    self.replied = Some(index);
                }
                self.listing = (request.expect == Expect::Dump).then_some(Listing {
                    index,
                    sequence,
                    family: kind,
                });
                Ok(Some(Event::Message {
                    index,
                    command: generic.command,
                    attributes: generic.attributes,
                }))
            }
            Content::Generic(_) => Err(WireError::UnexpectedKind {
                expected: request.family,
                found: kind,
            }),
            Content::Overrun | Content::Nothing => Ok(None),
        }
    }

    fn success(&self, index: usize) -> Success {
        match self.exchange.requests.get(index) {
            Some(request) if request.interrupted => Success::Interrupted,
            _ => Success::Answered,
        }
    }
}

impl<'d> Iterator for Events<'_, 'd> {
    type Item = Result<Event<'d>, WireError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if let Some(event) = self.next_implied().or_else(|| self.next_part()) {
            return Some(Ok(event));
        }
        self.listing = None;
        let step = self.step();
        if let Err(broken) = step {
            self.exchange.broken = Some(broken);
            self.messages = Messages::new(&[]);
            self.held = None;
        }
        step.transpose()
    }
}

impl std::iter::FusedIterator for Events<'_, '_> {}
