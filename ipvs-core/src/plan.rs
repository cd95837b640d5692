//! From what is there to what is wanted: the fewest changes, in an order that
//! never drops traffic.

pub(crate) mod differences;
mod merge;
mod scope;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::{
    Change, DaemonRole, Dest, DestEdit, DestEntry, DestKey, Error, ErrorKind, Object, Op,
    ServiceKey, Snapshot, SnapshotService, SyncDaemon, Table, TableService,
};

pub use differences::Differences;
use merge::{side_by_side, sorted};
pub use scope::Scope;

/// The changes that turn a [`Snapshot`] into a [`Table`], within a [`Scope`].
///
/// It is a value: nothing is read and nothing is sent. What is equal to the
/// kernel is equal here ([`Differences`]), so a table that is in force plans
/// nothing. The changes come in this order, in which no connection that is known is
/// dropped if it could be kept, and none refused that could be served:
///
/// 1. the timeouts; daemons that are not wanted are stopped;
/// 2. new services, each with its dests, and new dests;
/// 3. services and dests that differ, changed in place, those dests last that are to
///    take less than before;
/// 4. dests that are not wanted any more are drained: one that still has
///    connections gets weight 0 and stays until a later plan finds it empty;
///    one without connections is removed ([`draining`](Self::draining) says what stays);
/// 5. services that are not wanted any more, each in one message with its dests;
/// 6. daemons that are wanted otherwise are stopped and started anew, new ones started.
///    (The kernel starts none while a dest of another family than its service is there.)
///
/// A client that connects after the snapshot to a dest that was empty then is cut off by
/// its removal. Where even that must not be, let a [`Drain`](crate::Drain) go before.
///
/// There is never a flush, and nothing outside of the scope is touched.
///
/// ```
/// # use ipvs_core::{Dest, ForwardMethod, Info, IpvsVersion, Plan, Scope, Service, ServiceKey, Snapshot, Table};
/// let empty = Snapshot::new(Info::new(IpvsVersion::from_code(0x10201), 4096), vec![]);
/// let web = Service::new(ServiceKey::tcp([192, 0, 2, 1], 80));
/// let server = Dest::new([10, 0, 3, 100], 8080, ForwardMethod::MASQUERADE);
/// let wanted = Table::new().with_service(web, vec![server]);
/// let plan = Plan::new(&empty, &wanted, &Scope::everything())?;
/// assert_eq!(
///     plan.to_string(),
///     "add service tcp 192.0.2.1:80 scheduler wlc (it is missing)\n\
///      add dest 10.0.3.100:8080 masquerade weight 1 of tcp 192.0.2.1:80 (it is missing)\n"
/// );
/// # Ok::<(), ipvs_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    steps: Vec<PlannedChange>,
    draining: Vec<(ServiceKey, DestKey)>,
}

/// A change of a [`Plan`], and why it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PlannedChange {
    /// What is to be done.
    pub change: Change,
    /// Why.
    pub reason: Reason,
}

impl PlannedChange {
    /// A change and its reason: for tests of what reads plans.
    #[must_use]
    pub fn new(change: Change, reason: Reason) -> Self {
        PlannedChange { change, reason }
    }
}

/// Why a change is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// It is wanted and not there.
    Missing,
    /// It is there and differs in these fields.
    Differs(Differences),
    /// It is there and not wanted.
    Unwanted,
    /// It is there, not wanted, and has connections, which may finish.
    Draining,
}

/// What becomes of a dest that is not wanted and has connections.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Departure {
    WhenEmpty,
    AtOnce,
}

impl Plan {
    /// Plans what turns `seen` into `wanted`, within `scope`.
    ///
    /// # Errors
    ///
    /// `InvalidInput` when `wanted` holds a service or a dest twice, a role's daemon
    /// twice, or something that is outside of the scope.
    pub fn new(seen: &Snapshot, wanted: &Table, scope: &Scope) -> Result<Self, Error> {
        Planner::plan(seen, wanted, scope, Departure::WhenEmpty)
    }

    /// The same without draining: dests that are not wanted are removed whatever
    /// connections they have.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn at_once(seen: &Snapshot, wanted: &Table, scope: &Scope) -> Result<Self, Error> {
        Planner::plan(seen, wanted, scope, Departure::AtOnce)
    }

    /// The changes, in order.
    #[must_use]
    pub fn steps(&self) -> &[PlannedChange] {
        &self.steps
    }

    /// The changes alone, in order.
    pub fn changes(&self) -> impl Iterator<Item = Change> + '_ {
        self.steps.iter().map(|step| step.change)
    }

    /// The dests that are not wanted and stay for now, since they have
    /// connections: plan again later.
    #[must_use]
    pub fn draining(&self) -> &[(ServiceKey, DestKey)] {
        &self.draining
    }

    /// Whether there is nothing to change now. (Something may be
    /// [`draining`](Self::draining).)
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// A line for each change: what, and why in brackets.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.iter().try_for_each(|step| writeln!(f, "{step}"))
    }
}

