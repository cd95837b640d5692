//! What a plan does to a table, on arbitrary ones.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use std::collections::BTreeMap;

use super::*;
use crate::strategies;
use crate::{
    ForwardMethod, Info, InterfaceName, IpvsVersion, Service, ServiceFlags, Timeouts, TimeoutsEdit,
    Tunnel, TunnelFlags, TunnelKind,
};

/// What a kernel makes of a change.
fn apply(table: &mut Table, change: &Change) -> Result<(), String> {
    let place = |table: &Table, key: &ServiceKey| {
        let mut services = table.services.iter();
        services.position(|held| held.service.key == *key)
    };
    let daemons = table.daemons.get_or_insert_default();
    match change {
        Change::SetTimeouts(edit) => {
            let old = table.timeouts.unwrap();
            let TimeoutsEdit { tcp, tcp_fin, udp } = *edit;
            table.timeouts = Some(Timeouts::new(
                tcp.unwrap_or(old.tcp),
                tcp_fin.unwrap_or(old.tcp_fin),
                udp.unwrap_or(old.udp),
            ));
        }
        Change::StopDaemon(role) => {
            let before = daemons.len();
            daemons.retain(|daemon| daemon.role != *role);
            if daemons.len() == before {
                return Err("no such daemon".into());
            }
        }
        Change::StartDaemon(daemon) => {
            if daemons.iter().any(|running| running.role == daemon.role) {
                return Err("it runs".into());
            }
            daemons.push(*daemon);
        }
        Change::AddService(service) => {
            if place(table, &service.key).is_some() {
                return Err("it is there".into());
            }
            *table = std::mem::take(table).with_service(*service, vec![]);
        }
        Change::UpdateService(service) => {
            let place = place(table, &service.key).ok_or("no such service")?;
            table.services[place].service = *service;
        }
        Change::RemoveService(key) => {
            let place = place(table, key).ok_or("no such service")?;
            table.services.remove(place);
        }
        Change::AddDest(key, _) | Change::UpdateDest(key, _) | Change::RemoveDest(key, _) => {
            let place = place(table, key).ok_or("no such service")?;
            let dests = &mut table.services[place].dests;
            let dest = |dests: &[Dest], key| dests.iter().position(|dest| dest.key == key);
            match change {
                Change::AddDest(_, new) if dest(dests, new.key).is_none() => dests.push(*new),
                Change::UpdateDest(_, new) => {
                    let place = dest(dests, new.key).ok_or("no such dest")?;
                    dests[place] = *new;
                }
                Change::RemoveDest(_, key) => {
                    let place = dest(dests, *key).ok_or("no such dest")?;
                    dests.remove(place);
                }
                _ => return Err("it is there".into()),
            }
        }
        Change::Flush | Change::Zero | Change::ZeroService(_) => {
            return Err("no plan does that".into());
        }
    }
    Ok(())
}

fn seen(table: &Table, connections: impl Fn(&DestKey) -> u32) -> Snapshot {
    let services = table.services.iter().map(|held| {
        let entry = |dest: &Dest| {
            let mut entry = DestEntry::new(*dest);
            entry.inactive_connections = connections(&dest.key);
            entry
        };
        SnapshotService::new(
            crate::ServiceEntry::new(held.service, crate::Stats::default()),
            held.dests.iter().map(entry).collect(),
        )
    });
    let info = Info::new(IpvsVersion::from_code(0x10201), 4096);
    let mut snapshot = Snapshot::new(info, services.collect());
    snapshot.timeouts = table.timeouts.unwrap_or_default();
    snapshot.daemons = table.daemons.clone().unwrap_or_default();
    snapshot
}

