//! `--json`: the same as the library's own reading of the kernel.

use std::fmt::Debug;
use std::time::Duration;

use ipvs_core::procfs::Connection;
use ipvs_core::{Snapshot, SnapshotService, SyncDaemon, Table, Timeouts};
use serde::de::DeserializeOwned;

use crate::dice::Dice;
use crate::harness::{Test, tests};
use crate::listings;
use crate::site::{Room, Site};
use crate::tables::{self, Kind};
use crate::tally;
use crate::traffic::Traffic;

pub fn tests() -> Vec<Test> {
    tests![
        a_listing_is_the_snapshot,
        the_rest_is_what_is_in_force,
        connections_are_those_of_the_kernel,
        json_is_for_listings
    ]
}

/// What our program prints is what the library reads.
fn is<T: DeserializeOwned + PartialEq + Debug>(room: &Room, line: &str, read: &T) {
    tally::count("json");
    let printed = room.run(line).success();
    let value: T =
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
    assert_eq!(value, *read, "{line}");
}

fn a_listing_is_the_snapshot(site: &Site) {
    let mut dice = Dice::thrown_for("a_listing_is_the_snapshot");
    let room = &site.ours;
    room.set(&tables::random(&mut dice, &site.kernel, Kind::Any));
    let snapshot: Snapshot = room.client.snapshot().unwrap();
    for line in [
        "-L --json",
        "--json",
        "-L -n --stats --json",
        "--list --json --nosort",
    ] {
        is(room, line, &snapshot);
    }
    for service in &snapshot.services {
        if let Some(name) = listings::option(&service.entry.service.key) {
            is::<SnapshotService>(room, &format!("-L {name} --json"), service);
        }
    }
}

fn the_rest_is_what_is_in_force(site: &Site) {
    site.add_interface();
    let mut dice = Dice::thrown_for("the_rest_is_what_is_in_force");
    let room = &site.ours;
    room.set(&tables::with_the_rest(&mut dice, Table::new()));
    let timeouts: Timeouts = room.client.timeouts().unwrap();
    is(room, "-L --timeout --json", &timeouts);
    let daemons: Vec<SyncDaemon> = room.client.daemons().unwrap();
    is(room, "-L --daemon --json", &daemons);
}

fn connections_are_those_of_the_kernel(site: &Site) {
    let room = &site.ours;
    Traffic::new(room).burst();
    let printed = room.run("-L -c --json").success();
    let printed: Vec<Connection> = serde_json::from_str(&printed).unwrap();
    let read: Result<Vec<Connection>, _> = room.client.connections().unwrap().collect();
    // Their time runs out meanwhile.
    let [printed, read] = [printed, read.unwrap()].map(|mut connections| {
        let stop = |connection: &mut Connection| connection.expires = Duration::ZERO;
        connections.iter_mut().for_each(stop);
        connections
    });
    assert!(
        printed
            .iter()
            .any(|connection| connection.persistence.is_some())
    );
    assert_eq!(printed, read);
    tally::count("json");
}

/// Elsewhere it is as unknown as to the original.
fn json_is_for_listings(site: &Site) {
    for line in [
        "-S --json",
        "-Z --json",
        "-C --json",
        "-A -t 10.0.0.9:80 --json",
    ] {
        let [original, ours] = site.rooms().map(|room| room.run(line));
        assert_eq!(ours, original, "{line}");
        tally::count("json");
    }
}
