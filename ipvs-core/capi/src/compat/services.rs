//! Virtual services.

use std::ffi::c_int;
use std::sync::atomic::Ordering::Relaxed;

use ipvs_core::{Client, Error, ErrorKind, ServiceEntry, ServiceKey};

use super::block;
use super::call::old;
use super::given::Key;
use super::info::ipvs_info;
use super::session;
use super::structs::{ip_vs_get_services, ip_vs_service_entry, ip_vs_service_user, nf_inet_addr};
use super::told::number;

/// Adds a service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_add_service(svc: *mut ip_vs_service_user) -> c_int {
    old!(AddService, |c| {
        let service = c.borrow(svc, "svc")?.service()?;
        session::with(|client| client.add_service(&service))
    })
}

/// Replaces a service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_update_service(svc: *mut ip_vs_service_user) -> c_int {
    old!(UpdateService, |c| {
        let service = c.borrow(svc, "svc")?.service()?;
        session::with(|client| client.update_service(&service))
    })
}

/// Removes a service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_del_service(svc: *mut ip_vs_service_user) -> c_int {
    old!(DelService, |c| {
        let key = c.borrow(svc, "svc")?.key()?;
        session::with(|client| client.remove_service(&key))
    })
}

/// Zeroes the counters of a service and its dests, or of all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_zero_service(svc: *mut ip_vs_service_user) -> c_int {
    old!(ZeroService, |c| {
        let given = c.borrow(svc, "svc")?;
        if given.is_every() {
            return session::with(|client| client.zero());
        }
        let key = given.key()?;
        session::with(|client| client.zero_service(&key))
    })
}

/// Lists the services.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_get_services() -> *mut ip_vs_get_services {
    old!(GetServices, |_| {
        let services = session::with(list)?;
        ipvs_info
            .num_services
            .store(number(services.len()), Relaxed);
        block::give(services.len(), |head: &mut ip_vs_get_services, entries| {
            head.num_services = number(services.len());
            for (entry, (service, dests)) in entries.iter_mut().zip(&services) {
                ip_vs_service_entry::fill(entry, service, *dests);
            }
        })
    })
}

/// The services, each with its number of dests.
fn list(client: &Client) -> Result<Vec<(ServiceEntry, usize)>, Error> {
    let mut services = Vec::new();
    for service in client.services()? {
        match client.dests(&service.service.key) {
            Ok(dests) => services.push((service, dests.len())),
            // Somebody has removed it meanwhile.
            Err(error) if error.kind() == ErrorKind::ServiceNotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(services)
}

/// Reads one service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_get_service(
    fwmark: u32,
    af: u16,
    protocol: u16,
    addr: nf_inet_addr,
    port: u16,
) -> *mut ip_vs_service_entry {
    old!(GetService, |_| {
        let key = ServiceKey::try_from(Key {
            fwmark,
            af,
            protocol,
            addr,
            port,
        })?;
        let (service, dests) =
            session::with(|client| Ok((client.service(&key)?, client.dests(&key)?)))?;
        block::give_one(|entry: &mut ip_vs_service_entry| entry.fill(&service, dests.len()))
    })
}