/// Few keys, so that two tables share many.
fn service() -> impl Strategy<Value = Service> {
    let key = prop_oneof![
        (0_u8..4, 0_u16..3).prop_map(|(host, port)| ServiceKey::tcp([192, 0, 2, host], port)),
        (1_u32..4).prop_map(|mark| ServiceKey::firewall_mark(mark, crate::Family::V4)),
    ];
    (key, strategies::service()).prop_map(|(key, any)| {
        let mut service = Service { key, ..any };
        service.persistence_netmask = crate::Netmask::host(key.family());
        service
    })
}

fn dest() -> impl Strategy<Value = Dest> {
    (0_u8..6, strategies::dest()).prop_map(|(host, any)| Dest {
        key: DestKey::new([10, 0, 0, host], 80),
        ..any
    })
}

fn table() -> impl Strategy<Value = Table> {
    let dests = vec(dest(), 0..5);
    let services = vec((service(), dests), 0..8);
    let daemons = vec(strategies::daemon(), 0..3);
    (services, strategies::timeouts(), daemons).prop_map(|(services, timeouts, daemons)| {
        let unique: BTreeMap<_, _> = services
            .into_iter()
            .map(|(service, dests)| (service.key, (service, dests)))
            .collect();
        let mut table = Table::new().with_timeouts(timeouts);
        for (service, dests) in unique.into_values() {
            let dests: BTreeMap<_, _> = dests.into_iter().map(|dest| (dest.key, dest)).collect();
            table = table.with_service(service, dests.into_values().collect());
        }
        let mut roles = Vec::new();
        for daemon in daemons {
            if roles
                .iter()
                .all(|held: &SyncDaemon| held.role != daemon.role)
            {
                roles.push(daemon);
            }
        }
        table.with_daemons(roles)
    })
}

/// A second table that shares much with the first.
fn changed() -> impl Strategy<Value = (Table, Table)> {
    (table(), table(), any::<u64>()).prop_map(|(a, b, keep)| {
        let mut mixed = b.clone();
        let kept = a
            .services
            .iter()
            .enumerate()
            .filter(|(n, _)| keep >> n & 1 == 1);
        for (_, held) in kept {
            mixed
                .services
                .retain(|other| other.service.key != held.service.key);
            mixed.services.push(held.clone());
        }
        (a, mixed)
    })
}

fn apply_all(table: &Table, plan: &Plan) -> Table {
    let mut table = table.clone();
    for change in plan.changes() {
        apply(&mut table, &change).unwrap_or_else(|error| panic!("{change}: {error}\n{plan}"));
    }
    table
}

fn scope() -> impl Strategy<Value = Scope> {
    let marks = btree_map(0_u32..4, any::<bool>(), 0..3);
    (any::<[bool; 4]>(), 29_u8..32, marks).prop_map(
        |([one, some, timeouts, daemons], length, marks)| {
            let mut scope = Scope::nothing();
            if one {
                scope = scope.with_service(ServiceKey::tcp([192, 0, 2, 3], 1));
            }
            if some {
                scope = scope.with_prefix([192, 0, 2, 0], length);
            }
            for mark in marks.into_keys() {
                scope = scope.with_marks(mark..=mark, crate::Family::V4);
            }
            if timeouts {
                scope = scope.with_timeouts();
            }
            if daemons {
                scope = scope.with_daemons();
            }
            scope
        },
    )
}

/// The table without what a scope does not hold, or without what it does.
fn part(table: &Table, scope: &Scope, ours: bool) -> Table {
    let mut part = table.clone();
    part.services
        .retain(|held| scope.contains(&held.service.key) == ours);
    if scope.contains_timeouts() != ours {
        part.timeouts = None;
    }
    if scope.contains_daemons() != ours {
        part.daemons = None;
    }
    // In the order of keys, as a listing is.
    part.services.sort_by_key(|held| held.service.key);
    for held in &mut part.services {
        held.dests.sort_by_key(|dest| dest.key);
    }
    if let Some(daemons) = &mut part.daemons {
        daemons.sort_by_key(|daemon| daemon.role == DaemonRole::Backup);
    }
    part
}

