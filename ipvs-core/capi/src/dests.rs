//! Managing dests

use ipvs_core::{Dest, DestEdit, DestEntry, DestKey, ServiceKey, Stream};

use crate::client::ipvs_client;
use crate::dest::{ipvs_dest, ipvs_dest_edit, ipvs_dest_entry};
use crate::failure::Failure;
use crate::ffi::ffi;
use crate::key::{ipvs_dest_key, ipvs_service_key};
use crate::status::{ipvs_error, ipvs_status};

/// A list of dests, sorted by their keys. It is a constant: any threads may read it at once.
pub struct ipvs_dest_list(Vec<DestEntry>);

/// The dests of a listing that goes on. One thread at a time may use it.
pub struct ipvs_dest_stream(Stream<DestEntry>);

/// Adds a real server to a service.
///
/// One that was removed less than some minutes ago comes back with its connections, and with its
/// counters if the service is the same.
///
/// NULL: only `error` may be.
/// Fails with IPVS_SERVICE_NOT_FOUND; IPVS_ALREADY_EXISTS; IPVS_INVALID_INPUT;
/// IPVS_UNSUPPORTED for IPv6 on a kernel without.
/// Kernel: IPVS_CMD_NEW_DEST; ipvsadm: -a.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_add_dest(
    client: *const ipvs_client,
    service: *const ipvs_service_key,
    dest: *const ipvs_dest,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let service = ServiceKey::try_from(c.read(service, "service")?)?;
        let dest = Dest::try_from(c.input(dest, "dest")?)?;
        Ok(c.borrow(client, "client")?.0.add_dest(&service, &dest)?)
    })
}

/// Replaces a real server wholly: every field becomes the given one, the thresholds and the
/// tunnel too. Its connections and counters stay. To change some fields only, see
/// ipvs_client_edit_dest().
///
/// NULL: only `error` may be.
/// Fails with IPVS_SERVICE_NOT_FOUND; IPVS_DEST_NOT_FOUND; else as ipvs_client_add_dest().
/// Kernel: IPVS_CMD_SET_DEST; ipvsadm: -e.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_update_dest(
    client: *const ipvs_client,
    service: *const ipvs_service_key,
    dest: *const ipvs_dest,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let service = ServiceKey::try_from(c.read(service, "service")?)?;
        let dest = Dest::try_from(c.input(dest, "dest")?)?;
        Ok(c.borrow(client, "client")?.0.update_dest(&service, &dest)?)
    })
}

/// Changes the given fields of a real server and keeps the rest: reads it, and writes it back
/// whole. What somebody else changes between the two is overwritten. `*edited` becomes the dest
/// as it was written.
///
/// NULL: `edited`, when nobody wants to know; `error`.
/// Fails with IPVS_SERVICE_NOT_FOUND; IPVS_DEST_NOT_FOUND; else as ipvs_client_add_dest(). Only
/// the fields that are given are checked.
/// Kernel: IPVS_CMD_GET_DEST, IPVS_CMD_SET_DEST; ipvsadm: none, -e replaces.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_edit_dest(
    client: *const ipvs_client,
    service: *const ipvs_service_key,
    dest: *const ipvs_dest_key,
    edit: *const ipvs_dest_edit,
    edited: *mut ipvs_dest,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.maybe_output(edited)?;
        let service = ServiceKey::try_from(c.read(service, "service")?)?;
        let dest = DestKey::try_from(c.read(dest, "dest")?)?;
        let edit = DestEdit::try_from(c.input(edit, "edit")?)?;
        let client = &c.borrow(client, "client")?.0;
        let dest = client.edit_dest(&service, &dest, &edit)?;
        if let Some(slot) = slot {
            slot.write(ipvs_dest::new(&dest, 0));
        }
        Ok(())
    })
}

