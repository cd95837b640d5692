use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::procfs::{Connection, ConnectionState, Origin, PersistenceData};
use crate::strategies::*;
use crate::*;

fn stats() -> impl Strategy<Value = Stats> {
    (any::<[u64; 10]>(), any::<bool>()).prop_map(|(numbers, wide)| {
        let [
            connections,
            incoming_packets,
            outgoing_packets,
            incoming_bytes,
            outgoing_bytes,
            rates @ ..,
        ] = numbers;
        let [cps, inpps, outpps, inbps, outbps] = rates;
        Stats {
            connections,
            incoming_packets,
            outgoing_packets,
            incoming_bytes,
            outgoing_bytes,
            rates: Rates {
                connections: cps,
                incoming_packets: inpps,
                outgoing_packets: outpps,
                incoming_bytes: inbps,
                outgoing_bytes: outbps,
            },
            width: if wide {
                StatsWidth::Bits64
            } else {
                StatsWidth::Bits32
            },
        }
    })
}

fn table() -> impl Strategy<Value = Table> {
    let services = vec((service(), vec(dest(), 0..3)), 0..3);
    let daemons = proptest::option::of(vec(daemon(), 0..3));
    (services, proptest::option::of(timeouts()), daemons).prop_map(
        |(services, timeouts, daemons)| {
            let services = services
                .into_iter()
                .map(|(service, dests)| TableService::new(service, dests));
            Table {
                services: services.collect(),
                timeouts,
                daemons,
            }
        },
    )
}

fn dest_entry() -> impl Strategy<Value = DestEntry> {
    (dest(), any::<[u32; 3]>(), stats()).prop_map(
        |(dest, [active, inactive, persistent], stats)| DestEntry {
            dest,
            active_connections: active,
            inactive_connections: inactive,
            persistent_connections: persistent,
            stats,
        },
    )
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    let info = (any::<u32>(), any::<u32>())
        .prop_map(|(code, size)| Info::new(IpvsVersion::from_code(code), size));
    let service =
        (service(), stats(), vec(dest_entry(), 0..3)).prop_map(|(service, stats, dests)| {
            SnapshotService::new(ServiceEntry::new(service, stats), dests)
        });
    (info, vec(service, 0..3), timeouts(), vec(daemon(), 0..3)).prop_map(
        |(info, services, timeouts, daemons)| Snapshot {
            timeouts,
            daemons,
            ..Snapshot::new(info, services)
        },
    )
}

fn connection() -> impl Strategy<Value = Connection> {
    let state = prop_oneof![
        proptest::sample::select(ConnectionState::KNOWN),
        name(ConnectionState::MAX_LENGTH, ConnectionState::from_bytes),
    ];
    let origin = proptest::option::of(prop_oneof![Just(Origin::Local), Just(Origin::Synced)]);
    let persistence =
        (engine(), any::<Vec<u8>>()).prop_map(|(engine, data)| PersistenceData { engine, data });
    let ends = (any_address(), any::<u16>(), service_key(), dest_key());
    (
        ends,
        state,
        seconds(),
        origin,
        proptest::option::of(persistence),
    )
        .prop_map(
            |((client, client_port, service, dest), state, expires, origin, persistence)| {
                Connection {
                    client,
                    client_port,
                    service,
                    dest,
                    state,
                    expires,
                    origin,
                    persistence,
                }
            },
        )
}

fn reads_as_it_is_written<T>(value: &T)
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), *value, "{text}");
    // By way of values too, whose fields come in another order.
    let fields = serde_json::to_value(value).unwrap();
    assert_eq!(
        serde_json::from_value::<T>(fields).unwrap(),
        *value,
        "{text}"
    );
}

