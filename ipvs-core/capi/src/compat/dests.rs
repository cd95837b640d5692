//! Real servers.

use std::ffi::c_int;

use super::block;
use super::call::old;
use super::session;
use super::structs::{
    ip_vs_dest_entry, ip_vs_dest_user, ip_vs_get_dests, ip_vs_service_entry, ip_vs_service_user,
};
use super::told::number;

/// Adds a dest to a service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_add_dest(
    svc: *mut ip_vs_service_user,
    dest: *mut ip_vs_dest_user,
) -> c_int {
    old!(AddDest, |c| {
        let key = c.borrow(svc, "svc")?.key()?;
        let dest = c.borrow(dest, "dest")?.dest(&key)?;
        session::with(|client| client.add_dest(&key, &dest))
    })
}

/// Replaces a dest of a service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_update_dest(
    svc: *mut ip_vs_service_user,
    dest: *mut ip_vs_dest_user,
) -> c_int {
    old!(UpdateDest, |c| {
        let key = c.borrow(svc, "svc")?.key()?;
        let dest = c.borrow(dest, "dest")?.dest(&key)?;
        session::with(|client| client.update_dest(&key, &dest))
    })
}

/// Removes a dest from a service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_del_dest(
    svc: *mut ip_vs_service_user,
    dest: *mut ip_vs_dest_user,
) -> c_int {
    old!(DelDest, |c| {
        let key = c.borrow(svc, "svc")?.key()?;
        let dest = c.borrow(dest, "dest")?.key(&key)?;
        session::with(|client| client.remove_dest(&key, &dest))
    })
}

/// Lists the dests of a service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_get_dests(svc: *mut ip_vs_service_entry) -> *mut ip_vs_get_dests {
    old!(GetDests, |c| {
        let svc = c.borrow(svc, "svc")?;
        let key = svc.key()?;
        let dests = session::with(|client| client.dests(&key))?;
        block::give(dests.len(), |head: &mut ip_vs_get_dests, entries| {
            head.protocol = svc.protocol;
            head.__addr_v4 = svc.__addr_v4;
            head.port = svc.port;
            head.fwmark = svc.fwmark;
            head.num_dests = number(dests.len());
            head.af = svc.af;
            head.addr = svc.addr;
            for (entry, dest) in entries.iter_mut().zip(&dests) {
                ip_vs_dest_entry::fill(entry, dest);
            }
        })
    })
}
