//! A listing of the services, which comes in an order of the machine's own, in parts.

use ipvs_sys::netlink::{NLMSG_DONE, NLMSG_HDRLEN};

use crate::mask::Masked;

/// The parts that came so far.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The longest buffer that the socket had received with before it was asked for.
    start: usize,
    parts: Vec<Part>,
    end: Option<Masked>,
}

#[derive(Clone, Debug)]
struct Part {
    messages: Vec<Masked>,
    length: usize,
    /// The longest buffer that the socket had received with before this one came.
    longest: usize,
}

/// How long a part is at most on a socket that received with shorter buffers only, or none yet.
const FIRST: usize = 3776;
/// How long any part is at most, however long the buffer is.
const LONGEST: usize = 32448;

impl Listing {
    pub fn new(longest: usize) -> Self {
        Listing {
            start: longest,
            parts: Vec::new(),
            end: None,
        }
    }

    /// Takes a datagram in.
    pub fn push(&mut self, mut messages: Vec<Masked>, length: usize, longest: usize) {
        if messages.last().is_some_and(|last| last.kind == NLMSG_DONE) {
            self.end = messages.pop();
        }
        if !messages.is_empty() {
            self.parts.push(Part {
                messages,
                length,
                longest,
            });
        }
    }

    pub fn is_complete(&self) -> bool {
        self.end.is_some()
    }

    /// Whether it came at once.
    pub fn is_whole(&self) -> bool {
        self.parts.len() < 2
    }

    /// What is wrong with the parts' lengths: each holds as many messages as fit the longest
    /// buffer that was used until it was made, some time between the request and its reading.
    pub fn misfit(&self) -> Option<String> {
        let least = self.start.clamp(FIRST, LONGEST);
        let nexts = self.parts.iter().skip(1).map(Some).chain([None]);
        for (index, (part, next)) in self.parts.iter().zip(nexts).enumerate() {
            let room = if index == 0 {
                least
            } else {
                part.longest.clamp(FIRST, LONGEST)
            };
            let follows = next.map(|next| next.messages[0].bytes.len());
            if part.length > room || follows.is_some_and(|more| part.length + more <= least) {
                let length = part.length;
                return Some(format!(
                    "part {index}: {length} bytes in {least} to {room}, then {follows:?}"
                ));
            }
        }
        None
    }

    /// Its services in an order that does not depend on the machine, and its end.
    pub fn sorted(&self) -> (Vec<Masked>, Option<Masked>) {
        let mut messages: Vec<_> = self
            .parts
            .iter()
            .flat_map(|part| part.messages.clone())
            .collect();
        messages.sort();
        (messages, self.end.clone())
    }

    /// What it says of each service, whoever asked.
    pub fn services(&self) -> impl Iterator<Item = &[u8]> {
        let messages = self.parts.iter().flat_map(|part| &part.messages);
        messages.map(|message| message.bytes.get(NLMSG_HDRLEN..).unwrap_or_default())
    }

    pub fn end(&self) -> Option<&Masked> {
        self.end.as_ref()
    }
}