/// The table in the order of keys, with every field that means nothing where it is at
/// its default. Written anew, so that it does not share the planner's mistakes.
fn canonical(table: &Table) -> Table {
    let mut table = part(table, &Scope::everything(), true);
    for held in &mut table.services {
        let service = &mut held.service;
        service.flags -= ServiceFlags::from_bits_retain(2);
        if !service.is_persistent() {
            let plain = Service::new(service.key);
            service.persistence_timeout = plain.persistence_timeout;
            service.persistence_netmask = plain.persistence_netmask;
        }
        for dest in &mut held.dests {
            let meant = match (dest.forward, dest.tunnel.kind) {
                (ForwardMethod::TUNNEL, TunnelKind::GRE) => Tunnel {
                    port: 0,
                    flags: dest.tunnel.flags - TunnelFlags::REMOTE_CHECKSUM,
                    ..dest.tunnel
                },
                (ForwardMethod::TUNNEL, kind) if kind != TunnelKind::IPIP => dest.tunnel,
                _ => Tunnel::default(),
            };
            dest.tunnel = meant;
        }
    }
    for daemon in table.daemons.iter_mut().flatten() {
        let SyncDaemon {
            role,
            interface,
            sync_id,
            group,
            port,
            ttl,
            ..
        } = *daemon;
        *daemon = SyncDaemon {
            sync_id,
            group: group.or(Some([224, 0, 0, 81].into())),
            port: port.filter(|port| *port > 0).or(Some(8848)),
            ttl: ttl.filter(|ttl| *ttl > 0).or(Some(1)),
            ..SyncDaemon::new(role, interface)
        };
    }
    table
}

proptest! {
    #[test]
    fn a_plan_turns_one_table_into_the_other((a, b) in changed()) {
        let all = Scope::everything();
        let plan = Plan::new(&seen(&a, |_| 0), &b, &all).unwrap();
        let after = apply_all(&a, &plan);
        prop_assert_eq!(canonical(&after), canonical(&b), "by\n{}", plan);
        let rest = Plan::new(&seen(&after, |_| 0), &b, &all).unwrap();
        prop_assert!(rest.is_empty(), "{}\nbehind\n{}", rest, plan);
    }

    #[test]
    fn no_change_is_needless_and_none_is_a_flush((a, b) in changed(), any in any::<usize>()) {
        let all = Scope::everything();
        let mut plan = Plan::new(&seen(&a, |_| 0), &b, &all).unwrap();
        let whole = [Change::Flush, Change::Zero];
        prop_assert!(plan.changes().all(|change| !whole.contains(&change)));
        // A new service's dests and a daemon's start need what is before them.
        let apart = |step: &PlannedChange| {
            !matches!(step.change, Change::AddService(_) | Change::StopDaemon(_))
        };
        if let Some(left_out) = any.checked_rem(plan.steps.len()) {
            if apart(&plan.steps[left_out]) {
                plan.steps.remove(left_out);
                prop_assert_ne!(canonical(&apply_all(&a, &plan)), canonical(&b));
            }
        }
        // Nothing is changed twice.
        let mut changed: Vec<_> = plan
            .changes()
            .filter(|change| !matches!(change, Change::StopDaemon(_)))
            .map(|change| change.object())
            .collect();
        let all = changed.len();
        changed.sort_unstable_by_key(|object| format!("{object:?}"));
        changed.dedup();
        prop_assert_eq!(changed.len(), all);
    }

    #[test]
    fn equal_tables_plan_nothing(a in table()) {
        let plan = Plan::new(&seen(&a, |_| 1), &a, &Scope::everything()).unwrap();
        prop_assert!(plan.is_empty() && plan.draining().is_empty(), "{}", plan);
    }

    #[test]
    fn nothing_out_of_scope_changes((a, b) in changed(), scope in scope()) {
        let wanted = part(&b, &scope, true);
        let plan = Plan::new(&seen(&a, |_| 0), &wanted, &scope).unwrap();
        let after = apply_all(&a, &plan);
        prop_assert_eq!(part(&after, &scope, false), part(&a, &scope, false));
        prop_assert!(Plan::new(&seen(&after, |_| 0), &wanted, &scope).unwrap().is_empty());
    }

    #[test]
    fn no_connection_is_dropped_by_removing_its_dest((a, b) in changed(), busy in any::<u8>()) {
        let connections = |key: &DestKey| match key.address {
            std::net::IpAddr::V4(address) => u32::from(busy >> address.octets()[3] & 1),
            std::net::IpAddr::V6(_) => 0,
        };
        let before = seen(&a, connections);
        let plan = Plan::new(&before, &b, &Scope::everything()).unwrap();
        for change in plan.changes() {
            if let Change::RemoveDest(_, key) = change {
                prop_assert_eq!(connections(&key), 0);
            }
        }
        // What drains is quiesced, and a second plan has nothing more to do about it.
        let after = apply_all(&a, &plan);
        let again = Plan::new(&seen(&after, connections), &b, &Scope::everything()).unwrap();
        prop_assert!(again.is_empty(), "{}", again);
        prop_assert_eq!(again.draining(), plan.draining());
        // At once, it goes.
        let at_once = Plan::at_once(&before, &b, &Scope::everything()).unwrap();
        prop_assert!(at_once.draining().is_empty());
        let rest = Plan::new(&seen(&apply_all(&a, &at_once), connections), &b, &Scope::everything());
        prop_assert!(rest.unwrap().is_empty());
    }
}

