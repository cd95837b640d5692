//! One machine while a history runs on it.

use std::collections::{BTreeMap, VecDeque};

use ipvs_core::{Batch, Change, Error};

use crate::history::{At, Line, Read};
use crate::listing::Listing;
use crate::machine::{Machine, Place, Received, Socket};
use crate::mask::{Masked, Own};
use crate::message::{self, Message};
use ipvs_sys::errno::ENOBUFS;
use ipvs_sys::netlink::NLMSG_ERROR;

pub struct Side {
    places: Vec<Box<dyn Place>>,
    /// The number of IPVS there.
    family: u16,
    lines: BTreeMap<Line, Open>,
    pub datagrams: usize,
}

/// A raw socket and what it received that is not compared yet.
pub struct Open {
    socket: Box<dyn Socket>,
    own: Own,
    pub events: VecDeque<Event>,
    pub listings: BTreeMap<u32, Listing>,
    /// The longest buffer it has received with.
    longest: usize,
    /// Datagrams were lost while a listing ran: how many came does not say what they were.
    pub torn: bool,
}

/// What a socket received, but for the parts of a listing.
#[derive(Clone, PartialEq, Eq)]
pub enum Event {
    Datagram(Vec<Masked>),
    Lost(Received),
}

/// More than there is to receive, ever.
const MOST_DATAGRAMS: usize = 5000;

impl Side {
    pub fn new(machine: &dyn Machine, namespaces: usize) -> Self {
        let places = machine.places(namespaces);
        let family = look_up(&*places[0].socket());
        Side {
            places,
            family,
            lines: BTreeMap::new(),
            datagrams: 0,
        }
    }

    pub fn place(&self, at: At) -> &dyn Place {
        &*self.places[at.0]
    }

    /// A socket, opened when it is first needed.
    pub fn line(&mut self, line: Line) -> &mut Open {
        let (place, family) = (&self.places[line.at.0], self.family);
        let open = || Open::new(place.socket(), family);
        self.lines.entry(line).or_insert_with(open)
    }

    pub fn opened(&self) -> Vec<Line> {
        self.lines.keys().copied().collect()
    }

    /// Whether a listing that began is not over yet.
    pub fn is_reading(&self, line: Line, sequence: u32) -> bool {
        let open = self.lines.get(&line);
        let listing = open.and_then(|open| open.listings.get(&sequence));
        listing.is_some_and(|listing| !listing.is_complete())
    }

    pub fn close(&mut self, line: Line) {
        self.lines.remove(&line);
    }

    pub fn receive(&mut self, line: Line, length: usize) -> bool {
        let got = self.line(line).receive(length);
        self.datagrams += usize::from(got);
        got
    }

    pub fn drain(&mut self, line: Line, length: usize) {
        let more = (0..MOST_DATAGRAMS).find(|_| !self.receive(line, length));
        assert!(more.is_some(), "datagrams keep coming");
    }

    pub fn change(&self, at: At, change: &Change) -> String {
        said(self.place(at).client().change(change))
    }

    pub fn batch(&self, at: At, changes: &[Change]) -> String {
        let mut batch = Batch::new();
        changes.iter().for_each(|change| batch.push(*change));
        let report = self.place(at).client().batch(&batch);
        format!("{:?}", report.results())
    }

    pub fn read(&self, at: At, read: &Read) -> String {
        let client = self.place(at).client();
        match read {
            Read::Services => said(client.services()),
            Read::Service(key) => said(client.service(key)),
            Read::Dests(key) => said(client.dests(key)),
            Read::Dest(key, dest) => said(client.dest(key, dest)),
            Read::Daemons => said(client.daemons()),
            Read::Timeouts => said(client.timeouts()),
            Read::Info => said(client.info()),
            Read::Snapshot => said(client.snapshot()),
            Read::List => said(client.list()),
        }
    }
}

fn said<T: std::fmt::Debug>(outcome: Result<T, Error>) -> String {
    format!("{outcome:?}")
}

/// Leaves nothing behind: services go some time after their namespace, and until then a kernel
/// before Linux 7.1 counts them where it lists those of others.
impl Drop for Side {
    fn drop(&mut self) {
        for place in &self.places {
            let _ = place.client().flush();
        }
    }
}

fn look_up(socket: &dyn Socket) -> u16 {
    let mut request = Vec::new();
    message::lookup().write(0, 0, &mut request);
    socket.send(&request).unwrap();
    let mut buffer = [0; 4096];
    match socket.receive(&mut buffer) {
        Received::Datagram(length) => message::family(&buffer[..length]),
        other => panic!("nobody knows IPVS: {other:?}"),
    }
}

impl Open {
    fn new(socket: Box<dyn Socket>, family: u16) -> Self {
        let port = socket.port();
        Open {
            socket,
            own: Own { family, port },
            events: VecDeque::new(),
            listings: BTreeMap::new(),
            longest: 0,
            torn: false,
        }
    }

    /// Sends requests, the first with this number; the errno, if the socket takes none.
    pub fn send(&mut self, messages: &[Message], first: u32) -> Option<i32> {
        let mut bytes = Vec::new();
        for (message, sequence) in messages.iter().zip(first..) {
            message.write(self.own.family, sequence, &mut bytes);
            if message.lists_services() {
                self.listings.insert(sequence, Listing::new(self.longest));
            }
        }
        let outcome = self.socket.send(&bytes);
        outcome.err().map(|error| error.raw_os_error().unwrap_or(0))
    }

    pub fn set_receive_buffer(&mut self, size: usize) -> String {
        format!(
            "{:?}",
            self.socket
                .set_receive_buffer_size(size)
                .map_err(|error| error.raw_os_error())
        )
    }

    fn receive(&mut self, length: usize) -> bool {
        let mut buffer = vec![0; length];
        let received = self.socket.receive(&mut buffer);
        if let Received::Datagram(_) | Received::Truncated(_) = received {
            self.longest = self.longest.max(length);
        }
        match received {
            Received::Nothing => return false,
            Received::Datagram(length) => self.take(&buffer[..length]),
            lost => {
                self.tear();
                self.events.push_back(Event::Lost(lost));
            }
        }
        true
    }

    /// If a listing is being read, it can no longer be told what comes of it, and when.
    pub fn tear(&mut self) {
        self.torn |= self.listings.values().any(|listing| !listing.is_complete());
    }

    /// Whether a datagram was lost, or the end of one.
    pub fn has_lost(&self) -> bool {
        let lost = |event: &Event| {
            matches!(
                event,
                Event::Lost(Received::Overrun | Received::Truncated(_))
            )
        };
        self.events.iter().any(lost)
    }

    /// Gives up what a listing with holes says, and what came beside it.
    pub fn forget(&mut self) {
        self.events.clear();
        self.listings.clear();
        self.torn = false;
    }

    fn take(&mut self, datagram: &[u8]) {
        let messages = self.own.mask(datagram);
        let Some(first) = messages.first() else {
            return;
        };
        match self.listings.get_mut(&first.sequence) {
            Some(listing) if first.kind != NLMSG_ERROR => {
                return listing.push(messages, datagram.len(), self.longest);
            }
            // It was refused; or there is no room for it yet, and it comes all the same.
            Some(_) if first.errno != Some(ENOBUFS) => drop(self.listings.remove(&first.sequence)),
            Some(_) | None => {}
        }
        self.events.push_back(Event::Datagram(messages));
    }
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Event::Datagram(messages) => write!(f, "{messages:?}"),
            Event::Lost(what) => write!(f, "{what:?}"),
        }
    }
}
