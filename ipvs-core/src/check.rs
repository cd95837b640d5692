//! What we refuse to send, field by field.
//!
//! The kernel answers EINVAL to fifteen mistakes alike, and accepts as many
//! that can't work. These checks say which field it is before anything is sent.
//! They look at what is new in a request only: what is read back or removed may
//! be any nonsense that another program put into the kernel.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use crate::{
    Change, Dest, DestEdit, DestKey, Family, ForwardMethod, InterfaceName, Netmask,
    PersistenceEngine, Protocol, Scheduler, Service, ServiceEdit, ServiceFlags, ServiceKey,
    SyncDaemon, TimeoutsEdit, Tunnel, TunnelFlags, TunnelKind,
};

/// A field's fault, in words that follow its name: `weight: 5 is above 3`.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) field: &'static str,
    pub(crate) cause: Cow<'static, str>,
}

type Check = Result<(), Refusal>;

pub(crate) fn refuse(field: &'static str, cause: impl Into<Cow<'static, str>>) -> Check {
    let cause = cause.into();
    Err(Refusal { field, cause })
}

/// The largest persistence timeout that no kernel wraps around: 2^32 jiffies at 1000 Hz.
const MAX_PERSISTENCE: Duration = Duration::from_secs(4_294_967);
/// The largest timeout that every kernel takes: 2^31 jiffies at 1000 Hz.
const MAX_TIMEOUT: Duration = Duration::from_secs(2_147_483);
/// Weights and upper thresholds are signed in the kernel.
const MAX_SIGNED: u32 = 2_147_483_647;
const MAX_SYNC_ID: u32 = 255;

/// Everything that we refuse of a change.
pub(crate) fn change(change: &Change) -> Check {
    match change {
        Change::AddService(wanted) | Change::UpdateService(wanted) => service(wanted),
        Change::AddDest(key, wanted) | Change::UpdateDest(key, wanted) => dest(key, wanted),
        Change::RemoveService(key) | Change::ZeroService(key) | Change::RemoveDest(key, _) => {
            service_key(key)
        }
        Change::StartDaemon(wanted) => daemon(wanted),
        Change::SetTimeouts(edit) => timeouts(edit),
        Change::StopDaemon(_) | Change::Flush | Change::Zero => Ok(()),
    }
}

/// The trap of every operation that names a service: mark 0 reads as "no mark",
/// and the kernel would then act on TCP 0.0.0.0:0.
pub(crate) fn service_key(key: &ServiceKey) -> Check {
    match key {
        ServiceKey::FirewallMark { mark: 0, .. } => refuse("mark", "0 is no firewall mark"),
        _ => Ok(()),
    }
}

/// A whole service, to be added or to replace another.
pub(crate) fn service(service: &Service) -> Check {
    service_key(&service.key)?;
    scheduler(&service.scheduler)?;
    flags(service.flags)?;
    timeout_of_persistence(service.persistence_timeout)?;
    netmask(&service.persistence_netmask)?;
    if let Some(name) = &service.persistence_engine {
        engine(name)?;
    }
    fits_together(service)
}

/// The fields that an edit changes, then what they make of the service.
pub(crate) fn service_edit(edit: &ServiceEdit, edited: &Service) -> Check {
    if let Some(name) = &edit.scheduler {
        scheduler(name)?;
    }
    flags(edit.set_flags)?;
    if let Some(timeout) = edit.persistence_timeout {
        timeout_of_persistence(timeout)?;
    }
    if let Some(mask) = &edit.persistence_netmask {
        netmask(mask)?;
        netmask_of_family(mask, edited)?;
    }
    if let Some(name) = edit.persistence_engine.flatten() {
        engine(&name)?;
    }
    let cleared = edit.clear_flags.difference(edit.set_flags);
    if cleared.contains(ServiceFlags::PERSISTENT) {
        every_port(edited)?;
    }
    if edit.set_flags.contains(ServiceFlags::ONE_PACKET) {
        one_packet(edited)?;
    }
    if edit.set_flags.contains(ServiceFlags::PERSISTENT) || edit.persistence_timeout.is_some() {
        timeout_when_persistent(edited)?;
    }
    if edit.persistence_engine.is_some() || cleared.contains(ServiceFlags::PERSISTENT) {
        engine_of_service(edited)?;
    }
    Ok(())
}

