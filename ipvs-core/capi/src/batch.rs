//! Batches
//!
//! Changes to be made one after the other, in few system calls. A batch is a plain value: it
//! changes nothing until ipvs_client_batch().

use ipvs_core::{Batch, Change, Dest, DestKey, Service, ServiceKey, SyncDaemon, TimeoutsEdit};

use crate::client::ipvs_client;
use crate::daemon::{self, ipvs_daemon};
use crate::dest::ipvs_dest;
use crate::ffi::{ffi, own};
use crate::key::{ipvs_dest_key, ipvs_service_key};
use crate::plan::ipvs_plan;
use crate::report::ipvs_report;
use crate::service::ipvs_service;
use crate::status::{ipvs_error, ipvs_status};
use crate::table::ipvs_table;
use crate::timeouts::ipvs_timeouts_edit;

/// Changes in their order. Any threads may read it at once, or one may change it.
pub struct ipvs_batch(pub(crate) Batch);

/// An empty batch. NULL only after a bug of this library.
///
/// Free it with ipvs_batch_free().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_new() -> *mut ipvs_batch {
    ffi!(else std::ptr::null_mut(), |_| own(ipvs_batch(Batch::new())))
}

/// A plan's changes as a batch, which makes them without reading again what they touch.
///
/// Free `*batch` with ipvs_batch_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_from_plan(
    plan: *const ipvs_plan,
    batch: *mut *mut ipvs_batch,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(batch, "batch")?;
        place.give(ipvs_batch(Batch::from(&c.borrow(plan, "plan")?.0)));
        Ok(())
    })
}

/// The changes that make a table out of an empty one: each service and then its dests, in the
/// table's order; the timeouts; the daemons.
///
/// Free `*batch` with ipvs_batch_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_from_table(
    table: *const ipvs_table,
    batch: *mut *mut ipvs_batch,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(batch, "batch")?;
        let changes = c.borrow(table, "table")?.0.changes();
        place.give(ipvs_batch(changes.collect()));
        Ok(())
    })
}

/// Adds what ipvs_client_add_service() does.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT, for arguments that are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_add_service(
    batch: *mut ipvs_batch,
    service: *const ipvs_service,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let service = Service::try_from(c.input(service, "service")?)?;
        c.change(batch, "batch")?
            .0
            .push(Change::AddService(service));
        Ok(())
    })
}

/// Adds what ipvs_client_update_service() does.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT, for arguments that are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_update_service(
    batch: *mut ipvs_batch,
    service: *const ipvs_service,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let service = Service::try_from(c.input(service, "service")?)?;
        c.change(batch, "batch")?
            .0
            .push(Change::UpdateService(service));
        Ok(())
    })
}

/// Adds what ipvs_client_remove_service() does.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT, for arguments that are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_remove_service(
    batch: *mut ipvs_batch,
    key: *const ipvs_service_key,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let key = ServiceKey::try_from(c.read(key, "key")?)?;
        c.change(batch, "batch")?.0.push(Change::RemoveService(key));
        Ok(())
    })
}

/// Adds what ipvs_client_zero_service() does.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT, for arguments that are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_zero_service(
    batch: *mut ipvs_batch,
    key: *const ipvs_service_key,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let key = ServiceKey::try_from(c.read(key, "key")?)?;
        c.change(batch, "batch")?.0.push(Change::ZeroService(key));
        Ok(())
    })
}

/// Adds what ipvs_client_add_dest() does.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT, for arguments that are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_add_dest(
    batch: *mut ipvs_batch,
    service: *const ipvs_service_key,
    dest: *const ipvs_dest,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let service = ServiceKey::try_from(c.read(service, "service")?)?;
        let dest = Dest::try_from(c.input(dest, "dest")?)?;
        c.change(batch, "batch")?
            .0
            .push(Change::AddDest(service, dest));
        Ok(())
    })
}

/// Adds what ipvs_client_update_dest() does.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT, for arguments that are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_update_dest(
    batch: *mut ipvs_batch,
    service: *const ipvs_service_key,
    dest: *const ipvs_dest,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let service = ServiceKey::try_from(c.read(service, "service")?)?;
        let dest = Dest::try_from(c.input(dest, "dest")?)?;
        c.change(batch, "batch")?
            .0
            .push(Change::UpdateDest(service, dest));
        Ok(())
    })
}

/// Adds what ipvs_client_remove_dest() does.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT, for arguments that are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_remove_dest(
    batch: *mut ipvs_batch,
    service: *const ipvs_service_key,
    dest: *const ipvs_dest_key,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let service = ServiceKey::try_from(c.read(service, "service")?)?;
        let dest = DestKey::try_from(c.read(dest, "dest")?)?;
        c.change(batch, "batch")?
            .0
            .push(Change::RemoveDest(service, dest));
        Ok(())
    })
}

/// Adds what ipvs_client_start_daemon() does.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT, for arguments that are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_start_daemon(
    batch: *mut ipvs_batch,
    daemon: *const ipvs_daemon,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let daemon = SyncDaemon::try_from(c.input(daemon, "daemon")?)?;
        c.change(batch, "batch")?
            .0
            .push(Change::StartDaemon(daemon));
        Ok(())
    })
}

/// Adds what ipvs_client_stop_daemon() does.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT, for arguments that are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_stop_daemon(
    batch: *mut ipvs_batch,
    role: u32,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let role = daemon::role(role)?;
        c.change(batch, "batch")?.0.push(Change::StopDaemon(role));
        Ok(())
    })
}

/// Adds what ipvs_client_set_timeouts() does.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT, for arguments that are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_set_timeouts(
    batch: *mut ipvs_batch,
    edit: *const ipvs_timeouts_edit,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let edit = TimeoutsEdit::try_from(c.input(edit, "edit")?)?;
        c.change(batch, "batch")?.0.push(Change::SetTimeouts(edit));
        Ok(())
    })
}

/// Adds what ipvs_client_flush() does.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT, for arguments that are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_flush(
    batch: *mut ipvs_batch,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        c.change(batch, "batch")?.0.push(Change::Flush);
        Ok(())
    })
}

/// Adds what ipvs_client_zero() does.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT, for arguments that are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_zero(
    batch: *mut ipvs_batch,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        c.change(batch, "batch")?.0.push(Change::Zero);
        Ok(())
    })
}

/// How many changes it has.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_length(batch: *const ipvs_batch) -> usize {
    ffi!(else 0, |c| c.maybe(batch).map_or(0, |batch| batch.0.len()))
}

/// Frees a batch.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_batch_free(batch: *mut ipvs_batch) {
    ffi!(else (), |c| c.free(batch));
}

/// Makes many changes, in order, up to two hundred in a system call.
///
/// Each has its result in the report. A change that is refused leaves the others alone. Where
/// the kernel's answers were lost (IPVS_OVERRUN, IPVS_TIMED_OUT), what the change is about is read
/// again, so that ipvs_error_applied() tells whether things are as it wants them now. Nothing is
/// ever sent twice. When the kernel cannot be reached, or does not answer, the rest is not sent,
/// and each of it reported with that error.
///
/// Free `*report` with ipvs_report_free().
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT; whatever else fails is in the report.
/// Kernel: those of the changes; ipvsadm: -R.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_batch(
    client: *const ipvs_client,
    batch: *const ipvs_batch,
    report: *mut *mut ipvs_report,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(report, "report")?;
        let batch = &c.borrow(batch, "batch")?.0;
        place.give(c.borrow(client, "client")?.0.batch(batch).into());
        Ok(())
    })
}
