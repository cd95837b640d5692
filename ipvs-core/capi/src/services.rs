//! Managing services

use ipvs_core::{Service, ServiceEdit, ServiceEntry, ServiceKey, Stream};

use crate::client::ipvs_client;
use crate::failure::Failure;
use crate::ffi::ffi;
use crate::key::ipvs_service_key;
use crate::service::{ipvs_service, ipvs_service_edit, ipvs_service_entry};
use crate::status::{ipvs_error, ipvs_status};

/// A list of services, sorted by their keys. It is a constant: any threads may read it at once.
pub struct ipvs_service_list(Vec<ServiceEntry>);

/// The services of a listing that goes on. One thread at a time may use it.
pub struct ipvs_service_stream(Stream<ServiceEntry>);

/// Adds a virtual service.
///
/// NULL: only `error` may be.
/// Fails with IPVS_ALREADY_EXISTS; IPVS_UNKNOWN_SCHEDULER, for a persistence engine too;
/// IPVS_INVALID_INPUT; IPVS_UNSUPPORTED for IPv6 on a kernel without.
/// Kernel: IPVS_CMD_NEW_SERVICE; ipvsadm: -A.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_add_service(
    client: *const ipvs_client,
    service: *const ipvs_service,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let service = Service::try_from(c.input(service, "service")?)?;
        Ok(c.borrow(client, "client")?.0.add_service(&service)?)
    })
}

/// Replaces a virtual service wholly: every field becomes the given one. Its dests,
/// connections and counters stay. To change some fields only, see ipvs_client_edit_service().
///
/// NULL: only `error` may be.
/// Fails with IPVS_SERVICE_NOT_FOUND; else as ipvs_client_add_service().
/// Kernel: IPVS_CMD_SET_SERVICE; ipvsadm: -E.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_update_service(
    client: *const ipvs_client,
    service: *const ipvs_service,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let service = Service::try_from(c.input(service, "service")?)?;
        Ok(c.borrow(client, "client")?.0.update_service(&service)?)
    })
}

/// Changes the given fields of a virtual service and keeps the rest: reads it, and writes it
/// back whole. What somebody else changes between the two is overwritten. `*edited` becomes the
/// service as it was written.
///
/// NULL: `edited`, when nobody wants to know; `error`.
/// Fails with IPVS_SERVICE_NOT_FOUND; else as ipvs_client_add_service(). Only the fields that
/// are given are checked.
/// Kernel: IPVS_CMD_GET_SERVICE, IPVS_CMD_SET_SERVICE; ipvsadm: none, -E replaces.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_edit_service(
    client: *const ipvs_client,
    key: *const ipvs_service_key,
    edit: *const ipvs_service_edit,
    edited: *mut ipvs_service,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.maybe_output(edited)?;
        let key = ServiceKey::try_from(c.read(key, "key")?)?;
        let edit = ServiceEdit::try_from(c.input(edit, "edit")?)?;
        let service = c.borrow(client, "client")?.0.edit_service(&key, &edit)?;
        if let Some(slot) = slot {
            slot.write(ipvs_service::new(&service, 0));
        }
        Ok(())
    })
}

/// Removes a virtual service and its dests. Their connections stay until they time out, and
/// stall.
///
/// NULL: only `error` may be.
/// Fails with IPVS_SERVICE_NOT_FOUND.
/// Kernel: IPVS_CMD_DEL_SERVICE; ipvsadm: -D.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_remove_service(
    client: *const ipvs_client,
    key: *const ipvs_service_key,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let key = ServiceKey::try_from(c.read(key, "key")?)?;
        Ok(c.borrow(client, "client")?.0.remove_service(&key)?)
    })
}

