//! What holds of any connection and of any bytes.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::strategies::{address, any_address, dest_key, family, name, protocol};
use crate::{PersistenceEngine, ServiceKey};

/// Connections as the kernel may print them: the client and the service are of
/// one family, a firewall mark is in templates only, and no newline anywhere.
fn connection() -> impl Strategy<Value = Connection> {
    let ends = family().prop_flat_map(|family| {
        let template = (address(family), 1_u32..)
            .prop_map(move |(client, mark)| (client, 0, ServiceKey::firewall_mark(mark, family)));
        let ordinary = (
            address(family),
            1_u16..,
            protocol(),
            address(family),
            any::<u16>(),
        )
            .prop_map(|(client, client_port, protocol, address, port)| {
                (
                    client,
                    client_port,
                    ServiceKey::address(protocol, address, port),
                )
            });
        prop_oneof![template, ordinary]
    });
    let state = prop_oneof![
        3 => select(ConnectionState::KNOWN),
        1 => name(15, ConnectionState::from_bytes),
    ];
    let state = state.prop_filter("one word", |state| is_word(state.as_bytes()));
    (ends, dest_key(), state, any::<u32>()).prop_map(|(ends, dest, state, expires)| {
        let (client, client_port, service) = ends;
        Connection {
            client,
            client_port,
            service,
            dest,
            state,
            expires: Duration::from_secs(expires.into()),
            origin: None,
            persistence: None,
        }
    })
}

fn is_word(bytes: &[u8]) -> bool {
    !bytes.iter().any(|byte| b" \t\n".contains(byte))
}

fn persistence() -> impl Strategy<Value = PersistenceData> {
    let engine = name(16, PersistenceEngine::from_bytes);
    let engine = engine.prop_filter("one word", |engine| is_word(engine.as_bytes()));
    let byte = any::<u8>().prop_filter("no newline", |byte| *byte != b'\n');
    (engine, vec(byte, 0..=255)).prop_map(|(engine, data)| PersistenceData { engine, data })
}

/// Each reader on the same bytes; how many rows they gave.
fn read_by_all(file: &[u8]) -> usize {
    let rows = [
        Connections::new(file).count(),
        SyncedConnections::new(file).count(),
        Applications::new(file).count(),
    ];
    let _ = KernelTable::read(file);
    let _ = total_stats(file);
    let _ = CpuStats::read(file);
    let _ = Status::read(file);
    rows.iter().sum()
}

proptest! {
    #[test]
    fn what_the_kernel_prints_is_read_back(
        rows in vec((connection(), option::of(persistence())), 1..20)
    ) {
        let mut file = HEADER.as_bytes().to_vec();
        let mut expected = Vec::new();
        for (mut row, persistence) in rows {
            row.persistence = persistence;
            file.extend(print::connection(&row));
            expected.push(row);
        }
        let read: Result<Vec<_>, _> = Connections::new(file.as_slice()).collect();
        prop_assert_eq!(read.unwrap(), expected);
    }

    #[test]
    fn what_the_kernel_prints_of_synced_connections_is_read_back(
        rows in vec((connection(), any::<bool>()), 1..20)
    ) {
        let mut file = HEADER.replace("Expires PEName PEData", "Origin Expires").into_bytes();
        let mut expected = Vec::new();
        for (mut row, local) in rows {
            row.origin = Some(if local { Origin::Local } else { Origin::Synced });
            file.extend(print::connection(&row));
            expected.push(row);
        }
        let read: Result<Vec<_>, _> = SyncedConnections::new(file.as_slice()).collect();
        prop_assert_eq!(read.unwrap(), expected);
    }

    /// No bytes make a panic, or more rows than lines.
    #[test]
    fn any_bytes_are_read(bytes in vec(any::<u8>(), 0..300), headed in any::<bool>()) {
        let header = if headed { HEADER } else { "" };
        let file = [header.as_bytes(), &bytes].concat();
        let lines = file.split(|byte| *byte == b'\n').count();
        prop_assert!(read_by_all(&file) <= 3 * lines + 3);
    }

    /// Files with some bytes changed, put in or taken out are read or refused;
    /// of a row that is refused the next one is read.
    #[test]
    fn nearly_right_files_are_read(
        file in select(&[samples::CONNECTIONS, samples::TABLE, samples::STATS, samples::CPU_STATS, samples::STATUS][..]),
        changes in vec((any::<Index>(), 0..3_u8, any::<u8>()), 1..6),
    ) {
        let mut bytes = file.as_bytes().to_vec();
        for (place, change, byte) in changes {
            let place = place.index(bytes.len());
            match change {
                0 => bytes[place] = byte,
                1 => bytes.insert(place, byte),
                _ => drop(bytes.remove(place)),
            }
        }
        read_by_all(&bytes);
        let after = [HEADER.as_bytes(), &bytes, b"\n", ROW.as_bytes()].concat();
        let last = Connections::new(after.as_slice()).last().unwrap();
        prop_assert_eq!(last.unwrap(), row(ROW));
    }

    #[test]
    fn any_address_is_one_word(address in any_address()) {
        let word = print::digits(address);
        prop_assert_eq!(super::super::words::address(word.as_bytes()), Some(address));
    }
}
