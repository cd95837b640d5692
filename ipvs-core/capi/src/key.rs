//! What identifies services and dests
//!
//! A virtual service is known by its protocol, address and port, or by a firewall mark; a
//! real server ("dest") by its address and port within its service. Like addresses, these
//! structs never grow.

use std::ffi::c_char;

use ipvs_core::{DestKey, Protocol, ServiceKey};

use crate::address::{family, family_number, from_bytes, to_bytes, zero};
use crate::failure::{Failure, Outcome};
use crate::ffi::{ffi, plain};
use crate::status::{ipvs_error, ipvs_status};

/// What identifies a virtual service. As text: "tcp 192.0.2.1:80", "udp [2001:db8::1]:53",
/// "fwmark 7", "fwmark 7 ipv6".
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ipvs_service_key {
    /// IPVS_IPV4 or IPVS_IPV6, for firewall marks too: the same mark in both is two services.
    pub family: u16,
    /// By address: IPVS_TCP, IPVS_UDP or IPVS_SCTP. (Other programs may have put other
    /// numbers there.) By mark: 0.
    pub protocol: u16,
    /// By address: the port; 0 catches every port and needs persistence. By mark: 0.
    pub port: u16,
    /// Zero.
    pub reserved: u16,
    /// The firewall mark, from 1; 0 for a service by address.
    pub firewall_mark: u32,
    /// By address: as in ipvs_address. By mark: zeros.
    pub address: [u8; 16],
}

plain!(ipvs_service_key {
    family,
    protocol,
    port,
    reserved,
    firewall_mark,
    address,
});

/// What identifies a real server within its service. As text: "10.0.3.100:8080",
/// "[2001:db8::2]:8080".
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ipvs_dest_key {
    /// IPVS_IPV4 or IPVS_IPV6; not the service's only when it is reached through a tunnel.
    pub family: u16,
    /// The port. Only masquerading rewrites a packet's port to it.
    pub port: u16,
    /// As in ipvs_address.
    pub address: [u8; 16],
}

plain!(ipvs_dest_key {
    family,
    port,
    address
});

impl TryFrom<ipvs_service_key> for ServiceKey {
    type Error = Failure;

    fn try_from(key: ipvs_service_key) -> Outcome<ServiceKey> {
        zero(key.reserved, "reserved")?;
        let family = family(key.family, "family")?;
        if key.firewall_mark == 0 {
            let address = from_bytes(family, key.address);
            let protocol = Protocol::new(key.protocol);
            return Ok(ServiceKey::address(protocol, address, key.port));
        }
        let by_mark = ipvs_service_key {
            family: key.family,
            firewall_mark: key.firewall_mark,
            ..ipvs_service_key::default()
        };
        if key != by_mark {
            let cause = "a service has a firewall mark, or protocol, address and port";
            return Err(Failure::argument("firewall_mark", cause));
        }
        Ok(ServiceKey::firewall_mark(key.firewall_mark, family))
    }
}

impl From<ServiceKey> for ipvs_service_key {
    fn from(key: ServiceKey) -> Self {
        let family = family_number(key.family());
        match key {
            ServiceKey::Address {
                protocol,
                address,
                port,
            } => ipvs_service_key {
                family,
                protocol: protocol.number(),
                port,
                address: to_bytes(address),
                ..ipvs_service_key::default()
            },
            ServiceKey::FirewallMark { mark, .. } => ipvs_service_key {
                family,
                firewall_mark: mark,
                ..ipvs_service_key::default()
            },
        }
    }
}

impl TryFrom<ipvs_dest_key> for DestKey {
    type Error = Failure;

    fn try_from(key: ipvs_dest_key) -> Outcome<DestKey> {
        let address = from_bytes(family(key.family, "family")?, key.address);
        Ok(DestKey::new(address, key.port))
    }
}

impl From<DestKey> for ipvs_dest_key {
    fn from(key: DestKey) -> Self {
        ipvs_dest_key {
            family: family_number(key.family()),
            port: key.port,
            address: to_bytes(key.address),
        }
    }
}

/// Reads what identifies a service.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_service_key_parse(
    text: *const c_char,
    key: *mut ipvs_service_key,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(key, "key")?;
        let key = c.parse::<ServiceKey>(text)?;
        if let ServiceKey::FirewallMark { mark: 0, .. } = key {
            return Err(Failure::argument("text", "firewall mark 0 is none"));
        }
        place.write(key.into());
        Ok(())
    })
}

/// Writes what identifies a service: see the section on addresses.
///
/// NULL: `key` gives the empty text, `buffer` is only measured.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_service_key_format(
    key: *const ipvs_service_key,
    buffer: *mut c_char,
    length: usize,
) -> usize {
    ffi!(else 0, |c| {
        let key = c.read(key, "key").and_then(ServiceKey::try_from);
        c.format_valid(buffer, length, key)
    })
}

/// Reads what identifies a dest.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_dest_key_parse(
    text: *const c_char,
    key: *mut ipvs_dest_key,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(key, "key")?;
        place.write(c.parse::<DestKey>(text)?.into());
        Ok(())
    })
}

/// Writes what identifies a dest: see the section on addresses.
///
/// NULL: `key` gives the empty text, `buffer` is only measured.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_dest_key_format(
    key: *const ipvs_dest_key,
    buffer: *mut c_char,
    length: usize,
) -> usize {
    ffi!(else 0, |c| {
        let key = c.read(key, "key").and_then(DestKey::try_from);
        c.format_valid(buffer, length, key)
    })
}
