//! What the kernel takes without a word and we refuse: each shown with both.

use std::fmt::Debug;
use std::time::Duration;

use ipvs_core::{
    Applied, Client, DaemonRole, Dest, Error, ErrorKind, ForwardMethod, Netmask, PersistenceEngine,
    Protocol, Service, ServiceFlags, ServiceKey, SyncDaemon, TimeoutsEdit, Tunnel, TunnelFlags,
    TunnelKind,
};

use super::assert_says;
use super::config::ticks;
use crate::harness::{Test, tests};
use crate::nest::SERVICE;
use crate::site::{Site, address, masquerade};

pub fn tests() -> Vec<Test> {
    tests![
        protocols_that_cannot_be_balanced,
        port_0_without_persistence,
        a_netmask_with_holes_or_of_the_other_family,
        persistence_that_wraps_around,
        persistence_without_a_timeout,
        flags_without_a_meaning,
        an_engine_that_cannot_work,
        timeouts_that_not_every_kernel_counts,
        a_timeout_of_0_is_none,
        durations_in_fractions,
        sync_ids_above_255,
        daemon_options_of_0_are_none,
        mark_0_is_another_service,
        forwarding_methods_without_a_meaning,
        tunnels_that_make_no_sense,
        addresses_of_this_network_are_addresses,
        thresholds_that_some_kernels_take,
    ]
}

/// We refuse it and name the field, whereupon the kernel, asked, takes it.
fn only_we_refuse<T: Debug>(
    site: &Site,
    field: &str,
    act: impl Fn(&Client) -> Result<T, Error>,
) -> T {
    let error = act(&site.client).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    assert_eq!(error.field(), Some(field), "{error}");
    assert_eq!(error.errno(), None, "{error}");
    assert_eq!(error.applied(), Applied::No, "{error}");
    assert_says(&error, &[&error.op().to_string(), &format!(": {field}: ")]);
    // Had anything been sent, this would find it there already.
    act(&site.unchecked()).unwrap()
}

/// A service that only we refuse: added, and read back as `expected`.
fn adds(site: &Site, field: &str, service: Service, expected: Service) {
    only_we_refuse(site, field, |client| client.add_service(&service));
    assert_eq!(site.client.service(&service.key).unwrap().service, expected);
    site.client.remove_service(&service.key).unwrap();
}

fn service() -> Service {
    Service::new(SERVICE.parse().unwrap())
}

fn protocols_that_cannot_be_balanced(site: &Site) {
    for number in [0, 1, 33, 50, 255, 300, u16::MAX] {
        let key = ServiceKey::address(Protocol::new(number), address("192.0.2.1"), 80);
        adds(site, "protocol", Service::new(key), Service::new(key));
    }
}

fn port_0_without_persistence(site: &Site) {
    let every_port = Service::new(ServiceKey::tcp([192, 0, 2, 1], 0));
    adds(site, "port", every_port, every_port);
    let persistent = every_port.with_persistence(Duration::from_secs(60));
    site.client.add_service(&persistent).unwrap();
}

fn a_netmask_with_holes_or_of_the_other_family(site: &Site) {
    let mask = |octets: [u8; 4]| service().with_persistence_netmask(Netmask::V4(octets.into()));
    for octets in [[255, 0, 255, 0], [0, 0, 0, 255], [255, 255, 255, 253]] {
        adds(site, "persistence_netmask", mask(octets), mask(octets));
    }
    // The kernel reads a prefix's number as a mask.
    let prefix = service().with_persistence_netmask(Netmask::V6(24));
    adds(
        site,
        "persistence_netmask",
        prefix,
        mask(24_u32.to_ne_bytes()),
    );
}

fn persistence_that_wraps_around(site: &Site) {
    let hz = ticks(site);
    let longest = Duration::from_secs(4_294_967);
    let persistent = |timeout| service().with_persistence(timeout);
    site.client.add_service(&persistent(longest)).unwrap();
    assert_eq!(
        site.client.service(&service().key).unwrap().service,
        persistent(longest)
    );
    site.client.remove_service(&service().key).unwrap();

    let wraps = u32::MAX / hz + 1;
    for seconds in [4_294_968, wraps, u32::MAX] {
        // The kernel multiplies in 32 bits, and divides when it is asked.
        let seen = Duration::from_secs((seconds.wrapping_mul(hz) / hz).into());
        let given = Duration::from_secs(seconds.into());
        adds(
            site,
            "persistence_timeout",
            persistent(given),
            persistent(seen),
        );
        assert_eq!(seen == given, seconds < wraps);
    }
}

fn persistence_without_a_timeout(site: &Site) {
    let persistent = service().with_flags(ServiceFlags::PERSISTENT);
    adds(site, "persistence_timeout", persistent, persistent);
}

