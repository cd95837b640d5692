//! How the kernel says that a request, or a dump, has ended.

use ipvs_sys::netlink::{
    NLM_F_ACK_TLVS, NLM_F_CAPPED, NLMSG_HDRLEN, NLMSGERR_ATTR_MISS_NEST, NLMSGERR_ATTR_MISS_TYPE,
    NLMSGERR_ATTR_MSG, NLMSGERR_ATTR_OFFS,
};

use super::{Message, Messages, split_payload};
use crate::wire::WireError;
use crate::wire::attr::Attrs;

/// The errno of an `NLMSG_ERROR` or `NLMSG_DONE` and what comes with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer<'d> {
    /// 0 for success, else the errno, positive.
    pub errno: i32,
    /// The kernel's own words about it, if any.
    pub extended: ExtendedAck<'d>,
}

impl<'d> Answer<'d> {
    /// `NLMSG_ERROR`: an int, the request's header, the rest of the request
    /// unless the message says that it was capped, then what was extended.
    pub(super) fn parse_ack(message: &Message<'d>) -> Result<Self, WireError> {
        let (code, echo) = split_payload(message.payload, "nlmsgerr")?;
        let (_, behind_header) = split_payload::<NLMSG_HDRLEN>(echo, "nlmsgerr")?;
        let extended = if message.header.flags & NLM_F_CAPPED != 0 {
            behind_header
        } else {
            behind_first_message(echo)
        };
        Ok(Answer::new(*code, message, extended))
    }

    /// `NLMSG_DONE`: an int, then what was extended. The kernel's dumps always
    /// send the int; a family that ends a multipart reply by hand may send an
    /// empty DONE, and means success.
    pub(super) fn parse_done(message: &Message<'d>) -> Result<Self, WireError> {
        if message.payload.is_empty() {
            return Ok(Answer::default());
        }
        let (code, extended) = split_payload(message.payload, "NLMSG_DONE")?;
        Ok(Answer::new(*code, message, extended))
    }

    fn new(code: [u8; 4], message: &Message<'d>, extended: &'d [u8]) -> Self {
        // Negative on the wire. No kernel sends a positive one; it would hardly
        // mean success.
        let errno = i32::from_ne_bytes(code).saturating_abs();
        let extended = match message.header.flags & NLM_F_ACK_TLVS {
            0 => ExtendedAck::default(),
            _ => ExtendedAck::parse(extended),
        };
        Answer { errno, extended }
    }
}

/// What follows the request that an uncapped `NLMSG_ERROR` echoes whole.
/// Nothing, where the echo is not whole: then what follows can't be found.
fn behind_first_message(echo: &[u8]) -> &[u8] {
    let mut messages = Messages::new(echo);
    match messages.next() {
        Some(Ok(_)) => messages.rest,
        _ => &[],
    }
}

/// An extended acknowledgement: where in the request the mistake is. All of it
/// is optional, and IPVS itself sends none; the layer below does, for the
/// attributes it checks.
///
/// It only comments on an errno that stands without it, so whatever is
/// malformed in it is left out and never hides the errno.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExtendedAck<'d> {
    /// What is wrong, in the kernel's English; up to the first byte that is
    /// not UTF-8.
    #[doc(alias = "NLMSGERR_ATTR_MSG")]
    pub message: Option<&'d str>,
    /// Where the offending attribute begins, in bytes from the beginning of
    /// the request's netlink header.
    #[doc(alias = "NLMSGERR_ATTR_OFFS")]
    pub offset: Option<u32>,
    /// The number of an attribute that was missing.
    #[doc(alias = "NLMSGERR_ATTR_MISS_TYPE")]
    pub missing_kind: Option<u32>,
    /// Where the nest begins that the attribute was missing in; bytes, like
    /// `offset`.
    #[doc(alias = "NLMSGERR_ATTR_MISS_NEST")]
    pub missing_nest: Option<u32>,
}

impl<'d> ExtendedAck<'d> {
    fn parse(bytes: &'d [u8]) -> Self {
        let mut extended = ExtendedAck::default();
        for attr in Attrs::new(bytes).map_while(Result::ok) {
            match attr.kind {
                NLMSGERR_ATTR_MSG => {
                    let text = attr.string("NLMSGERR_ATTR_MSG", usize::MAX).ok();
                    extended.message = text.map(utf8_prefix);
                }
                NLMSGERR_ATTR_OFFS => extended.offset = attr.u32("NLMSGERR_ATTR_OFFS").ok(),
                NLMSGERR_ATTR_MISS_TYPE => {
                    extended.missing_kind = attr.u32("NLMSGERR_ATTR_MISS_TYPE").ok();
                }
                NLMSGERR_ATTR_MISS_NEST => {
                    extended.missing_nest = attr.u32("NLMSGERR_ATTR_MISS_NEST").ok();
                }
                _ => {}
            }
        }
        extended
    }
}

fn utf8_prefix(bytes: &[u8]) -> &str {
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}
