//! The other files of `/proc/net` say what netlink says.

use std::collections::BTreeSet;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use ipvs_core::procfs::{CpuStats, KernelService, KernelServiceKey};
use ipvs_core::{
    DestEntry, ErrorKind, Family, ForwardMethod, Op, Protocol, Rates, Scheduler, ServiceFlags,
    Stats,
};

use super::{VIP, VIP_6, addresses, balance, listed, plain, send, socket, sticky};
use crate::kernel::modprobe;
use crate::site::Site;
use crate::traffic::until;

pub fn the_table_is_what_netlink_says(site: &Site) {
    addresses(site);
    let (masquerade, tunnel, route) = (
        ForwardMethod::MASQUERADE,
        ForwardMethod::TUNNEL,
        ForwardMethod::DIRECT_ROUTE,
    );
    let once = |key| plain(key).with_flags(ServiceFlags::ONE_PACKET);
    let kept = |key, seconds| plain(key).with_persistence(Duration::from_secs(seconds));
    let netmask = |family, length| ipvs_core::Netmask::prefix(family, length).unwrap();
    for (service, dest, forward) in [
        (plain("udp 192.0.2.1:53"), "10.0.3.100:8053", masquerade),
        (once("udp 192.0.2.1:54"), "[2001:db8:3::100]:54", tunnel),
        (
            kept("tcp 192.0.2.1:80", 300).with_persistence_netmask(netmask(Family::V4, 20)),
            "10.0.3.100:80",
            route,
        ),
        (
            kept("tcp [2001:db8::1]:443", 60).with_persistence_netmask(netmask(Family::V6, 48)),
            "[2001:db8:3::100]:443",
            masquerade,
        ),
        (once("udp [2001:db8::1]:54"), "10.0.3.100:54", tunnel),
        (
            plain("sctp [2001:db8::1]:99").with_scheduler(Scheduler::WLC),
            "[2001:db8:3::100]:99",
            route,
        ),
        (kept("fwmark 4000000000", 120), "192.0.2.1:0", masquerade),
        (once("fwmark 7 ipv6"), "[2001:db8:3::100]:0", masquerade),
        // The longest: where a second has 1000 jiffies, no signed number holds them.
        (
            kept("fwmark 8 ipv6", 4_294_967),
            "[2001:db8:3::100]:0",
            masquerade,
        ),
    ] {
        balance(site, service, dest, forward);
    }
    site.add("tcp 192.0.2.1:81");
    send(site, socket(VIP, 53), b"hello");

    let snapshot = site.client.snapshot().unwrap();
    let table = until("the whole table is read", || {
        let table = site.client.kernel_table().unwrap();
        (table.services.len() == snapshot.services.len()).then_some(table)
    });
    assert_eq!(table.info, site.client.info().unwrap());
    let mut seconds = BTreeSet::new();
    for seen in &snapshot.services {
        let service = seen.entry.service;
        let key = KernelServiceKey::from(service.key);
        let mut found = table.services.iter().filter(|listed| listed.key == key);
        let listed: &KernelService = found.next().unwrap();
        assert!(found.next().is_none());
        assert_eq!(listed.scheduler, service.scheduler);

        // The file never says it of an IPv6 address.
        let told =
            matches!(key, KernelServiceKey::FirewallMark(_)) || service.key.family() == Family::V4;
        let once = service.flags.contains(ServiceFlags::ONE_PACKET);
        assert_eq!(listed.one_packet, once && told, "{key:?}");

        let persistent = service.flags.contains(ServiceFlags::PERSISTENT);
        assert_eq!(listed.persistence.is_some(), persistent);
        if let Some(kept) = listed.persistence {
            let family = service.key.family();
            assert_eq!(kept.netmask(family), Some(service.persistence_netmask));
            seconds.insert(u64::from(kept.timeout_jiffies) / service.persistence_timeout.as_secs());
        }

        let mut dests: Vec<_> = listed
            .dests
            .iter()
            .map(|dest| {
                (
                    dest.key,
                    dest.forward,
                    dest.weight,
                    dest.active_connections,
                    dest.inactive_connections,
                )
            })
            .collect();
        dests.sort_unstable();
        let of_entry = |entry: &DestEntry| {
            (
                entry.dest.key,
                entry.dest.forward,
                entry.dest.weight,
                entry.active_connections,
                entry.inactive_connections,
            )
        };
        let expected: Vec<_> = seen.dests.iter().map(of_entry).collect();
        assert_eq!(dests, expected);
    }
    // One clock for all of them.
    let hertz = seconds.pop_first().unwrap();
    assert!(seconds.is_empty() && [100, 250, 300, 1000].contains(&hertz));
    let dns = snapshot
        .service(&"udp 192.0.2.1:53".parse().unwrap())
        .unwrap();
    assert_eq!(dns.dests[0].inactive_connections, 1);
}

pub fn the_counters_are_what_netlink_says(site: &Site) {
    addresses(site);
    let key = |vip| format!("udp {}", socket(vip, 53));
    balance(
        site,
        plain(&key(VIP)),
        "10.9.9.9:53",
        ForwardMethod::MASQUERADE,
    );
    balance(
        site,
        plain(&key(VIP_6)),
        "[2001:db8:9::9]:53",
        ForwardMethod::MASQUERADE,
    );
    for _ in 0..3 {
        send(site, socket(VIP, 53), b"hello");
        send(site, socket(VIP_6, 53), b"hello");
    }
    // 3 of 20 + 8 + 5 bytes, and 3 of 40 + 8 + 5.
    let sent = |stats: &Stats| {
        let counters = (
            stats.connections,
            stats.incoming_packets,
            stats.incoming_bytes,
        );
        counters == (6, 6, 258) && stats.outgoing_packets == 0 && stats.outgoing_bytes == 0
    };
    let total = until("every packet is counted", || {
        Some(site.client.total_stats().unwrap()).filter(sent)
    });
    let services = until("netlink says so too", || {
        let services = site.client.services().unwrap();
        let sum = services
            .iter()
            .map(|entry| entry.stats.incoming_bytes)
            .sum::<u64>();
        (sum == total.incoming_bytes).then_some(services)
    });
    assert_eq!(
        services
            .iter()
            .map(|entry| entry.stats.connections)
            .sum::<u64>(),
        6
    );
    until("the rates follow", || {
        let Rates {
            connections,
            incoming_packets,
            incoming_bytes,
            ..
        } = site.client.total_stats().unwrap().rates;
        send(site, socket(VIP, 53), b"hello");
        (connections > 0 && incoming_packets > 0 && incoming_bytes > incoming_packets).then_some(())
    });
}

