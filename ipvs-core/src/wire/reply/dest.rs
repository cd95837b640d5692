//! A real server's nest.

use std::net::IpAddr;

use ipvs_sys::uapi::*;

use super::stats::read_stats;
use super::{invalid, read_address, read_family};
use crate::wire::WireError;
use crate::wire::attr::{Attr, Attrs};
use crate::{Dest, DestEntry, DestKey, Family, ForwardMethod, Tunnel, TunnelFlags, TunnelKind};

const STATS64: &str = "IPVS_DEST_ATTR_STATS64";

pub(super) fn read_dest(attrs: Attrs<'_>, service: Family) -> Result<DestEntry, WireError> {
    match dest_in_order(attrs.clone()) {
        Some(entry) => Ok(entry),
        None => dest_in_any_order(attrs, service),
    }
}

/// A dest, if it is as every kernel yet writes one since 5.2: each attribute once, in
/// this order. A listing is mostly dests, and this way takes half of the instructions.
pub(super) fn dest_in_order(mut attrs: Attrs<'_>) -> Option<DestEntry> {
    let address: [u8; 16] = attrs.expect(IPVS_DEST_ATTR_ADDR)?;
    let port = u16::from_be_bytes(attrs.expect(IPVS_DEST_ATTR_PORT)?);
    let method = u32::from_ne_bytes(attrs.expect(IPVS_DEST_ATTR_FWD_METHOD)?);
    let weight = u32::from_ne_bytes(attrs.expect(IPVS_DEST_ATTR_WEIGHT)?);
    let tunnel = Tunnel {
        kind: TunnelKind::new(u8::from_ne_bytes(attrs.expect(IPVS_DEST_ATTR_TUN_TYPE)?)),
        port: u16::from_be_bytes(attrs.expect(IPVS_DEST_ATTR_TUN_PORT)?),
        flags: TunnelFlags::from_bits_retain(u16::from_ne_bytes(
            attrs.expect(IPVS_DEST_ATTR_TUN_FLAGS)?,
        )),
    };
    let upper_threshold = u32::from_ne_bytes(attrs.expect(IPVS_DEST_ATTR_U_THRESH)?);
    let lower_threshold = u32::from_ne_bytes(attrs.expect(IPVS_DEST_ATTR_L_THRESH)?);
    let active_connections = u32::from_ne_bytes(attrs.expect(IPVS_DEST_ATTR_ACTIVE_CONNS)?);
    let inactive_connections = u32::from_ne_bytes(attrs.expect(IPVS_DEST_ATTR_INACT_CONNS)?);
    let persistent_connections = u32::from_ne_bytes(attrs.expect(IPVS_DEST_ATTR_PERSIST_CONNS)?);
    let family = u16::from_ne_bytes(attrs.expect(IPVS_DEST_ATTR_ADDR_FAMILY)?);
    let narrow = attrs.next()?.ok()?;
    let wide = attrs.next()?.ok()?;
    let both = (IPVS_DEST_ATTR_STATS, IPVS_DEST_ATTR_STATS64);
    if (narrow.kind, wide.kind) != both || !attrs.is_empty() {
        return None;
    }
    let address = if family == Family::V4.number() {
        let [a, b, c, d, ..] = address;
        IpAddr::from([a, b, c, d])
    } else if family == Family::V6.number() {
        IpAddr::from(address)
    } else {
        return None;
    };
    Some(DestEntry {
        dest: Dest {
            key: DestKey { address, port },
            forward: ForwardMethod::new(u8::try_from(method).ok()?)?,
            tunnel,
            weight,
            upper_threshold,
            lower_threshold,
        },
        active_connections,
        inactive_connections,
        persistent_connections,
        stats: read_stats(Some(narrow.nested()), Some(wide.nested()), STATS64).ok()?,
    })
}

