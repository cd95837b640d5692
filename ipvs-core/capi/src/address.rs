//! Addresses, netmasks and protocols
//!
//! Small structs that never grow: they have no size in front and no _INIT; `{0}` is a good
//! beginning. Ports and numbers are in the machine's byte order, the bytes of an address in
//! the order in which people write them.
//!
//! A function that ends with _parse reads text; the one that ends with _format writes it into
//! a buffer of the caller's, and what it writes parses to the same value. It works as
//! snprintf() does: it writes what fits into `length` bytes, always with a NUL behind it, and
//! returns the length of the whole text without the NUL; NULL and 0 only measure. What is no
//! value at all (a family that is none, NULL) is the empty text. 64 bytes hold any text of
//! this section and the next.

use std::ffi::c_char;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipvs_core::{Family, Netmask, Protocol};

use crate::failure::{Failure, Outcome};
use crate::ffi::{ffi, plain};
use crate::status::{ipvs_error, ipvs_status};

/// The address family IPv4; the same number as AF_INET.
pub const IPVS_IPV4: u16 = 2;
/// The address family IPv6; the same number as AF_INET6.
pub const IPVS_IPV6: u16 = 10;

/// The protocol TCP. The kernel balances this, UDP and SCTP.
pub const IPVS_TCP: u16 = 6;
/// The protocol UDP.
pub const IPVS_UDP: u16 = 17;
/// The protocol SCTP.
pub const IPVS_SCTP: u16 = 132;

/// An IP address. As text: "192.0.2.1", "2001:db8::1".
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ipvs_address {
    /// IPVS_IPV4 or IPVS_IPV6.
    pub family: u16,
    /// Zero.
    pub reserved: u16,
    /// The address; the first four bytes of it for IPv4, and zeros behind them.
    pub bytes: [u8; 16],
}

plain!(ipvs_address {
    family,
    reserved,
    bytes
});

/// Which clients count as one to a persistent service: those whose addresses are equal under
/// this mask. As text: "255.255.255.0" for IPv4, "64" for IPv6. All zero: every address by
/// itself.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ipvs_netmask {
    /// IPVS_IPV4, IPVS_IPV6, or 0 for the whole address of whatever family.
    pub family: u16,
    /// IPv6: the length of the prefix, 1 to 128. IPv4: 0.
    pub prefix_length: u16,
    /// IPv4: the mask. IPv6: zeros.
    pub mask: [u8; 4],
}

plain!(ipvs_netmask {
    family,
    prefix_length,
    mask
});

pub(crate) fn family(number: u16, name: &'static str) -> Outcome<Family> {
    match number {
        IPVS_IPV4 => Ok(Family::V4),
        IPVS_IPV6 => Ok(Family::V6),
        other => Err(Failure::argument(
            name,
            format!("{other} is no address family: IPVS_IPV4 or IPVS_IPV6"),
        )),
    }
}

pub(crate) fn family_number(family: Family) -> u16 {
    match family {
        Family::V4 => IPVS_IPV4,
        Family::V6 => IPVS_IPV6,
    }
}

/// The address that the bytes are in a family.
pub(crate) fn from_bytes(family: Family, bytes: [u8; 16]) -> IpAddr {
    let [a, b, c, d, ..] = bytes;
    match family {
        Family::V4 => Ipv4Addr::new(a, b, c, d).into(),
        Family::V6 => Ipv6Addr::from(bytes).into(),
    }
}

pub(crate) fn to_bytes(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        }
        IpAddr::V6(address) => address.octets(),
    }
}

impl TryFrom<ipvs_address> for IpAddr {
    type Error = Failure;

    fn try_from(address: ipvs_address) -> Outcome<IpAddr> {
        zero(address.reserved, "reserved")?;
        Ok(from_bytes(family(address.family, "family")?, address.bytes))
    }
}

impl From<IpAddr> for ipvs_address {
    fn from(address: IpAddr) -> Self {
        ipvs_address {
            family: family_number(Family::of(address)),
            reserved: 0,
            bytes: to_bytes(address),
        }
    }
}