pub fn the_counters_of_each_processor(site: &Site) {
    addresses(site);
    balance(
        site,
        plain("udp 192.0.2.1:53"),
        "10.9.9.9:53",
        ForwardMethod::MASQUERADE,
    );
    for _ in 0..5 {
        send(site, socket(VIP, 53), b"hello");
    }
    let sum = |stats: &CpuStats| -> [u64; 5] {
        let counters = stats.cpus.iter().map(|cpu| {
            [
                cpu.connections,
                cpu.incoming_packets,
                cpu.incoming_bytes,
                cpu.outgoing_packets,
                cpu.outgoing_bytes,
            ]
        });
        counters.fold([0; 5], |sum, cpu| {
            std::array::from_fn(|at| sum[at] + cpu[at])
        })
    };
    // The processors count at once, and the sums follow.
    let counted = [5, 5, 5 * 33, 0, 0];
    assert_eq!(sum(&site.client.cpu_stats().unwrap()), counted);
    let stats = until("the sums follow", || {
        let stats = site.client.cpu_stats().unwrap();
        (stats.total.connections == 5).then_some(stats)
    });
    assert_eq!(
        (stats.total.incoming_packets, stats.total.incoming_bytes),
        (5, 165)
    );
    let possible = std::fs::read_to_string("/sys/devices/system/cpu/possible").unwrap();
    let last: u32 = possible
        .trim_end()
        .rsplit('-')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(stats.cpus.iter().map(|cpu| cpu.cpu).eq(0..=last));

    site.client.zero().unwrap();
    let zeroed = site.client.cpu_stats().unwrap();
    assert_eq!(
        (zeroed.total.connections, zeroed.total.incoming_bytes),
        (0, 0)
    );
    assert_eq!(sum(&zeroed), counted);
    assert_eq!(site.client.total_stats().unwrap().connections, 0);
}

/// The file is one of Linux 7.1 and later.
pub fn the_status_counts_what_there_is(site: &Site) {
    if !site.kernel.at_least(7, 1) {
        let error = site.client.status().unwrap_err();
        assert_eq!(
            (error.kind(), error.op()),
            (ErrorKind::Unsupported, Op::Status),
            "{error}"
        );
        return;
    }
    let empty = site.client.status().unwrap();
    assert_eq!((empty.connections, empty.services), (0, 0));
    assert_eq!(
        (empty.connection_table, empty.service_table),
        Default::default()
    );

    addresses(site);
    balance(
        site,
        sticky("udp 192.0.2.1:53"),
        "10.9.9.9:53",
        ForwardMethod::MASQUERADE,
    );
    for _ in 0..3 {
        send(site, socket(VIP, 53), b"hello");
    }
    site.add("tcp 192.0.2.1:80");
    let status = until("the estimation knows its limits", || {
        let status = site.client.status().unwrap();
        (status.estimators_per_thread > 0).then_some(status)
    });
    assert_eq!(status.other, []);
    assert_eq!((status.connections, status.services), (4, 2));
    assert_eq!(listed(site).len(), 4);
    assert_eq!(
        status.connection_table.buckets,
        site.client.info().unwrap().connection_table_size
    );
    // A masqueraded connection is in two buckets, a template in one.
    for (table, entries) in [(status.connection_table, 7), (status.service_table, 2)] {
        assert_eq!(table.lengths.iter().sum::<u32>(), table.buckets);
        let held = (0..)
            .zip(&table.lengths)
            .map(|(length, buckets)| length * buckets);
        assert_eq!(held.sum::<u32>(), entries);
        assert!(table.load_factor < 0, "{table:?}");
    }
    let threads = (status.estimator_threads, status.estimator_threads_max);
    assert!(threads.0 >= 1 && threads.0 <= threads.1, "{threads:?}");
    assert!(status.estimators_per_thread > status.estimator_chain);
}

/// Loads a module, which nobody unloads before the tests that unload everything.
pub fn an_application_is_listed(site: &Site) {
    modprobe(&["ip_vs_ftp"]);
    let ftp = || {
        let rows = site.client.applications().unwrap();
        let rows: Vec<_> = rows.map(Result::unwrap).collect();
        let [ftp] = <[_; 1]>::try_from(rows).unwrap();
        assert_eq!(
            (ftp.protocol, ftp.port, ftp.name.as_str()),
            (Protocol::TCP, 21, "ftp")
        );
        ftp.connections
    };
    assert_eq!(ftp(), 0);
    addresses(site);
    let (_, dest) = balance(
        site,
        plain("tcp 192.0.2.1:21"),
        "10.0.3.100:21",
        ForwardMethod::MASQUERADE,
    );
    let _listener = site
        .run(|| TcpListener::bind((dest.address, dest.port)))
        .unwrap();
    let _client = site.run(|| TcpStream::connect(socket(VIP, 21))).unwrap();
    assert_eq!(ftp(), 1);
}
