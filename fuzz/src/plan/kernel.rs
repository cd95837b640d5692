//! A table as a kernel keeps it, strict about what a change may be.

use std::net::IpAddr;

use ipvs_core::{
    Change, DaemonRole, Dest, DestEntry, DestKey, ForwardMethod, Plan, Service, ServiceEntry,
    ServiceKey, Snapshot, SnapshotService, Stats, SyncDaemon, Table, Tunnel, TunnelFlags,
    TunnelKind,
};

use super::scope::Ours;

pub(super) struct Kernel(Snapshot);

impl Kernel {
    pub(super) fn new(seen: &Snapshot) -> Self {
        Kernel(seen.clone())
    }

    pub(super) fn snapshot(&self) -> &Snapshot {
        &self.0
    }

    pub(super) fn apply(&mut self, plan: &Plan) {
        plan.changes().for_each(|change| self.change(change));
    }

    fn change(&mut self, change: Change) {
        match change {
            Change::AddService(service) => {
                assert!(
                    self.0.service(&service.key).is_none(),
                    "{change}: it is there"
                );
                let entry = ServiceEntry::new(service, Stats::default());
                self.0
                    .services
                    .push(SnapshotService::new(entry, Vec::new()));
                self.0.services.sort_by_key(|held| held.entry.service.key);
            }
            Change::UpdateService(service) => self.held(&service.key).entry.service = service,
            Change::RemoveService(key) => {
                self.held(&key);
                self.0.services.retain(|held| held.entry.service.key != key);
            }
            Change::AddDest(key, dest) => {
                let dests = &mut self.held(&key).dests;
                assert!(
                    dests.iter().all(|held| held.dest.key != dest.key),
                    "{change}: it is there"
                );
                dests.push(DestEntry::new(dest));
                dests.sort_by_key(|held| held.dest.key);
            }
            Change::UpdateDest(key, dest) => {
                let mut dests = self.held(&key).dests.iter_mut();
                let held = dests.find(|held| held.dest.key == dest.key);
                held.expect("a dest that is not there").dest = dest;
            }
            Change::RemoveDest(key, dest) => {
                let dests = &mut self.held(&key).dests;
                let before = dests.len();
                dests.retain(|held| held.dest.key != dest);
                assert_eq!(dests.len() + 1, before, "{change}: it is not there");
            }
            Change::SetTimeouts(edit) => {
                let timeouts = &mut self.0.timeouts;
                timeouts.tcp = edit.tcp.unwrap_or(timeouts.tcp);
                timeouts.tcp_fin = edit.tcp_fin.unwrap_or(timeouts.tcp_fin);
                timeouts.udp = edit.udp.unwrap_or(timeouts.udp);
            }
            Change::StartDaemon(daemon) => {
                assert!(self.daemon(daemon.role).is_none(), "{change}: it runs");
                self.0.daemons.push(daemon);
            }
            Change::StopDaemon(role) => {
                assert!(self.daemon(role).is_some(), "{change}: it does not run");
                self.0.daemons.retain(|daemon| daemon.role != role);
            }
            _ => panic!("no plan has {change}"),
        }
    }

    fn held(&mut self, key: &ServiceKey) -> &mut SnapshotService {
        let mut services = self.0.services.iter_mut();
        let held = services.find(|held| held.entry.service.key == *key);
        held.expect("a service that is not there")
    }

    fn daemon(&self, role: DaemonRole) -> Option<&SyncDaemon> {
        self.0.daemons.iter().find(|daemon| daemon.role == role)
    }

    pub(super) fn lets_our_clients_finish(&mut self, ours: &Ours) {
        for held in &mut self.0.services {
            if ours.holds(&held.entry.service.key) {
                let finished = |entry: &DestEntry| DestEntry::new(entry.dest);
                held.dests = held.dests.iter().map(finished).collect();
            }
        }
    }

    /// The dests of services that are wanted which are not, and are busy.
    pub(super) fn draining(&self, wanted: &Table, ours: &Ours) -> Vec<(ServiceKey, DestKey)> {
        let mut draining = Vec::new();
        for held in &self.0.services {
            let key = held.entry.service.key;
            let Some(wanted) = wanted.services.iter().find(|held| held.service.key == key) else {
                continue;
            };
            assert!(ours.holds(&key));
            for entry in &held.dests {
                if wanted.dests.iter().all(|dest| dest.key != entry.dest.key) {
                    assert_eq!(entry.dest.weight, 0, "it drains");
                    assert!(is_busy(entry), "it was empty");
                    draining.push((key, entry.dest.key));
                }
            }
        }
        draining
    }