proptest! {
    #[test]
    fn a_table_reads_as_it_is_written(table in table()) {
        reads_as_it_is_written(&table);
    }

    #[test]
    fn a_snapshot_reads_as_it_is_written(snapshot in snapshot()) {
        reads_as_it_is_written(&snapshot);
    }

    #[test]
    fn a_connection_reads_as_it_is_written(connection in connection()) {
        reads_as_it_is_written(&connection);
    }

    #[test]
    fn the_parts_read_as_they_are_written(
        key in service_key(), service in service(), dest in dest(), daemon in daemon(), timeouts in timeouts()
    ) {
        reads_as_it_is_written(&key);
        reads_as_it_is_written(&service);
        reads_as_it_is_written(&dest);
        reads_as_it_is_written(&dest.key);
        reads_as_it_is_written(&daemon);
        reads_as_it_is_written(&timeouts);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[\\[\\]{}:,\"0-9a-z.-]{0,60}") {
        let _ = serde_json::from_str::<Table>(&text);
        let _ = serde_json::from_str::<Connection>(&text);
    }
}

#[test]
fn a_fraction_of_a_second_is_refused_by_name() {
    let service = Service::new("tcp 192.0.2.1:80".parse().unwrap());
    let service = service.with_persistence(Duration::from_millis(1500));
    let error = serde_json::to_string(&service).unwrap_err();
    assert_eq!(
        error.to_string(),
        "persistence_timeout: 1.5s is not in whole seconds"
    );
}

/// What `text` is refused with as a table of one service.
#[track_caller]
fn refused(service: &str) -> String {
    let text = format!(r#"{{"services": [{{{service}}}]}}"#);
    let error = serde_json::from_str::<Table>(&text)
        .unwrap_err()
        .to_string();
    let (words, place) = error.split_once(" at line 1 column ").unwrap();
    assert!(place.bytes().all(|byte| byte.is_ascii_digit()), "{error}");
    words.strip_prefix("services: ").unwrap().to_owned()
}

#[test]
fn an_error_names_the_field() {
    const KEY: &str = r#""protocol": "tcp", "address": "192.0.2.1", "port": 80"#;
    const DEST: &str = r#""address": "10.0.0.1", "port": 80, "forward": "masquerade""#;
    for (service, expected) in [
        ("", "protocol: missing"),
        (r#""protocol": "tcp", "port": 80"#, "address: missing"),
        (
            r#""firewall_mark": 7, "port": 80"#,
            "firewall_mark: excludes protocol, address and port",
        ),
        (
            &format!(r#"{KEY}, "family": "ipv4""#),
            "family: goes with firewall_mark only",
        ),
        (&format!(r#"{KEY}, "wieght": 1"#), "wieght: unknown field"),
        // A table's services have no counters.
        (&format!(r#"{KEY}, "stats": {{}}"#), "stats: unknown field"),
        (&format!(r#"{KEY}, "port": 81"#), "port: given twice"),
        (
            r#""protocol": "tcp", "address": "192.0.2.256", "port": 80"#,
            "address: invalid IP address syntax",
        ),
        (
            r#""protocol": "tcp", "address": "192.0.2.1", "port": 65536"#,
            "port: invalid value: integer `65536`, expected u16",
        ),
        (
            r#""protocol": "tpc", "address": "192.0.2.1", "port": 80"#,
            "protocol: \"tpc\" is not one: expected tcp, udp, sctp or a number up to 65535",
        ),
        (
            &format!(r#"{KEY}, "flags": ["persistent,one-packet"]"#),
            "flags: \"persistent,one-packet\" is more than one word",
        ),
        (
            &format!(r#"{KEY}, "flags": ["x"]"#),
            "flags: \"x\" is not one: expected such as persistent,one-packet",
        ),
        (
            &format!(r#"{KEY}, "flags": "persistent""#),
            "flags: invalid type: string \"persistent\", expected a sequence",
        ),
        (
            &format!(r#"{KEY}, "persistence_timeout": -1"#),
            "persistence_timeout: invalid value: integer `-1`, expected u64",
        ),
        (
            &format!(r#"{KEY}, "dests": [{{{DEST}, "weight": "1"}}]"#),
            "dests: weight: invalid type: string \"1\", expected u32",
        ),
        (
            &format!(r#"{KEY}, "dests": [{{{DEST}, "tunnel": {{"kind": true}}}}]"#),
            "dests: tunnel: kind: invalid type: boolean `true`, expected text",
        ),
    ] {
        assert_eq!(refused(service), expected);
    }
    let error = serde_json::from_str::<Table>("[]").unwrap_err().to_string();
    assert!(
        error.starts_with("invalid type: sequence, expected an object"),
        "{error}"
    );
    let width = r#"{"width": 16}"#;
    let error = serde_json::from_str::<Stats>(width)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("width: 16 is neither 64 nor 32"),
        "{error}"
    );
}

#[test]
fn what_is_missing_is_its_default() {
    let read = |text: &str| serde_json::from_str::<Service>(text).unwrap();
    let marked = read(r#"{"firewall_mark": 7}"#);
    assert_eq!(
        marked,
        Service::new(ServiceKey::firewall_mark(7, Family::V4))
    );
    let six = read(r#"{"firewall_mark": 7, "family": "ipv6"}"#);
    assert_eq!(six.persistence_netmask, Netmask::V6(128));
    assert_eq!(serde_json::from_str::<Table>("{}").unwrap(), Table::new());
    assert_eq!(
        serde_json::from_str::<Timeouts>("{}").unwrap(),
        Timeouts::default()
    );
    let daemon = r#"{"role": "master", "interface": "eth0"}"#;
    let expected = SyncDaemon::new(DaemonRole::Master, "eth0".parse().unwrap());
    assert_eq!(
        serde_json::from_str::<SyncDaemon>(daemon).unwrap(),
        expected
    );
    let info = r#"{"info": {"version": "1.2.1", "connection_table_size": 4096}}"#;
    let expected = Snapshot::new(Info::new("1.2.1".parse().unwrap(), 4096), vec![]);
    assert_eq!(serde_json::from_str::<Snapshot>(info).unwrap(), expected);
}
