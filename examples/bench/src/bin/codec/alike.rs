//! Whether the codecs mean the same.

use std::net::IpAddr;

use ipvs_core::wire::attr::Attrs;
use ipvs_core::wire::message::{Content, Messages};
use ipvs_core::{DestEntry, Family, Netmask, ServiceEntry, ServiceKey, Stats};
use ipvs_sys::uapi::{IP_VS_SVC_F_HASHED, IPVS_CMD_ATTR_DEST, IPVS_CMD_ATTR_SERVICE};

use crate::sample::Sample;
use crate::{flat, neli, ours, packet};

/// `None` unless they write the same attributes, and read the same from the replies.
pub(crate) fn check(sample: &Sample) -> Option<()> {
    let mut encoder = ours::Encoder::new();
    encoder.push(&sample.key, &sample.dest)?;
    let encoded = attributes(encoder.bytes())?;
    alike(
        &encoded,
        &attributes(&neli::encode(&sample.key, &sample.dest)?)?,
    )?;
    alike(
        &encoded,
        &attributes(&packet::encode(&sample.key, &sample.dest)?)?,
    )?;

    let service = flat_service(&ours::service(&sample.service_reply)?);
    // The kernel's own flag, which ours leaves out.
    let without_mark = |service: flat::Service| flat::Service {
        flags: service.flags & !IP_VS_SVC_F_HASHED,
        ..service
    };
    alike(
        &service,
        &without_mark(neli::service(&sample.service_reply)?),
    )?;
    alike(
        &service,
        &without_mark(packet::service(&sample.service_reply)?),
    )?;

    let dest = flat_dest(&ours::dest(&sample.dest_reply)?);
    alike(&dest, &neli::dest(&sample.dest_reply)?)?;
    alike(&dest, &packet::dest(&sample.dest_reply)?)
}

fn alike<T: PartialEq + std::fmt::Debug>(ours: &T, theirs: &T) -> Option<()> {
    if ours != theirs {
        eprintln!("ours:   {ours:?}\ntheirs: {theirs:?}");
    }
    (ours == theirs).then_some(())
}

/// The kinds and values of a request, those of its nests behind each nest's kind.
fn attributes(message: &[u8]) -> Option<Vec<(u16, Vec<u8>)>> {
    let message = Messages::new(message).next()?.ok()?;
    let Content::Generic(generic) = message.content().ok()? else {
        return None;
    };
    let mut all = Vec::new();
    for attr in Attrs::new(generic.attributes) {
        let attr = attr.ok()?;
        assert!([IPVS_CMD_ATTR_SERVICE, IPVS_CMD_ATTR_DEST].contains(&attr.kind));
        all.push((attr.kind, Vec::new()));
        for inner in attr.nested() {
            let inner = inner.ok()?;
            all.push((inner.kind, inner.payload.to_vec()));
        }
    }
    all.sort();
    Some(all)
}

fn flat_service(entry: &ServiceEntry) -> flat::Service {
    let service = &entry.service;
    let mut flat = flat::Service {
        family: family(service.key.family()),
        scheduler: sixteen(service.scheduler.as_bytes()),
        flags: service.flags.bits(),
        timeout: u32::try_from(service.persistence_timeout.as_secs()).unwrap_or(0),
        netmask: match service.persistence_netmask {
            Netmask::V4(mask) => u32::from_ne_bytes(mask.octets()),
            Netmask::V6(length) => length.into(),
        },
        stats: stats(&entry.stats),
        ..flat::Service::default()
    };
    match service.key {
        ServiceKey::Address {
            protocol,
            address,
            port,
        } => {
            flat.protocol = protocol.number();
            flat.address = octets(address);
            flat.port = port;
        }
        ServiceKey::FirewallMark { mark, .. } => flat.mark = mark,
    }
    flat
}

fn flat_dest(entry: &DestEntry) -> flat::Dest {
    let dest = &entry.dest;
    flat::Dest {
        family: family(dest.key.family()),
        bytes: octets(dest.key.address),
        port: dest.key.port,
        method: dest.forward.number().into(),
        weight: dest.weight,
        upper: dest.upper_threshold,
        lower: dest.lower_threshold,
        active: entry.active_connections,
        inactive: entry.inactive_connections,
        persistent: entry.persistent_connections,
        tunnel: dest.tunnel.kind.number(),
        tunnel_port: dest.tunnel.port,
        tunnel_flags: dest.tunnel.flags.bits(),
        stats: stats(&entry.stats),
    }
}

fn stats(stats: &Stats) -> [u64; 10] {
    let rates = &stats.rates;
    [
        stats.connections,
        stats.incoming_packets,
        stats.outgoing_packets,
        stats.incoming_bytes,
        stats.outgoing_bytes,
        rates.connections,
        rates.incoming_packets,
        rates.outgoing_packets,
        rates.incoming_bytes,
        rates.outgoing_bytes,
    ]
}

fn family(family: Family) -> u16 {
    match family {
        Family::V4 => 2,
        Family::V6 => 10,
    }
}

fn octets(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(v4) => sixteen(&v4.octets()),
        IpAddr::V6(v6) => v6.octets(),
    }
}

/// With zeros behind it.
fn sixteen(bytes: &[u8]) -> [u8; 16] {
    let mut sixteen = [0; 16];
    sixteen
        .iter_mut()
        .zip(bytes)
        .for_each(|(slot, byte)| *slot = *byte);
    sixteen
}
