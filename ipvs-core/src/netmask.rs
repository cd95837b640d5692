//! The persistence netmask.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use crate::number::decimal;
use crate::{Error, Family};

/// Which clients share one persistence template: those whose addresses are
/// equal under this mask. The default is the whole address.
///
/// IPv4 masks are bit masks (the kernel stores any, even one with holes; such a
/// one is refused when it is sent), IPv6 masks are prefix lengths. As text:
/// `255.255.255.0`, `64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "IPVS_SVC_ATTR_NETMASK")]
#[doc(alias = "ipvsadm -M")]
pub enum Netmask {
    /// An IPv4 mask.
    V4(Ipv4Addr),
    /// An IPv6 prefix length, 1 to 128.
    V6(u8),
}

impl Netmask {
    /// The whole address of a family: `255.255.255.255` or `128`.
    #[must_use]
    pub const fn host(family: Family) -> Self {
        match family {
            Family::V4 => Netmask::V4(Ipv4Addr::BROADCAST),
            Family::V6 => Netmask::V6(128),
        }
    }

    /// The first `length` bits of an address of `family`: 0 to 32, or 1 to 128.
    /// `None` outside that range.
    #[must_use]
    pub fn prefix(family: Family, length: u8) -> Option<Self> {
        match (family, length) {
            (Family::V4, 0..=32) => {
                let host_bits = u32::from(32 - length);
                let mask = u32::MAX.checked_shl(host_bits).unwrap_or(0);
                Some(Netmask::V4(Ipv4Addr::from_bits(mask)))
            }
            (Family::V6, 1..=128) => Some(Netmask::V6(length)),
            _ => None,
        }
    }

    /// The mask's address family.
    #[must_use]
    pub const fn family(&self) -> Family {
        match self {
            Netmask::V4(_) => Family::V4,
            Netmask::V6(_) => Family::V6,
        }
    }

    /// The length of the prefix that the mask is; `None` for an IPv4 mask with holes.
    #[must_use]
    pub fn prefix_length(&self) -> Option<u8> {
        match self {
            Netmask::V4(mask) => {
                let bits = mask.to_bits();
                let length = u8::try_from(bits.leading_ones()).ok()?;
                (Netmask::prefix(Family::V4, length) == Some(*self)).then_some(length)
            }
            Netmask::V6(length) => Some(*length),
        }
    }
}

impl fmt::Display for Netmask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Netmask::V4(mask) => fmt::Display::fmt(mask, f),
            Netmask::V6(length) => fmt::Display::fmt(length, f),
        }
    }
}

/// A dotted IPv4 mask, or an IPv6 prefix length.
impl FromStr for Netmask {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mask = text.parse().ok().map(Netmask::V4);
        mask.or_else(|| decimal(text).map(Netmask::V6))
            .ok_or_else(|| Error::parse("netmask", text, "255.255.255.0 (IPv4) or 64 (IPv6)"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_and_masks_agree() {
        for length in 0..=32 {
            let mask = Netmask::prefix(Family::V4, length).unwrap();
            assert_eq!(mask.prefix_length(), Some(length));
        }
        assert_eq!(
            Netmask::prefix(Family::V4, 24).unwrap().to_string(),
            "255.255.255.0"
        );
        assert_eq!(Netmask::prefix(Family::V4, 33), None);
        assert_eq!(Netmask::prefix(Family::V6, 0), None);
        assert_eq!(
            "255.0.255.0".parse::<Netmask>().unwrap().prefix_length(),
            None
        );
        assert_eq!(Netmask::host(Family::V6).to_string(), "128");
    }
}
