//! Transport protocols and address families.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::Error;
use crate::number::named_number;

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
}

named_number! {
    Protocol, "protocol", "tcp, udp, sctp or a number up to 65535", |number| Some(Protocol(number)),
    { TCP "tcp", UDP "udp", SCTP "sctp", }
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