fn web() -> Service {
    Service::new(ServiceKey::tcp([192, 0, 2, 1], 80))
}

fn server(host: u8) -> Dest {
    Dest::new([10, 0, 0, host], 80, ForwardMethod::MASQUERADE)
}

fn plan(a: Table, b: Table) -> Vec<String> {
    let plan = Plan::new(&seen(&a, |_| 0), &b, &Scope::everything()).unwrap();
    plan.to_string().lines().map(str::to_owned).collect()
}

#[test]
fn what_is_new_comes_before_what_goes() {
    let mail = Service::new(ServiceKey::tcp([192, 0, 2, 1], 25));
    let a = Table::new()
        .with_service(web(), vec![server(1), server(2).with_weight(3)])
        .with_service(mail, vec![server(9)]);
    let dns = Service::new(ServiceKey::udp([192, 0, 2, 1], 53));
    let b = Table::new()
        .with_service(web(), vec![server(3), server(2)])
        .with_service(dns, vec![server(4)]);
    assert_eq!(
        plan(a, b),
        [
            "add dest 10.0.0.3:80 masquerade weight 1 of tcp 192.0.2.1:80 (it is missing)",
            "add service udp 192.0.2.1:53 scheduler wlc (it is missing)",
            "add dest 10.0.0.4:80 masquerade weight 1 of udp 192.0.2.1:53 (it is missing)",
            "update dest 10.0.0.2:80 masquerade weight 1 of tcp 192.0.2.1:80 (it differs in weight)",
            "remove dest 10.0.0.1:80 of tcp 192.0.2.1:80 (it is not wanted)",
            "remove service tcp 192.0.2.1:25 (it is not wanted)",
        ]
    );
}

