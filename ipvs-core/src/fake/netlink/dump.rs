//! Lists that are longer than a datagram: the first part is made when a list is asked for,
//! each further one when something was received.

use ipvs_sys::errno::{EBUSY, EINTR, ENOBUFS, ENOENT};
use ipvs_sys::netlink::NLM_F_MULTI;

use super::controller::{self, policies};
use super::families::Listing;
use super::policy::Attributes;
use super::request::Asked;
use super::{ExtendedAck, answer, memory};
use crate::fake::ipvs::{self, Errno, Message};
use crate::fake::machine::{Machine, SocketId};
use crate::wire::message::Header;

/// A list that was not read to its end.
#[derive(Clone, Debug)]
pub(super) struct Dump {
    listing: Listing,
    header: Header,
    /// The request: it is looked at again for every part.
    request: Vec<u8>,
    /// Where the next part goes on: what the lists count by.
    cursor: usize,
}

/// A message of a list, and where the list goes on behind it.
pub(in crate::fake) type Entry = (Message, usize);

impl Machine {
    /// Begins a list. What answers it follows, and no acknowledgement does: `EINTR` says that.
    ///
    /// # Errors
    ///
    /// `EBUSY` while another one was not read to its end; `ENOBUFS` when the queue is full:
    /// then it is begun all the same.
    pub(super) fn start_dump(
        &mut self,
        id: SocketId,
        asked: &Asked<'_>,
        listing: Listing,
        told: &mut ExtendedAck,
    ) -> Result<(), Errno> {
        let socket = self.socket_mut(id).ok_or(ENOENT)?;
        if socket.dump.is_some() {
            return Err(EBUSY);
        }
        socket.dump = Some(Dump {
            listing,
            header: asked.header,
            request: asked.bytes.to_vec(),
            cursor: 0,
        });
        if let Err(errno) = self.check_dump(asked, listing, told) {
            self.socket_mut(id).ok_or(ENOENT)?.dump = None;
            return Err(errno);
        }
        self.dump_part(id)?;
        Err(EINTR)
    }

    /// Only one list looks at its request before it begins.
    fn check_dump(
        &self,
        asked: &Asked<'_>,
        listing: Listing,
        told: &mut ExtendedAck,
    ) -> Result<(), Errno> {
        match listing {
            Listing::Policies => self.policies(asked, told).map(|_| ()),
            _ => Ok(()),
        }
    }

    fn policies(&self, asked: &Asked<'_>, told: &mut ExtendedAck) -> Result<Vec<Message>, Errno> {
        let (bytes, offset) = asked.body();
        let attributes = Attributes::parse_strictly(bytes, offset, policies::QUESTION, told)?;
        policies::list(self, &attributes, told)
    }

    /// Something was received: there may be room for the next part.
    pub(super) fn go_on_dumping(&mut self, id: SocketId) {
        if !self.socket(id).is_some_and(|socket| socket.wants_more()) {
            return;
        }
        let Err(errno) = self.dump_part(id) else {
            return;
        };
        if let Some(socket) = self.socket_mut(id) {
            socket.fail(errno);
        }
    }

    /// Makes one datagram of a list.
    fn dump_part(&mut self, id: SocketId) -> Result<(), Errno> {
        let release = self.environment.release;
        let socket = self.socket(id).ok_or(ENOENT)?;
        let room = memory::part(socket.longest_receive);
        let size = memory::size(release, room);
        if !socket.admits_part(release, size) {
            return Err(ENOBUFS);
        }
        let Some(dump) = socket.dump.clone() else {
            return Ok(());
        };
        let mut told = ExtendedAck::default();
        let (mut datagram, cursor) = self.part(id, &dump, room, &mut told);
        let ended = datagram.is_empty();
        if ended {
            let socket = self.socket(id).ok_or(ENOENT)?;
            datagram = answer::done(&dump.header, &told, socket)?;
        }
        let mut socket = self.lend_socket(id).ok_or(ENOENT)?;
        socket.dump = (!ended).then_some(Dump { cursor, ..dump });
        socket.push(datagram, size, &mut self.faults);
        self.give_back_socket(id, socket);
        Ok(())
    }

    /// As many messages as fit, and where the next part begins.
    fn part(
        &self,
        id: SocketId,
        dump: &Dump,
        room: usize,
        told: &mut ExtendedAck,
    ) -> (Vec<u8>, usize) {
        let (mut datagram, mut cursor) = (Vec::new(), dump.cursor);
        let Some(port) = self.socket(id).map(|socket| socket.port()) else {
            return (datagram, cursor);
        };
        for (message, behind) in self.entries(id, dump, told) {
            let before = datagram.len();
            let written = answer::reply(&mut datagram, &dump.header, NLM_F_MULTI, port, &message);
            if written.is_err() || datagram.len() > room {
                datagram.truncate(before);
                break;
            }
            cursor = behind;
        }
        (datagram, cursor)
    }

    /// What is left of a list, as it is now.
    fn entries<'m>(
        &'m self,
        id: SocketId,
        dump: &Dump,
        told: &mut ExtendedAck,
    ) -> Box<dyn Iterator<Item = Entry> + 'm> {
        let asked = Asked {
            header: dump.header,
            bytes: &dump.request,
        };
        let table = self
            .socket(id)
            .and_then(|socket| self.ipvs(socket.namespace));
        match (dump.listing, table) {
            (Listing::Families, _) => Box::new(self.families(dump.cursor)),
            (Listing::Policies, _) => {
                let messages = self.policies(&asked, told).unwrap_or_default();
                let entries = messages.into_iter().zip(1..).skip(dump.cursor);
                Box::new(entries)
            }
            (Listing::Services, Some(table)) => {
                Box::new(table.list_services(self.environment.hz, dump.cursor))
            }
            (Listing::Daemons, Some(table)) => Box::new(table.list_daemons(dump.cursor)),
            (Listing::Dests, Some(table)) => match asked.attributes(ipvs::POLICY, told) {
                Ok(attributes) => {
                    Box::new(table.list_dests(&self.environment, &attributes, dump.cursor))
                }
                // A mistake ends the list, and is none.
                Err(_) => Box::new(std::iter::empty()),
            },
            (_, None) => Box::new(std::iter::empty()),
        }
    }

    fn families(&self, cursor: usize) -> impl Iterator<Item = Entry> {
        let families = controller::families(self).enumerate().skip(cursor);
        families.filter_map(|(place, family)| {
            let message = controller::describe(self, family).ok()?;
            Some((message, place + 1))
        })
    }
}
