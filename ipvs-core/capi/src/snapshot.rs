//! Snapshots
//!
//! Everything that a network namespace's IPVS held when it was read.

use ipvs_core::{ServiceKey, Snapshot, SnapshotService};

use crate::client::{ipvs_client, ipvs_kernel_info};
use crate::daemon::ipvs_daemon;
use crate::dest::ipvs_dest_entry;
use crate::failure::{Failure, Outcome};
use crate::ffi::ffi;
use crate::key::ipvs_service_key;
use crate::service::ipvs_service_entry;
use crate::status::{ipvs_error, ipvs_status};
use crate::table::ipvs_table;
use crate::timeouts::ipvs_timeouts;

/// What was seen. It is a constant: any threads may read it at once.
pub struct ipvs_snapshot(pub(crate) Snapshot);

fn service(snapshot: &ipvs_snapshot, index: usize) -> Outcome<&SnapshotService> {
    snapshot.0.services.get(index).ok_or(Failure::index())
}

/// Reads everything: services, dests, timeouts, daemons and info.
///
/// The kernel's listings are neither atomic nor marked when something changes meanwhile, so it is
/// read until two passes in a row agree on the configuration (counters move all the time), eight
/// passes at most. What that cannot catch: a change that is undone between two passes, and one
/// that hides the same entry from both. Counters are the last pass's, and those of different
/// services are of different moments.
///
/// Free `*snapshot` with ipvs_snapshot_free().
/// NULL: only `error` may be.
/// Fails with IPVS_CHANGED_WHILE_READING when no two passes agree.
/// Kernel: every IPVS_CMD_GET; ipvsadm: -S, and -L.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_snapshot(
    client: *const ipvs_client,
    snapshot: *mut *mut ipvs_snapshot,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(snapshot, "snapshot")?;
        let seen = c.borrow(client, "client")?.0.snapshot()?;
        place.give(ipvs_snapshot(seen));
        Ok(())
    })
}

/// Reads everything once: what ipvs_client_snapshot() reads, without comparing, for half of its
/// cost at most. It is enough where nobody else changes the table, and for a plan that is made
/// anew now and then: ipvs_client_apply() reads again whatever it touches.
///
/// Free `*snapshot` with ipvs_snapshot_free().
/// NULL: only `error` may be.
/// Fails as any.
/// Kernel: every IPVS_CMD_GET; ipvsadm: -S, and -L.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_list(
    client: *const ipvs_client,
    snapshot: *mut *mut ipvs_snapshot,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(snapshot, "snapshot")?;
        let seen = c.borrow(client, "client")?.0.list()?;
        place.give(ipvs_snapshot(seen));
        Ok(())
    })
}

/// The kernel's version and table size.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_snapshot_info(
    snapshot: *const ipvs_snapshot,
    info: *mut ipvs_kernel_info,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(info, "info")?;
        slot.write(c.borrow(snapshot, "snapshot")?.0.info.into());
        Ok(())
    })
}

/// The timeouts in force.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_snapshot_timeouts(
    snapshot: *const ipvs_snapshot,
    timeouts: *mut ipvs_timeouts,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(timeouts, "timeouts")?;
        slot.write(c.borrow(snapshot, "snapshot")?.0.timeouts.into());
        Ok(())
    })
}

/// How many services there are.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_snapshot_services_length(snapshot: *const ipvs_snapshot) -> usize {
    ffi!(else 0, |c| c.maybe(snapshot).map_or(0, |snapshot| snapshot.0.services.len()))
}

/// Copies the service at `index`, counted from 0; they are sorted by their keys.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT past the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_snapshot_service_at(
    snapshot: *const ipvs_snapshot,
    index: usize,
    entry: *mut ipvs_service_entry,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(entry, "entry")?;
        slot.fill(&service(c.borrow(snapshot, "snapshot")?, index)?.entry);
        Ok(())
    })
}

/// Looks for the service of a key: `*found` tells whether there is one, and `*index` is written
/// only then.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_snapshot_find(
    snapshot: *const ipvs_snapshot,
    key: *const ipvs_service_key,
    index: *mut usize,
    found: *mut bool,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let (place, found) = (c.place(index, "index")?, c.place(found, "found")?);
        let key = ServiceKey::try_from(c.read(key, "key")?)?;
        let services = &c.borrow(snapshot, "snapshot")?.0.services;
        let index = services.binary_search_by_key(&key, |held| held.entry.service.key);
        found.write(index.is_ok());
        if let Ok(index) = index {
            place.write(index);
        }
        Ok(())
    })
}

/// How many dests the service at index `service` has; 0 past the end.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_snapshot_dests_length(
    snapshot: *const ipvs_snapshot,
    service: usize,
) -> usize {
    ffi!(else 0, |c| {
        let seen = c.maybe(snapshot).and_then(|seen| seen.0.services.get(service));
        seen.map_or(0, |held| held.dests.len())
    })
}

/// Copies the dest at `index` of the service at index `service`, both counted from 0; they are
/// sorted by their keys.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT past the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_snapshot_dest_at(
    snapshot: *const ipvs_snapshot,
    service: usize,
    index: usize,
    entry: *mut ipvs_dest_entry,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(entry, "entry")?;
        let held = self::service(c.borrow(snapshot, "snapshot")?, service)?;
        slot.fill(held.dests.get(index).ok_or(Failure::index())?);
        Ok(())
    })
}

/// How many sync daemons were running.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_snapshot_daemons_length(snapshot: *const ipvs_snapshot) -> usize {
    ffi!(else 0, |c| c.maybe(snapshot).map_or(0, |snapshot| snapshot.0.daemons.len()))
}

/// Copies the sync daemon at `index`, counted from 0; the master is first.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT past the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_snapshot_daemon_at(
    snapshot: *const ipvs_snapshot,
    index: usize,
    daemon: *mut ipvs_daemon,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(daemon, "daemon")?;
        let daemons = &c.borrow(snapshot, "snapshot")?.0.daemons;
        slot.write(daemons.get(index).ok_or(Failure::index())?.into());
        Ok(())
    })
}

/// The configuration alone: everything that a table can hold, without the counters.
///
/// Free `*table` with ipvs_table_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_snapshot_table(
    snapshot: *const ipvs_snapshot,
    table: *mut *mut ipvs_table,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(table, "table")?;
        place.give(ipvs_table(c.borrow(snapshot, "snapshot")?.0.table()));
        Ok(())
    })
}

/// Frees a snapshot.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_snapshot_free(snapshot: *mut ipvs_snapshot) {
    ffi!(else (), |c| c.free(snapshot));
}
