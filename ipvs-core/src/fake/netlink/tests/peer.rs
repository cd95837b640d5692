//! Somebody with a socket of the fake's, for the tests of the bytes.

use std::fmt;

use ipvs_sys::netlink::{NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, NLMSG_DONE, NLMSG_ERROR};
use ipvs_sys::uapi::*;

use super::super::Received;
use crate::fake::machine::{Machine, SocketId};
use crate::fake::{Environment, Release};
use crate::wire::WireError;
use crate::wire::attr::Builder;
use crate::wire::message::{Content, Header, Messages, write_generic};
use crate::wire::request::Request;
use crate::{Dest, DestKey, ForwardMethod, Service, ServiceKey};

/// A request, an acknowledgement asked for.
pub(in crate::fake) const ACK: u16 = NLM_F_REQUEST | NLM_F_ACK;
/// A request, answered only with what it asks for or with an error.
pub(in crate::fake) const QUIET: u16 = NLM_F_REQUEST;
/// A list.
pub(in crate::fake) const LIST: u16 = NLM_F_REQUEST | NLM_F_DUMP;

pub(in crate::fake) struct Peer {
    pub(in crate::fake) machine: Machine,
    pub(in crate::fake) socket: SocketId,
    sequence: u32,
}

/// What one receive ended with.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::fake) enum Got {
    Datagram(Vec<u8>),
    Truncated(usize),
    Failed(i32),
}

impl Peer {
    pub(in crate::fake) fn new(environment: Environment) -> Self {
        let mut machine = Machine::new(environment);
        let socket = machine.open_socket(Machine::INITIAL);
        Peer {
            machine,
            socket,
            sequence: 0,
        }
    }

    pub(in crate::fake) fn of(release: Release) -> Self {
        Peer::new(Environment::new().with_release(release))
    }

    /// Opens another socket, which is used from now on; the former one is returned.
    pub(in crate::fake) fn reopen(&mut self) -> SocketId {
        let socket = self.machine.open_socket(Machine::INITIAL);
        std::mem::replace(&mut self.socket, socket)
    }

    /// The bytes of a message to IPVS.
    pub(in crate::fake) fn message(
        &mut self,
        command: u8,
        flags: u16,
        body: impl FnOnce(&mut Builder<'_>),
    ) -> Vec<u8> {
        self.sequence += 1;
        let header = Header {
            kind: self.machine.family.unwrap_or(0),
            flags,
            sequence: self.sequence,
            port: 0,
        };
        let mut bytes = Vec::new();
        write_generic::<WireError>(&mut bytes, header, command, |attrs| {
            body(attrs);
            Ok(())
        })
        .unwrap();
        bytes
    }

    /// The bytes of a message without attributes.
    pub(in crate::fake) fn bare(&mut self, command: u8, flags: u16) -> Vec<u8> {
        self.message(command, flags, |_| {})
    }

    pub(in crate::fake) fn request(&mut self, request: Request<'_>, flags: u16) -> Vec<u8> {
        self.message(request.command(), flags, |attrs| {
            request.write(attrs).unwrap();
        })
    }

    pub(in crate::fake) fn send(&mut self, bytes: &[u8]) {
        self.machine.send(self.socket, bytes).unwrap();
    }

    /// One receive into a buffer of this size; `None` when there is nothing.
    pub(in crate::fake) fn receive(&mut self, size: usize) -> Option<Got> {
        let mut buffer = vec![0; size];
        match self.machine.receive(self.socket, &mut buffer) {
            Received::Datagram { length, .. } => {
                buffer.truncate(length);
                Some(Got::Datagram(buffer))
            }
            Received::Truncated { length, .. } => Some(Got::Truncated(length)),
            Received::Failed(errno) => Some(Got::Failed(errno)),
            Received::Nothing => None,
        }
    }

    /// Receives until there is nothing.
    pub(in crate::fake) fn drain(&mut self, size: usize) -> Vec<Got> {
        std::iter::from_fn(|| self.receive(size)).collect()
    }

    /// Sends a request and returns how it ended; `None` for not at all.
    pub(in crate::fake) fn ask(&mut self, request: Request<'_>) -> Option<Result<(), i32>> {
        let bytes = self.request(request, ACK);
        self.send(&bytes);
        let got = self.drain(1 << 15);
        got.iter().find_map(Got::ending)
    }

    /// The services or dests of a list, as they come: their ports.
    pub(in crate::fake) fn ports(&mut self, list: Request<'_>) -> Vec<u16> {
        let bytes = self.request(list, LIST);
        self.send(&bytes);
        self.drain(1 << 15).iter().flat_map(Got::ports).collect()
    }
}

impl Got {
    pub(in crate::fake) fn length(&self) -> usize {
        match self {
            Got::Datagram(bytes) => bytes.len(),
            Got::Truncated(length) => *length,
            Got::Failed(_) => 0,
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Got::Datagram(bytes) => bytes,
            _ => &[],
        }
    }

    /// How the request ended that this answers.
    fn ending(&self) -> Option<Result<(), i32>> {
        let mut messages = Messages::new(self.bytes()).map(Result::unwrap);
        let answer = messages.find_map(|message| match message.content().unwrap() {
            Content::Ack(answer) | Content::Done(answer) => Some(answer.errno),
            _ => None,
        })?;
        Some(if answer == 0 { Ok(()) } else { Err(answer) })
    }

    /// The ports of what it lists.
    pub(in crate::fake) fn ports(&self) -> Vec<u16> {
        let messages = Messages::new(self.bytes()).map(Result::unwrap);
        let port = |attributes: &[u8], command| match command {
            IPVS_CMD_NEW_SERVICE => {
                let entry = crate::wire::reply::service(attributes).unwrap();
                match entry.service.key {
                    ServiceKey::Address { port, .. } => port,
                    ServiceKey::FirewallMark { mark, .. } => u16::try_from(mark).unwrap(),
                }
            }
            _ => {
                let entry = crate::wire::reply::dest(attributes, crate::Family::V4);
                entry.unwrap().dest.key.port
            }
        };
        let listed = messages.filter_map(|message| match message.content().unwrap() {
            Content::Generic(generic) => Some(port(generic.attributes, generic.command)),
            _ => None,
        });
        listed.collect()
    }
}

/// As short as `ack 0`, `done 0`, `11 messages`, `ENOBUFS`.
impl fmt::Debug for Got {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Got::Truncated(length) => write!(f, "truncated {length}"),
            Got::Failed(errno) => write!(f, "errno {errno}"),
            Got::Datagram(bytes) => {
                let messages: Vec<_> = Messages::new(bytes).map(Result::unwrap).collect();
                let ended = self.ending().map(|end| end.err().unwrap_or(0));
                match (messages.first().map(|message| message.header.kind), ended) {
                    (Some(NLMSG_ERROR), Some(errno)) => write!(f, "ack {errno}"),
                    (Some(NLMSG_DONE), Some(errno)) => write!(f, "done {errno}"),
                    _ => write!(f, "{} messages", messages.len()),
                }
            }
        }
    }
}

/// A service of this port.
pub(in crate::fake) fn service(port: u16) -> Service {
    Service::new(ServiceKey::tcp([192, 0, 2, 1], port)).with_scheduler(crate::Scheduler::RR)
}

/// A dest of this port.
pub(in crate::fake) fn dest(port: u16) -> Dest {
    let key = DestKey::new([10, 0, 3, 100], port);
    Dest::new(key.address, key.port, ForwardMethod::MASQUERADE)
}
