//! What no line can say, field by field.
//!
//! A line says what ipvsadm can ask a kernel for; a kernel holds more.

use std::time::Duration;

use super::Subject;
use super::command::{TOOL, is_blank};
use super::grammar::{Opt, TUNNELS};
use super::legal::{self, Given};
use super::value::{MAX_SIGNED, MAX_SYNC_LENGTH, MAX_TIMEOUT};
use crate::check::{self, Refusal, refuse};
use crate::{
    Change, Dest, ForwardMethod, Netmask, Protocol, Service, ServiceFlags, ServiceKey, SyncDaemon,
    TimeoutsEdit, Tunnel, TunnelFlags,
};

type Check = Result<(), Refusal>;

/// Whether there is a line that reads back as this very change.
pub(super) fn check(change: &Change) -> Check {
    match change {
        Change::AddService(service) | Change::UpdateService(service) => whole_service(service),
        Change::RemoveService(key) | Change::ZeroService(key) | Change::RemoveDest(key, _) => {
            service_key(key)
        }
        Change::AddDest(key, dest) | Change::UpdateDest(key, dest) => whole_dest(key, dest),
        Change::StartDaemon(daemon) => whole_daemon(daemon),
        Change::SetTimeouts(edit) => timeouts(edit),
        Change::StopDaemon(_) | Change::Flush | Change::Zero => Ok(()),
    }
}

/// Whether there is a line that is near it: one line, with the same names and in
/// the same unit of time.
pub(super) fn roughly(change: &Change) -> Check {
    match change {
        Change::AddService(service) | Change::UpdateService(service) => {
            protocol(&service.key)?;
            names(service)?;
            let timeout = service.persistence_timeout;
            check::whole_seconds("persistence_timeout", timeout, Duration::MAX)
        }
        Change::RemoveService(key) | Change::ZeroService(key) | Change::RemoveDest(key, _) => {
            protocol(key)
        }
        Change::AddDest(key, dest) | Change::UpdateDest(key, dest) => {
            protocol(key)?;
            match dest.forward {
                ForwardMethod::LOCAL => Ok(()),
                other => method(other),
            }
        }
        // The original writes none of the others, so there is nothing to come near.
        _ => check(change),
    }
}

fn service_key(key: &ServiceKey) -> Check {
    check::service_key(key)?;
    protocol(key)
}

fn protocol(key: &ServiceKey) -> Check {
    match key {
        ServiceKey::Address { protocol, .. } if !protocol.is_known() => refuse(
            "protocol",
            format!("no line says {protocol}: there are tcp, udp and sctp"),
        ),
        _ => Ok(()),
    }
}

fn whole_service(service: &Service) -> Check {
    service_key(&service.key)?;
    names(service)?;
    flags(service)?;
    persistence(service)?;
    netmask(service)
}

fn names(service: &Service) -> Check {
    name("scheduler", service.scheduler.as_bytes())?;
    match &service.persistence_engine {
        Some(engine) => name("persistence_engine", engine.as_bytes()),
        None => Ok(()),
    }
}

fn flags(service: &Service) -> Check {
    let unknown = service.flags.difference(ServiceFlags::KNOWN);
    if !unknown.is_empty() {
        return refuse("flags", format!("no line says {unknown}"));
    }
    match service.key {
        ServiceKey::Address { protocol, .. }
            if service.is_one_packet() && protocol != Protocol::UDP =>
        {
            refuse("flags", "one-packet is for UDP services in a line")
        }
        ServiceKey::Address { port: 0, .. } if !service.is_persistent() => {
            refuse("port", "port 0 is for persistent services in a line")
        }
        _ => Ok(()),
    }
}

fn persistence(service: &Service) -> Check {
    let (field, timeout) = ("persistence_timeout", service.persistence_timeout);
    if service.is_persistent() {
        return seconds(field, timeout);
    }
    if timeout.is_zero() {
        return Ok(());
    }
    refuse(field, "no line says it without persistence")
}

fn netmask(service: &Service) -> Check {
    let mask = service.persistence_netmask;
    if mask.family() != service.key.family() {
        let cause = format!(
            "no line says {mask} for an {} service",
            service.key.family()
        );
        return refuse("persistence_netmask", cause);
    }
    match mask {
        Netmask::V6(length) if !(1..=128).contains(&length) => refuse(
            "persistence_netmask",
            format!("no line says {length}: it is from 1 to 128"),
        ),
        _ => Ok(()),
    }
}

