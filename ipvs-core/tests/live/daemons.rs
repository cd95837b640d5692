//! Sync daemons: every option, written and read back with what is in force.

use std::net::{IpAddr, Ipv4Addr};

use ipvs_core::{DaemonRole, ErrorKind, ForwardMethod, InterfaceName, SyncDaemon};

use crate::harness::{Test, tests};
use crate::site::{Site, masquerade};

pub fn tests() -> Vec<Test> {
    tests![
        the_defaults_in_force_are_read_back,
        every_option_is_kept,
        a_group_may_be_an_ipv6_one,
        the_longest_message_is_clamped,
        every_sync_id_is_kept,
        both_roles_run_at_once,
        a_role_runs_once,
        stopping_at_once_is_never_a_timeout,
        mixed_families_and_daemons_exclude_each_other
    ]
}

const ROLES: [DaemonRole; 2] = [DaemonRole::Master, DaemonRole::Backup];
/// What an IP and a UDP header take of a message.
const HEADERS_4: u16 = 28;
const HEADERS_6: u16 = 48;

/// An interface with addresses of both families and an MTU of 9000.
fn sync0(site: &Site) -> InterfaceName {
    site.sh(
        "ip link add sync0 mtu 9000 type dummy && ip link set sync0 up && \
             ip addr add 10.9.9.1/24 dev sync0 && ip addr add 2001:db8:9::1/64 dev sync0 nodad",
    );
    "sync0".parse().unwrap()
}

fn starts(site: &Site, daemon: &SyncDaemon) -> SyncDaemon {
    site.client.start_daemon(daemon).unwrap();
    let daemons = site.client.daemons().unwrap();
    assert_eq!(daemons.len(), 1, "{daemons:?}");
    site.client.stop_daemon(daemon.role).unwrap();
    assert_eq!(site.client.daemons().unwrap(), []);
    daemons[0]
}

/// A daemon with every field set to what the kernel takes for "not given".
fn in_force(daemon: SyncDaemon) -> SyncDaemon {
    let max_length = match daemon.role {
        DaemonRole::Master => 1500 - HEADERS_4,
        DaemonRole::Backup => 9000 - HEADERS_4,
    };
    let group = Ipv4Addr::new(224, 0, 0, 81);
    daemon
        .with_max_length(max_length)
        .with_group(group)
        .with_port(8848)
        .with_ttl(1)
}

fn the_defaults_in_force_are_read_back(site: &Site) {
    let interface = sync0(site);
    for role in ROLES {
        let daemon = SyncDaemon::new(role, interface);
        assert_eq!(starts(site, &daemon), in_force(daemon));
    }
}

fn every_option_is_kept(site: &Site) {
    let interface = sync0(site);
    for role in ROLES {
        let daemon = SyncDaemon::new(role, interface)
            .with_sync_id(255)
            .with_max_length(1400)
            .with_group([239, 255, 1, 2])
            .with_port(65535)
            .with_ttl(255);
        assert_eq!(starts(site, &daemon), daemon);

        // One at a time, beside the defaults of the others.
        let plain = SyncDaemon::new(role, interface);
        let all = in_force(plain);
        for (given, expected) in [
            (plain.with_sync_id(1), all.with_sync_id(1)),
            (plain.with_max_length(1024), all.with_max_length(1024)),
            (
                plain.with_group([224, 0, 0, 1]),
                all.with_group([224, 0, 0, 1]),
            ),
            (plain.with_port(1), all.with_port(1)),
            (plain.with_ttl(7), all.with_ttl(7)),
        ] {
            assert_eq!(starts(site, &given), expected);
        }
    }
}

fn a_group_may_be_an_ipv6_one(site: &Site) {
    let interface = sync0(site);
    for group in ["ff02::81", "ff05::1:2"] {
        let group: IpAddr = group.parse().unwrap();
        for (role, mtu) in [(DaemonRole::Master, 1500), (DaemonRole::Backup, 9000)] {
            let daemon = SyncDaemon::new(role, interface).with_group(group);
            let expected = in_force(daemon)
                .with_group(group)
                .with_max_length(mtu - HEADERS_6);
            assert_eq!(starts(site, &daemon), expected);
        }
    }
}

fn the_longest_message_is_clamped(site: &Site) {
    let interface = sync0(site);
    for (role, given, expected) in [
        (DaemonRole::Master, 1, 1),
        (DaemonRole::Master, 65535, 65535 - HEADERS_4),
        (DaemonRole::Backup, 1, 1024),
        (DaemonRole::Backup, 65535, 65535 - HEADERS_4),
    ] {
        let daemon = SyncDaemon::new(role, interface).with_max_length(given);
        assert_eq!(
            starts(site, &daemon).max_length,
            Some(expected),
            "{role} {given}"
        );
    }
}

