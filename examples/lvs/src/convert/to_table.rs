//! What the kernel's table should be, as an lvs.cf wants it.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use ipvs_core::rules::Format;
use ipvs_core::{
    Change, DaemonRole, Dest, ForwardMethod, Service, ServiceFlags, ServiceKey, SyncDaemon, Table,
    Timeouts, TimeoutsEdit,
};

use super::{Converted, Loss};
use crate::config::{Config, Server, Virtual};

/// The table of an active node whose servers are all well: the active virtual services with
/// their active servers.
///
/// Sorry servers are no part of it, and timeouts are only when all three are set.
#[must_use]
pub fn to_table(config: &Config) -> Converted<Table> {
    let mut made = without_timeouts(config);
    let edit = timeouts(config);
    match edit {
        TimeoutsEdit {
            tcp: Some(tcp),
            tcp_fin: Some(tcp_fin),
            udp: Some(udp),
            ..
        } => made.value.timeouts = Some(Timeouts::new(tcp, tcp_fin, udp)),
        _ if edit == TimeoutsEdit::new() => {}
        _ => made.losses.push(Loss::new(
            "timeouts: a table has all three or none, and some are 0 here",
        )),
    }
    made
}

/// The same as lines of ipvsadm, with `--set` and `--start-daemon`.
#[must_use]
pub fn rules(config: &Config) -> Converted<String> {
    let Converted {
        value: table,
        mut losses,
    } = without_timeouts(config);
    // A line sets some of them as well as all.
    let edit = timeouts(config);
    let set = (edit != TimeoutsEdit::new()).then_some(Change::SetTimeouts(edit));
    let mut text = String::new();
    for change in table.changes().chain(set) {
        match Format::new().line(&change) {
            Ok(line) => text += &(line + "\n"),
            Err(error) => losses.push(Loss::new(error.to_string())),
        }
    }
    Converted {
        value: text,
        losses,
    }
}

fn without_timeouts(config: &Config) -> Converted<Table> {
    let mut losses = Vec::new();
    let mut table = Table::new();
    for failover in &config.failovers {
        let name = &failover.name;
        losses.push(Loss::new(format!(
            "failover {name}: it is no virtual service"
        )));
    }
    let mut keys = BTreeSet::new();
    for wanted in &config.virtuals {
        note_service(wanted, &mut losses);
        let Some(service) = service(wanted).filter(|_| wanted.active) else {
            continue;
        };
        if !keys.insert(service.key) {
            let (name, key) = (&wanted.name, service.key);
            losses.push(Loss::new(format!(
                "virtual {name}: {key} is another one's too, which is kept"
            )));
            continue;
        }
        let dests = dests(config, wanted, &service.key, &mut losses);
        table = table.with_service(service, dests);
    }
    table.daemons = daemon(config).map(|daemon| vec![daemon]);
    Converted {
        value: table,
        losses,
    }
}

/// The active servers of a virtual service, each once.
fn dests(
    config: &Config,
    wanted: &Virtual,
    service: &ServiceKey,
    losses: &mut Vec<Loss>,
) -> Vec<Dest> {
    let mut dests: Vec<Dest> = Vec::new();
    for server in wanted.servers.iter().filter(|server| server.active) {
        let dest = dest(config, wanted, service, server);
        if dests.iter().any(|other| other.key == dest.key) {
            let (name, key) = (&server.name, dest.key);
            losses.push(Loss::new(format!(
                "server {name}: {key} is there already, which is kept"
            )));
            continue;
        }
        note_server(wanted, server, &dest, losses);
        dests.push(dest);
    }
    dests
}

fn note_service(wanted: &Virtual, losses: &mut Vec<Loss>) {
    let name = &wanted.name;
    let mut note = |what: String| losses.push(Loss::new(format!("virtual {name}: {what}")));
    if !wanted.active {
        return note("it is not active".into());
    }
    let Some(service) = service(wanted) else {
        return note("it has neither an address nor a mark".into());
    };
    if let Some(sorry) = wanted.sorry_server {
        note(format!("a table has no sorry server: {sorry}"));
    }
    let unused = wanted
        .pmask
        .filter(|mask| *mask != service.persistence_netmask);
    if let Some(mask) = unused {
        note(format!(
            "pmask {mask} means nothing without persistence of its family"
        ));
    }
}

fn note_server(wanted: &Virtual, server: &Server, dest: &Dest, losses: &mut Vec<Loss>) {
    if let Some(port) = server.port.filter(|port| *port != dest.key.port) {
        losses.push(Loss::new(format!(
            "virtual {}: server {}: port {port} is {} under {}, which can't change it",
            wanted.name, server.name, dest.key.port, dest.forward
        )));
    }
}

/// The service of a block; `None` when it has neither an address nor a mark.
#[must_use]
pub fn service(wanted: &Virtual) -> Option<Service> {
    let key = wanted.key()?;
    let mut service = Service::new(key)
        .with_scheduler(wanted.scheduler)
        .with_flags(wanted.flags.difference(ServiceFlags::PERSISTENT));
    service.persistence_engine = wanted.persistence_engine;
    if wanted.persistent != 0 {
        service = service.with_persistence(seconds(wanted.persistent));
        let mask = wanted.pmask.filter(|mask| mask.family() == key.family());
        service.persistence_netmask = mask.unwrap_or(service.persistence_netmask);
    }
    Some(service)
}

/// The real server of a block. Its port is the virtual one where no packet's port is changed,
/// and 0 for a mark unless the file says another.
#[must_use]
pub fn dest(config: &Config, wanted: &Virtual, key: &ServiceKey, server: &Server) -> Dest {
    let (forward, tunnel) = server.way(config.network);
    let method = forward.method();
    let port = match key {
        ServiceKey::FirewallMark { .. } => server.port.unwrap_or(0),
        _ if method == ForwardMethod::MASQUERADE => server.port.unwrap_or(wanted.port),
        _ => wanted.port,
    };
    Dest::new(server.address, port, method)
        .with_weight(server.weight)
        .with_thresholds(server.upper_threshold, server.lower_threshold)
        .with_tunnel(tunnel)
}

/// The server that answers while no other does: at the virtual port, with weight 1, reached as
/// the others are.
#[must_use]
pub fn sorry_dest(config: &Config, wanted: &Virtual) -> Option<Dest> {
    let address: IpAddr = wanted.sorry_server?;
    let port = match wanted.fwmark {
        Some(_) => 0,
        None => wanted.port,
    };
    let (forward, tunnel) = wanted.sorry_way(config.network);
    Some(Dest::new(address, port, forward.method()).with_tunnel(tunnel))
}

/// The timeouts to set; 0 in the file leaves one.
#[must_use]
pub fn timeouts(config: &Config) -> TimeoutsEdit {
    let given = |timeout: u32| (timeout != 0).then(|| seconds(timeout));
    let mut edit = TimeoutsEdit::new();
    edit.tcp = given(config.tcp_timeout);
    edit.tcp_fin = given(config.tcpfin_timeout);
    edit.udp = given(config.udp_timeout);
    edit
}

/// The sync daemon of an active node, if there is one.
#[must_use]
pub fn daemon(config: &Config) -> Option<SyncDaemon> {
    let daemon = SyncDaemon::new(DaemonRole::Master, config.syncd_iface);
    let daemon = daemon.with_sync_id(config.syncd_id.into());
    config.syncdaemon.then_some(daemon)
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(seconds.into())
}
