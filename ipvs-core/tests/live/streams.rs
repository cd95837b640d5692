//! Long listings: whole, in parts, and while somebody changes the table.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ipvs_core::{DestEdit, DestKey, ErrorKind, Family, Service, ServiceKey, SnapshotService};

use crate::harness::{Test, tests};
use crate::site::{Site, masquerade};

pub fn tests() -> Vec<Test> {
    tests![
        a_long_list_of_services_is_complete,
        a_long_list_of_dests_is_complete,
        a_stream_may_be_dropped_midway,
        a_client_is_usable_inside_the_loop,
        a_stream_ends_well_when_the_table_goes,
        a_snapshot_agrees_with_the_lists,
        a_snapshot_under_a_writer_agrees_or_says_so
    ]
}

/// More than the kernel puts into five datagrams.
const SERVICES: u32 = 600;
const DESTS: u32 = 2000;

/// Adds many services of both kinds and families and returns their keys, sorted.
fn many_services(site: &Site, count: u32) -> Vec<ServiceKey> {
    let key = |number: u32| {
        let [.., high, low] = number.to_be_bytes();
        match number % 4 {
            0 => ServiceKey::tcp([192, 0, high, low], 80),
            1 => ServiceKey::udp(
                [0x2001, 0xdb8, 0, 0, 0, 0, 0, low.into()],
                1 + u16::from(high),
            ),
            2 => ServiceKey::firewall_mark(1 + number, Family::V4),
            _ => ServiceKey::firewall_mark(1 + number, Family::V6),
        }
    };
    let keys: BTreeSet<_> = (0..count).map(key).collect();
    for key in &keys {
        site.client.add_service(&Service::new(*key)).unwrap();
    }
    site.settle();
    keys.into_iter().collect()
}

/// Adds many dests to a service and returns their keys, sorted.
fn many_dests(site: &Site, service: &ServiceKey, count: u32) -> Vec<DestKey> {
    let key = |number: u32| {
        let [.., high, low] = number.to_be_bytes();
        DestKey::new([10, 0, high, low], 8080)
    };
    let keys: BTreeSet<_> = (0..count).map(key).collect();
    for key in &keys {
        site.client
            .add_dest(service, &masquerade(&key.to_string()))
            .unwrap();
    }
    keys.into_iter().collect()
}

fn a_long_list_of_services_is_complete(site: &Site) {
    let keys = many_services(site, SERVICES);
    let listed: Vec<_> = site.services().iter().map(|service| service.key).collect();
    assert_eq!(listed, keys);
    let streamed = site.client.stream_services().unwrap();
    let mut streamed: Vec<_> = streamed.map(|entry| entry.unwrap().service.key).collect();
    streamed.sort_unstable();
    assert_eq!(streamed, keys);
}

fn a_long_list_of_dests_is_complete(site: &Site) {
    let service = site.add("tcp 192.0.2.1:80");
    let keys = many_dests(site, &service, DESTS);
    let listed: Vec<_> = site.dests(&service).iter().map(|dest| dest.key).collect();
    assert_eq!(listed, keys);
    let streamed = site.client.stream_dests(&service).unwrap();
    let mut streamed: Vec<_> = streamed.map(|entry| entry.unwrap().dest.key).collect();
    // The kernel's order: the last one added first.
    streamed.reverse();
    assert_eq!(streamed, keys);
    assert_eq!(
        site.client.dest(&service, &keys[1234]).unwrap().dest.key,
        keys[1234]
    );
}

fn a_stream_may_be_dropped_midway(site: &Site) {
    let keys = many_services(site, SERVICES);
    for read in [0, 1, 11, 12, 300] {
        let mut stream = site.client.stream_services().unwrap();
        assert_eq!(
            stream.by_ref().take(read).filter(Result::is_ok).count(),
            read
        );
        drop(stream);
        assert_eq!(site.client.services().unwrap().len(), keys.len());
    }
    // Many may be open side by side, each at its own place.
    let mut streams: Vec<_> = (0..4)
        .map(|_| site.client.stream_services().unwrap())
        .collect();
    for (position, stream) in streams.iter_mut().enumerate() {
        assert_eq!(stream.by_ref().take(position * 50).count(), position * 50);
    }
    for (position, stream) in streams.into_iter().enumerate() {
        assert_eq!(stream.count(), keys.len() - position * 50);
    }
}