fn scheduler(scheduler: &Scheduler) -> Check {
    module_name("scheduler", scheduler.as_bytes())?;
    let name = scheduler.as_bytes();
    // Names that load another module of IPVS, and with it what nobody asked for.
    // To modprobe a dash is an underscore.
    if name == b"ftp" || name.starts_with(b"pe_") || name.starts_with(b"pe-") {
        return refuse(
            "scheduler",
            format!("{scheduler} is a module of IPVS, but no scheduler"),
        );
    }
    Ok(())
}

fn engine(engine: &PersistenceEngine) -> Check {
    module_name("persistence_engine", engine.as_bytes())
}

/// The kernel makes a module's name of it and loads what answers to that.
fn module_name(field: &'static str, name: &[u8]) -> Check {
    let sound = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
    if name.iter().all(sound) {
        return Ok(());
    }
    let shown = name.escape_ascii();
    refuse(
        field,
        format!("\"{shown}\" is no module's name: use a-z, 0-9, _ and -"),
    )
}

fn flags(flags: ServiceFlags) -> Check {
    let unknown = flags.difference(ServiceFlags::KNOWN);
    if unknown.is_empty() {
        return Ok(());
    }
    refuse("flags", format!("{unknown} has no meaning"))
}

fn timeout_of_persistence(timeout: Duration) -> Check {
    whole_seconds("persistence_timeout", timeout, MAX_PERSISTENCE)
}

/// No fraction of a second, and no more than `max`.
pub(crate) fn whole_seconds(field: &'static str, duration: Duration, max: Duration) -> Check {
    if duration.subsec_nanos() != 0 {
        return refuse(field, format!("{duration:?} is not in whole seconds"));
    }
    if duration > max {
        let (seconds, max) = (duration.as_secs(), max.as_secs());
        return refuse(field, format!("{seconds} s is above {max} s"));
    }
    Ok(())
}

/// The only field of an IPv6 service that the kernel itself answers EINVAL to.
pub(crate) fn prefix(service: &Service) -> Check {
    let mask = &service.persistence_netmask;
    match service.key.family() {
        Family::V6 => netmask_of_family(mask, service).and_then(|()| netmask(mask)),
        Family::V4 => Ok(()),
    }
}

fn netmask(mask: &Netmask) -> Check {
    match mask {
        Netmask::V4(_) if mask.prefix_length().is_none() => {
            refuse("persistence_netmask", format!("{mask} has holes"))
        }
        Netmask::V6(length) if !(1..=128).contains(length) => refuse(
            "persistence_netmask",
            format!("{length} is outside 1 to 128"),
        ),
        _ => Ok(()),
    }
}

fn netmask_of_family(mask: &Netmask, service: &Service) -> Check {
    let family = service.key.family();
    if mask.family() == family {
        return Ok(());
    }
    refuse("persistence_netmask", format!("{mask} is no {family} mask"))
}

fn fits_together(service: &Service) -> Check {
    netmask_of_family(&service.persistence_netmask, service)?;
    if let ServiceKey::Address { protocol, .. } = service.key {
        if !protocol.is_known() {
            return refuse(
                "protocol",
                format!("{protocol} cannot be balanced: use tcp, udp or sctp"),
            );
        }
    }
    every_port(service)?;
    one_packet(service)?;
    timeout_when_persistent(service)?;
    engine_of_service(service)
}

