//! A netlink socket and nothing around it.

use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Duration;

use ipvs_core::wire::exchange::{Exchange, Expect};
use ipvs_core::wire::family::{self, Family};
use ipvs_core::wire::message::Messages;
use ipvs_core::wire::request::Request;
use ipvs_core::{Change, ServiceKey};
use ipvs_sys::netlink::{NLMSG_DONE, NLMSG_ERROR};
use nix::sys::socket::{
    AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, bind, recv, send,
    socket,
};

use super::flat::{self, Dest, Service};
use crate::Outcome;

/// The best batch: as many changes of 140 bytes as the send buffer takes at its usual size.
const BATCH: usize = 1000;

pub(super) struct Socket {
    fd: OwnedFd,
    family: u16,
    buffer: Vec<u8>,
    /// Asks for the dests of a service, with its address and port to be written in.
    dests_of: Vec<u8>,
}

/// Where a request for the dests of a service has the address and the port: behind the headers
/// of message, family and nest, and, for the port, the attributes of address, family and protocol.
const ADDRESS: std::ops::Range<usize> = 28..44;
const PORT: std::ops::Range<usize> = 64..66;

impl Socket {
    pub(super) fn open() -> Outcome<Self> {
        let kind = (SockType::Raw, SockFlag::SOCK_CLOEXEC);
        let protocol = Some(SockProtocol::NetlinkGeneric);
        let fd = socket(AddressFamily::Netlink, kind.0, kind.1, protocol)?;
        bind(fd.as_raw_fd(), &NetlinkAddr::new(0, 0))?;
        let mut socket = Socket {
            fd,
            family: 0,
            buffer: vec![0; 32 * 1024],
            dests_of: Vec::new(),
        };
        socket.family = socket.resolve()?;
        let anything = ServiceKey::tcp([0, 0, 0, 0], 0);
        socket.dests_of = socket.message(&Request::GetDests(&anything))?;
        Ok(socket)
    }

    /// Makes the messages of changes, a batch in each.
    pub(super) fn encode(&self, changes: &[Change]) -> Outcome<Vec<Vec<u8>>> {
        let batches = changes.chunks(BATCH).map(|batch| {
            let mut exchange = exchange();
            for (place, change) in (1..).zip(batch) {
                let last = place == batch.len();
                let expect = if last { Expect::Ack } else { Expect::Silent };
                Request::from(change).push_expecting(&mut exchange, self.family, expect)?;
            }
            Ok(exchange.bytes().to_vec())
        });
        batches.collect()
    }

    pub(super) fn replay(&mut self, batches: &[Vec<u8>]) -> Outcome {
        for batch in batches {
            self.send(batch)?;
            let answer = self.receive()?;
            match answer.get(16..20) {
                Some([0, 0, 0, 0]) => {}
                _ => return Err(format!("not acknowledged: {answer:?}").into()),
            }
        }
        Ok(())
    }

    pub(super) fn services(&mut self, mut take: impl FnMut(Service)) -> Outcome {
        let request = self.message(&Request::GetServices)?;
        self.send(&request)?;
        self.take(|attributes| flat::service(attributes).map(&mut take))
    }

    pub(super) fn dests(&mut self, service: &Service, take: impl FnMut(Dest)) -> Outcome {
        self.ask_dests(service)?;
        self.take_dests(take)
    }

    /// Begins what [`take_dests`](Self::take_dests) ends.
    pub(super) fn ask_dests(&mut self, service: &Service) -> Outcome {
        let mut request = std::mem::take(&mut self.dests_of);
        let places = [
            (ADDRESS, &service.address[..]),
            (PORT, &service.port.to_be_bytes()[..]),
        ];
        for (place, bytes) in places {
            if let Some(slot) = request.get_mut(place) {
                slot.copy_from_slice(bytes);
            }
        }
        self.send(&request)?;
        self.dests_of = request;
        Ok(())
    }

    pub(super) fn take_dests(&mut self, mut take: impl FnMut(Dest)) -> Outcome {
        self.take(|attributes| flat::dest(attributes).map(&mut take))
    }

    /// Receives a listing to its end.
    fn take(&mut self, mut take: impl FnMut(&[u8]) -> Option<()>) -> Outcome {
        loop {
            let mut rest = self.receive()?;
            while let Some((header, _)) = rest.split_first_chunk::<16>() {
                let [l0, l1, l2, l3, k0, k1, ..] = *header;
                let length = usize::try_from(u32::from_ne_bytes([l0, l1, l2, l3]))?;
                match u16::from_ne_bytes([k0, k1]) {
                    NLMSG_DONE => return Ok(()),
                    NLMSG_ERROR => return Err(format!("refused: {rest:?}").into()),
                    _ => {}
                }
                let attributes = rest.get(20..length).ok_or("an entry is cut off")?;
                take(attributes).ok_or("an entry is not whole")?;
                rest = rest.get((length + 3) & !3..).unwrap_or_default();
            }
        }
    }

    fn resolve(&mut self) -> Outcome<u16> {
        let mut exchange = exchange();
        family::ask(&mut exchange, "IPVS")?;
        self.send(exchange.bytes())?;
        let message = Messages::new(self.receive()?).next().ok_or("no answer")??;
        let attributes = message.payload.get(4..).ok_or("there is no IPVS")?;
        Ok(Family::decode(attributes)?.id)
    }

    fn message(&self, request: &Request<'_>) -> Outcome<Vec<u8>> {
        let mut exchange = exchange();
        request.push(&mut exchange, self.family)?;
        Ok(exchange.bytes().to_vec())
    }

    fn send(&self, bytes: &[u8]) -> Outcome {
        send(self.fd.as_raw_fd(), bytes, MsgFlags::empty())?;
        Ok(())
    }

    fn receive(&mut self) -> Outcome<&[u8]> {
        let length = recv(self.fd.as_raw_fd(), &mut self.buffer, MsgFlags::empty())?;
        Ok(self.buffer.get(..length).unwrap_or_default())
    }
}

fn exchange() -> Exchange {
    Exchange::new(1, Duration::ZERO)
}
