//! Transport protocols and address families.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::Error;

/// The transport protocol of a virtual service, as its IP protocol number.
///
/// The kernel balances [`TCP`](Self::TCP), [`UDP`](Self::UDP) and
/// [`SCTP`](Self::SCTP), yet stores any 16-bit number; the others are refused
/// when a service is sent and readable when another program put them there.
///
/// As text: `tcp`, `udp`, `sctp`, else the decimal number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "IPVS_SVC_ATTR_PROTOCOL")]
pub struct Protocol(u16);

impl Protocol {
    /// Protocol number 6.
    pub const TCP: Protocol = Protocol(6);
    /// Protocol number 17.
    pub const UDP: Protocol = Protocol(17);
    /// Protocol number 132.
    pub const SCTP: Protocol = Protocol(132);

    const NAMES: [(&'static str, Protocol); 3] = [
        ("tcp", Protocol::TCP),
        ("udp", Protocol::UDP),
        ("sctp", Protocol::SCTP),
    ];

    /// The protocol of a number.
    #[must_use]
    pub const fn new(number: u16) -> Self {
        Protocol(number)
    }

    /// The protocol's number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Whether the kernel can balance it: TCP, UDP and SCTP.
    #[must_use]
    pub fn is_balanced(self) -> bool {
        Self::NAMES.iter().any(|(_, known)| *known == self)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::NAMES.iter().find(|(_, known)| known == self) {
            Some((name, _)) => f.pad(name),
            None => fmt::Display::fmt(&self.0, f),
        }
    }
}

impl fmt::Debug for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Protocol({self})")
    }
}

/// Names in any case, or a decimal number.
impl FromStr for Protocol {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::NAMES
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(text))
            .map(|(_, known)| *known)
            .or_else(|| number(text).map(Protocol))
            .ok_or_else(|| Error::parse("protocol", text, "tcp, udp, sctp or a number up to 65535"))
    }
}

/// A decimal number and nothing else: no sign, no blanks.
pub(crate) fn number<T: FromStr>(text: &str) -> Option<T> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// An address family. As text: `ipv4`, `ipv6`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "IPVS_SVC_ATTR_AF")]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6; the kernel must be built with it and not have it switched off.
    V6,
}

impl Family {
    /// The family of an address.
    #[must_use]
    pub const fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Family::V4,
            IpAddr::V6(_) => Family::V6,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Family::V4 => "ipv4",
            Family::V6 => "ipv6",
        })
    }
}

impl FromStr for Family {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        [Family::V4, Family::V6]
            .into_iter()
            .find(|family| text.eq_ignore_ascii_case(&family.to_string()))
            .ok_or_else(|| Error::parse("family", text, "ipv4 or ipv6"))
    }
}
