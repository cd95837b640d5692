//! The JSON schema by example: what these files hold must not change, since other programs have
//! written it down. A new field is added to them, and its default to those who read older text.

use std::time::Duration;

use ipvs_core::procfs::{Connection, Connections, SyncedConnections};
use ipvs_core::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The value is written as this text, and the text reads as the value.
#[track_caller]
fn assert_golden<T>(value: &T, golden: &str)
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let written = serde_json::to_string_pretty(value).unwrap();
    assert_eq!(written, golden.trim_end(), "it was written as\n{written}");
    assert_eq!(serde_json::from_str::<T>(golden).unwrap(), *value);
}

fn key(text: &str) -> ServiceKey {
    text.parse().unwrap()
}

fn dest(text: &str) -> Dest {
    text.parse().unwrap()
}

/// Every field, with and without a value, and what only other programs put into a kernel.
fn services() -> [(Service, Vec<Dest>); 3] {
    let web = Service::new(key("tcp 192.0.2.1:80"));
    let sip = Service::new(key("udp [2001:db8::1]:5060"))
        .with_scheduler(Scheduler::SH)
        .with_flags(ServiceFlags::ONE_PACKET | ServiceFlags::SCHEDULER_2)
        .with_persistence(Duration::from_secs(360))
        .with_persistence_netmask(Netmask::V6(64))
        .with_persistence_engine(PersistenceEngine::SIP);
    let strange = Service::new(ServiceKey::firewall_mark(4_294_967_295, Family::V6))
        .with_scheduler(Scheduler::from_bytes(b"a b\xff").unwrap())
        .with_flags(ServiceFlags::from_bits_retain(0x8000_0001));
    [
        (
            web,
            vec![
                dest("10.0.3.100:8080 masquerade"),
                dest("10.0.3.101:80 tunnel weight 4 upper 200 lower 100 tunnel gue:6080:csum"),
            ],
        ),
        (
            sip,
            vec![dest("[2001:db8:3::100]:5060 direct-route weight 0")],
        ),
        (strange, vec![dest("10.0.3.102:0 bypass tunnel 9:1:0x8000")]),
    ]
}

fn daemons() -> Vec<SyncDaemon> {
    let master = "master eth0 sync-id 7 max-length 1400 group 224.0.0.81 port 8848 ttl 1";
    [master, "backup eth1"]
        .map(|text| text.parse().unwrap())
        .into()
}

#[test]
fn tables() {
    let mut table = Table::new()
        .with_timeouts(Timeouts::default())
        .with_daemons(daemons());
    for (service, dests) in services() {
        table = table.with_service(service, dests);
    }
    assert_golden(&table, include_str!("json/table.json"));
    assert_golden(&Table::new(), include_str!("json/empty-table.json"));
}

#[test]
fn snapshots() {
    let mut stats = Stats::default();
    stats.connections = u64::MAX;
    (stats.incoming_packets, stats.outgoing_packets) = (1, 2);
    (stats.incoming_bytes, stats.outgoing_bytes) = (3, 4);
    stats.rates.connections = 5;
    (stats.rates.incoming_packets, stats.rates.outgoing_packets) = (6, 7);
    (stats.rates.incoming_bytes, stats.rates.outgoing_bytes) = (8, 9);
    stats.width = StatsWidth::Bits32;
    let entry = |dest: Dest| {
        let mut entry = DestEntry::new(dest);
        (entry.active_connections, entry.inactive_connections) = (10, 11);
        entry.persistent_connections = 12;
        entry.stats = stats;
        entry
    };
    let services = services().map(|(service, dests)| {
        let dests = dests.into_iter().map(entry).collect();
        SnapshotService::new(ServiceEntry::new(service, Stats::default()), dests)
    });
    let info = Info::new("1.2.1".parse().unwrap(), 4096);
    let mut snapshot = Snapshot::new(info, services.into());
    snapshot.daemons = daemons();
    assert_golden(&snapshot, include_str!("json/snapshot.json"));
}

#[test]
fn connections() {
    let file = "\
Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
TCP 0A00020F ABCD C0000201 0050 0A000396 1F90 ESTABLISHED     899
UDP 2001:0db8:0000:0000:0000:0000:0000:0002 1000 2001:0db8:0000:0000:0000:0000:0000:0001 0035 0A000396 0035 UDP             299
UDP 0A00020F 0000 C0000201 13C4 0A000396 13C4 ASSURED         359 sip a\\b\u{7}@host
IP  0A000200 0000 00000007 0000 0A000396 0000 NONE             49
";
    let mut rows: Vec<Connection> = Connections::new(file.as_bytes())
        .map(Result::unwrap)
        .collect();
    let synced = "\
Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Origin Expires
TCP 0A00020F ABCE C0000201 0050 0A000396 1F90 ESTABLISHED SYNC       180
";
    rows.extend(SyncedConnections::new(synced.as_bytes()).map(Result::unwrap));
    assert_golden(&rows, include_str!("json/connections.json"));
}
