//! Plans
//!
//! The changes that turn what was seen into what is wanted: the fewest, in an order that never
//! drops traffic. ipvs_client_apply() makes them.

use ipvs_core::rules::Format;
use ipvs_core::{Change, Object, Plan, PlannedChange, Reason};

use crate::client::ipvs_client;
use crate::daemon::role_number;
use crate::failure::{Failure, Outcome};
use crate::ffi::{ffi, growing, plain};
use crate::key::{ipvs_dest_key, ipvs_service_key};
use crate::scope::ipvs_scope;
use crate::snapshot::ipvs_snapshot;
use crate::status::{ipvs_error, ipvs_status};
use crate::table::ipvs_table;
use crate::text::ipvs_text;

/// Adds a service.
pub const IPVS_CHANGE_ADD_SERVICE: u32 = 1;
/// Replaces a service.
pub const IPVS_CHANGE_UPDATE_SERVICE: u32 = 2;
/// Removes a service and its dests.
pub const IPVS_CHANGE_REMOVE_SERVICE: u32 = 3;
/// Adds a dest.
pub const IPVS_CHANGE_ADD_DEST: u32 = 4;
/// Replaces a dest.
pub const IPVS_CHANGE_UPDATE_DEST: u32 = 5;
/// Removes a dest.
pub const IPVS_CHANGE_REMOVE_DEST: u32 = 6;
/// Starts a sync daemon.
pub const IPVS_CHANGE_START_DAEMON: u32 = 7;
/// Stops a sync daemon.
pub const IPVS_CHANGE_STOP_DAEMON: u32 = 8;
/// Sets timeouts.
pub const IPVS_CHANGE_SET_TIMEOUTS: u32 = 9;

/// It is wanted and not there.
pub const IPVS_REASON_MISSING: u32 = 1;
/// It is there and differs in some fields.
pub const IPVS_REASON_DIFFERS: u32 = 2;
/// It is there and not wanted.
pub const IPVS_REASON_UNWANTED: u32 = 3;
/// It is there, not wanted, and has connections, which may finish.
pub const IPVS_REASON_DRAINING: u32 = 4;

/// The scheduler differs.
pub const IPVS_DIFFERS_SCHEDULER: u32 = 1;
/// The flags differ.
pub const IPVS_DIFFERS_FLAGS: u32 = 2;
/// The persistence timeout differs.
pub const IPVS_DIFFERS_PERSISTENCE_TIMEOUT: u32 = 4;
/// The persistence netmask differs.
pub const IPVS_DIFFERS_PERSISTENCE_NETMASK: u32 = 8;
/// The persistence engine differs.
pub const IPVS_DIFFERS_PERSISTENCE_ENGINE: u32 = 16;
/// The forwarding method differs.
pub const IPVS_DIFFERS_FORWARD: u32 = 32;
/// The tunnel differs.
pub const IPVS_DIFFERS_TUNNEL: u32 = 64;
/// The weight differs.
pub const IPVS_DIFFERS_WEIGHT: u32 = 128;
/// The upper threshold differs.
pub const IPVS_DIFFERS_UPPER_THRESHOLD: u32 = 256;
/// The lower threshold differs.
pub const IPVS_DIFFERS_LOWER_THRESHOLD: u32 = 512;
/// The TCP timeout differs.
pub const IPVS_DIFFERS_TCP: u32 = 1024;
/// The TCP FIN timeout differs.
pub const IPVS_DIFFERS_TCP_FIN: u32 = 2048;
/// The UDP timeout differs.
pub const IPVS_DIFFERS_UDP: u32 = 4096;
/// The daemon's interface differs.
pub const IPVS_DIFFERS_INTERFACE: u32 = 8192;
/// The daemon's sync id differs.
pub const IPVS_DIFFERS_SYNC_ID: u32 = 16384;
/// The daemon's longest message differs.
pub const IPVS_DIFFERS_MAX_LENGTH: u32 = 32768;
/// The daemon's multicast group differs.
pub const IPVS_DIFFERS_GROUP: u32 = 65536;
/// The daemon's port differs.
pub const IPVS_DIFFERS_PORT: u32 = 131072;
/// The daemon's time to live differs.
pub const IPVS_DIFFERS_TTL: u32 = 262144;

/// A plan. It is a constant: any threads may read it at once.
pub struct ipvs_plan(pub(crate) Plan);

