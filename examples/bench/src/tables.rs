//! The tables of the workloads.

use std::net::Ipv4Addr;

use ipvs_core::{Change, Dest, ForwardMethod, Scheduler, Service, ServiceKey, Table, TableService};

/// How many services, and dests of each.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) services: u32,
    pub(crate) dests: u32,
}

impl Size {
    pub(crate) const USUAL: Size = Size {
        services: 1000,
        dests: 10,
    };
}

pub(crate) fn whole(size: Size) -> Table {
    let mut table = Table::new();
    table.services = (0..size.services)
        .map(|place| {
            let dests = (0..size.dests).map(|dest| self::dest(place * size.dests + dest));
            TableService::new(service(place, 80), dests.collect())
        })
        .collect();
    table
}

/// Ten dests, evenly spread, have a weight that nobody wants.
pub(crate) fn with_mistakes(table: &Table) -> Table {
    let every = dests(table) / 10;
    edit(table, |number, dest| {
        if number % every == 0 {
            dest.weight = 7777;
        }
    })
}

pub(crate) fn with_other_weights(table: &Table) -> Table {
    edit(table, |_, dest| dest.weight += 1)
}

pub(crate) fn without_dests(table: &Table) -> Table {
    let mut table = table.clone();
    table
        .services
        .iter_mut()
        .for_each(|held| held.dests.clear());
    table
}

/// What a day changes: one dest in a hundred has another weight, ten services have a dest in
/// another's place, and ten are gone, with ten others come.
pub(crate) fn changed(table: &Table) -> Table {
    let mut changed = edit(table, |number, dest| {
        if number % 100 == 99 {
            dest.weight += 1;
        }
    });
    let strangers = 1_000_000..;
    for (held, stranger) in changed
        .services
        .iter_mut()
        .skip(20)
        .step_by(30)
        .zip(strangers)
        .take(10)
    {
        if let Some(last) = held.dests.last_mut() {
            *last = dest(stranger);
        }
    }
    for (place, held) in (0..10).zip(&mut changed.services) {
        held.service = service(place, 81);
    }
    changed
}

/// The changes from one table to another, both in the order of [`whole`].
pub(crate) fn differences(before: &Table, after: &Table) -> Vec<Change> {
    let mut changes = Vec::new();
    for (old, new) in before.services.iter().zip(&after.services) {
        let key = new.service.key;
        if old.service != new.service {
            changes.push(Change::RemoveService(old.service.key));
            changes.push(Change::AddService(new.service));
            changes.extend(new.dests.iter().map(|dest| Change::AddDest(key, *dest)));
            continue;
        }
        for (place, there) in old.dests.iter().enumerate() {
            match new.dests.get(place) {
                Some(wanted) if wanted == there => {}
                Some(wanted) if wanted.key == there.key => {
                    changes.push(Change::UpdateDest(key, *wanted));
                }
                Some(wanted) => {
                    changes.push(Change::AddDest(key, *wanted));
                    changes.push(Change::RemoveDest(key, there.key));
                }
                None => changes.push(Change::RemoveDest(key, there.key)),
            }
        }
    }
    changes
}

/// The number of a dest's address, counted from 0, as [`whole`] made it.
pub(crate) fn number(address: Ipv4Addr) -> u32 {
    address.to_bits() - FIRST.to_bits()
}

const FIRST: Ipv4Addr = Ipv4Addr::new(172, 16, 0, 0);

fn dest(number: u32) -> Dest {
    let address = Ipv4Addr::from_bits(FIRST.to_bits() + number);
    Dest::new(address, 8080, ForwardMethod::MASQUERADE).with_weight(1 + number % 100)
}

fn service(place: u32, port: u16) -> Service {
    let address = Ipv4Addr::from_bits(Ipv4Addr::new(10, 1, 0, 0).to_bits() + place);
    Service::new(ServiceKey::tcp(address, port)).with_scheduler(Scheduler::RR)
}

fn dests(table: &Table) -> usize {
    table.services.iter().map(|held| held.dests.len()).sum()
}

fn edit(table: &Table, mut edit: impl FnMut(usize, &mut Dest)) -> Table {
    let mut table = table.clone();
    let dests = table.services.iter_mut().flat_map(|held| &mut held.dests);
    dests
        .enumerate()
        .for_each(|(number, dest)| edit(number, dest));
    table
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use ipvs_core::{
        DestEntry, Info, IpvsVersion, Plan, Scope, ServiceEntry, Snapshot, SnapshotService, Stats,
    };

    use super::*;
    use crate::workload::Workload;

    /// A table as if it had been read.
    fn seen(table: &Table) -> Snapshot {
        let services = table.services.iter().map(|held| {
            let dests = held.dests.iter().map(|dest| DestEntry::new(*dest));
            SnapshotService::new(
                ServiceEntry::new(held.service, Stats::default()),
                dests.collect(),
            )
        });
        Snapshot::new(
            Info::new(IpvsVersion::from_code(0x10201), 4096),
            services.collect(),
        )
    }

    /// What the others are told to do is what the library finds out.
    #[test]
    fn the_differences_are_those_of_a_plan() {
        for workload in [
            Workload::Edit,
            Workload::Delete,
            Workload::Fix,
            Workload::Reload,
        ] {
            let (before, after) = (workload.before(Size::USUAL), workload.after(Size::USUAL));
            let plan = Plan::new(&seen(&before), &after, &Scope::everything()).unwrap();
            let planned: HashSet<Change> = plan.changes().collect();
            let told: HashSet<Change> = differences(&before, &after).into_iter().collect();
            assert_eq!(planned, told, "{}", workload.name());
        }
    }

    #[test]
    fn a_day_changes_what_it_says() {
        let before = whole(Size::USUAL);
        let changes = differences(&before, &changed(&before));
        let count = |wanted: fn(&Change) -> bool| changes.iter().filter(|c| wanted(c)).count();
        assert_eq!(count(|change| matches!(change, Change::AddService(_))), 10);
        assert_eq!(
            count(|change| matches!(change, Change::RemoveService(_))),
            10
        );
        assert_eq!(count(|change| matches!(change, Change::RemoveDest(..))), 10);
        assert_eq!(
            count(|change| matches!(change, Change::AddDest(..))),
            10 + 10 * 10
        );
        let edits = count(|change| matches!(change, Change::UpdateDest(..)));
        assert!((80..=100).contains(&edits), "{edits}");
    }

    #[test]
    fn a_dests_number_is_in_its_address() {
        let table = whole(Size::USUAL);
        let dests = table.services.iter().flat_map(|held| &held.dests);
        for (place, dest) in (0..).zip(dests) {
            let std::net::IpAddr::V4(address) = dest.key.address else {
                panic!("{}", dest.key);
            };
            assert_eq!(number(address), place);
        }
    }
}