fn flags_without_a_meaning(site: &Site) {
    let unknown = service().with_flags(ServiceFlags::from_bits_retain(0xffff_ffc0));
    adds(site, "flags", unknown, unknown);
    let one_packet = service().with_one_packet();
    adds(site, "flags", one_packet, one_packet);
}

fn an_engine_that_cannot_work(site: &Site) {
    let tcp = service()
        .with_persistence(Duration::from_secs(60))
        .with_persistence_engine(PersistenceEngine::SIP);
    adds(site, "persistence_engine", tcp, tcp);
    let key = ServiceKey::udp([192, 0, 2, 1], 5060);
    let fleeting = Service::new(key).with_persistence_engine(PersistenceEngine::SIP);
    adds(site, "persistence_engine", fleeting, fleeting);
}

/// The edits that set one timeout each, with its field.
fn each_timeout(timeout: Duration) -> [(&'static str, TimeoutsEdit); 3] {
    let edit = TimeoutsEdit::new();
    [
        ("tcp", edit.with_tcp(timeout)),
        ("tcp_fin", edit.with_tcp_fin(timeout)),
        ("udp", edit.with_udp(timeout)),
    ]
}

fn timeouts_that_not_every_kernel_counts(site: &Site) {
    for (_, edit) in each_timeout(Duration::from_secs(2_147_483)) {
        site.client.set_timeouts(&edit).unwrap();
    }
    let longest = u32::try_from(i32::MAX).unwrap() / ticks(site);
    for seconds in [2_147_484, longest] {
        for (field, edit) in each_timeout(Duration::from_secs(seconds.into())) {
            if seconds <= 2_147_483 {
                site.client.set_timeouts(&edit).unwrap();
            } else if seconds <= longest {
                only_we_refuse(site, field, |client| client.set_timeouts(&edit));
            } else {
                let error = site.unchecked().set_timeouts(&edit).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
            }
        }
    }
    let timeouts = site.client.timeouts().unwrap();
    assert_eq!(timeouts.tcp, Duration::from_secs(longest.into()));
    assert_eq!(
        (timeouts.tcp_fin, timeouts.udp),
        (timeouts.tcp, timeouts.tcp)
    );
}

fn a_timeout_of_0_is_none(site: &Site) {
    let before = site.client.timeouts().unwrap();
    for (field, edit) in each_timeout(Duration::ZERO) {
        only_we_refuse(site, field, |client| client.set_timeouts(&edit));
    }
    assert_eq!(site.client.timeouts().unwrap(), before);
}

/// The kernel has no word for them: nobody can send one.
fn durations_in_fractions(site: &Site) {
    let fraction = Duration::from_millis(1500);
    let (checked, unchecked) = (&site.client, site.unchecked());
    let persistent = service().with_persistence(fraction);
    let error = checked.add_service(&persistent).unwrap_err();
    assert_eq!(error.field(), Some("persistence_timeout"), "{error}");
    let errors = each_timeout(fraction).map(|(field, edit)| {
        let error = checked.set_timeouts(&edit).unwrap_err();
        assert_eq!(error.field(), Some(field), "{error}");
        unchecked.set_timeouts(&edit).unwrap_err()
    });
    let unsendable = unchecked.add_service(&persistent).unwrap_err();
    for error in errors.into_iter().chain([unsendable]) {
        assert_eq!(
            (error.kind(), error.errno()),
            (ErrorKind::InvalidInput, None),
            "{error}"
        );
        assert_says(&error, &[&error.op().to_string(), "a fraction of a second"]);
    }
    assert_eq!(site.services(), []);
}

fn backup() -> SyncDaemon {
    SyncDaemon::new(DaemonRole::Backup, "lo".parse().unwrap())
}

fn sync_ids_above_255(site: &Site) {
    for sync_id in [256, u32::MAX] {
        let daemon = backup().with_sync_id(sync_id);
        only_we_refuse(site, "sync_id", |client| client.start_daemon(&daemon));
        assert_eq!(site.client.daemons().unwrap()[0].sync_id, sync_id);
        site.client.stop_daemon(DaemonRole::Backup).unwrap();
    }
}

fn daemon_options_of_0_are_none(site: &Site) {
    site.client.start_daemon(&backup()).unwrap();
    let defaults = site.client.daemons().unwrap();
    site.client.stop_daemon(DaemonRole::Backup).unwrap();
    for (field, daemon) in [
        ("max_length", backup().with_max_length(0)),
        ("port", backup().with_port(0)),
        ("ttl", backup().with_ttl(0)),
    ] {
        only_we_refuse(site, field, |client| client.start_daemon(&daemon));
        assert_eq!(site.client.daemons().unwrap(), defaults);
        site.client.stop_daemon(DaemonRole::Backup).unwrap();
    }
}

fn mark_0_is_another_service(site: &Site) {
    let key: ServiceKey = ServiceKey::FirewallMark {
        mark: 0,
        family: ipvs_core::Family::V4,
    };
    let dest = masquerade("10.0.3.100:80");
    only_we_refuse(site, "mark", |client| {
        client.add_service(&Service::new(key))
    });
    let trap = ServiceKey::tcp([0, 0, 0, 0], 0);
    assert_eq!(site.services(), [Service::new(trap)]);
    // Each operation that names it means the other one.
    only_we_refuse(site, "mark", |client| client.service(&key));
    only_we_refuse(site, "mark", |client| {
        client.update_service(&Service::new(key))
    });
    only_we_refuse(site, "mark", |client| client.zero_service(&key));
    only_we_refuse(site, "mark", |client| client.add_dest(&key, &dest));
    only_we_refuse(site, "mark", |client| client.dests(&key));
    only_we_refuse(site, "mark", |client| client.update_dest(&key, &dest));
    assert_eq!(site.only_dest(&trap).dest, dest);
    only_we_refuse(site, "mark", |client| client.remove_dest(&key, &dest.key));
    only_we_refuse(site, "mark", |client| client.remove_service(&key));
    assert_eq!(site.services(), []);
}

/// A dest that only we refuse: added to a service, and read back as it was given.
fn adds_dest(site: &Site, field: &str, dest: Dest) {
    let service = site.add(SERVICE);
    only_we_refuse(site, field, |client| client.add_dest(&service, &dest));
    assert_eq!(site.only_dest(&service).dest, dest);
    site.client.remove_service(&service).unwrap();
}

fn forwarding_methods_without_a_meaning(site: &Site) {
    for number in 5..=7 {
        let method = ForwardMethod::new(number).unwrap();
        adds_dest(site, "forward", Dest::new([10, 0, 3, 100], 80, method));
    }
}

fn tunnels_that_make_no_sense(site: &Site) {
    let tunnel = |kind, port, flags| {
        let (kind, mut tunnel) = (TunnelKind::new(kind), Tunnel::ipip());
        (tunnel.kind, tunnel.port) = (kind, port);
        tunnel.with_flags(TunnelFlags::from_bits_retain(flags))
    };
    for (kind, port, flags) in [
        (0, 4754, 0),
        (0, 0, 1),
        (1, 4754, 3),
        (1, 4754, 0xffff),
        (2, 4754, 0),
        (2, 0, 2),
        (3, 0, 0),
        (255, 0xffff, 0xffff),
    ] {
        for method in [ForwardMethod::TUNNEL, ForwardMethod::MASQUERADE] {
            let dest = Dest::new([10, 0, 3, 100], 80, method);
            adds_dest(site, "tunnel", dest.with_tunnel(tunnel(kind, port, flags)));
        }
    }
}

/// Of 0.0.0.0/8 only 0.0.0.0 itself is none, to the kernel and so to us.
fn addresses_of_this_network_are_addresses(site: &Site) {
    let service = site.add(SERVICE);
    let dest = masquerade("0.1.2.3:80");
    site.client.add_dest(&service, &dest).unwrap();
    assert_eq!(site.only_dest(&service).dest, dest);
}

/// Whether this release refuses an upper threshold above 2^31 - 1, where that is
/// known: the check is younger than the releases that have it, and came to each
/// of the older series at a release of its own.
fn refuses_huge_thresholds(release: (u32, u32, u32)) -> Option<bool> {
    match release {
        (5, 10, ..=223) | (6, 1, ..=176) => Some(false),
        (6, 1, 192..) | (6, 12, 107..) | (7, 2.., _) => Some(true),
        _ => None,
    }
}

fn thresholds_that_some_kernels_take(site: &Site) {
    let service = site.add(SERVICE);
    for upper in [1 << 31, u32::MAX] {
        let dest = masquerade("10.0.3.100:80").with_thresholds(upper, 0);
        let error = site.client.add_dest(&service, &dest).unwrap_err();
        assert_eq!(error.field(), Some("upper_threshold"), "{error}");
        assert_eq!(error.errno(), None, "{error}");
        let outcome = site.unchecked().add_dest(&service, &dest);
        if let Some(refuses) = refuses_huge_thresholds(site.kernel.release) {
            assert_eq!(outcome.is_err(), refuses, "{outcome:?}");
        }
        match outcome {
            Ok(()) => {
                assert_eq!(site.only_dest(&service).dest, dest);
                site.client.remove_dest(&service, &dest.key).unwrap();
            }
            Err(error) => {
                assert_eq!(error.errno(), Some(ipvs_sys::errno::EINVAL), "{error}");
                assert_eq!(error.field(), Some("upper_threshold"), "{error}");
            }
        }
    }
    let dest = masquerade("10.0.3.100:80").with_thresholds(i32::MAX as u32, i32::MAX as u32);
    site.client.add_dest(&service, &dest).unwrap();
    assert_eq!(site.only_dest(&service).dest, dest);
}