/// A change of a plan: what it is about, and why it is there.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct ipvs_planned_change {
    /// sizeof(ipvs_planned_change), by IPVS_PLANNED_CHANGE_INIT.
    pub size: usize,
    /// What is done: an IPVS_CHANGE number, or a later version's.
    pub change: u32,
    /// Why: an IPVS_REASON number.
    pub reason: u32,
    /// With IPVS_REASON_DIFFERS: IPVS_DIFFERS bits.
    pub differences: u32,
    /// With a daemon: its role. Otherwise 0.
    pub role: u32,
    /// With a service or a dest: the service. Otherwise zeros.
    pub service: ipvs_service_key,
    /// With a dest: its key. Otherwise zeros.
    pub dest: ipvs_dest_key,
}

plain!(ipvs_planned_change {
    size,
    change,
    reason,
    differences,
    role,
    service,
    dest,
});
growing!(ipvs_planned_change to dest);

impl From<&PlannedChange> for ipvs_planned_change {
    fn from(step: &PlannedChange) -> Self {
        let (reason, differences) = match step.reason {
            Reason::Missing => (IPVS_REASON_MISSING, 0),
            Reason::Differs(fields) => (IPVS_REASON_DIFFERS, fields.bits()),
            Reason::Unwanted => (IPVS_REASON_UNWANTED, 0),
            Reason::Draining => (IPVS_REASON_DRAINING, 0),
            _ => (0, 0),
        };
        let about = match step.change.object() {
            Some(Object::Service(service)) => ipvs_planned_change {
                service: service.into(),
                ..Self::default()
            },
            Some(Object::Dest(service, dest)) => ipvs_planned_change {
                service: service.into(),
                dest: dest.into(),
                ..Self::default()
            },
            Some(Object::Daemon(role)) => ipvs_planned_change {
                role: role_number(role),
                ..Self::default()
            },
            _ => Self::default(),
        };
        ipvs_planned_change {
            change: number(&step.change),
            reason,
            differences,
            ..about
        }
    }
}

fn number(change: &Change) -> u32 {
    match change {
        Change::AddService(_) => IPVS_CHANGE_ADD_SERVICE,
        Change::UpdateService(_) => IPVS_CHANGE_UPDATE_SERVICE,
        Change::RemoveService(_) => IPVS_CHANGE_REMOVE_SERVICE,
        Change::AddDest(..) => IPVS_CHANGE_ADD_DEST,
        Change::UpdateDest(..) => IPVS_CHANGE_UPDATE_DEST,
        Change::RemoveDest(..) => IPVS_CHANGE_REMOVE_DEST,
        Change::StartDaemon(_) => IPVS_CHANGE_START_DAEMON,
        Change::StopDaemon(_) => IPVS_CHANGE_STOP_DAEMON,
        Change::SetTimeouts(_) => IPVS_CHANGE_SET_TIMEOUTS,
        // No plan holds another.
        _ => 0,
    }
}

fn step(plan: &ipvs_plan, index: usize) -> Outcome<&PlannedChange> {
    plan.0.steps().get(index).ok_or(Failure::index())
}

/// Plans what turns `seen` into `wanted`, within `scope`. Nothing is read and nothing is sent. What
/// is equal to the kernel is equal here, so a table that is in force plans nothing. The order is
/// one in which no connection that is known is dropped if it could be kept, and none refused that
/// could be served:
///
/// 1. the timeouts; daemons that are not wanted are stopped;
/// 2. new services, each with its dests, and new dests;
/// 3. services and dests that differ, those dests last that are to take less than before;
/// 4. dests that are not wanted any more: one that still has connections gets weight 0 and stays
///    until a later plan finds it empty; one without connections is removed;
/// 5. services that are not wanted any more;
/// 6. daemons that are wanted otherwise are stopped and started anew, new ones started.
///
/// Free `*plan` with ipvs_plan_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT when `wanted` holds a service or a dest twice, a role's daemon
/// twice, or something that is outside of the scope.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_plan_new(
    seen: *const ipvs_snapshot,
    wanted: *const ipvs_table,
    scope: *const ipvs_scope,
    plan: *mut *mut ipvs_plan,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(plan, "plan")?;
        let (seen, wanted) = (c.borrow(seen, "seen")?, c.borrow(wanted, "wanted")?);
        let scope = c.borrow(scope, "scope")?;
        place.give(ipvs_plan(Plan::new(&seen.0, &wanted.0, &scope.0)?));
        Ok(())
    })
}