    /// Ours is as it is wanted, and the rest as it was.
    pub(super) fn is_as_wanted(&self, before: &Snapshot, wanted: &Table, ours: &Ours) {
        for held in &before.services {
            if !ours.holds(&held.entry.service.key) {
                assert_eq!(
                    self.0.service(&held.entry.service.key),
                    Some(held),
                    "not ours"
                );
            }
        }
        for held in &self.0.services {
            let key = held.entry.service.key;
            let is_wanted = wanted
                .services
                .iter()
                .any(|wanted| wanted.service.key == key);
            assert_eq!(is_wanted, ours.holds(&key), "{key}");
        }
        for wanted in &wanted.services {
            let held = self.0.service(&wanted.service.key).expect("it is wanted");
            let (service, dests) = (held.entry.service, held.dests.iter());
            assert_eq!(what_counts(service), what_counts(wanted.service));
            let dests: Vec<Dest> = dests.map(|entry| what_counts_of_dest(entry.dest)).collect();
            let mut meant: Vec<Dest> = wanted
                .dests
                .iter()
                .copied()
                .map(what_counts_of_dest)
                .collect();
            meant.sort_by_key(|dest| dest.key);
            assert_eq!(dests, meant);
        }
        assert_eq!(self.0.timeouts, wanted.timeouts.unwrap_or(before.timeouts));
        let Some(daemons) = &wanted.daemons else {
            assert_eq!(self.0.daemons, before.daemons, "not ours");
            return;
        };
        assert_eq!(self.0.daemons.len(), daemons.len());
        for wanted in daemons {
            let running = self.daemon(wanted.role).expect("it is wanted");
            assert!(runs_as(running, wanted), "{running} for {wanted}");
        }
    }
}

fn is_busy(entry: &DestEntry) -> bool {
    entry.active_connections > 0
        || entry.inactive_connections > 0
        || entry.persistent_connections > 0
}

/// Without persistence its fields mean nothing.
fn what_counts(mut service: Service) -> Service {
    if !service.is_persistent() {
        let plain = Service::new(service.key);
        service.persistence_timeout = plain.persistence_timeout;
        service.persistence_netmask = plain.persistence_netmask;
    }
    service
}

/// Without tunnelling, a tunnel means nothing, and without a port's or a flag's use, they.
fn what_counts_of_dest(mut dest: Dest) -> Dest {
    if dest.forward != ForwardMethod::TUNNEL || dest.tunnel.kind == TunnelKind::IPIP {
        dest.tunnel = Tunnel::default();
    }
    if dest.tunnel.kind == TunnelKind::GRE {
        dest.tunnel.port = 0;
        dest.tunnel.flags.remove(TunnelFlags::REMOTE_CHECKSUM);
    }
    dest
}

/// Whether a daemon does what another one is asked to do: 0 asks for nothing, and
/// no message is longer than a datagram or, of a backup, shorter than 1024 bytes.
fn runs_as(running: &SyncDaemon, wanted: &SyncDaemon) -> bool {
    let default_group: IpAddr = [224, 0, 0, 81].into();
    let group = |daemon: &SyncDaemon| daemon.group.unwrap_or(default_group);
    let longest = if group(wanted).is_ipv4() {
        65_507
    } else {
        65_487
    };
    let shortest = if wanted.role == DaemonRole::Backup {
        1024
    } else {
        1
    };
    let length = |daemon: &SyncDaemon| match daemon.max_length {
        None | Some(0) => None,
        Some(bytes) => Some(bytes.max(shortest).min(longest)),
    };
    let or = |given: u16, default: u16| if given == 0 { default } else { given };
    let port = |daemon: &SyncDaemon| or(daemon.port.unwrap_or(0), 8848);
    let ttl = |daemon: &SyncDaemon| or(daemon.ttl.unwrap_or(0).into(), 1);
    running.interface == wanted.interface
        && running.sync_id == wanted.sync_id
        && (length(wanted).is_none() || length(running) == length(wanted))
        && group(running) == group(wanted)
        && port(running) == port(wanted)
        && ttl(running) == ttl(wanted)
}
