//! The messages of a datagram, each carried out and answered in its turn.

use ipvs_sys::errno::{EINTR, EINVAL, ENOENT, EOPNOTSUPP, EPERM};
use ipvs_sys::netlink::{
    GENL_HDRLEN, GENL_ID_CTRL, NLM_F_ACK, NLM_F_DUMP, NLM_F_ECHO, NLM_F_REQUEST, NLMSG_HDRLEN,
    NLMSG_MIN_TYPE,
};

use super::families::{Family, Operation};
use super::policy::{Attributes, Policy};
use super::{ExtendedAck, answer, controller, memory};
use crate::fake::ipvs::{Errno, Message};
use crate::fake::machine::{Machine, SocketId};
use crate::wire::message::{Header, Messages};

/// A message that somebody sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'d> {
    pub(super) header: Header,
    /// All of it, the header included.
    pub(super) bytes: &'d [u8],
}

impl<'d> Asked<'d> {
    /// The generic header: the command, and the bytes that are reserved.
    fn generic(&self) -> Option<(u8, [u8; 2])> {
        let header = self.bytes.get(NLMSG_HDRLEN..)?;
        let &[command, _, first, second] = header.first_chunk::<GENL_HDRLEN>()?;
        Some((command, [first, second]))
    }

    pub(super) fn is_dump(&self) -> bool {
        self.header.flags & NLM_F_DUMP == NLM_F_DUMP
    }

    /// What follows the headers, checked by a policy.
    pub(super) fn attributes(
        &self,
        policy: Policy,
        told: &mut ExtendedAck,
    ) -> Result<Attributes<'d>, Errno> {
        let (bytes, offset) = self.body();
        Attributes::parse(bytes, offset, policy, told)
    }

    /// What follows the headers, and where it begins.
    pub(super) fn body(&self) -> (&'d [u8], usize) {
        let offset = NLMSG_HDRLEN + GENL_HDRLEN;
        (self.bytes.get(offset..).unwrap_or_default(), offset)
    }
}

impl Machine {
    /// Carries out every message of a datagram, whether or not the others are refused. The
    /// rest behind one that has no proper length is ignored, without a word.
    pub(super) fn carry_out(&mut self, id: SocketId, datagram: &[u8]) {
        let mut rest = datagram;
        for message in Messages::new(datagram).map_while(Result::ok) {
            let length = NLMSG_HDRLEN + message.payload.len();
            let asked = Asked {
                header: message.header,
                bytes: rest.get(..length).unwrap_or_default(),
            };
            self.carry_out_one(id, &asked);
            rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        }
    }

    fn carry_out_one(&mut self, id: SocketId, asked: &Asked<'_>) {
        let mut told = ExtendedAck::default();
        let Header { kind, flags, .. } = asked.header;
        let is_request = flags & NLM_F_REQUEST != 0 && kind >= NLMSG_MIN_TYPE;
        let outcome = match is_request {
            true => self.serve(id, asked, &mut told),
            false => Ok(()),
        };
        let errno = outcome.err().unwrap_or(0);
        // This one is the kernel's way to say: no answer, or not yet.
        if errno == EINTR || errno == 0 && flags & NLM_F_ACK == 0 {
            return;
        }
        let answer = self.socket(id).ok_or(ENOENT);
        let answer = answer.and_then(|socket| answer::acknowledge(asked, errno, &told, socket));
        if let Ok(answer) = answer {
            let length = answer.len();
            // Whoever has no room for it learns that from the next receive.
            let _ = self.answer(id, answer, length);
        }
    }

    /// Finds the family and the operation that are asked for.
    fn serve(
        &mut self,
        id: SocketId,
        asked: &Asked<'_>,
        told: &mut ExtendedAck,
    ) -> Result<(), Errno> {
        let family = match asked.header.kind {
            GENL_ID_CTRL => Family::Controller,
            kind if self.family == Some(kind) => Family::Ipvs,
            _ => return Err(ENOENT),
        };
        let (command, reserved) = asked.generic().ok_or(EINVAL)?;
        if self.environment.release.checks_headers() && command > family.last_lenient_command() {
            check_header(asked, reserved, told)?;
        }
        let operation = self.permit(family, command, asked.is_dump())?;
        if family == Family::Ipvs {
            self.suffer_command(id, command)?;
        }
        if asked.is_dump() {
            let listing = operation.listing.ok_or(EOPNOTSUPP)?;
            return self.start_dump(id, asked, listing, told);
        }
        let attributes = asked.attributes(family.policy(), told)?;
        let reply = match family {
            Family::Controller => Some(controller::answer(self, &attributes)?),
            Family::Ipvs => self.run_command(id, command, &attributes, told)?,
        };
        match reply {
            Some(message) => self.reply(id, asked, &message),
            None => Ok(()),
        }
    }

    /// The operation, if there is one that can be asked this way, by this program.
    fn permit(&self, family: Family, command: u8, dump: bool) -> Result<Operation, Errno> {
        let operation = family.operation(command).ok_or(EOPNOTSUPP)?;
        let there = if dump {
            operation.listing.is_some()
        } else {
            operation.single
        };
        let permitted = self.environment.privileged || !operation.privileged;
        let release = self.environment.release;
        match (there, permitted) {
            (true, true) => Ok(operation),
            (false, false) if release.asks_for_privileges_first() => Err(EPERM),
            (false, _) => Err(EOPNOTSUPP),
            (true, false) => Err(EPERM),
        }
    }

    /// What a fault does to a request.
    fn suffer_command(&mut self, id: SocketId, command: u8) -> Result<(), Errno> {
        let fault = self.faults.on_command(command);
        self.change_by_others(id);
        fault.map_or(Ok(()), Err)
    }

    fn run_command(
        &mut self,
        id: SocketId,
        command: u8,
        attributes: &Attributes<'_>,
        told: &mut ExtendedAck,
    ) -> Result<Option<Message>, Errno> {
        let namespace = self.socket(id).ok_or(ENOENT)?.namespace;
        let (ipvs, mut host) = self.ipvs_with_host(namespace).ok_or(ENOENT)?;
        ipvs.run(&mut host, command, attributes, told)
    }

    fn reply(&mut self, id: SocketId, asked: &Asked<'_>, message: &Message) -> Result<(), Errno> {
        let port = self.socket(id).ok_or(ENOENT)?.port();
        let mut datagram = Vec::new();
        answer::reply(&mut datagram, &asked.header, 0, port, message)?;
        self.answer(id, datagram, memory::ANSWER)
    }

    /// Queues an answer that was written to so much room.
    fn answer(&mut self, id: SocketId, datagram: Vec<u8>, room: usize) -> Result<(), Errno> {
        let size = memory::answer_size(self.environment.release, room, datagram.len());
        self.queue(id, datagram, size)
    }
}

/// Newer kernels are strict with the headers of commands that did not exist before they were.
fn check_header(asked: &Asked<'_>, reserved: [u8; 2], told: &mut ExtendedAck) -> Result<(), Errno> {
    let known = NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO;
    let flags = match asked.is_dump() {
        true => asked.header.flags & !NLM_F_DUMP,
        false => asked.header.flags,
    };
    if reserved != [0; 2] {
        told.message = Some("genlmsghdr.reserved field is not 0");
    } else if flags & !known != 0 {
        told.message = Some("ambiguous or reserved bits set in nlmsg_flags");
    } else {
        return Ok(());
    }
    Err(EINVAL)
}
