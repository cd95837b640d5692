//! Which attributes a request may have, and what of them is checked before anybody looks.

use ipvs_sys::errno::{EINVAL, ERANGE};
use ipvs_sys::netlink::{NLA_F_NESTED, NLA_HDRLEN, NLA_TYPE_MASK};

use super::ExtendedAck;
use crate::fake::ipvs::Errno;

/// What an attribute must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fake) enum Form {
    /// Anything.
    Any,
    U8,
    U16,
    U32,
    /// Other attributes, or nothing.
    Nest,
    /// So many bytes at most, and a NUL behind them.
    Text(usize),
    /// So many bytes at most.
    AtMost(usize),
    /// So many bytes at least.
    AtLeast(usize),
}

/// The forms of the attributes from number 1 on.
pub(in crate::fake) type Policy = &'static [Form];

/// What is told of an attribute that is not in form.
const INVALID: &str = "Attribute failed policy validation";

/// More attributes than this a nest does not have.
const MOST: usize = 16;

/// The attributes of a message or a nest, by their numbers; of several the last.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::fake) struct Attributes<'m> {
    values: [Option<Value<'m>>; MOST],
}

/// The value of an attribute.
#[derive(Clone, Copy, Debug)]
pub(in crate::fake) struct Value<'m> {
    bytes: &'m [u8],
    /// Where it begins in its message.
    offset: usize,
}

impl<'m> Attributes<'m> {
    /// Reads what begins at `offset` of a message. What the policy does not know is ignored.
    ///
    /// # Errors
    ///
    /// Those of the first attribute that is not in form, about which `told` has more. What is
    /// left behind the last whole one is only complained about.
    pub(in crate::fake) fn parse(
        bytes: &'m [u8],
        offset: usize,
        policy: Policy,
        told: &mut ExtendedAck,
    ) -> Result<Self, Errno> {
        Attributes::read(bytes, offset, policy, told, |_, _, _| Ok(()))
    }

    /// The same as newer commands are read: what the policy does not know is refused, and so is
    /// a number that is too long, a flag that says nest where there is none, and a rest.
    ///
    /// # Errors
    ///
    /// Those of [`parse`](Self::parse), and `EINVAL`.
    pub(super) fn parse_strictly(
        bytes: &'m [u8],
        offset: usize,
        policy: Policy,
        told: &mut ExtendedAck,
    ) -> Result<Self, Errno> {
        let attributes = Attributes::read(bytes, offset, policy, told, be_strict)?;
        match told.message {
            Some(_) => Err(EINVAL),
            None => Ok(attributes),
        }
    }

    fn read(
        mut bytes: &'m [u8],
        mut offset: usize,
        policy: Policy,
        told: &mut ExtendedAck,
        check: Check,
    ) -> Result<Self, Errno> {
        let mut attributes = Attributes::default();
        while let Some((tagged, value, length)) = split(bytes) {
            let kind = tagged & NLA_TYPE_MASK;
            let place = usize::from(kind).checked_sub(1);
            let form = place.and_then(|place| policy.get(place));
            if let Err(complaint) = check(tagged, value, form.copied()) {
                told.complain(offset, complaint);
                return Err(EINVAL);
            }
            if let Some((form, place)) = form.zip(place) {
                form.check(value)
                    .inspect_err(|_| told.complain(offset, (INVALID, Some(*form))))?;
                if let Some(slot) = attributes.values.get_mut(place) {
                    *slot = Some(Value {
                        bytes: value,
                        offset: offset + NLA_HDRLEN,
                    });
                }
            }
            bytes = bytes.get(length..).unwrap_or_default();
            offset += length;
        }
        if !bytes.is_empty() {
            told.message = Some("bytes leftover after parsing attributes");
        }
        Ok(attributes)
    }

    /// The value of an attribute that is there.
    pub(in crate::fake) fn get(&self, kind: u16) -> Option<Value<'m>> {
        let place = usize::from(kind).checked_sub(1)?;
        self.values.get(place).copied().flatten()
    }

    /// The value of an attribute that must be there.
    ///
    /// # Errors
    ///
    /// `EINVAL`.
    pub(in crate::fake) fn need(&self, kind: u16) -> Result<Value<'m>, Errno> {
        self.get(kind).ok_or(EINVAL)
    }
}

