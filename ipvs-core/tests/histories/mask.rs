//! What of a datagram is compared: everything but the numbers that each machine gives out itself.
//!
//! The family's number, and the port of the socket, stand in every header; both are replaced by
//! names here once they are seen to be right. The counters are all zero, since nothing is balanced.

use ipvs_core::wire::attr::Attrs;
use ipvs_sys::netlink::{GENL_ID_CTRL, NLMSG_DONE, NLMSG_ERROR, NLMSG_HDRLEN};

/// In place of the family's number.
const FAMILY: [u8; 2] = [0xff, 0xff];

/// One message of a datagram.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Masked {
    pub kind: u16,
    pub sequence: u32,
    /// The errno of an acknowledgement or of a listing's end.
    pub errno: Option<i32>,
    pub bytes: Vec<u8>,
}

/// What a socket's datagrams hold that is its machine's own.
#[derive(Clone, Copy, Debug)]
pub struct Own {
    pub family: u16,
    pub port: u32,
}

impl Own {
    /// The messages of a datagram, masked; what is no whole message stays as it is.
    pub fn mask(&self, mut datagram: &[u8]) -> Vec<Masked> {
        let mut messages = Vec::new();
        while !datagram.is_empty() {
            let length = datagram
                .first_chunk()
                .map_or(0, |bytes| u32::from_ne_bytes(*bytes));
            let length = usize::try_from(length).unwrap().next_multiple_of(4);
            let whole = (NLMSG_HDRLEN..=datagram.len()).contains(&length);
            let (message, rest) = datagram.split_at(if whole { length } else { datagram.len() });
            messages.push(self.message(message.to_vec()));
            datagram = rest;
        }
        messages
    }

    fn message(&self, mut bytes: Vec<u8>) -> Masked {
        let Some(header) = bytes.first_chunk::<NLMSG_HDRLEN>().copied() else {
            return Masked {
                kind: 0,
                sequence: 0,
                errno: None,
                bytes,
            };
        };
        let kind = u16::from_ne_bytes([header[4], header[5]]);
        let sequence = u32::from_ne_bytes([header[8], header[9], header[10], header[11]]);
        let errno = bytes
            .get(NLMSG_HDRLEN..)
            .and_then(|payload| payload.first_chunk());
        let errno = errno.map(|errno| -i32::from_ne_bytes(*errno));
        self.mask_header(&mut bytes, 0);
        match kind {
            NLMSG_ERROR if self.is_of_others(&bytes) => bytes.clear(),
            NLMSG_ERROR => self.mask_header(&mut bytes, NLMSG_HDRLEN + 4),
            GENL_ID_CTRL => self.mask_family_attribute(&mut bytes),
            _ => {}
        }
        let errno =
            errno.filter(|_| [NLMSG_ERROR, NLMSG_DONE].contains(&kind) && !bytes.is_empty());
        Masked {
            kind,
            sequence,
            errno,
            bytes,
        }
    }

    /// Whether an error answers a request to a family that the fake does not have: one that a
    /// message ended within which claims too much, so that any bytes may be its header.
    fn is_of_others(&self, error: &[u8]) -> bool {
        let kind = error
            .get(NLMSG_HDRLEN + 8..)
            .and_then(|rest| rest.first_chunk());
        let kind = kind.map_or(0, |kind| u16::from_ne_bytes(*kind));
        kind > GENL_ID_CTRL && kind != self.family
    }

    /// The header at this offset: its type and its port.
    fn mask_header(&self, bytes: &mut [u8], at: usize) {
        let Some(header) = bytes.get_mut(at..at + NLMSG_HDRLEN) else {
            return;
        };
        if header[4..6] == self.family.to_ne_bytes() {
            header[4..6].copy_from_slice(&FAMILY);
        }
        if header[12..16] == self.port.to_ne_bytes() {
            header[12..16].copy_from_slice(b"port");
        }
    }

    /// The number that the controller was asked for, and what else has the number of this family.
    fn mask_family_attribute(&self, bytes: &mut [u8]) {
        const FAMILY_ID: u16 = 1;
        let start = NLMSG_HDRLEN + 4;
        let attributes = bytes.get(start..).unwrap_or_default().to_vec();
        let mut at = start;
        for attribute in Attrs::new(&attributes).map_while(Result::ok) {
            if attribute.kind == FAMILY_ID && attribute.payload == self.family.to_ne_bytes() {
                bytes[at + 4..at + 6].copy_from_slice(&FAMILY);
            }
            at += (4 + attribute.payload.len()).next_multiple_of(4);
        }
    }
}

impl std::fmt::Debug for Masked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{}", self.sequence)?;
        match (self.kind, self.errno) {
            (NLMSG_ERROR, Some(errno)) => write!(f, " errno {errno}")?,
            (NLMSG_DONE, Some(errno)) => write!(f, " done {errno}")?,
            _ => {}
        }
        f.write_str("]")?;
        for word in self.bytes.chunks(4) {
            f.write_str(" ")?;
            word.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        }
        Ok(())
    }
}
