//! What identifies a virtual service and a real server.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use crate::number::decimal;
use crate::{Error, Family, Protocol};

/// What identifies a virtual service within its network namespace.
///
/// As text: `tcp 192.0.2.1:80`, `udp [2001:db8::1]:53`, `fwmark 7`,
/// `fwmark 7 ipv6`. Addresses with a zone (`fe80::1%eth0`) are refused: the
/// kernel keeps none.
///
/// ```
/// # use ipvs_core::{Family, ServiceKey};
/// # use std::net::Ipv4Addr;
/// let web: ServiceKey = "tcp 192.0.2.1:80".parse()?;
/// assert_eq!(web, ServiceKey::tcp(Ipv4Addr::new(192, 0, 2, 1), 80));
/// assert_eq!(ServiceKey::firewall_mark(7, Family::V6).to_string(), "fwmark 7 ipv6");
/// # Ok::<(), ipvs_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceKey {
    /// Packets to an address and port: `ipvsadm -t`, `-u`, `--sctp-service`.
    #[doc(alias = "IPVS_SVC_ATTR_ADDR")]
    #[doc(alias = "ipvsadm -t")]
    #[doc(alias = "ipvsadm -u")]
    #[doc(alias = "ipvsadm --sctp-service")]
    Address {
        /// The transport protocol.
        protocol: Protocol,
        /// The virtual IP address.
        address: IpAddr,
        /// The virtual port; 0 catches every port and needs persistence.
        #[doc(alias = "IPVS_SVC_ATTR_PORT")]
        port: u16,
    },
    /// Packets that the firewall marked: `ipvsadm -f`.
    #[doc(alias = "IPVS_SVC_ATTR_FWMARK")]
    #[doc(alias = "ipvsadm -f")]
    FirewallMark {
        /// The mark, from 1. (0 means "no mark" to the kernel and is refused
        /// when it is sent.)
        mark: u32,
        /// The packets' address family; the same mark in IPv4 and in IPv6 is
        /// two services.
        family: Family,
    },
}

impl ServiceKey {
    /// A TCP service at an address and port.
    #[must_use]
    pub fn tcp(address: impl Into<IpAddr>, port: u16) -> Self {
        Self::address(Protocol::TCP, address, port)
    }

    /// A UDP service at an address and port.
    #[must_use]
    pub fn udp(address: impl Into<IpAddr>, port: u16) -> Self {
        Self::address(Protocol::UDP, address, port)
    }

    /// An SCTP service at an address and port.
    #[must_use]
    pub fn sctp(address: impl Into<IpAddr>, port: u16) -> Self {
        Self::address(Protocol::SCTP, address, port)
    }

    /// A service of a protocol at an address and port.
    #[must_use]
    pub fn address(protocol: Protocol, address: impl Into<IpAddr>, port: u16) -> Self {
        let address = address.into();
        ServiceKey::Address {
            protocol,
            address,
            port,
        }
    }

    /// A service for the packets of a family that carry a firewall mark.
    #[must_use]
    pub const fn firewall_mark(mark: u32, family: Family) -> Self {
        ServiceKey::FirewallMark { mark, family }
    }

    /// The service's address family.
    #[must_use]
    pub const fn family(&self) -> Family {
        match self {
            ServiceKey::Address { address, .. } => Family::of(*address),
            ServiceKey::FirewallMark { family, .. } => *family,
        }
    }
}

impl fmt::Display for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&match *self {
            ServiceKey::Address {
                protocol,
                address,
                port,
            } => format!("{protocol} {}", SocketAddr::new(address, port)),
            ServiceKey::FirewallMark { mark, family } => match family {
                Family::V4 => format!("fwmark {mark}"),
                Family::V6 => format!("fwmark {mark} {family}"),
            },
        })
    }
}

impl FromStr for ServiceKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse_service(text).ok_or_else(|| {
            let expected =
                "such as tcp 192.0.2.1:80, udp [2001:db8::1]:53, fwmark 7 or fwmark 7 ipv6";
            Error::parse("service", text, expected)
        })
    }
}

fn parse_service(text: &str) -> Option<ServiceKey> {
    let mut words = text.split_ascii_whitespace();
    let (kind, name, rest) = (words.next()?, words.next()?, words.next());
    if words.next().is_some() {
        return None;
    }
    if kind == "fwmark" {
        let family = rest.map_or(Some(Family::V4), |word| word.parse().ok())?;
        return Some(ServiceKey::firewall_mark(decimal(name)?, family));
    }
    let protocol = kind.parse().ok()?;
    let (address, port) = parse_address(name)?;
    rest.is_none().then_some(ServiceKey::Address {
        protocol,
        address,
        port,
    })
}

/// `192.0.2.1:80` or `[2001:db8::1]:80`; a zone id is refused.
fn parse_address(text: &str) -> Option<(IpAddr, u16)> {
    let address: SocketAddr = text.parse().ok()?;
    let zoned = text.contains('%');
    (!zoned).then(|| (address.ip(), address.port()))
}

/// What identifies a real server within its virtual service.
///
/// As text: `10.0.3.100:8080`, `[2001:db8::2]:8080`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DestKey {
    /// The real server's address; of the service's family, or of the other one
    /// when it is reached through a tunnel.
    #[doc(alias = "IPVS_DEST_ATTR_ADDR")]
    #[doc(alias = "IPVS_DEST_ATTR_ADDR_FAMILY")]
    pub address: IpAddr,
    /// The real server's port. Only [masquerading](crate::ForwardMethod::MASQUERADE)
    /// rewrites a packet's port to it.
    #[doc(alias = "IPVS_DEST_ATTR_PORT")]
    pub port: u16,
}

impl DestKey {
    /// The real server at an address and port.
    #[must_use]
    pub fn new(address: impl Into<IpAddr>, port: u16) -> Self {
        let address = address.into();
        DestKey { address, port }
    }

    /// The address family.
    #[must_use]
    pub const fn family(&self) -> Family {
        Family::of(self.address)
    }
}

impl fmt::Display for DestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&SocketAddr::new(self.address, self.port), f)
    }
}

impl FromStr for DestKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse_address(text)
            .map(|(address, port)| DestKey { address, port })
            .ok_or_else(|| {
                Error::parse(
                    "dest",
                    text,
                    "such as 10.0.3.100:8080 or [2001:db8::2]:8080",
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_key_is_refused() {
        for text in [
            "",
            "tcp",
            "tcp 192.0.2.1",
            "tcp 192.0.2.1:80 x",
            "tcp [fe80::1%2]:80",
            "fwmark",
            "fwmark x",
            "fwmark 7 ipv5",
            "fwmark +7",
            "fwmark 7 ipv6 x",
            "icmp 192.0.2.1:80",
            "tcp 192.0.2.1:65536",
            "65536 192.0.2.1:1",
        ] {
            let error = text.parse::<ServiceKey>().unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::InvalidInput, "{text}");
            assert_eq!(error.field(), Some("service"));
        }
        for text in [
            "",
            "10.0.0.1",
            "[fe80::1%2]:80",
            "10.0.0.1:x",
            "fe80::1:80:80",
        ] {
            assert!(text.parse::<DestKey>().is_err(), "{text}");
        }
    }

    #[test]
    fn any_protocol_number_has_a_form() {
        let key = ServiceKey::address(Protocol::new(300), [192, 0, 2, 1], 0);
        assert_eq!(key.to_string(), "300 192.0.2.1:0");
        assert_eq!(
            "TCP 192.0.2.1:80"
                .parse::<ServiceKey>()
                .unwrap()
                .to_string(),
            "tcp 192.0.2.1:80"
        );
    }
}