fn a_client_is_usable_inside_the_loop(site: &Site) {
    let keys = many_services(site, SERVICES);
    let mut seen = 0;
    for entry in site.client.stream_services().unwrap() {
        let key = entry.unwrap().service.key;
        assert_eq!(site.client.dests(&key).unwrap(), []);
        if seen % 100 == 0 {
            assert_eq!(site.client.services().unwrap().len(), keys.len());
        }
        seen += 1;
    }
    assert_eq!(seen, keys.len());
}

fn a_stream_ends_well_when_the_table_goes(site: &Site) {
    let keys = many_services(site, SERVICES);
    let mut stream = site.client.stream_services().unwrap();
    stream.next().unwrap().unwrap();
    site.client.flush().unwrap();
    // What is listed already is handed out; the rest is no longer there.
    let rest = stream.by_ref().map(Result::unwrap).count();
    assert!(rest < keys.len() - 1, "{rest}");
    assert!(stream.next().is_none());

    let service = site.add("tcp 192.0.2.1:80");
    many_dests(site, &service, 300);
    let mut stream = site.client.stream_dests(&service).unwrap();
    stream.next().unwrap().unwrap();
    site.client.remove_service(&service).unwrap();
    let rest = stream.by_ref().map(Result::unwrap).count();
    assert!(rest < 299, "{rest}");
    assert!(stream.next().is_none());
}

fn a_snapshot_agrees_with_the_lists(site: &Site) {
    let keys = many_services(site, 150);
    for (number, key) in keys.iter().enumerate().step_by(3) {
        let address = match key.family() {
            Family::V4 => "10.0.3.100",
            Family::V6 => "[2001:db8:3::100]",
        };
        for port in 0..number % 4 {
            let dest = masquerade(&format!("{address}:{port}"));
            site.client.add_dest(key, &dest).unwrap();
        }
    }
    let snapshot = site.client.snapshot().unwrap();
    assert_eq!(snapshot.info, site.client.info().unwrap());
    assert_eq!(snapshot.timeouts, site.client.timeouts().unwrap());
    assert_eq!(snapshot.daemons, []);
    let entries: Vec<_> = snapshot
        .services
        .iter()
        .map(|service| service.entry)
        .collect();
    assert_eq!(entries, site.client.services().unwrap());
    for SnapshotService { entry, dests, .. } in &snapshot.services {
        assert_eq!(*dests, site.client.dests(&entry.service.key).unwrap());
        let found = snapshot.service(&entry.service.key).unwrap();
        assert_eq!(found.entry, *entry);
    }
    assert_eq!(snapshot.table().services.len(), keys.len());
}

fn a_snapshot_under_a_writer_agrees_or_says_so(site: &Site) {
    let keys = many_services(site, 8);
    let mut pair = keys.iter().filter(|key| key.family() == Family::V4);
    let (one, other) = (pair.next().unwrap(), pair.next().unwrap());
    let dest = masquerade("10.0.3.100:80").with_weight(0);
    site.client.add_dest(one, &dest).unwrap();
    site.client.add_dest(other, &dest).unwrap();
    let writer = site.open(ipvs_core::Options::new());
    let done = AtomicBool::new(false);
    let (mut agreed, mut told) = (0, 0);
    std::thread::scope(|scope| {
        // The other dest follows the one: it is never ahead, nor two behind. Each
        // burst is followed by a pause that leaves room for a reading.
        scope.spawn(|| {
            for weight in 1.. {
                let edit = DestEdit::new().with_weight(weight);
                writer.edit_dest(one, &dest.key, &edit).unwrap();
                writer.edit_dest(other, &dest.key, &edit).unwrap();
                if weight % 10 == 0 {
                    std::thread::sleep(Duration::from_millis(300));
                }
                if done.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        for _ in 0..200 {
            match site.client.snapshot() {
                Ok(snapshot) => {
                    let listed = snapshot.services.iter().map(|s| s.entry.service.key);
                    assert!(listed.eq(keys.iter().copied()));
                    let weight = |key| snapshot.service(key).unwrap().dests[0].dest.weight;
                    let ahead = weight(one).checked_sub(weight(other));
                    assert!(matches!(ahead, Some(0 | 1)), "torn: {ahead:?} ahead");
                    agreed += 1;
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::ChangedWhileReading, "{error}");
                    told += 1;
                }
            }
            if agreed == 10 {
                break;
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(agreed, 10, "it said {told} times that the table changed");
}