/// Plans as ipvs_plan_new(), without draining: dests that are not wanted are removed whatever
/// connections they have.
///
/// Free `*plan` with ipvs_plan_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT when `wanted` holds a service or a dest twice, a role's daemon
/// twice, or something that is outside of the scope.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_plan_at_once(
    seen: *const ipvs_snapshot,
    wanted: *const ipvs_table,
    scope: *const ipvs_scope,
    plan: *mut *mut ipvs_plan,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(plan, "plan")?;
        let (seen, wanted) = (c.borrow(seen, "seen")?, c.borrow(wanted, "wanted")?);
        let scope = c.borrow(scope, "scope")?;
        place.give(ipvs_plan(Plan::at_once(&seen.0, &wanted.0, &scope.0)?));
        Ok(())
    })
}

/// Reads what is there, and plans what turns it into `wanted`, within `scope`: ipvs_plan_new() over
/// what ipvs_client_list() reads, at a fraction of its cost. What no plan needs is not read, which
/// are the counters, and the dests of services that are not in `wanted`. The dests of IPv4
/// services come through the kernel's older interface where that tells everything about them (of
/// tunnels it does not).
///
/// Free `*plan` with ipvs_plan_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT, as ipvs_plan_new().
/// Kernel: every IPVS_CMD_GET, and IP_VS_SO_GET_DESTS; ipvsadm: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_plan(
    client: *const ipvs_client,
    wanted: *const ipvs_table,
    scope: *const ipvs_scope,
    plan: *mut *mut ipvs_plan,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(plan, "plan")?;
        let (client, wanted) = (c.borrow(client, "client")?, c.borrow(wanted, "wanted")?);
        let scope = c.borrow(scope, "scope")?;
        place.give(ipvs_plan(client.0.plan(&wanted.0, &scope.0)?));
        Ok(())
    })
}

/// How many changes it has; 0 when there is nothing to change now. (Something may be draining.)
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_plan_length(plan: *const ipvs_plan) -> usize {
    ffi!(else 0, |c| c.maybe(plan).map_or(0, |plan| plan.0.steps().len()))
}

/// Copies the change at `index`, counted from 0, in the order in which they are made.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT past the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_plan_at(
    plan: *const ipvs_plan,
    index: usize,
    change: *mut ipvs_planned_change,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(change, "change")?;
        slot.write(step(c.borrow(plan, "plan")?, index)?.into());
        Ok(())
    })
}

/// Prints the change at `index` as ipvsadm takes it, without a line end.
///
/// Free `*text` with ipvs_text_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT past the end, and for what no line can say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_plan_rule_at(
    plan: *const ipvs_plan,
    index: usize,
    text: *mut *mut ipvs_text,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(text, "text")?;
        let change = &step(c.borrow(plan, "plan")?, index)?.change;
        place.give(Format::new().line(change)?.into());
        Ok(())
    })
}

/// Says why the change at `index` is there, such as "it differs in weight".
///
/// Free `*text` with ipvs_text_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT past the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_plan_reason_at(
    plan: *const ipvs_plan,
    index: usize,
    text: *mut *mut ipvs_text,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(text, "text")?;
        let reason = step(c.borrow(plan, "plan")?, index)?.reason;
        place.give(reason.to_string().into());
        Ok(())
    })
}

/// A line for each change: what, and why in brackets.
///
/// Free `*text` with ipvs_text_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_plan_to_text(
    plan: *const ipvs_plan,
    text: *mut *mut ipvs_text,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(text, "text")?;
        place.give(c.borrow(plan, "plan")?.0.to_string().into());
        Ok(())
    })
}

/// How many dests are not wanted and stay for now, since they have connections: plan again later.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_plan_draining_length(plan: *const ipvs_plan) -> usize {
    ffi!(else 0, |c| c.maybe(plan).map_or(0, |plan| plan.0.draining().len()))
}

/// Copies the keys of the draining dest at `index`, counted from 0, and of its service.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT past the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_plan_draining_at(
    plan: *const ipvs_plan,
    index: usize,
    service: *mut ipvs_service_key,
    dest: *mut ipvs_dest_key,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let (to_service, to_dest) = (c.place(service, "service")?, c.place(dest, "dest")?);
        let draining = c.borrow(plan, "plan")?.0.draining();
        let (service, dest) = draining.get(index).ok_or(Failure::index())?;
        to_service.write((*service).into());
        to_dest.write((*dest).into());
        Ok(())
    })
}

/// Frees a plan.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_plan_free(plan: *mut ipvs_plan) {
    ffi!(else (), |c| c.free(plan));
}