/// Splits the first attribute off: its number with its flags, its value, and what it takes with its padding.
fn split(bytes: &[u8]) -> Option<(u16, &[u8], usize)> {
    let header = bytes.first_chunk::<NLA_HDRLEN>()?;
    let (length, kind) = (header.first_chunk()?, header.last_chunk()?);
    let length = usize::from(u16::from_ne_bytes(*length));
    let value = bytes.get(NLA_HDRLEN..length)?;
    Some((u16::from_ne_bytes(*kind), value, length.next_multiple_of(4)))
}

/// What is wrong with an attribute, and what it should have been, if that is told.
pub(super) type Complaint = (&'static str, Option<Form>);

/// What is looked at of an attribute beside its form: its number with its flags, its value,
/// and the form, if the policy has one.
type Check = fn(u16, &[u8], Option<Form>) -> Result<(), Complaint>;

fn be_strict(tagged: u16, value: &[u8], form: Option<Form>) -> Result<(), Complaint> {
    let exact = match form {
        None => return Err(("Unknown attribute type", None)),
        Some(Form::Any) => return Err(("Unsupported attribute", None)),
        Some(Form::U8) => Some(1),
        Some(Form::U16) => Some(2),
        Some(Form::U32) => Some(4),
        Some(_) => None,
    };
    if exact.is_some_and(|exact| exact != value.len()) {
        return Err(("invalid attribute length", form));
    }
    if tagged & NLA_F_NESTED != 0 {
        return Err(("NLA_F_NESTED not expected", form));
    }
    Ok(())
}

impl<'m> Value<'m> {
    /// Where its attribute begins in its message.
    pub(super) fn attribute(self) -> usize {
        self.offset.saturating_sub(NLA_HDRLEN)
    }

    /// The attributes inside.
    ///
    /// # Errors
    ///
    /// As [`Attributes::parse`].
    pub(in crate::fake) fn nested(
        self,
        policy: Policy,
        told: &mut ExtendedAck,
    ) -> Result<Attributes<'m>, Errno> {
        Attributes::parse(self.bytes, self.offset, policy, told)
    }

    pub(in crate::fake) fn u8(self) -> u8 {
        u8::from_ne_bytes(self.filled())
    }

    pub(in crate::fake) fn u16(self) -> u16 {
        u16::from_ne_bytes(self.filled())
    }

    pub(in crate::fake) fn be16(self) -> u16 {
        u16::from_be_bytes(self.filled())
    }

    pub(in crate::fake) fn u32(self) -> u32 {
        u32::from_ne_bytes(self.filled())
    }

    /// The first `N` bytes, with zeros for those that are not there.
    pub(in crate::fake) fn filled<const N: usize>(self) -> [u8; N] {
        let mut filled = [0; N];
        for (slot, byte) in filled.iter_mut().zip(self.bytes) {
            *slot = *byte;
        }
        filled
    }

    /// What is in front of the NUL.
    pub(in crate::fake) fn text(self) -> &'m [u8] {
        let mut parts = self.bytes.split(|byte| *byte == 0);
        parts.next().unwrap_or_default()
    }
}

impl Form {
    fn check(self, value: &[u8]) -> Result<(), Errno> {
        let length = value.len();
        let fits = match self {
            Form::Any => true,
            Form::U8 => length >= 1,
            Form::U16 => length >= 2,
            Form::U32 => length >= 4,
            Form::Nest => length == 0 || length >= NLA_HDRLEN,
            Form::AtMost(limit) => length <= limit,
            Form::AtLeast(limit) => length >= limit,
            Form::Text(limit) => {
                let mut beginning = value.iter().take(limit + 1);
                if beginning.all(|byte| *byte != 0) {
                    return Err(EINVAL);
                }
                // One NUL at the very end does not count.
                let end = usize::from(value.ends_with(&[0]));
                length - end <= limit
            }
        };
        if fits { Ok(()) } else { Err(ERANGE) }
    }
}