impl fmt::Display for PlannedChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.change, self.reason)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Missing => f.write_str("it is missing"),
            Reason::Differs(fields) => write!(f, "it differs in {fields}"),
            Reason::Unwanted => f.write_str("it is not wanted"),
            Reason::Draining => f.write_str("it is not wanted and has connections"),
        }
    }
}

/// A plan in the making: a list for each part of the order.
struct Planner {
    departure: Departure,
    before: Vec<PlannedChange>,
    add: Vec<PlannedChange>,
    edit: Vec<PlannedChange>,
    /// Dests that are to take less than before.
    narrow: Vec<PlannedChange>,
    leave: Vec<PlannedChange>,
    /// Daemons that are stopped only to be started anew.
    restart: Vec<PlannedChange>,
    start: Vec<PlannedChange>,
    draining: Vec<(ServiceKey, DestKey)>,
}

impl Planner {
    fn plan(
        seen: &Snapshot,
        wanted: &Table,
        scope: &Scope,
        departure: Departure,
    ) -> Result<Plan, Error> {
        let mut planner = Planner {
            departure,
            before: Vec::new(),
            add: Vec::new(),
            edit: Vec::new(),
            narrow: Vec::new(),
            leave: Vec::new(),
            restart: Vec::new(),
            start: Vec::new(),
            draining: Vec::new(),
        };
        planner.timeouts(seen, wanted, scope)?;
        planner.daemons(seen, wanted, scope)?;
        planner.services(seen, wanted, scope)?;
        let Planner {
            before: mut steps,
            add,
            edit,
            narrow,
            leave,
            restart,
            start,
            draining,
            ..
        } = planner;
        let behind = [add, edit, narrow, leave, restart, start];
        steps.extend(behind.into_iter().flatten());
        Ok(Plan { steps, draining })
    }

    fn timeouts(&mut self, seen: &Snapshot, wanted: &Table, scope: &Scope) -> Result<(), Error> {
        let Some(timeouts) = wanted.timeouts else {
            return Ok(());
        };
        if !scope.contains_timeouts() {
            return Err(outside(None).with_field("timeouts"));
        }
        let (edit, differences) = differences::timeouts(&seen.timeouts, &timeouts);
        if !differences.is_empty() {
            self.before.push(PlannedChange {
                change: Change::SetTimeouts(edit),
                reason: Reason::Differs(differences),
            });
        }
        Ok(())
    }

    fn daemons(&mut self, seen: &Snapshot, wanted: &Table, scope: &Scope) -> Result<(), Error> {
        let Some(daemons) = &wanted.daemons else {
            return Ok(());
        };
        if !scope.contains_daemons() {
            return Err(outside(None).with_field("daemons"));
        }
        for role in [DaemonRole::Master, DaemonRole::Backup] {
            let of_role = |daemon: &&SyncDaemon| daemon.role == role;
            let mut ours = daemons.iter().filter(of_role);
            let (wanted, running) = (ours.next(), seen.daemons.iter().find(of_role));
            if ours.next().is_some() {
                return Err(twice(Object::Daemon(role)));
            }
            let reason = match (running, wanted) {
                (Some(running), Some(wanted)) => {
                    Reason::Differs(differences::daemon(running, wanted))
                }
                (Some(_), None) => Reason::Unwanted,
                (None, _) => Reason::Missing,
            };
            if reason == Reason::Differs(Differences::empty()) {
                continue;
            }
            if running.is_some() {
                // One that is to run is stopped for no longer than it must be.
                let stops = match wanted {
                    None => &mut self.before,
                    Some(_) => &mut self.restart,
                };
                let change = Change::StopDaemon(role);
                stops.push(PlannedChange { change, reason });
            }
            if let Some(daemon) = wanted {
                let change = Change::StartDaemon(*daemon);
                self.start.push(PlannedChange { change, reason });
            }
        }
        Ok(())
    }