fn dest_in_any_order(attrs: Attrs<'_>, service: Family) -> Result<DestEntry, WireError> {
    let (mut family, mut address, mut port, mut method) = (service, None, None, None);
    let (mut weight, mut upper, mut lower) = (None, None, None);
    let (mut active, mut inactive, mut persistent) = (None, None, None);
    let (mut stats, mut stats64) = (None, None);
    // Kernels before 5.2 have no tunnels but IP in IP.
    let mut tunnel = Tunnel::default();
    for attr in attrs {
        let attr = attr?;
        match attr.kind {
            IPVS_DEST_ATTR_ADDR => address = Some(attr),
            IPVS_DEST_ATTR_PORT => port = Some(read!(attr.be16(IPVS_DEST_ATTR_PORT))),
            IPVS_DEST_ATTR_FWD_METHOD => method = Some(read_method(attr)?),
            IPVS_DEST_ATTR_WEIGHT => weight = Some(read!(attr.u32(IPVS_DEST_ATTR_WEIGHT))),
            IPVS_DEST_ATTR_U_THRESH => upper = Some(read!(attr.u32(IPVS_DEST_ATTR_U_THRESH))),
            IPVS_DEST_ATTR_L_THRESH => lower = Some(read!(attr.u32(IPVS_DEST_ATTR_L_THRESH))),
            IPVS_DEST_ATTR_ACTIVE_CONNS => {
                active = Some(read!(attr.u32(IPVS_DEST_ATTR_ACTIVE_CONNS)));
            }
            IPVS_DEST_ATTR_INACT_CONNS => {
                inactive = Some(read!(attr.u32(IPVS_DEST_ATTR_INACT_CONNS)));
            }
            IPVS_DEST_ATTR_PERSIST_CONNS => {
                persistent = Some(read!(attr.u32(IPVS_DEST_ATTR_PERSIST_CONNS)));
            }
            IPVS_DEST_ATTR_STATS => stats = Some(attr.nested()),
            IPVS_DEST_ATTR_STATS64 => stats64 = Some(attr.nested()),
            // 0 stands for the service's, as does none.
            IPVS_DEST_ATTR_ADDR_FAMILY => {
                family = match read!(attr.u16(IPVS_DEST_ATTR_ADDR_FAMILY)) {
                    0 => service,
                    _ => read_family(attr, "IPVS_DEST_ATTR_ADDR_FAMILY")?,
                };
            }
            IPVS_DEST_ATTR_TUN_TYPE => {
                tunnel.kind = TunnelKind::new(read!(attr.u8(IPVS_DEST_ATTR_TUN_TYPE)));
            }
            IPVS_DEST_ATTR_TUN_PORT => tunnel.port = read!(attr.be16(IPVS_DEST_ATTR_TUN_PORT)),
            IPVS_DEST_ATTR_TUN_FLAGS => {
                let bits = read!(attr.u16(IPVS_DEST_ATTR_TUN_FLAGS));
                tunnel.flags = TunnelFlags::from_bits_retain(bits);
            }
            _ => {}
        }
    }
    let address = need!(address, IPVS_DEST_ATTR_ADDR);
    let dest = Dest {
        key: DestKey {
            address: read_address(address, family, "IPVS_DEST_ATTR_ADDR")?,
            port: need!(port, IPVS_DEST_ATTR_PORT),
        },
        forward: need!(method, IPVS_DEST_ATTR_FWD_METHOD),
        tunnel,
        weight: need!(weight, IPVS_DEST_ATTR_WEIGHT),
        upper_threshold: need!(upper, IPVS_DEST_ATTR_U_THRESH),
        lower_threshold: need!(lower, IPVS_DEST_ATTR_L_THRESH),
    };
    Ok(DestEntry {
        dest,
        active_connections: need!(active, IPVS_DEST_ATTR_ACTIVE_CONNS),
        inactive_connections: need!(inactive, IPVS_DEST_ATTR_INACT_CONNS),
        persistent_connections: need!(persistent, IPVS_DEST_ATTR_PERSIST_CONNS),
        stats: read_stats(stats, stats64, STATS64)?,
    })
}

fn read_method(attr: Attr<'_>) -> Result<ForwardMethod, WireError> {
    let number = read!(attr.u32(IPVS_DEST_ATTR_FWD_METHOD));
    u8::try_from(number)
        .ok()
        .and_then(ForwardMethod::new)
        .ok_or(invalid("IPVS_DEST_ATTR_FWD_METHOD", number))
}
