//! An lvs.cf for a table.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use ipvs_core::{
    DaemonRole, Dest, Family, ForwardMethod, Netmask, Protocol, Scheduler, Service, ServiceFlags,
    ServiceKey, SyncDaemon, Table, TableService, Timeouts,
};

use super::{Converted, Loss};
use crate::config::{Alias, Config, Forward, Server, Virtual};

/// The configuration that wants a table. What a table does not know (devices, checks, the
/// partner) is as by default.
#[must_use]
pub fn from_table(table: &Table) -> Converted<Config> {
    let mut losses = Vec::new();
    let mut config = Config {
        network: most_used(table),
        ..Config::default()
    };
    for TableService { service, dests, .. } in &table.services {
        match virtual_service(service, dests, config.network, &mut losses) {
            Ok(service) => config.virtuals.push(service),
            Err(loss) => losses.push(loss),
        }
    }
    if let Some(timeouts) = table.timeouts {
        set_timeouts(&mut config, timeouts, &mut losses);
    }
    if let Some(daemons) = &table.daemons {
        set_daemon(&mut config, daemons, &mut losses);
    }
    Converted {
        value: config,
        losses,
    }
}

/// The file's word for a method; `None` for those that it has none for.
fn forward(method: ForwardMethod) -> Option<Forward> {
    let mut all = [Forward::Nat, Forward::Direct, Forward::Tunnel].into_iter();
    all.find(|forward| forward.method() == method)
}

/// The method of most servers, which becomes that of all services.
fn most_used(table: &Table) -> Forward {
    let uses = |wanted: &Forward| {
        let dests = table.services.iter().flat_map(|service| &service.dests);
        dests.filter(|dest| dest.forward == wanted.method()).count()
    };
    // The last of equals wins.
    let all = [Forward::Tunnel, Forward::Direct, Forward::Nat];
    all.into_iter().max_by_key(uses).unwrap_or(Forward::Nat)
}

fn virtual_service(
    service: &Service,
    dests: &[Dest],
    network: Forward,
    losses: &mut Vec<Loss>,
) -> Result<Virtual, Loss> {
    let mut wanted = keyed(&service.key, dests)?;
    let key = service.key;
    let mut note = |what: String| losses.push(Loss::new(format!("{key}: {what}")));
    wanted.active = true;
    if Scheduler::KNOWN.contains(&service.scheduler) {
        wanted.scheduler = service.scheduler;
    } else {
        note(format!(
            "scheduler {} is not known, and {} instead",
            service.scheduler, wanted.scheduler
        ));
    }
    wanted.flags = service.flags.difference(ServiceFlags::PERSISTENT);
    wanted.persistence_engine = service.persistence_engine;
    let timeout = service.persistence_timeout;
    if service.is_persistent() {
        wanted.persistent = u32::try_from(timeout.as_secs()).unwrap_or(u32::MAX);
    }
    let said = Duration::from_secs(wanted.persistent.into());
    if said != timeout || service.is_persistent() && wanted.persistent == 0 {
        note(format!("a persistence of {timeout:?} can't be said"));
    }
    let mask = service.persistence_netmask;
    if mask != Netmask::host(key.family()) {
        match wanted.persistent {
            0 => note("a netmask without persistence can't be said".into()),
            _ if is_network(mask) => wanted.pmask = Some(mask),
            _ => note(format!("the netmask {mask} can't be said")),
        }
    }
    for dest in dests {
        match forward(dest.forward) {
            Some(method) => wanted.servers.push(server(dest, method, network)),
            None => note(format!("{} is left out: it is {}", dest.key, dest.forward)),
        }
    }
    Ok(wanted)
}

/// Whether a mask is one of a network: its first bits, and not those of one address.
fn is_network(mask: Netmask) -> bool {
    let length = mask.prefix_length();
    let same = length.and_then(|length| Netmask::prefix(mask.family(), length));
    same == Some(mask) && mask != Netmask::host(mask.family())
}

/// A block with the name and the key of a service.
fn keyed(key: &ServiceKey, dests: &[Dest]) -> Result<Virtual, Loss> {
    match *key {
        ServiceKey::Address {
            protocol,
            address,
            port,
        } => {
            if ![Protocol::TCP, Protocol::UDP, Protocol::SCTP].contains(&protocol) {
                return Err(Loss::new(format!("{key} is left out: it is {protocol}")));
            }
            Ok(Virtual {
                name: format!("{protocol}-{address}:{port}"),
                address: Some(without_device(address)),
                protocol,
                port,
                ..Virtual::default()
            })
        }
        ServiceKey::FirewallMark { mark: 0, .. } => {
            Err(Loss::new(format!("{key} is left out: 0 is no mark")))
        }
        ServiceKey::FirewallMark { mark, family } => {
            // Without an address the first server says which family it is.
            let first = dests.first().map_or(Family::V4, |dest| dest.key.family());
            let unspecified = match family {
                Family::V4 => Ipv4Addr::UNSPECIFIED.into(),
                Family::V6 => Ipv6Addr::UNSPECIFIED.into(),
            };
            Ok(Virtual {
                name: format!("fwmark-{mark}-{family}"),
                fwmark: Some(mark),
                address: (first != family).then(|| without_device(unspecified)),
                ..Virtual::default()
            })
        }
    }
}

fn without_device(address: IpAddr) -> Alias {
    let device = None;
    Alias { address, device }
}

fn server(dest: &Dest, method: Forward, network: Forward) -> Server {
    Server {
        name: dest.key.to_string(),
        address: dest.key.address,
        active: true,
        port: Some(dest.key.port),
        weight: dest.weight,
        forward: (method != network).then_some(method),
        tunnel: dest.tunnel,
        upper_threshold: dest.upper_threshold,
        lower_threshold: dest.lower_threshold,
    }
}

fn set_timeouts(config: &mut Config, timeouts: Timeouts, losses: &mut Vec<Loss>) {
    for (field, timeout) in [
        (&mut config.tcp_timeout, timeouts.tcp),
        (&mut config.tcpfin_timeout, timeouts.tcp_fin),
        (&mut config.udp_timeout, timeouts.udp),
    ] {
        match u32::try_from(timeout.as_secs()) {
            Ok(seconds) if seconds != 0 => *field = seconds,
            _ => losses.push(Loss::new(format!("a timeout of {timeout:?} can't be said"))),
        }
    }
}

fn set_daemon(config: &mut Config, daemons: &[SyncDaemon], losses: &mut Vec<Loss>) {
    let master = daemons.iter().find(|one| one.role == DaemonRole::Master);
    let Some(chosen) = master.or(daemons.first()) else {
        return;
    };
    config.syncdaemon = true;
    config.syncd_iface = chosen.interface;
    config.syncd_id = u8::try_from(chosen.sync_id).unwrap_or_default();
    let said = SyncDaemon::new(chosen.role, config.syncd_iface);
    if said.with_sync_id(config.syncd_id.into()) != *chosen {
        losses.push(Loss::new(
            "sync daemon: only its interface and a number up to 255 can be said",
        ));
    }
    for other in daemons.iter().filter(|one| one.role != chosen.role) {
        losses.push(Loss::new(format!(
            "sync daemon: the {} is left out: pulse chooses the role",
            other.role
        )));
    }
}
