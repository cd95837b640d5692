//! Listings as flat structs.

use ipvs_sys::uapi::*;

/// A service, all numbers in the machine's order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(dead_code, reason = "most of it is read to have been read")]
pub(super) struct Service {
    pub(super) family: u16,
    pub(super) protocol: u16,
    pub(super) address: [u8; 16],
    pub(super) port: u16,
    pub(super) mark: u32,
    pub(super) scheduler: [u8; 16],
    pub(super) engine: [u8; 16],
    pub(super) flags: u32,
    pub(super) timeout: u32,
    pub(super) netmask: u32,
    pub(super) stats: [u64; 10],
}

/// A dest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(dead_code, reason = "most of it is read to have been read")]
pub(super) struct Dest {
    pub(super) family: u16,
    pub(super) bytes: [u8; 16],
    pub(super) port: u16,
    pub(super) method: u32,
    pub(super) weight: u32,
    pub(super) upper: u32,
    pub(super) lower: u32,
    pub(super) active: u32,
    pub(super) inactive: u32,
    pub(super) persistent: u32,
    pub(super) tunnel: u8,
    pub(super) tunnel_port: u16,
    pub(super) tunnel_flags: u16,
    pub(super) stats: [u64; 10],
}

/// What an entry of a listing holds, behind its headers.
pub(super) fn service(attributes: &[u8]) -> Option<Service> {
    let mut service = Service::default();
    let (_, nest) = Attributes(attributes).next()?;
    for (kind, value) in Attributes(nest) {
        match kind {
            IPVS_SVC_ATTR_AF => service.family = u16::from_ne_bytes(first(value)?),
            IPVS_SVC_ATTR_PROTOCOL => service.protocol = u16::from_ne_bytes(first(value)?),
            IPVS_SVC_ATTR_ADDR => service.address = first(value)?,
            IPVS_SVC_ATTR_PORT => service.port = u16::from_be_bytes(first(value)?),
            IPVS_SVC_ATTR_FWMARK => service.mark = u32::from_ne_bytes(first(value)?),
            IPVS_SVC_ATTR_SCHED_NAME => name(&mut service.scheduler, value)?,
            IPVS_SVC_ATTR_PE_NAME => name(&mut service.engine, value)?,
            IPVS_SVC_ATTR_FLAGS => service.flags = u32::from_ne_bytes(first(value)?),
            IPVS_SVC_ATTR_TIMEOUT => service.timeout = u32::from_ne_bytes(first(value)?),
            IPVS_SVC_ATTR_NETMASK => service.netmask = u32::from_ne_bytes(first(value)?),
            IPVS_SVC_ATTR_STATS64 => stats(&mut service.stats, value)?,
            _ => {}
        }
    }
    Some(service)
}

/// What an entry of a listing holds, behind its headers.
pub(super) fn dest(attributes: &[u8]) -> Option<Dest> {
    let mut dest = Dest::default();
    let (_, nest) = Attributes(attributes).next()?;
    for (kind, value) in Attributes(nest) {
        match kind {
            IPVS_DEST_ATTR_ADDR => dest.bytes = first(value)?,
            IPVS_DEST_ATTR_PORT => dest.port = u16::from_be_bytes(first(value)?),
            IPVS_DEST_ATTR_FWD_METHOD => dest.method = u32::from_ne_bytes(first(value)?),
            IPVS_DEST_ATTR_WEIGHT => dest.weight = u32::from_ne_bytes(first(value)?),
            IPVS_DEST_ATTR_U_THRESH => dest.upper = u32::from_ne_bytes(first(value)?),
            IPVS_DEST_ATTR_L_THRESH => dest.lower = u32::from_ne_bytes(first(value)?),
            IPVS_DEST_ATTR_ACTIVE_CONNS => dest.active = u32::from_ne_bytes(first(value)?),
            IPVS_DEST_ATTR_INACT_CONNS => dest.inactive = u32::from_ne_bytes(first(value)?),
            IPVS_DEST_ATTR_PERSIST_CONNS => dest.persistent = u32::from_ne_bytes(first(value)?),
            IPVS_DEST_ATTR_ADDR_FAMILY => dest.family = u16::from_ne_bytes(first(value)?),
            IPVS_DEST_ATTR_TUN_TYPE => [dest.tunnel] = first(value)?,
            IPVS_DEST_ATTR_TUN_PORT => dest.tunnel_port = u16::from_be_bytes(first(value)?),
            IPVS_DEST_ATTR_TUN_FLAGS => dest.tunnel_flags = u16::from_ne_bytes(first(value)?),
            IPVS_DEST_ATTR_STATS64 => stats(&mut dest.stats, value)?,
            _ => {}
        }
    }
    Some(dest)
}

fn stats(stats: &mut [u64; 10], nest: &[u8]) -> Option<()> {
    for (kind, value) in Attributes(nest) {
        if let Some(number) = stats.get_mut(usize::from(kind).wrapping_sub(1)) {
            *number = u64::from_ne_bytes(first(value)?);
        }
    }
    Some(())
}

fn name(name: &mut [u8; 16], value: &[u8]) -> Option<()> {
    name.get_mut(..value.len())?.copy_from_slice(value);
    Some(())
}

fn first<const N: usize>(value: &[u8]) -> Option<[u8; N]> {
    value.first_chunk().copied()
}

/// Kinds and values, up to the first that is cut off.
struct Attributes<'a>(&'a [u8]);

impl<'a> Iterator for Attributes<'a> {
    type Item = (u16, &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (&[l0, l1, k0, k1], _) = self.0.split_first_chunk()?;
        let length = usize::from(u16::from_ne_bytes([l0, l1]));
        let value = self.0.get(4..length)?;
        self.0 = self.0.get((length + 3) & !3..).unwrap_or_default();
        Some((u16::from_ne_bytes([k0, k1]), value))
    }
}