/// Removes a real server from a service. Its connections stay until they time out, and stall,
/// unless the sysctl expire_nodest_conn is set. An ipvs_drain lets it leave without breaking
/// any.
///
/// NULL: only `error` may be.
/// Fails with IPVS_SERVICE_NOT_FOUND, IPVS_DEST_NOT_FOUND.
/// Kernel: IPVS_CMD_DEL_DEST; ipvsadm: -d.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_remove_dest(
    client: *const ipvs_client,
    service: *const ipvs_service_key,
    dest: *const ipvs_dest_key,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let service = ServiceKey::try_from(c.read(service, "service")?)?;
        let dest = DestKey::try_from(c.read(dest, "dest")?)?;
        Ok(c.borrow(client, "client")?.0.remove_dest(&service, &dest)?)
    })
}

/// Reads one real server of a service. (The kernel can only list them all.)
///
/// NULL: only `error` may be.
/// Fails with IPVS_SERVICE_NOT_FOUND, IPVS_DEST_NOT_FOUND.
/// Kernel: IPVS_CMD_GET_DEST; ipvsadm: -L with a service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_dest(
    client: *const ipvs_client,
    service: *const ipvs_service_key,
    dest: *const ipvs_dest_key,
    entry: *mut ipvs_dest_entry,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(entry, "entry")?;
        let service = ServiceKey::try_from(c.read(service, "service")?)?;
        let dest = DestKey::try_from(c.read(dest, "dest")?)?;
        slot.fill(&c.borrow(client, "client")?.0.dest(&service, &dest)?);
        Ok(())
    })
}

/// Lists the real servers of a service, sorted by key. A long listing is read again like that
/// of ipvs_client_services().
///
/// Free `*list` with ipvs_dest_list_free().
/// NULL: only `error` may be.
/// Fails with IPVS_SERVICE_NOT_FOUND.
/// Kernel: IPVS_CMD_GET_DEST; ipvsadm: -L with a service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_dests(
    client: *const ipvs_client,
    service: *const ipvs_service_key,
    list: *mut *mut ipvs_dest_list,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(list, "list")?;
        let service = ServiceKey::try_from(c.read(service, "service")?)?;
        let dests = c.borrow(client, "client")?.0.dests(&service)?;
        place.give(ipvs_dest_list(dests));
        Ok(())
    })
}

/// How many there are.
///
/// NULL: 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_dest_list_length(list: *const ipvs_dest_list) -> usize {
    ffi!(else 0, |c| c.maybe(list).map_or(0, |list| list.0.len()))
}

/// Copies the one at `index`, counted from 0.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT past the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_dest_list_at(
    list: *const ipvs_dest_list,
    index: usize,
    entry: *mut ipvs_dest_entry,
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
pub unsafe extern "C" fn ipvs_dest_list_free(list: *mut ipvs_dest_list) {
    ffi!(else (), |c| c.free(list));
}

/// Lists the real servers of a service one after the other, in the kernel's order, like
/// ipvs_client_stream_services().
///
/// Free `*stream` with ipvs_dest_stream_free().
/// NULL: only `error` may be.
/// Fails as ipvs_client_dests(), here or in ipvs_dest_stream_next(); with IPVS_IO when no second
/// socket can be opened. For a client of another namespace than the calling thread's that takes
/// CAP_SYS_ADMIN.
/// Kernel: IPVS_CMD_GET_DEST; ipvsadm: -L with a service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_stream_dests(
    client: *const ipvs_client,
    service: *const ipvs_service_key,
    stream: *mut *mut ipvs_dest_stream,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(stream, "stream")?;
        let service = ServiceKey::try_from(c.read(service, "service")?)?;
        let dests = c.borrow(client, "client")?.0.stream_dests(&service)?;
        place.give(ipvs_dest_stream(dests));
        Ok(())
    })
}

/// Takes the next one: `*has` tells whether there was one, and `*entry` is written only then.
/// After the end, and after a failure, there is none.
///
/// NULL: only `error` may be.
/// Fails as any that lists; then the stream is at its end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_dest_stream_next(
    stream: *mut ipvs_dest_stream,
    entry: *mut ipvs_dest_entry,
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
pub unsafe extern "C" fn ipvs_dest_stream_free(stream: *mut ipvs_dest_stream) {
    ffi!(else (), |c| c.free(stream));
}