fn every_sync_id_is_kept(site: &Site) {
    let interface = sync0(site);
    for id in [0, 1, 255] {
        let daemon = SyncDaemon::new(DaemonRole::Backup, interface).with_sync_id(id);
        assert_eq!(starts(site, &daemon).sync_id, id);
    }
    // Above a byte the kernel stores what it will never send or match.
    let daemon = SyncDaemon::new(DaemonRole::Backup, interface).with_sync_id(u32::MAX);
    let error = site.client.start_daemon(&daemon).unwrap_err();
    assert_eq!(error.field(), Some("sync_id"), "{error}");
    site.unchecked().start_daemon(&daemon).unwrap();
    assert_eq!(site.client.daemons().unwrap()[0].sync_id, u32::MAX);
    site.client.stop_daemon(DaemonRole::Backup).unwrap();
}

fn both_roles_run_at_once(site: &Site) {
    let (one, two) = (sync0(site), "lo".parse().unwrap());
    let master = SyncDaemon::new(DaemonRole::Master, one)
        .with_sync_id(1)
        .with_port(9000);
    let backup = SyncDaemon::new(DaemonRole::Backup, two)
        .with_sync_id(2)
        .with_ttl(3);
    site.client.start_daemon(&backup).unwrap();
    site.client.start_daemon(&master).unwrap();

    let daemons = site.client.daemons().unwrap();
    let told: Vec<_> = daemons
        .iter()
        .map(|d| (d.role, d.interface, d.sync_id))
        .collect();
    assert_eq!(
        told,
        [(DaemonRole::Master, one, 1), (DaemonRole::Backup, two, 2)]
    );
    assert_eq!(site.client.snapshot().unwrap().daemons, daemons);

    site.client.stop_daemon(DaemonRole::Master).unwrap();
    assert_eq!(site.client.daemons().unwrap(), daemons[1..]);
    site.client.stop_daemon(DaemonRole::Backup).unwrap();
    assert_eq!(site.client.daemons().unwrap(), []);
}

fn a_role_runs_once(site: &Site) {
    let interface = "lo".parse().unwrap();
    for role in ROLES {
        let daemon = SyncDaemon::new(role, interface);
        site.client.start_daemon(&daemon).unwrap();
        let error = site
            .client
            .start_daemon(&daemon.with_sync_id(9))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{error}");
        site.client.stop_daemon(role).unwrap();
        let error = site.client.stop_daemon(role).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DaemonNotRunning, "{error}");
    }
}

/// Stopped before its thread has run, a daemon is gone and the kernel does not
/// say so: with one processor that is the rule.
fn stopping_at_once_is_never_a_timeout(site: &Site) {
    let interface = "lo".parse().unwrap();
    for _ in 0..25 {
        for role in ROLES {
            site.client
                .start_daemon(&SyncDaemon::new(role, interface))
                .unwrap();
            site.client.stop_daemon(role).unwrap();
            assert_eq!(site.client.daemons().unwrap(), []);
        }
        for role in ROLES {
            site.client
                .start_daemon(&SyncDaemon::new(role, interface))
                .unwrap();
        }
        for role in ROLES {
            site.client.stop_daemon(role).unwrap();
        }
        assert_eq!(site.client.daemons().unwrap(), []);
    }
}

fn mixed_families_and_daemons_exclude_each_other(site: &Site) {
    let key = site.add("tcp 192.0.2.1:80");
    let mut mixed = masquerade("[2001:db8:3::100]:80");
    mixed.forward = ForwardMethod::TUNNEL;
    let daemon = SyncDaemon::new(DaemonRole::Backup, "lo".parse().unwrap());

    site.client.start_daemon(&daemon).unwrap();
    let error = site.client.add_dest(&key, &mixed).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    assert!(error.cure().unwrap().contains("sync daemon"), "{error}");
    site.client.stop_daemon(DaemonRole::Backup).unwrap();

    site.client.add_dest(&key, &mixed).unwrap();
    let error = site.client.start_daemon(&daemon).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    assert!(error.cure().unwrap().contains("family"), "{error}");
    site.client.remove_dest(&key, &mixed.key).unwrap();
    site.client.start_daemon(&daemon).unwrap();
    site.client.stop_daemon(DaemonRole::Backup).unwrap();
}