fn every_port(service: &Service) -> Check {
    match service.key {
        ServiceKey::Address { port: 0, .. } if !service.is_persistent() => {
            refuse("port", "0 (every port) needs persistence")
        }
        _ => Ok(()),
    }
}

fn one_packet(service: &Service) -> Check {
    if service.is_one_packet() && !has_datagrams(&service.key) {
        return refuse("flags", "one-packet is for UDP services only");
    }
    Ok(())
}

fn timeout_when_persistent(service: &Service) -> Check {
    if service.is_persistent() && service.persistence_timeout.is_zero() {
        return refuse(
            "persistence_timeout",
            "a persistent service needs one, from 1 s",
        );
    }
    Ok(())
}

fn engine_of_service(service: &Service) -> Check {
    match service.persistence_engine {
        Some(_) if !service.is_persistent() => refuse("persistence_engine", "it needs persistence"),
        Some(PersistenceEngine::SIP) if !has_datagrams(&service.key) => {
            refuse("persistence_engine", "sip is for UDP services only")
        }
        _ => Ok(()),
    }
}

/// A mark may stand on datagrams, whatever else it stands on.
fn has_datagrams(key: &ServiceKey) -> bool {
    match key {
        ServiceKey::Address { protocol, .. } => *protocol == Protocol::UDP,
        ServiceKey::FirewallMark { .. } => true,
    }
}

/// A whole dest, to be added to a service or to replace another.
pub(crate) fn dest(service: &ServiceKey, dest: &Dest) -> Check {
    service_key(service)?;
    address(&dest.key)?;
    forward(dest.forward)?;
    tunnel(&dest.tunnel)?;
    upper_threshold(dest.upper_threshold)?;
    ranges(dest)?;
    mixed_families(service, dest)
}

/// What the kernel itself answers ERANGE to.
pub(crate) fn ranges(dest: &Dest) -> Check {
    weight(dest.weight)?;
    thresholds(dest)
}

/// What the kernel itself answers EINVAL to, addresses and families aside.
pub(crate) fn shape(dest: &Dest) -> Check {
    upper_threshold(dest.upper_threshold)?;
    gue_port(&dest.tunnel)
}

/// The fields that an edit changes, then what they make of the dest.
pub(crate) fn dest_edit(service: &ServiceKey, edit: &DestEdit, edited: &Dest) -> Check {
    if let Some(encapsulation) = &edit.tunnel {
        tunnel(encapsulation)?;
    }
    if let Some(share) = edit.weight {
        weight(share)?;
    }
    if let Some(connections) = edit.upper_threshold {
        upper_threshold(connections)?;
    }
    if edit.upper_threshold.is_some() || edit.lower_threshold.is_some() {
        thresholds(edited)?;
    }
    match edit.forward {
        Some(method) => forward(method).and_then(|()| mixed_families(service, edited)),
        None => Ok(()),
    }
}

fn address(key: &DestKey) -> Check {
    let what = match key.address {
        address if address.is_unspecified() => "unspecified",
        IpAddr::V4(Ipv4Addr::BROADCAST) => "the broadcast address",
        address if address.is_multicast() => "multicast",
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some() => "an IPv4 address in IPv6 form",
        _ => return Ok(()),
    };
    refuse(
        "address",
        format!("{} is {what}: a dest needs a unicast address", key.address),
    )
}

fn forward(method: ForwardMethod) -> Check {
    if method.is_known() {
        return Ok(());
    }
    refuse("forward", format!("{method} is no forwarding method"))
}

