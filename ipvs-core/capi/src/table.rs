//! Tables
//!
//! What a network namespace's IPVS should hold: services and their dests, and, where they are
//! ours to set, the timeouts and the sync daemons. ipvs_plan_new() finds what is to change.

use ipvs_core::{Dest, Service, SyncDaemon, Table, TableService, Timeouts};

use crate::daemon::ipvs_daemon;
use crate::dest::ipvs_dest;
use crate::failure::{Failure, Outcome};
use crate::ffi::{ffi, own};
use crate::service::ipvs_service;
use crate::status::{ipvs_error, ipvs_status};
use crate::timeouts::ipvs_timeouts;

/// What is wanted. Any threads may read it at once, or one may change it.
pub struct ipvs_table(pub(crate) Table);

fn held(table: &ipvs_table, index: usize) -> Outcome<&TableService> {
    table.0.services.get(index).ok_or(Failure::index())
}

/// An empty table, whose timeouts and daemons are not ours. NULL only after a bug of this library.
///
/// Free it with ipvs_table_free().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_new() -> *mut ipvs_table {
    ffi!(else std::ptr::null_mut(), |_| own(ipvs_table(Table::new())))
}

/// Adds a service without dests behind the others. `*index` becomes its place, counted from 0.
///
/// NULL: `index`, when nobody wants to know; `error`.
/// Fails with IPVS_INVALID_INPUT for what is no service. One that is there twice is for
/// ipvs_plan_new() to find.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_add_service(
    table: *mut ipvs_table,
    service: *const ipvs_service,
    index: *mut usize,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let service = Service::try_from(c.input(service, "service")?)?;
        let services = &mut c.change(table, "table")?.0.services;
        let place = services.len();
        services.push(TableService::new(service, Vec::new()));
        if let Ok(index) = c.place(index, "index") {
            index.write(place);
        }
        Ok(())
    })
}

/// Adds a dest to the service at index `service`, behind its others.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT past the end, and for what is no dest.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_add_dest(
    table: *mut ipvs_table,
    service: usize,
    dest: *const ipvs_dest,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let dest = Dest::try_from(c.input(dest, "dest")?)?;
        let services = &mut c.change(table, "table")?.0.services;
        services
            .get_mut(service)
            .ok_or(Failure::index())?
            .dests
            .push(dest);
        Ok(())
    })
}

/// Gives the table these timeouts.
///
/// NULL: `timeouts`, for timeouts that are not ours to set; `error`.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_set_timeouts(
    table: *mut ipvs_table,
    timeouts: *const ipvs_timeouts,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let timeouts = c.optional(timeouts)?.map(Timeouts::try_from).transpose()?;
        c.change(table, "table")?.0.timeouts = timeouts;
        Ok(())
    })
}

/// Makes the daemons ours: those that are added, and no others; so none, if none is.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_own_daemons(
    table: *mut ipvs_table,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        c.change(table, "table")?.0.daemons.get_or_insert_default();
        Ok(())
    })
}

/// Adds a daemon, and makes the daemons ours.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT for what is no daemon. A second one of the same role is for
/// ipvs_plan_new() to find.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_add_daemon(
    table: *mut ipvs_table,
    daemon: *const ipvs_daemon,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let daemon = SyncDaemon::try_from(c.input(daemon, "daemon")?)?;
        let daemons = &mut c.change(table, "table")?.0.daemons;
        daemons.get_or_insert_default().push(daemon);
        Ok(())
    })
}

/// How many services it has.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_services_length(table: *const ipvs_table) -> usize {
    ffi!(else 0, |c| c.maybe(table).map_or(0, |table| table.0.services.len()))
}

/// Copies the service at `index`, counted from 0, in the order in which they were added.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT past the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_service_at(
    table: *const ipvs_table,
    index: usize,
    service: *mut ipvs_service,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(service, "service")?;
        let held = held(c.borrow(table, "table")?, index)?;
        slot.write(ipvs_service::new(&held.service, 0));
        Ok(())
    })
}

/// How many dests the service at index `service` has; 0 past the end.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_dests_length(
    table: *const ipvs_table,
    service: usize,
) -> usize {
    ffi!(else 0, |c| {
        let held = c.maybe(table).and_then(|table| table.0.services.get(service));
        held.map_or(0, |held| held.dests.len())
    })
}

/// Copies the dest at `index` of the service at index `service`, both counted from 0.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT past the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_dest_at(
    table: *const ipvs_table,
    service: usize,
    index: usize,
    dest: *mut ipvs_dest,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(dest, "dest")?;
        let held = held(c.borrow(table, "table")?, service)?;
        let dest = held.dests.get(index).ok_or(Failure::index())?;
        slot.write(ipvs_dest::new(dest, 0));
        Ok(())
    })
}

/// The table's timeouts: `*has` tells whether they are ours, and `*timeouts` is written only then.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_timeouts(
    table: *const ipvs_table,
    timeouts: *mut ipvs_timeouts,
    has: *mut bool,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let (slot, has) = (c.output(timeouts, "timeouts")?, c.place(has, "has")?);
        let timeouts = c.borrow(table, "table")?.0.timeouts;
        has.write(timeouts.is_some());
        if let Some(timeouts) = timeouts {
            slot.write(timeouts.into());
        }
        Ok(())
    })
}

/// Whether the daemons are ours.
///
/// NULL: false.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_owns_daemons(table: *const ipvs_table) -> bool {
    ffi!(else false, |c| c.maybe(table).is_some_and(|table| table.0.daemons.is_some()))
}

/// How many daemons it has.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_daemons_length(table: *const ipvs_table) -> usize {
    ffi!(else 0, |c| c.maybe(table).map_or(0, |table| table.0.daemons.as_ref().map_or(0, Vec::len)))
}

/// Copies the daemon at `index`, counted from 0.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT past the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_daemon_at(
    table: *const ipvs_table,
    index: usize,
    daemon: *mut ipvs_daemon,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(daemon, "daemon")?;
        let daemons = c.borrow(table, "table")?.0.daemons.as_ref();
        let daemon = daemons.and_then(|daemons| daemons.get(index));
        slot.write(daemon.ok_or(Failure::index())?.into());
        Ok(())
    })
}

/// Frees a table.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_table_free(table: *mut ipvs_table) {
    ffi!(else (), |c| c.free(table));
}
