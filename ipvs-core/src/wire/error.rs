//! What can be wrong with bytes.

use thiserror::Error;

/// Bytes that are not what netlink promises, or a value that no attribute can
/// hold.
///
/// It names the attribute, as the kernel's header spells it, and what was
/// found; the room that knows which request was asked adds the rest of the
/// story. It is small and `Copy`.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WireError {
    /// A datagram ends in the middle of a message.
    #[error("a message is cut short: {available} of at least {declared} bytes")]
    TruncatedMessage {
        /// The length that the message gives itself, or the header's where
        /// not even the header is whole.
        declared: usize,
        /// The bytes that are left in the datagram.
        available: usize,
    },
    /// A message gives itself a length that its own header doesn't fit into,
    /// so where the next one begins can't be known.
    #[error("a message claims to be {declared} bytes long, less than its header")]
    UndersizedMessage {
        /// The length that the message gives itself.
        declared: usize,
    },
    /// A message's payload is too short for its kind.
    #[error("{name} needs {needed} bytes and has {length}")]
    ShortPayload {
        /// What the payload should have held, such as `"genlmsghdr"`.
        name: &'static str,
        /// The bytes it has.
        length: usize,
        /// The bytes it must at least have.
        needed: usize,
    },
    /// A request was answered by another family than it was sent to.
    #[error("the answer is of message type {found}, expected {expected}")]
    UnexpectedKind {
        /// The message type (the family's id) of the request.
        expected: u16,
        /// The message type of the answer.
        found: u16,
    },
    /// The kernel says that it lost answers (`NLMSG_OVERRUN`).
    #[error("the kernel lost answers (NLMSG_OVERRUN)")]
    Overrun,
    /// An attribute gives itself a length below its header's or beyond its
    /// surroundings.
    #[error("attribute {kind} claims to be {declared} bytes long where {available} are left")]
    MalformedAttribute {
        /// The attribute's number; which nest it is in is not known here.
        kind: u16,
        /// The length that the attribute gives itself, header included.
        declared: usize,
        /// The bytes that are left for it, header included.
        available: usize,
    },
    /// An attribute's value has fewer bytes than its type.
    #[error("{name} needs {needed} bytes and has {length}")]
    ShortAttribute {
        /// The attribute as the kernel's header spells it.
        name: &'static str,
        /// The bytes its value has.
        length: usize,
        /// The bytes its type takes.
        needed: usize,
    },
    /// An attribute's value has more bytes than its type allows. (Integers
    /// are exempt: their first bytes count, as in the kernel.)
    #[error("{name} has {length} bytes, more than {limit}")]
    LongAttribute {
        /// The attribute as the kernel's header spells it.
        name: &'static str,
        /// The bytes its value has.
        length: usize,
        /// The bytes it may have.
        limit: usize,
    },
    /// A string that does not end: it has no NUL.
    #[error("{name} has no terminating NUL")]
    UnterminatedString {
        /// The attribute as the kernel's header spells it.
        name: &'static str,
    },
    /// An attribute that an answer can't do without is not there.
    #[error("{name} is missing")]
    MissingAttribute {
        /// The attribute as the kernel's header spells it.
        name: &'static str,
    },
    /// An attribute holds a number that has no meaning.
    #[error("{name} can't be {value}")]
    InvalidAttribute {
        /// The attribute as the kernel's header spells it.
        name: &'static str,
        /// What it holds.
        value: u64,
    },
    /// A value that an attribute has no room for. Nothing was written.
    #[error("{name} cannot hold {value}")]
    Unrepresentable {
        /// The attribute as the kernel's header spells it.
        name: &'static str,
        /// What the value has too much of.
        value: &'static str,
    },
    /// A value that was to be written does not fit into what its length field
    /// can count: 65,535 bytes for an attribute with its header, 4 GiB for a
    /// message. Nothing was written.
    #[error("{size} bytes do not fit into one attribute or message")]
    TooLarge {
        /// The bytes it would have taken, header included.
        size: usize,
    },
}