/// Zeroes the counters of one service and its dests.
///
/// NULL: only `error` may be.
/// Fails with IPVS_SERVICE_NOT_FOUND.
/// Kernel: IPVS_CMD_ZERO; ipvsadm: -Z with a service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_zero_service(
    client: *const ipvs_client,
    key: *const ipvs_service_key,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let key = ServiceKey::try_from(c.read(key, "key")?)?;
        Ok(c.borrow(client, "client")?.0.zero_service(&key)?)
    })
}

/// Reads one virtual service.
///
/// NULL: only `error` may be.
/// Fails with IPVS_SERVICE_NOT_FOUND.
/// Kernel: IPVS_CMD_GET_SERVICE; ipvsadm: -L with a service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_service(
    client: *const ipvs_client,
    key: *const ipvs_service_key,
    entry: *mut ipvs_service_entry,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(entry, "entry")?;
        let key = ServiceKey::try_from(c.read(key, "key")?)?;
        slot.fill(&c.borrow(client, "client")?.0.service(&key)?);
        Ok(())
    })
}

/// Lists the virtual services, sorted by key.
///
/// The kernel lists in parts and marks no change in between, and a change can hide services that
/// were there all the time. So all but a short listing is read again, until two in a row have
/// the same services, eight times at most; if the table never stands still, the last one counts.
/// ipvs_client_snapshot() is stricter.
///
/// Free `*list` with ipvs_service_list_free().
/// NULL: only `error` may be.
/// Fails as any.
/// Kernel: IPVS_CMD_GET_SERVICE; ipvsadm: -L.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_services(
    client: *const ipvs_client,
    list: *mut *mut ipvs_service_list,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(list, "list")?;
        place.give(ipvs_service_list(c.borrow(client, "client")?.0.services()?));
        Ok(())
    })
}

/// How many there are.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_service_list_length(list: *const ipvs_service_list) -> usize {
    ffi!(else 0, |c| c.maybe(list).map_or(0, |list| list.0.len()))
}

/// Copies the one at `index`, counted from 0.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT past the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_service_list_at(
    list: *const ipvs_service_list,
    index: usize,
    entry: *mut ipvs_service_entry,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(entry, "entry")?;
        let list = &c.borrow(list, "list")?.0;
        slot.fill(list.get(index).ok_or(Failure::index())?);
        Ok(())
    })
}

/// Frees a list.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_service_list_free(list: *mut ipvs_service_list) {
    ffi!(else (), |c| c.free(list));
}

/// Lists the virtual services one after the other, in the kernel's order.
///
/// It reads on a socket of its own, in flat memory however many there are: the client stays
/// usable meanwhile, and may even be freed. Under changes it may repeat services or miss some.
///
/// Free `*stream` with ipvs_service_stream_free().
/// NULL: only `error` may be.
/// Fails as any that lists; with IPVS_IO when no second socket can be opened. For a client of
/// another namespace than the calling thread's that takes CAP_SYS_ADMIN.
/// Kernel: IPVS_CMD_GET_SERVICE; ipvsadm: -L.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_stream_services(
    client: *const ipvs_client,
    stream: *mut *mut ipvs_service_stream,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(stream, "stream")?;
        let services = c.borrow(client, "client")?.0.stream_services()?;
        place.give(ipvs_service_stream(services));
        Ok(())
    })
}

/// Takes the next one: `*has` tells whether there was one, and `*entry` is written only then.
/// After the end, and after a failure, there is none.
///
/// NULL: only `error` may be.
/// Fails as any that lists; then the stream is at its end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_service_stream_next(
    stream: *mut ipvs_service_stream,
    entry: *mut ipvs_service_entry,
    has: *mut bool,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let (slot, has) = (c.output(entry, "entry")?, c.place(has, "has")?);
        let next = c.change(stream, "stream")?.0.next().transpose()?;
        has.write(next.is_some());
        if let Some(entry) = next {
            slot.fill(&entry);
        }
        Ok(())
    })
}

/// Frees a stream, at its end or before.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_service_stream_free(stream: *mut ipvs_service_stream) {
    ffi!(else (), |c| c.free(stream));
}
