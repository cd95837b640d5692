//! Netlink messages and what stands in front of their attributes.

mod answer;
#[cfg(test)]
mod tests;

use ipvs_sys::netlink::{
    GENL_HDRLEN, NLMSG_DONE, NLMSG_ERROR, NLMSG_HDRLEN, NLMSG_MIN_TYPE, NLMSG_OVERRUN,
};

use super::WireError;
use super::attr::{Builder, aligned, build};

pub use answer::{Answer, ExtendedAck};

/// What a message says about itself, its length apart: readers check it and
/// the writer counts it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Header {
    /// The message type: a family's id, or one of netlink's own below 16.
    #[doc(alias = "nlmsg_type")]
    pub kind: u16,
    /// `NLM_F_*`.
    #[doc(alias = "nlmsg_flags")]
    pub flags: u16,
    /// The request's number, repeated in each of its answers.
    #[doc(alias = "nlmsg_seq")]
    pub sequence: u32,
    /// The netlink port of the socket that asks. The kernel takes it from the
    /// socket, not from here: 0 does for requests.
    #[doc(alias = "nlmsg_pid")]
    pub port: u32,
}

impl Header {
    /// The fields at their offsets: length, which is not known yet, type, flags,
    /// sequence, port.
    #[inline]
    fn bytes(self) -> [u8; NLMSG_HDRLEN] {
        let [k0, k1] = self.kind.to_ne_bytes();
        let [f0, f1] = self.flags.to_ne_bytes();
        let [s0, s1, s2, s3] = self.sequence.to_ne_bytes();
        let [p0, p1, p2, p3] = self.port.to_ne_bytes();
        [0, 0, 0, 0, k0, k1, f0, f1, s0, s1, s2, s3, p0, p1, p2, p3]
    }
}

/// One message, its payload not yet looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'d> {
    /// The header.
    pub header: Header,
    /// What follows the header, padding excluded.
    pub payload: &'d [u8],
}

/// The messages of a datagram.
///
/// Each length is checked before anything is read by it. What is left after
/// the last whole message is an error, and the last item: the kernel sends
/// whole messages, so bytes are missing. Only the padding of the last message
/// may be.
#[derive(Clone, Debug)]
pub struct Messages<'d> {
    rest: &'d [u8],
}

impl<'d> Messages<'d> {
    /// The messages of one datagram, as it was received.
    #[must_use]
    #[inline]
    pub fn new(datagram: &'d [u8]) -> Self {
        Messages { rest: datagram }
    }

    #[inline]
    fn split(&mut self) -> Result<Message<'d>, WireError> {
        let rest = std::mem::take(&mut self.rest);
        let available = rest.len();
        let Some((header, _)) = rest.split_first_chunk::<NLMSG_HDRLEN>() else {
            let declared = NLMSG_HDRLEN;
            return Err(WireError::TruncatedMessage {
                declared,
                available,
            });
        };
        let (declared, header) = parse_header(*header);
        if declared < NLMSG_HDRLEN {
            return Err(WireError::UndersizedMessage { declared });
        }
        let Some(payload) = rest.get(NLMSG_HDRLEN..declared) else {
            return Err(WireError::TruncatedMessage {
                declared,
                available,
            });
        };
        self.rest = rest.get(aligned(declared)..).unwrap_or_default();
        Ok(Message { header, payload })
    }
}

impl<'d> Iterator for Messages<'d> {
    type Item = Result<Message<'d>, WireError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        (!self.rest.is_empty()).then(|| self.split())
    }
}

impl std::iter::FusedIterator for Messages<'_> {}

/// The header's fields at their offsets: length, type, flags, sequence, port.
#[inline]
fn parse_header(bytes: [u8; NLMSG_HDRLEN]) -> (usize, Header) {
    let [
        l0,
        l1,
        l2,
        l3,
        k0,
        k1,
        f0,
        f1,
        s0,
        s1,
        s2,
        s3,
        p0,
        p1,
        p2,
        p3,
    ] = bytes;
    let declared = u32::from_ne_bytes([l0, l1, l2, l3]);
    let header = Header {
        kind: u16::from_ne_bytes([k0, k1]),
        flags: u16::from_ne_bytes([f0, f1]),
        sequence: u32::from_ne_bytes([s0, s1, s2, s3]),
        port: u32::from_ne_bytes([p0, p1, p2, p3]),
    };
    // Beyond usize is beyond any datagram.
    (usize::try_from(declared).unwrap_or(usize::MAX), header)
}

