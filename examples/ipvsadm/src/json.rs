//! `-L --json`: every listing in the schema of `ipvs_core::json`.

use std::io::{self, Write};

use ipvs_core::rules::Listing;
use ipvs_core::{Client, Error, SnapshotService};
use serde::{Serialize, Serializer};

use crate::connections::Connections;
use crate::failure::Failure;

/// Prints a listing. Whatever would choose its columns changes nothing: all of
/// it is there.
pub(crate) fn print(client: &Client, what: Listing, out: &mut dyn Write) -> Result<(), Failure> {
    match what {
        Listing::Service(key) => {
            let entry = read(client.service(&key))?;
            let dests = read(client.dests(&key))?;
            object(&SnapshotService::new(entry, dests), out)
        }
        Listing::Connections => connections(client, out),
        Listing::Timeouts => object(&read(client.timeouts())?, out),
        Listing::Daemons => object(&read(client.daemons())?, out),
        _ => object(&read(client.snapshot())?, out),
    }
}

fn read<T>(answer: Result<T, Error>) -> Result<T, Failure> {
    answer.map_err(|error| Failure::of_listing(&error))
}

fn object(value: &impl Serialize, out: &mut dyn Write) -> Result<(), Failure> {
    serde_json::to_writer(&mut *out, value).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}

/// One at a time, however many there are.
fn connections(client: &Client, out: &mut dyn Write) -> Result<(), Failure> {
    let mut connections = Connections::open(client)?;
    let mut json = serde_json::Serializer::new(&mut *out);
    json.collect_seq(&mut connections)
        .map_err(io::Error::from)?;
    writeln!(out)?;
    connections.outcome()
}