#[test]
fn what_has_no_meaning_is_no_difference() {
    let lazy = Service {
        persistence_timeout: std::time::Duration::from_secs(5),
        ..web()
    };
    let dest = server(1);
    let tunnel = dest.with_tunnel(Tunnel::gue(6080));
    let interface: InterfaceName = "eth0".parse().unwrap();
    let daemon = SyncDaemon::new(DaemonRole::Master, interface);
    let running = daemon
        .with_max_length(1472)
        .with_group([224, 0, 0, 81])
        .with_port(8848)
        .with_ttl(1);
    let a = Table::new()
        .with_service(lazy, vec![tunnel])
        .with_daemons(vec![running]);
    let b = Table::new()
        .with_service(web(), vec![dest])
        .with_daemons(vec![daemon]);
    assert_eq!(plan(a.clone(), b), [""; 0]);
    let persistent = web().with_flags(ServiceFlags::PERSISTENT);
    let b = Table::new()
        .with_service(persistent, vec![dest])
        .with_daemons(vec![daemon.with_port(9)]);
    assert_eq!(
        plan(a, b),
        [
            "update service tcp 192.0.2.1:80 scheduler wlc flags persistent (it differs in flags, persistence timeout)",
            "stop daemon master (it differs in port)",
            "start daemon master eth0 sync-id 0 port 9 (it differs in port)",
        ]
    );
}

#[test]
fn what_takes_more_comes_before_what_takes_less() {
    let weights = |one, two| {
        let dests = vec![server(1).with_weight(one), server(2).with_weight(two)];
        Table::new().with_service(web(), dests)
    };
    let order = |a: Table, b: Table| -> Vec<DestKey> {
        let plan = Plan::new(&seen(&a, |_| 0), &b, &Scope::everything()).unwrap();
        let key = |change| match change {
            Change::UpdateDest(_, dest) => dest.key,
            other => panic!("{other}"),
        };
        plan.changes().map(key).collect()
    };
    let [first, second] = [server(1).key, server(2).key];
    assert_eq!(order(weights(5, 0), weights(0, 5)), [second, first]);
    assert_eq!(order(weights(0, 5), weights(5, 0)), [first, second]);
    let bounds = |one, two| {
        let bounded = |host, upper| server(host).with_thresholds(upper, 0);
        Table::new().with_service(web(), vec![bounded(1, one), bounded(2, two)])
    };
    // 0 is no bound.
    assert_eq!(order(bounds(0, 9), bounds(9, 0)), [second, first]);
}

#[test]
fn daemons_are_stopped_for_no_longer_than_they_must_be() {
    let daemon = |role| SyncDaemon::new(role, "eth0".parse().unwrap());
    let [master, backup] = [DaemonRole::Master, DaemonRole::Backup].map(daemon);
    let a = Table::new().with_daemons(vec![master, backup]);
    let b = Table::new()
        .with_service(web(), vec![])
        .with_daemons(vec![master.with_ttl(9)]);
    assert_eq!(
        plan(a, b),
        [
            "stop daemon backup (it is not wanted)",
            "add service tcp 192.0.2.1:80 scheduler wlc (it is missing)",
            "stop daemon master (it differs in ttl)",
            "start daemon master eth0 sync-id 0 ttl 9 (it differs in ttl)",
        ]
    );
}

#[test]
fn a_table_that_cannot_be_meant_is_refused() {
    let refused = |table: Table, scope: Scope| {
        let error = Plan::new(&seen(&Table::new(), |_| 0), &table, &scope).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        error.to_string()
    };
    let all = Scope::everything;
    let services = Table::new()
        .with_service(web(), vec![])
        .with_service(web(), vec![]);
    assert_eq!(
        refused(services, all()),
        "plan tcp 192.0.2.1:80: the table holds it twice"
    );
    let dests = Table::new().with_service(web(), vec![server(1), server(1)]);
    assert_eq!(
        refused(dests, all()),
        "plan 10.0.0.1:80 of tcp 192.0.2.1:80: the table holds it twice"
    );
    let daemon = SyncDaemon::new(DaemonRole::Master, "eth0".parse().unwrap());
    let daemons = Table::new().with_daemons(vec![daemon, daemon]);
    assert_eq!(
        refused(daemons.clone(), all()),
        "plan master: the table holds it twice"
    );
    for table in [
        Table::new().with_service(web(), vec![]),
        Table::new().with_timeouts(Timeouts::default()),
        daemons,
    ] {
        assert!(refused(table, Scope::nothing()).contains("outside of the scope"));
    }
}