impl ipvs_netmask {
    /// The mask; `None` for the whole address.
    pub(crate) fn given(self) -> Outcome<Option<Netmask>> {
        if self == ipvs_netmask::default() {
            return Ok(None);
        }
        Netmask::try_from(self).map(Some)
    }
}

impl TryFrom<ipvs_netmask> for Netmask {
    type Error = Failure;

    fn try_from(netmask: ipvs_netmask) -> Outcome<Netmask> {
        match family(netmask.family, "persistence_netmask")? {
            Family::V4 => {
                zero(netmask.prefix_length, "persistence_netmask")?;
                Ok(Netmask::V4(netmask.mask.into()))
            }
            Family::V6 => {
                zero(u32::from_ne_bytes(netmask.mask), "persistence_netmask")?;
                let length = u8::try_from(netmask.prefix_length);
                let length = length.map_err(|_| {
                    Failure::argument("persistence_netmask", "the prefix is too long")
                })?;
                Ok(Netmask::V6(length))
            }
        }
    }
}

impl From<Netmask> for ipvs_netmask {
    fn from(netmask: Netmask) -> Self {
        let family = family_number(netmask.family());
        let (prefix_length, mask) = match netmask {
            Netmask::V4(mask) => (0, mask.octets()),
            Netmask::V6(length) => (length.into(), [0; 4]),
        };
        ipvs_netmask {
            family,
            prefix_length,
            mask,
        }
    }
}

/// What is kept for later versions must be zero.
pub(crate) fn zero<T: Default + PartialEq>(reserved: T, name: &'static str) -> Outcome {
    if reserved == T::default() {
        return Ok(());
    }
    Err(Failure::argument(name, "it is not zero"))
}

/// Reads an address.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_address_parse(
    text: *const c_char,
    address: *mut ipvs_address,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(address, "address")?;
        let text = c.text(text, "text")?;
        let parsed = text.parse::<IpAddr>();
        let cause = "expected one such as 192.0.2.1 or 2001:db8::1";
        place.write(parsed.map_err(|_| Failure::argument("text", cause))?.into());
        Ok(())
    })
}

/// Writes an address: see this section's beginning.
///
/// NULL: `address` gives the empty text, `buffer` is only measured.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_address_format(
    address: *const ipvs_address,
    buffer: *mut c_char,
    length: usize,
) -> usize {
    ffi!(else 0, |c| {
        let address = c.read(address, "address").and_then(IpAddr::try_from);
        c.format_valid(buffer, length, address)
    })
}

/// Reads a netmask: a dotted one of IPv4, or the length of an IPv6 prefix.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_netmask_parse(
    text: *const c_char,
    netmask: *mut ipvs_netmask,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(netmask, "netmask")?;
        place.write(c.parse::<Netmask>(text)?.into());
        Ok(())
    })
}

/// Writes a netmask: see this section's beginning. That of the whole address of no family is
/// the empty text.
///
/// NULL: `netmask` gives the empty text, `buffer` is only measured.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_netmask_format(
    netmask: *const ipvs_netmask,
    buffer: *mut c_char,
    length: usize,
) -> usize {
    ffi!(else 0, |c| {
        let netmask = c.read(netmask, "netmask").and_then(Netmask::try_from);
        c.format_valid(buffer, length, netmask)
    })
}

/// Reads a protocol: "tcp", "udp", "sctp" or a number.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_protocol_parse(
    text: *const c_char,
    protocol: *mut u16,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(protocol, "protocol")?;
        place.write(c.parse::<Protocol>(text)?.number());
        Ok(())
    })
}

/// Writes a protocol: see this section's beginning.
///
/// NULL: `buffer` is only measured.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_protocol_format(
    protocol: u16,
    buffer: *mut c_char,
    length: usize,
) -> usize {
    ffi!(else 0, |c| c.format(buffer, length, &Protocol::new(protocol)))
}
