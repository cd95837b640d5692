use std::fmt::Debug;

use ipvs_core::procfs::{Connection, Connections, SyncedConnections};
use ipvs_core::{
    Dest, DestEntry, DestKey, Service, ServiceEntry, ServiceKey, Snapshot, SyncDaemon, Table,
    TableService, Timeouts,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::source::Source;

/// The model as JSON: from any text, from any value, and of what a kernel's file says.
pub fn json(data: &[u8]) {
    macro_rules! each {
        ($($type:ty)*) => { $(read::<$type>(data);)* };
    }
    each! {
        Table Snapshot Service ServiceKey ServiceEntry Dest DestKey DestEntry SyncDaemon
        Timeouts Connection
    }
    writes(&table(&mut Source::new(data)));
    let synced = SyncedConnections::new(data);
    Connections::new(data)
        .chain(synced)
        .flatten()
        .for_each(|connection| writes(&connection));
}

fn read<T: Serialize + DeserializeOwned + PartialEq + Debug>(text: &[u8]) {
    match serde_json::from_slice::<T>(text) {
        Ok(value) => writes(&value),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// What is written reads as the same, and by way of values too, whose fields come in
/// another order.
fn writes<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let text = serde_json::to_string(value).expect("it can be written");
    let read = serde_json::from_str::<T>(&text);
    assert_eq!(read.as_ref().ok(), Some(value), "{text}");
    let fields = serde_json::to_value(value).expect("it can be written");
    let read = serde_json::from_value::<T>(fields);
    assert_eq!(read.as_ref().ok(), Some(value), "{text}");
}

fn table(source: &mut Source<'_>) -> Table {
    let mut table = Table::new();
    table.services = source.list(4, |source| {
        TableService::new(source.service(), source.list(4, Source::dest))
    });
    table.timeouts = source.option(Source::timeouts);
    table.daemons = source.option(|source| source.list(3, Source::daemon));
    table
}