    fn services(&mut self, seen: &Snapshot, wanted: &Table, scope: &Scope) -> Result<(), Error> {
        let key_of_seen = |seen: &SnapshotService| seen.entry.service.key;
        let key_of_wanted = |wanted: &TableService| wanted.service.key;
        let (seen, _) = sorted(&seen.services, key_of_seen);
        let (wanted, double) = sorted(&wanted.services, key_of_wanted);
        if let Some(key) = double {
            return Err(twice(Object::Service(key)));
        }
        let mut gone = Vec::new();
        for (there, wanted) in side_by_side(seen, key_of_seen, wanted, key_of_wanted) {
            let Some(wanted) = wanted else {
                let gone_key = there.map(key_of_seen).filter(|key| scope.contains(key));
                gone.extend(gone_key.map(|key| PlannedChange {
                    change: Change::RemoveService(key),
                    reason: Reason::Unwanted,
                }));
                continue;
            };
            let service = &wanted.service;
            if !scope.contains(&service.key) {
                return Err(outside(Some(Object::Service(service.key))));
            }
            match there {
                Some(there) => {
                    let differences = differences::service(&there.entry.service, service);
                    differs(&mut self.edit, Change::UpdateService(*service), differences);
                }
                None => self.missing(Change::AddService(*service)),
            }
            let dests = there.map(|there| there.dests.as_slice());
            self.dests(&service.key, dests.unwrap_or_default(), &wanted.dests)?;
        }
        self.leave.append(&mut gone);
        Ok(())
    }

    /// The dests of a service that is wanted.
    fn dests(
        &mut self,
        service: &ServiceKey,
        seen: &[DestEntry],
        wanted: &[Dest],
    ) -> Result<(), Error> {
        let key_of_seen = |seen: &DestEntry| seen.dest.key;
        let key_of_wanted = |wanted: &Dest| wanted.key;
        let (seen, _) = sorted(seen, key_of_seen);
        let (wanted, double) = sorted(wanted, key_of_wanted);
        if let Some(key) = double {
            return Err(twice(Object::Dest(*service, key)));
        }
        for (there, wanted) in side_by_side(seen, key_of_seen, wanted, key_of_wanted) {
            match (there, wanted) {
                (Some(there), Some(wanted)) => {
                    let differences = differences::dest(&there.dest, wanted);
                    let edits = if takes_less(&there.dest, wanted) {
                        &mut self.narrow
                    } else {
                        &mut self.edit
                    };
                    differs(edits, Change::UpdateDest(*service, *wanted), differences);
                }
                (Some(there), None) => self.unwanted(*service, there),
                (None, Some(wanted)) => self.missing(Change::AddDest(*service, *wanted)),
                (None, None) => {}
            }
        }
        Ok(())
    }

    fn unwanted(&mut self, service: ServiceKey, entry: &DestEntry) {
        let key = entry.dest.key;
        let (change, reason) = if self.departure == Departure::AtOnce || is_idle(entry) {
            (Change::RemoveDest(service, key), Reason::Unwanted)
        } else {
            self.draining.push((service, key));
            if entry.dest.weight == 0 {
                return;
            }
            let quiesced = DestEdit::new().with_weight(0).apply(entry.dest);
            (Change::UpdateDest(service, quiesced), Reason::Draining)
        };
        self.leave.push(PlannedChange { change, reason });
    }

    fn missing(&mut self, change: Change) {
        let reason = Reason::Missing;
        self.add.push(PlannedChange { change, reason });
    }
}

fn differs(edits: &mut Vec<PlannedChange>, change: Change, differences: Differences) {
    if !differences.is_empty() {
        let reason = Reason::Differs(differences);
        edits.push(PlannedChange { change, reason });
    }
}

/// Whether a dest that is there is to take fewer connections than now: others must take
/// them before it doesn't.
fn takes_less(there: &Dest, wanted: &Dest) -> bool {
    // No threshold is 0.
    let bound = |dest: &Dest| dest.upper_threshold.wrapping_sub(1);
    wanted.weight < there.weight || bound(wanted) < bound(there)
}

/// Whether a dest has no connections, and no clients that will come back to it.
fn is_idle(entry: &DestEntry) -> bool {
    (
        entry.active_connections,
        entry.inactive_connections,
        entry.persistent_connections,
    ) == (0, 0, 0)
}

fn outside(object: Option<Object>) -> Error {
    let cause = "it is outside of the scope";
    Error::new(ErrorKind::InvalidInput, Op::Plan, cause)
        .with_object(object)
        .with_cure("leave it out of the table, or let the scope hold it")
}

fn twice(object: Object) -> Error {
    let cause = "the table holds it twice";
    Error::new(ErrorKind::InvalidInput, Op::Plan, cause).with_object(Some(object))
}