/// What a message carries, by its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'d> {
    /// `NLMSG_ERROR`: how one request ended, well or not.
    Ack(Answer<'d>),
    /// `NLMSG_DONE`: how a dump ended, well or not.
    Done(Answer<'d>),
    /// `NLMSG_OVERRUN`: answers were lost.
    Overrun,
    /// `NLMSG_NOOP`, or one of netlink's own types that no kernel uses yet.
    Nothing,
    /// A generic netlink message of the family that the header's `kind` names.
    Generic(Generic<'d>),
}

/// A generic netlink message: a command and its attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generic<'d> {
    /// The command: `IPVS_CMD_*`, `CTRL_CMD_*`.
    pub command: u8,
    /// The family's version. IPVS does not look at it.
    pub version: u8,
    /// The attributes, for [`Attrs::new`](super::attr::Attrs::new).
    pub attributes: &'d [u8],
}

impl<'d> Message<'d> {
    /// Looks into the payload.
    ///
    /// # Errors
    ///
    /// [`WireError::ShortPayload`].
    #[inline]
    pub fn content(&self) -> Result<Content<'d>, WireError> {
        match self.header.kind {
            NLMSG_ERROR => Answer::parse_ack(self).map(Content::Ack),
            NLMSG_DONE => Answer::parse_done(self).map(Content::Done),
            NLMSG_OVERRUN => Ok(Content::Overrun),
            kind if kind < NLMSG_MIN_TYPE => Ok(Content::Nothing),
            _ => self.generic().map(Content::Generic),
        }
    }

    /// The payload of a message that is known to be generic.
    #[inline]
    pub(super) fn generic(&self) -> Result<Generic<'d>, WireError> {
        let (&[command, version, ..], attributes) =
            split_payload::<GENL_HDRLEN>(self.payload, "genlmsghdr")?;
        Ok(Generic {
            command,
            version,
            attributes,
        })
    }
}

#[inline]
fn split_payload<'d, const N: usize>(
    payload: &'d [u8],
    name: &'static str,
) -> Result<(&'d [u8; N], &'d [u8]), WireError> {
    payload.split_first_chunk().ok_or(WireError::ShortPayload {
        name,
        length: payload.len(),
        needed: N,
    })
}

/// Appends a message: the header, what `payload` writes behind it, and zeros
/// up to a multiple of four, so that the next one can follow. On an error
/// `out` is as it was before.
///
/// # Errors
///
/// What `payload` returns, and [`WireError::TooLarge`].
///
/// ```
/// use ipvs_core::wire::WireError;
/// use ipvs_core::wire::message::{self, Content, Header, Messages};
///
/// // A kernel's acknowledgement of request 7.
/// let mut datagram = Vec::new();
/// let header = Header { kind: 2, sequence: 7, ..Header::default() };
/// message::write(&mut datagram, header, |payload| {
///     payload.raw(&0_i32.to_ne_bytes());
///     payload.raw(&[0; 16]); // the request's header, echoed
///     Ok::<_, WireError>(())
/// })?;
/// let message = Messages::new(&datagram).next().unwrap()?;
/// let Content::Ack(answer) = message.content()? else { panic!() };
/// assert_eq!((message.header.sequence, answer.errno), (7, 0));
/// # Ok::<_, WireError>(())
/// ```
pub fn write<E: From<WireError>>(
    out: &mut Vec<u8>,
    header: Header,
    payload: impl FnOnce(&mut Builder<'_>) -> Result<(), E>,
) -> Result<(), E> {
    build(out, |message| {
        let start = message.position();
        message.raw(&header.bytes());
        payload(message)?;
        let size = message.position() - start;
        match u32::try_from(size) {
            Ok(length) => message.patch(start, length.to_ne_bytes()),
            Err(_) => message.refuse(WireError::TooLarge { size }),
        }
        message.pad();
        Ok(())
    })
}

/// Appends a generic netlink message: [`write()`] with the second header in
/// front of what `attributes` writes. The version is 1, which is that of
/// IPVS; no family is known to look at it.
///
/// # Errors
///
/// As [`write()`].
pub fn write_generic<E: From<WireError>>(
    out: &mut Vec<u8>,
    header: Header,
    command: u8,
    attributes: impl FnOnce(&mut Builder<'_>) -> Result<(), E>,
) -> Result<(), E> {
    write(out, header, |message| {
        message.raw(&[command, 1, 0, 0]);
        attributes(message)
    })
}
