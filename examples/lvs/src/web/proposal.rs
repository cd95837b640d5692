//! A change that was asked for and not yet made: what the file would say, and what that would
//! do to the kernel's table. Pure.

use ipvs_core::{
    DestEntry, Info, IpvsVersion, Plan, Scope, ServiceEntry, Snapshot, SnapshotService, Stats,
    Table, TableService,
};

use super::store::Stored;
use crate::config::{Complaint, Config};
use crate::convert::{self, to_table};
use crate::lvsd::layout::Layout;
use crate::observe::Picture;

/// What would be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Proposal {
    /// What was asked for, for people.
    pub(super) title: String,
    /// The file that it was made from.
    pub(super) before: Vec<u8>,
    /// The file that it makes.
    pub(super) text: String,
    /// The page that follows.
    pub(super) back: String,
}

/// What a proposal would do.
#[derive(Debug)]
pub(super) struct Preview {
    /// How many comments of the file would be lost.
    pub(super) comments: usize,
    /// What can't work in it, and could not before.
    pub(super) complaints: Vec<Complaint>,
    /// What it would do to the kernel.
    pub(super) effect: Effect,
}

/// What a change would do to the kernel's table.
#[derive(Debug, PartialEq)]
pub(super) enum Effect {
    /// These changes, now.
    Now(Plan),
    /// No lvsd keeps the file in force here, or the table could not be read: these changes are
    /// the difference of the two files.
    Later(Plan),
    /// It can't be told.
    Untold(String),
}

impl Proposal {
    /// The file `stored` as `config` would have it, one version later.
    pub(super) fn new(stored: &Stored, config: &Config, title: String, back: String) -> Proposal {
        let config = Config {
            serial_no: config.serial_no.wrapping_add(1),
            ..config.clone()
        };
        Proposal {
            title,
            before: stored.bytes.clone(),
            text: config.to_string(),
            back,
        }
    }
}

impl Preview {
    /// What it would do to go from `old` to `new` while `seen` is what goes on.
    pub(super) fn new(stored: &Stored, old: &Config, new: &Config, seen: &Picture) -> Preview {
        Preview {
            comments: comments(&stored.bytes),
            complaints: complaints(new),
            effect: effect(old, new, seen),
        }
    }
}

/// What can't work in `new` and is not wrong with `old` already, but for the file as a whole,
/// whose settings people may have to change on two pages.
pub(super) fn fresh_complaints(old: &Config, new: &Config) -> Vec<Complaint> {
    let before = complaints(old);
    let mut found = complaints(new);
    found.retain(|complaint| complaint.service.is_some() && !before.contains(complaint));
    found
}

/// Why lvsd would refuse it.
fn complaints(config: &Config) -> Vec<Complaint> {
    Layout::of(config).err().unwrap_or_default()
}

/// The lines of a file that are comments.
fn comments(file: &[u8]) -> usize {
    let text = String::from_utf8_lossy(file);
    let comment = |line: &&str| line.trim_start().starts_with('#');
    text.lines().filter(comment).count()
}

fn effect(old: &Config, new: &Config, seen: &Picture) -> Effect {
    let (before, after) = (to_table(old).value, to_table(new).value);
    let live = seen.table.as_ref().ok().filter(|_| seen.is_in_force());
    let plan = match live {
        Some(live) => plan(live, &before, as_checked(live, &before, after, new)),
        None => plan(&imagined(&before), &before, after),
    };
    match (plan, live) {
        (Ok(plan), Some(_)) => Effect::Now(plan),
        (Ok(plan), None) => Effect::Later(plan),
        (Err(error), _) => Effect::Untold(error.to_string()),
    }
}

/// The changes that make `after` of what is there, as far as it is of one of the two files.
fn plan(seen: &Snapshot, before: &Table, mut after: Table) -> Result<Plan, ipvs_core::Error> {
    // pulse's, who starts it where a node becomes active.
    after.daemons = None;
    let services = before.services.iter().chain(&after.services);
    let scope = services.fold(Scope::nothing(), |scope, service| {
        scope.with_service(service.service.key)
    });
    Plan::new(seen, &after, &scope.with_timeouts())
}

/// The table that is wanted once the checkers have had their say: a server that one took out
/// stays out, the weight that one gave stays, and so does a sorry server that answers.
fn as_checked(live: &Snapshot, before: &Table, mut after: Table, new: &Config) -> Table {
    for wanted in &mut after.services {
        let key = wanted.service.key;
        let there = live.service(&key);
        let there = there.map_or(&[][..], |there| &there.dests);
        let same = |service: &&TableService| service.service.key == key;
        let old = before.services.iter().find(same);
        let old = old.map_or(&[][..], |old| &old.dests);
        wanted.dests.retain_mut(|dest| {
            let Some(old) = old.iter().find(|old| old.key == dest.key) else {
                return true;
            };
            match there.iter().find(|entry| entry.dest.key == dest.key) {
                Some(entry) if old.weight == dest.weight => dest.weight = entry.dest.weight,
                Some(_) => {}
                None => return old != dest,
            }
            true
        });
        let block = new.virtuals.iter().find(|block| block.key() == Some(key));
        let sorry = block.and_then(|block| convert::sorry_dest(new, block));
        let sorry = there.iter().find(|entry| {
            let is = |dest: ipvs_core::Dest| dest.key == entry.dest.key;
            sorry.is_some_and(is)
        });
        if let Some(entry) = sorry {
            if !wanted.dests.iter().any(|dest| dest.key == entry.dest.key) {
                wanted.dests.push(entry.dest);
            }
        }
    }
    after
}

/// A kernel that has just this table.
fn imagined(table: &Table) -> Snapshot {
    let services = table.services.iter().map(|wanted| {
        let dests = wanted.dests.iter().copied().map(DestEntry::new).collect();
        SnapshotService::new(ServiceEntry::new(wanted.service, Stats::default()), dests)
    });
    let info = Info::new(IpvsVersion::from_code(0x1_0201), 4096);
    let mut seen = Snapshot::new(info, services.collect());
    seen.timeouts = table.timeouts.unwrap_or(seen.timeouts);
    seen
}

#[cfg(test)]
mod tests;
