//! How the kernel says that a request, or a dump, has ended.

use ipvs_sys::errno::EMSGSIZE;
use ipvs_sys::netlink::{
    GENL_ID_CTRL, NLA_F_NESTED, NLM_F_ACK_TLVS, NLM_F_CAPPED, NLM_F_MULTI, NLMSG_DONE, NLMSG_ERROR,
    NLMSG_HDRLEN, NLMSGERR_ATTR_MSG, NLMSGERR_ATTR_OFFS, NLMSGERR_ATTR_POLICY,
};
use ipvs_sys::uapi::IPVS_GENL_VERSION;

use super::Socket;
use super::policy::{Complaint, Form, Value};
use super::request::Asked;
use crate::fake::ipvs::{Errno, Message};
use crate::wire::WireError;
use crate::wire::attr::{Builder, build};
use crate::wire::message::{Header, write};

/// What netlink has to say of a request beside an errno.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::fake) struct ExtendedAck {
    /// What is wrong, or only odd.
    pub(super) message: Option<&'static str>,
    /// Where the attribute begins that is wrong, and what it should have been.
    culprit: Option<(usize, Option<Form>)>,
}

impl ExtendedAck {
    /// Something is wrong with the attribute that begins there.
    pub(super) fn complain(&mut self, offset: usize, (message, form): Complaint) {
        self.message = Some(message);
        self.culprit = Some((offset, form));
    }

    /// Something is wrong with an attribute, and there are no words for it.
    pub(super) fn point_at(&mut self, value: Value<'_>) {
        self.culprit = Some((value.attribute(), None));
    }

    fn write(&self, refused: bool, attrs: &mut Builder<'_>) {
        if let Some(message) = self.message {
            attrs.string(NLMSGERR_ATTR_MSG, message);
        }
        // What is only odd is not blamed on anybody.
        let Some((offset, form)) = self.culprit.filter(|_| refused) else {
            return;
        };
        attrs.u32(
            NLMSGERR_ATTR_OFFS,
            u32::try_from(offset).unwrap_or(u32::MAX),
        );
        if let Some(form) = form.filter(|form| form.is_described()) {
            attrs.nest(NLA_F_NESTED | NLMSGERR_ATTR_POLICY, |attrs| {
                form.describe(attrs)
            });
        }
    }
}

/// The attributes that describe another one, `NL_POLICY_TYPE_ATTR_*`.
const KIND: u16 = 1;
const LEAST: u16 = 4;
const MOST: u16 = 5;
const LONGEST: u16 = 7;

impl Form {
    /// Whether there is anything to say of it.
    pub(super) fn is_described(self) -> bool {
        !matches!(self, Form::Any | Form::AtLeast(_))
    }

    /// Writes what it is.
    pub(super) fn describe(self, attrs: &mut Builder<'_>) {
        match self {
            Form::U8 => number(attrs, 2, u8::MAX.into()),
            Form::U16 => number(attrs, 3, u16::MAX.into()),
            Form::U32 => number(attrs, 4, u32::MAX.into()),
            Form::Nest => attrs.u32(KIND, 13),
            Form::Text(limit) => bytes(attrs, 12, limit),
            Form::AtMost(limit) => bytes(attrs, 11, limit),
            Form::Any | Form::AtLeast(_) => {}
        }
    }
}

fn number(attrs: &mut Builder<'_>, kind: u32, most: u64) {
    attrs.u64(LEAST, 0);
    attrs.u64(MOST, most);
    attrs.u32(KIND, kind);
}

fn bytes(attrs: &mut Builder<'_>, kind: u32, limit: usize) {
    attrs.u32(LONGEST, u32::try_from(limit).unwrap_or(u32::MAX));
    attrs.u32(KIND, kind);
}

/// The answer to a request: 0 or an errno.
///
/// # Errors
///
/// `EMSGSIZE`, as from everything here that writes a message.
pub(super) fn acknowledge(
    asked: &Asked<'_>,
    errno: Errno,
    told: &ExtendedAck,
    socket: &Socket,
) -> Result<Vec<u8>, Errno> {
    let refused = errno != 0;
    let capped = !refused || socket.capped;
    let words = words(told, refused, socket)?;
    let mut flags = 0;
    if capped {
        flags |= NLM_F_CAPPED;
    }
    if !words.is_empty() {
        flags |= NLM_F_ACK_TLVS;
    }
    let header = Header {
        kind: NLMSG_ERROR,
        flags,
        sequence: asked.header.sequence,
        port: socket.port(),
    };
    let echo = match capped {
        true => asked.bytes.get(..NLMSG_HDRLEN),
        false => Some(asked.bytes),
    };
    let echo = echo.unwrap_or_default();
    let mut datagram = Vec::new();
    written(write(&mut datagram, header, |payload| {
        payload.raw(&errno.wrapping_neg().to_ne_bytes());
        payload.raw(echo);
        payload.raw(padding(echo.len()));
        payload.raw(&words);
        Ok(())
    }))?;
    Ok(datagram)
}

/// The end of a dump.
pub(super) fn done(asked: &Header, told: &ExtendedAck, socket: &Socket) -> Result<Vec<u8>, Errno> {
    let words = words(told, false, socket)?;
    let flags = match words.is_empty() {
        true => NLM_F_MULTI,
        false => NLM_F_MULTI | NLM_F_ACK_TLVS,
    };
    let header = Header {
        kind: NLMSG_DONE,
        flags,
        sequence: asked.sequence,
        port: socket.port(),
    };
    let mut datagram = Vec::new();
    written(write(&mut datagram, header, |payload| {
        payload.raw(&0_i32.to_ne_bytes());
        payload.raw(&words);
        Ok(())
    }))?;
    Ok(datagram)
}

/// Appends a message that a request is answered with, alone or (with `NLM_F_MULTI`) as one
/// of several.
pub(super) fn reply(
    out: &mut Vec<u8>,
    asked: &Header,
    flags: u16,
    port: u32,
    message: &Message,
) -> Result<(), Errno> {
    let header = Header {
        kind: asked.kind,
        flags,
        sequence: asked.sequence,
        port,
    };
    let version = match asked.kind {
        GENL_ID_CTRL => 2,
        _ => IPVS_GENL_VERSION,
    };
    written(write(out, header, |payload| {
        payload.raw(&[message.command, version, 0, 0]);
        payload.raw(&message.attributes);
        Ok(())
    }))
}

fn words(told: &ExtendedAck, refused: bool, socket: &Socket) -> Result<Vec<u8>, Errno> {
    let mut words = Vec::new();
    if socket.extended {
        written(build(&mut words, |attrs| {
            told.write(refused, attrs);
            Ok(())
        }))?;
    }
    Ok(words)
}

fn padding(length: usize) -> &'static [u8] {
    static ZEROS: [u8; 3] = [0; 3];
    let missing = length.next_multiple_of(4) - length;
    ZEROS.get(..missing).unwrap_or_default()
}

/// What does not fit into a message is an error of the kernel's too.
fn written(outcome: Result<(), WireError>) -> Result<(), Errno> {
    outcome.map_err(|_| EMSGSIZE)
}
