//! One raw request: any command, flags, length and attributes, right or wrong.

mod names;
pub mod text;

use ipvs_core::wire::family::Family;
use ipvs_sys::netlink::{GENL_ID_CTRL, NLA_F_NESTED, NLA_TYPE_MASK, NLM_F_DUMP, NLMSG_HDRLEN};
use ipvs_sys::uapi::*;

/// What a request is, its sequence number apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub to: Addressee,
    pub command: u8,
    pub flags: u16,
    /// How much more than its true length the header claims.
    pub excess: i32,
    pub attributes: Vec<Attribute>,
}

/// The message type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressee {
    /// The family's number, which is each machine's own.
    Ipvs,
    /// The controller of generic netlink.
    Control,
    Number(u16),
}

/// An attribute, or bytes that are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribute {
    Bytes(u16, Vec<u8>),
    Nest(u16, Vec<Attribute>),
    /// As they are, without a header.
    Stray(Vec<u8>),
}

impl Message {
    pub fn new(command: u8, flags: u16, attributes: Vec<Attribute>) -> Self {
        Message {
            to: Addressee::Ipvs,
            command,
            flags,
            excess: 0,
            attributes,
        }
    }

    /// Appends the request as it is sent to a machine where IPVS has this number.
    pub fn write(&self, family: u16, sequence: u32, out: &mut Vec<u8>) {
        let mut body = vec![self.command, 1, 0, 0];
        self.attributes.iter().for_each(|one| one.write(&mut body));
        let kind = match self.to {
            Addressee::Ipvs => family,
            Addressee::Control => GENL_ID_CTRL,
            Addressee::Number(number) => number,
        };
        let length = i32::try_from(NLMSG_HDRLEN + body.len()).unwrap();
        out.extend(length.wrapping_add(self.excess).to_ne_bytes());
        out.extend(kind.to_ne_bytes());
        out.extend(self.flags.to_ne_bytes());
        out.extend(sequence.to_ne_bytes());
        out.extend(0_u32.to_ne_bytes());
        out.extend(body);
        pad(out);
    }

    /// Whether the answer is a listing of the services, if it is one.
    pub fn lists_services(&self) -> bool {
        self.to == Addressee::Ipvs
            && self.command == IPVS_CMD_GET_SERVICE
            && self.flags & NLM_F_DUMP != 0
    }

    /// Whether the kernel may forget to answer it: the stop of a daemon that has not run yet
    /// ends with EINTR, for which netlink has no answer.
    pub fn may_be_forgotten(&self) -> bool {
        self.to == Addressee::Ipvs && self.command == IPVS_CMD_DEL_DAEMON
    }

    /// Whether it may change what the machine holds.
    pub fn may_change(&self) -> bool {
        let reads = [
            IPVS_CMD_GET_SERVICE,
            IPVS_CMD_GET_DEST,
            IPVS_CMD_GET_DAEMON,
            IPVS_CMD_GET_CONFIG,
            IPVS_CMD_GET_INFO,
        ];
        self.to == Addressee::Ipvs && !reads.contains(&self.command)
    }
}

impl Attribute {
    fn write(&self, out: &mut Vec<u8>) {
        let (kind, value) = match self {
            Attribute::Bytes(kind, value) => (*kind, value.clone()),
            Attribute::Nest(kind, attributes) => {
                let mut value = Vec::new();
                attributes.iter().for_each(|one| one.write(&mut value));
                (*kind, value)
            }
            Attribute::Stray(bytes) => return out.extend(bytes),
        };
        let length = u16::try_from(4 + value.len()).unwrap();
        out.extend(length.to_ne_bytes());
        out.extend(kind.to_ne_bytes());
        out.extend(value);
        pad(out);
    }

    /// Its number, without the bits beside it.
    pub fn kind(&self) -> Option<u16> {
        match self {
            Attribute::Bytes(kind, _) | Attribute::Nest(kind, _) => Some(kind & NLA_TYPE_MASK),
            Attribute::Stray(_) => None,
        }
    }

    /// Says, as other programs do, that it is a nest.
    pub fn mark_nested(&mut self) {
        if let Attribute::Bytes(kind, _) | Attribute::Nest(kind, _) = self {
            *kind |= NLA_F_NESTED;
        }
    }
}

/// The question for the family's number.
pub fn lookup() -> Message {
    let name = [IPVS_GENL_NAME.as_bytes(), b"\0"].concat();
    Message {
        to: Addressee::Control,
        ..Message::new(3, 1, vec![Attribute::Bytes(2, name)])
    }
}

/// What the lookup was answered with.
pub fn family(answer: &[u8]) -> u16 {
    let attributes = answer.get(NLMSG_HDRLEN + 4..).expect("an answer");
    Family::decode(attributes).expect("a family").id
}

fn pad(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(4), 0);
}