fn tunnel(tunnel: &Tunnel) -> Check {
    let both = TunnelFlags::CHECKSUM | TunnelFlags::REMOTE_CHECKSUM;
    let allowed = match tunnel.kind {
        TunnelKind::IPIP => TunnelFlags::empty(),
        TunnelKind::GUE => both,
        TunnelKind::GRE => TunnelFlags::CHECKSUM,
        kind => return refuse("tunnel", format!("{kind} is no kind of tunnel")),
    };
    let kind = tunnel.kind;
    gue_port(tunnel)?;
    if kind != TunnelKind::GUE && tunnel.port != 0 {
        return refuse("tunnel", format!("{kind} has no port"));
    }
    if tunnel.flags == both {
        return refuse("tunnel", "csum and remcsum exclude each other");
    }
    let others = tunnel.flags.difference(allowed);
    if others.is_empty() {
        return Ok(());
    }
    refuse("tunnel", format!("{kind} has no flag {others}"))
}

fn gue_port(tunnel: &Tunnel) -> Check {
    match (tunnel.kind, tunnel.port) {
        (TunnelKind::GUE, 0) => refuse("tunnel", "gue needs a port"),
        _ => Ok(()),
    }
}

fn weight(weight: u32) -> Check {
    at_most_signed("weight", weight)
}

fn upper_threshold(connections: u32) -> Check {
    at_most_signed("upper_threshold", connections)
}

fn at_most_signed(field: &'static str, number: u32) -> Check {
    if number <= MAX_SIGNED {
        return Ok(());
    }
    refuse(field, format!("{number} is above {MAX_SIGNED}"))
}

fn thresholds(dest: &Dest) -> Check {
    let (upper, lower) = (dest.upper_threshold, dest.lower_threshold);
    if lower <= upper {
        return Ok(());
    }
    refuse(
        "lower_threshold",
        format!("{lower} is above the upper threshold {upper}"),
    )
}

/// The kernel itself answers EINVAL to a mixture without a tunnel.
pub(crate) fn mixed_families(service: &ServiceKey, dest: &Dest) -> Check {
    let (theirs, ours) = (dest.key.family(), service.family());
    if theirs == ours || dest.forward == ForwardMethod::TUNNEL {
        return Ok(());
    }
    refuse(
        "forward",
        format!("an {theirs} dest of an {ours} service needs the tunnel method"),
    )
}

/// A daemon to start.
pub(crate) fn daemon(daemon: &SyncDaemon) -> Check {
    interface(&daemon.interface)?;
    if daemon.sync_id > MAX_SYNC_ID {
        return refuse(
            "sync_id",
            format!("{} is above {MAX_SYNC_ID}", daemon.sync_id),
        );
    }
    group(daemon)?;
    let zero = [
        ("max_length", daemon.max_length == Some(0)),
        ("port", daemon.port == Some(0)),
        ("ttl", daemon.ttl == Some(0)),
    ];
    match zero.into_iter().find(|(_, is_zero)| *is_zero) {
        Some((field, _)) => refuse(
            field,
            "0 is not a value: leave it out for the kernel's default",
        ),
        None => Ok(()),
    }
}

/// The kernel itself answers EINVAL to another one.
pub(crate) fn group(daemon: &SyncDaemon) -> Check {
    match daemon.group {
        Some(group) if !group.is_multicast() => {
            refuse("group", format!("{group} is no multicast address"))
        }
        _ => Ok(()),
    }
}

/// What the kernel lets an interface be called.
fn interface(name: &InterfaceName) -> Check {
    let bytes = name.as_bytes();
    let sound = |byte: &u8| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b':' | 0x0b);
    if bytes.iter().all(sound) && bytes != b"." && bytes != b".." {
        return Ok(());
    }
    refuse("interface", format!("\"{name}\" is no interface's name"))
}

/// Timeouts to set.
pub(crate) fn timeouts(edit: &TimeoutsEdit) -> Check {
    for (field, timeout) in [
        ("tcp", edit.tcp),
        ("tcp_fin", edit.tcp_fin),
        ("udp", edit.udp),
    ] {
        let Some(timeout) = timeout else { continue };
        if timeout.is_zero() {
            return refuse(
                field,
                "0 is not a timeout: leave it out to keep what is in force",
            );
        }
        whole_seconds(field, timeout, MAX_TIMEOUT)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