fn whole_dest(service: &ServiceKey, dest: &Dest) -> Check {
    service_key(service)?;
    check::mixed_families(service, dest)?;
    forward(service, dest)?;
    for (field, number) in [
        ("weight", dest.weight),
        ("upper_threshold", dest.upper_threshold),
        ("lower_threshold", dest.lower_threshold),
    ] {
        if i64::from(number) > MAX_SIGNED {
            return refuse(field, format!("no line says {number}, above {MAX_SIGNED}"));
        }
    }
    tunnel(dest)
}

fn forward(service: &ServiceKey, dest: &Dest) -> Check {
    method(dest.forward)?;
    let rewritten = dest.forward == ForwardMethod::MASQUERADE;
    match service {
        ServiceKey::Address { port, .. } if *port != dest.key.port && !rewritten => refuse(
            "port",
            format!(
                "no line says another port than the service's {port} under {}",
                dest.forward
            ),
        ),
        _ => Ok(()),
    }
}

fn method(forward: ForwardMethod) -> Check {
    match forward {
        ForwardMethod::MASQUERADE | ForwardMethod::TUNNEL | ForwardMethod::DIRECT_ROUTE => Ok(()),
        other => refuse("forward", format!("no line says {other}")),
    }
}

/// The same tables say what a tunnel's options are when they are read.
fn tunnel(dest: &Dest) -> Check {
    let tunnel = &dest.tunnel;
    if dest.forward != ForwardMethod::TUNNEL {
        if *tunnel == Tunnel::default() {
            return Ok(());
        }
        return refuse(
            "tunnel",
            format!("no line says {tunnel} under {}", dest.forward),
        );
    }
    let known = TUNNELS.iter().find(|(_, kind, _)| *kind == tunnel.kind);
    let said = known.is_some_and(|(name, _, options)| {
        let mut given = Given::default();
        if tunnel.port != 0 {
            given.insert(Opt::TunnelPort, 0);
        }
        for (option, flag) in [
            (Opt::Checksum, TunnelFlags::CHECKSUM),
            (Opt::RemoteChecksum, TunnelFlags::REMOTE_CHECKSUM),
        ] {
            if tunnel.flags.contains(flag) {
                given.insert(option, 0);
            }
        }
        let all = TunnelFlags::CHECKSUM | TunnelFlags::REMOTE_CHECKSUM;
        all.contains(tunnel.flags)
            && legal::check(options, &given, Subject::TunnelType(name), 0).is_ok()
    });
    if said {
        return Ok(());
    }
    refuse("tunnel", format!("no line says {tunnel}"))
}

fn whole_daemon(daemon: &SyncDaemon) -> Check {
    name("interface", daemon.interface.as_bytes())?;
    check::group(daemon)?;
    let limits = [
        ("sync_id", Some(daemon.sync_id), 0, 255),
        (
            "max_length",
            daemon.max_length.map(u32::from),
            1,
            u32::from(MAX_SYNC_LENGTH),
        ),
        ("port", daemon.port.map(u32::from), 1, 65_535),
        ("ttl", daemon.ttl.map(u32::from), 1, 255),
    ];
    for (field, number, min, max) in limits {
        let Some(number) = number else { continue };
        if !(min..=max).contains(&number) {
            let cause = format!("no line says {number}: it is from {min} to {max}");
            return refuse(field, cause);
        }
    }
    Ok(())
}

fn timeouts(edit: &TimeoutsEdit) -> Check {
    let named = [
        ("tcp", edit.tcp),
        ("tcp_fin", edit.tcp_fin),
        ("udp", edit.udp),
    ];
    for (field, timeout) in named {
        if let Some(timeout) = timeout {
            seconds(field, timeout)?;
        }
    }
    Ok(())
}

/// Whole seconds from 1 to a month.
fn seconds(field: &'static str, timeout: Duration) -> Check {
    let seconds = i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX);
    if timeout.subsec_nanos() == 0 && (1..=MAX_TIMEOUT).contains(&seconds) {
        return Ok(());
    }
    refuse(
        field,
        format!("no line says {timeout:?}: it is whole seconds from 1 to {MAX_TIMEOUT}"),
    )
}

/// A line's words are text without blanks, and the tool's own name is skipped.
fn name(field: &'static str, name: &[u8]) -> Check {
    let word = std::str::from_utf8(name).ok();
    let said = word.is_some_and(|word| word != TOOL && !word.contains(is_blank));
    if said {
        return Ok(());
    }
    refuse(
        field,
        format!("no line says the name \"{}\"", name.escape_ascii()),
    )
}
