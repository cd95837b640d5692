//! Requests to the kernel, each with its answer.

use std::io::{self, ErrorKind};
use std::time::Duration;

use netlink_packet_core::{
    NLM_F_DUMP, NLM_F_DUMP_INTR, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::RouteNetlinkMessage as Message;
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use socket2::SockRef;

/// The kernel answers at once; silence means that its answer was lost.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often a dump that changed under our eyes is begun again.
const ATTEMPTS: usize = 16;

pub(super) struct Exchange {
    socket: Socket,
    sequence: u32,
}

impl Exchange {
    pub(super) fn open() -> io::Result<Exchange> {
        let mut socket = Socket::new(NETLINK_ROUTE)?;
        socket.bind_auto()?;
        socket.connect(&SocketAddr::new(0, 0))?;
        SockRef::from(&socket).set_read_timeout(Some(PATIENCE))?;
        Ok(Exchange {
            socket,
            sequence: 0,
        })
    }

    /// Sends a request that is answered by an acknowledgement alone.
    pub(super) fn ask(&mut self, request: &Message, flags: u16) -> io::Result<()> {
        self.send(request, flags)?;
        self.answers(&mut Vec::new()).map(drop)
    }

    /// Everything of one kind.
    pub(super) fn dump(&mut self, request: &Message) -> io::Result<Vec<Message>> {
        for _ in 0..ATTEMPTS {
            self.send(request, NLM_F_DUMP)?;
            let mut messages = Vec::new();
            if self.answers(&mut messages)? == Dump::Whole {
                return Ok(messages);
            }
        }
        Err(io::Error::other(
            "the kernel's table does not stop changing",
        ))
    }

    fn send(&mut self, request: &Message, flags: u16) -> io::Result<()> {
        self.sequence = self.sequence.wrapping_add(1);
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST | flags;
        header.sequence_number = self.sequence;
        let payload = NetlinkPayload::InnerMessage(request.clone());
        let mut message = NetlinkMessage::new(header, payload);
        message.finalize();
        let mut bytes = vec![0; message.buffer_len()];
        message.serialize(&mut bytes);
        self.socket.send(&bytes, 0).map(drop)
    }

    /// Reads until the kernel has said all about the last request.
    fn answers(&mut self, into: &mut Vec<Message>) -> io::Result<Dump> {
        let mut dump = Dump::Whole;
        loop {
            let (datagram, sender) = self.socket.recv_from_full()?;
            if sender.port_number() != 0 {
                continue;
            }
            for message in Messages(&datagram) {
                let (header, payload) = message?.into_parts();
                if header.sequence_number != self.sequence {
                    continue;
                }
                if header.flags & NLM_F_DUMP_INTR != 0 {
                    dump = Dump::Interrupted;
                }
                match payload {
                    NetlinkPayload::InnerMessage(message) => into.push(message),
                    NetlinkPayload::Done(done) if done.code == 0 => return Ok(dump),
                    NetlinkPayload::Done(done) => {
                        return Err(io::Error::from_raw_os_error(done.code.saturating_neg()));
                    }
                    NetlinkPayload::Error(error) if error.code.is_none() => return Ok(dump),
                    NetlinkPayload::Error(error) => return Err(error.to_io()),
                    _ => {}
                }
            }
        }
    }
}

/// What became of a dump.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dump {
    Whole,
    /// The table changed meanwhile: something may be missing, or be there twice.
    Interrupted,
}

/// The messages of one datagram.
struct Messages<'a>(&'a [u8]);

impl Iterator for Messages<'_> {
    type Item = io::Result<NetlinkMessage<Message>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let read = NetlinkMessage::deserialize(self.0);
        let length = read.as_ref().map_or(usize::MAX, |message| {
            usize::try_from(message.header.length).unwrap_or(usize::MAX)
        });
        // Each begins at a multiple of four.
        let next = length.checked_next_multiple_of(4);
        self.0 = next.and_then(|next| self.0.get(next..)).unwrap_or_default();
        Some(read.map_err(|error| io::Error::new(ErrorKind::InvalidData, error.to_string())))
    }
}
