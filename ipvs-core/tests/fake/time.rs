//! Time, which passes only when the test says so.

use std::time::Duration;

use ipvs_core::{Applied, Drain, DrainStep, Rates, Stats, Sysctl};

use crate::site::{Site, dest};

/// The interval of the kernel's samples.
const SAMPLE: Duration = Duration::from_secs(2);

fn traffic(connections: u64) -> Stats {
    let mut traffic = Stats::default();
    traffic.connections = connections;
    traffic.incoming_packets = connections * 5;
    traffic.incoming_bytes = connections * 500;
    traffic
}

#[test]
fn counters_are_samples() {
    let site = Site::new();
    let home = site.kernel.initial();
    home.count(&site.service, &site.dests[0], &traffic(80))
        .unwrap();
    assert_eq!(site.first().stats, Stats::default());
    // What each processor counts is there at once.
    assert_eq!(site.client.cpu_stats().unwrap().cpus[0].connections, 80);

    site.kernel.advance(SAMPLE);
    let seen = [
        site.first().stats,
        site.client.service(&site.service).unwrap().stats,
        site.client.total_stats().unwrap(),
    ];
    for stats in seen {
        let Rates {
            connections,
            incoming_packets,
            incoming_bytes,
            ..
        } = stats.rates;
        assert_eq!((stats.connections, stats.incoming_bytes), (80, 40_000));
        assert_eq!(
            (connections, incoming_packets, incoming_bytes),
            (10, 50, 5_000)
        );
    }
    // The rates fade away.
    site.kernel.advance(Duration::from_secs(600));
    assert_eq!(
        (site.first().stats.connections, site.first().stats.rates),
        (80, Rates::default())
    );
}

#[test]
fn without_estimation_they_stand_still() {
    let site = Site::new();
    let home = site.kernel.initial();
    for (sysctl, off, on) in [
        (Sysctl::RunEstimation, "0", "1"),
        (Sysctl::EstCpulist, "", "0"),
    ] {
        let before = site.first().stats.connections;
        site.client
            .set_sysctl(sysctl, &sysctl.parse(off).unwrap())
            .unwrap();
        home.count(&site.service, &site.dests[0], &traffic(3))
            .unwrap();
        site.kernel.advance(SAMPLE);
        assert_eq!(site.first().stats.connections, before);
        site.client
            .set_sysctl(sysctl, &sysctl.parse(on).unwrap())
            .unwrap();
        site.kernel.advance(SAMPLE);
        assert_eq!(site.first().stats.connections, before + 3);
    }
}

#[test]
fn counters_are_set_at_once_and_zeroed() {
    let site = Site::new();
    let home = site.kernel.initial();
    let mut stats = traffic(7);
    stats.rates.outgoing_bytes = 123;
    home.set_service_stats(&site.service, &stats).unwrap();
    home.set_dest_stats(&site.service, &site.dests[0], &stats)
        .unwrap();
    home.set_total_stats(&stats).unwrap();
    assert_eq!(site.client.service(&site.service).unwrap().stats, stats);
    assert_eq!(
        (site.first().stats, site.client.total_stats().unwrap()),
        (stats, stats)
    );
    site.client.zero().unwrap();
    assert_eq!(site.first().stats, Stats::default());
    assert_eq!(site.client.total_stats().unwrap(), Stats::default());
    assert_eq!(site.client.cpu_stats().unwrap().cpus[0].connections, 7);
}

#[test]
fn a_removed_dest_is_forgotten_after_some_minutes() {
    for (minutes, kept) in [(1, 7), (5, 0)] {
        let site = Site::new();
        let home = site.kernel.initial();
        home.set_dest_stats(&site.service, &site.dests[0], &traffic(7))
            .unwrap();
        site.client
            .remove_dest(&site.service, &site.dests[0])
            .unwrap();
        site.kernel.advance(Duration::from_secs(minutes * 60));
        site.client
            .add_dest(&site.service, &dest(site.dests[0]))
            .unwrap();
        assert_eq!(site.first().stats.connections, kept);
    }
}

#[test]
fn connections_end_and_a_drain_with_them() {
    let site = Site::new();
    let mut half_open = site.connection("10.0.1.50:40001", 10);
    half_open.state = "SYN_RECV".parse().unwrap();
    let mut template = site.connection("10.0.1.0:0", 30);
    template.state = "ASSURED".parse().unwrap();
    let established = site.connection("10.0.1.50:40000", 60);
    let home = site.kernel.initial();
    home.set_connections(vec![half_open, template, established])
        .unwrap();
    let counts = || {
        let entry = site.first();
        [
            entry.active_connections,
            entry.inactive_connections,
            entry.persistent_connections,
        ]
    };
    assert_eq!(counts(), [1, 1, 1]);

    let mut drain = Drain::new(site.service, site.dests[0]);
    let waits =
        |drain: &mut Drain| matches!(drain.step(&site.client).unwrap(), DrainStep::Waiting(_));
    assert!(waits(&mut drain));
    for (seconds, expected) in [(10, [1, 0, 1]), (20, [1, 0, 0]), (29, [1, 0, 0])] {
        site.kernel.advance(Duration::from_secs(seconds));
        assert_eq!(counts(), expected);
        assert!(waits(&mut drain));
    }
    let left = site.client.connections().unwrap().next().unwrap().unwrap();
    assert_eq!(left.expires, Duration::from_secs(1));
    site.kernel.advance(Duration::from_secs(1));
    assert!(matches!(
        drain.step(&site.client).unwrap(),
        DrainStep::Removed(_)
    ));
}

#[test]
fn connections_are_also_numbers() {
    let site = Site::new();
    let home = site.kernel.initial();
    home.set_dest_connections(&site.service, &site.dests[0], 1, 2, 3)
        .unwrap();
    site.kernel.advance(Duration::from_secs(100_000));
    let entry = site.first();
    let seen = (
        entry.active_connections,
        entry.inactive_connections,
        entry.persistent_connections,
    );
    assert_eq!(seen, (1, 2, 3));
}

#[test]
fn what_is_not_there_cannot_be_set() {
    let site = Site::new();
    let home = site.kernel.initial();
    let (other, elsewhere) = (
        "udp 192.0.2.9:1".parse().unwrap(),
        "10.9.9.9:1".parse().unwrap(),
    );
    let stats = Stats::default();
    for (outcome, sentence) in [
        (
            home.set_service_stats(&other, &stats),
            "get service udp 192.0.2.9:1: no such service",
        ),
        (
            home.count(&site.service, &elsewhere, &stats),
            "get dest 10.9.9.9:1 of tcp 192.0.2.1:80: no such dest",
        ),
    ] {
        let error = outcome.unwrap_err();
        assert_eq!(
            (error.to_string().as_str(), error.applied()),
            (sentence, Applied::No)
        );
    }
}
