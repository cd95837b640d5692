//! What happens in a fake namespace
//!
//! Packets do not flow in a fake kernel. What they would do, a test sets: interfaces,
//! connections, counters, rates.

use std::ffi::c_char;
use std::net::IpAddr;

use ipvs_core::fake::Interface;
use ipvs_core::procfs::Connection;
use ipvs_core::{DestKey, ServiceKey, Stats};

use crate::address::{ipvs_address, zero};
use crate::client::{self, ipvs_client, ipvs_client_options};
use crate::connection::ipvs_connection;
use crate::failure::{Failure, Outcome};
use crate::fake::ipvs_fake_namespace;
use crate::ffi::{ffi, growing, plain};
use crate::key::{ipvs_dest_key, ipvs_service_key};
use crate::name;
use crate::stats::ipvs_stats;
use crate::status::{ipvs_error, ipvs_status};

/// An address of an interface. The struct never grows.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct ipvs_fake_address {
    /// The address.
    pub address: ipvs_address,
    /// The length of its network's prefix.
    pub prefix_length: u8,
    /// Zeros.
    pub reserved: [u8; 3],
}

plain!(ipvs_fake_address {
    address,
    prefix_length,
    reserved
});

/// A network interface, as far as IPVS asks for one: whether an address is this host's, and where
/// a sync daemon speaks.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_fake_interface {
    /// sizeof(ipvs_fake_interface), by IPVS_FAKE_INTERFACE_INIT.
    pub size: usize,
    /// Its name, with a NUL behind it.
    pub name: [c_char; 16],
    /// The longest packet it sends, in bytes. 0: 1500.
    pub mtu: u32,
    /// 1 if it is down.
    pub down: u32,
    /// Its addresses.
    pub addresses: *const ipvs_fake_address,
    /// How many there are.
    pub addresses_length: usize,
}

plain!(ipvs_fake_interface {
    size,
    name,
    mtu,
    down,
    addresses,
    addresses_length,
});
growing!(ipvs_fake_interface to addresses_length);

impl ipvs_fake_interface {
    fn with(self, addresses: &[ipvs_fake_address]) -> Outcome<Interface> {
        let make = |name: &[u8]| std::str::from_utf8(name).ok().map(Interface::new);
        let interface = name::given(&self.name, "name", make)?;
        let mut interface = interface.ok_or(Failure::argument("name", "it is empty"))?;
        if self.mtu != 0 {
            interface.mtu = self.mtu;
        }
        interface.up = match self.down {
            0 => true,
            1 => false,
            _ => return Err(Failure::argument("down", "0 or 1")),
        };
        for given in addresses {
            zero(given.reserved, "reserved")?;
            let address = IpAddr::try_from(given.address)?;
            interface.addresses.push((address, given.prefix_length));
        }
        Ok(interface)
    }
}

/// Opens a client of this namespace, with the deadline and the checks of `options`.
///
/// Free `*client` with ipvs_client_free().
/// NULL: `options` stands for every default; `error` may be.
/// Fails with IPVS_MODULE_MISSING; IPVS_INVALID_INPUT; and with what a fault says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_namespace_client(
    space: *const ipvs_fake_namespace,
    options: *const ipvs_client_options,
    client: *mut *mut ipvs_client,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(client, "client")?;
        let options = client::options(c, options)?;
        let namespace = &c.borrow(space, "space")?.0;
        place.give(ipvs_client(namespace.open(&options)?));
        Ok(())
    })
}

/// Adds an interface, or replaces the one of its name.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_namespace_set_interface(
    space: *const ipvs_fake_namespace,
    interface: *const ipvs_fake_interface,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let given = c.input(interface, "interface")?;
        let addresses = c.array(given.addresses, given.addresses_length, "addresses")?;
        let interface = given.with(addresses)?;
        c.borrow(space, "space")?.0.set_interface(interface);
        Ok(())
    })
}

/// Removes an interface; `*done` tells whether there was one.
///
/// NULL: `done`, when nobody wants to know; `error`.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_namespace_remove_interface(
    space: *const ipvs_fake_namespace,
    name: *const c_char,
    done: *mut bool,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let name = c.text(name, "name")?;
        let outcome = c.borrow(space, "space")?.0.remove_interface(name);
        if let Ok(place) = c.place(done, "done") {
            place.write(outcome);
        }
        Ok(())
    })
}

/// Lets packets have gone through a dest: its counters, its service's and the namespace's grow by
/// these, which shows with the kernel's next sample. Rates follow by themselves, those given do
/// not count.
///
/// NULL: only `error` may be.
/// Fails with IPVS_SERVICE_NOT_FOUND, IPVS_DEST_NOT_FOUND, IPVS_MODULE_MISSING.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_namespace_count(
    space: *const ipvs_fake_namespace,
    service: *const ipvs_service_key,
    dest: *const ipvs_dest_key,
    traffic: *const ipvs_stats,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let service = ServiceKey::try_from(c.read(service, "service")?)?;
        let dest = DestKey::try_from(c.read(dest, "dest")?)?;
        let traffic = Stats::try_from(c.read(traffic, "traffic")?)?;
        Ok(c.borrow(space, "space")?
            .0
            .count(&service, &dest, &traffic)?)
    })
}

/// Sets the counters and rates that a service shows, at once.
///
/// NULL: only `error` may be.
/// Fails with IPVS_SERVICE_NOT_FOUND, IPVS_MODULE_MISSING.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_namespace_set_service_stats(
    space: *const ipvs_fake_namespace,
    service: *const ipvs_service_key,
    stats: *const ipvs_stats,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let service = ServiceKey::try_from(c.read(service, "service")?)?;
        let stats = Stats::try_from(c.read(stats, "stats")?)?;
        let namespace = &c.borrow(space, "space")?.0;
        Ok(namespace.set_service_stats(&service, &stats)?)
    })
}

/// Sets the counters and rates that a dest shows, at once.
///
/// NULL: only `error` may be.
/// Fails with IPVS_SERVICE_NOT_FOUND, IPVS_DEST_NOT_FOUND, IPVS_MODULE_MISSING.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_namespace_set_dest_stats(
    space: *const ipvs_fake_namespace,
    service: *const ipvs_service_key,
    dest: *const ipvs_dest_key,
    stats: *const ipvs_stats,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let service = ServiceKey::try_from(c.read(service, "service")?)?;
        let dest = DestKey::try_from(c.read(dest, "dest")?)?;
        let stats = Stats::try_from(c.read(stats, "stats")?)?;
        let namespace = &c.borrow(space, "space")?.0;
        Ok(namespace.set_dest_stats(&service, &dest, &stats)?)
    })
}

/// Sets the counters and rates of the whole namespace, at once.
///
/// NULL: only `error` may be.
/// Fails with IPVS_MODULE_MISSING.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_namespace_set_total_stats(
    space: *const ipvs_fake_namespace,
    stats: *const ipvs_stats,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let stats = Stats::try_from(c.read(stats, "stats")?)?;
        Ok(c.borrow(space, "space")?.0.set_total_stats(&stats)?)
    })
}

/// Sets how many connections a dest has: established ones, all others, and persistence templates.
/// They stay until they are set again.
///
/// NULL: only `error` may be.
/// Fails with IPVS_SERVICE_NOT_FOUND, IPVS_DEST_NOT_FOUND, IPVS_MODULE_MISSING.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_namespace_set_dest_connections(
    space: *const ipvs_fake_namespace,
    service: *const ipvs_service_key,
    dest: *const ipvs_dest_key,
    active: u32,
    inactive: u32,
    persistent: u32,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let service = ServiceKey::try_from(c.read(service, "service")?)?;
        let dest = DestKey::try_from(c.read(dest, "dest")?)?;
        let namespace = &c.borrow(space, "space")?.0;
        Ok(namespace.set_dest_connections(&service, &dest, active, inactive, persistent)?)
    })
}

/// Sets the connection table to an array of `length` rows. Every dest then has those of its
/// connections that are there; each goes when its time is over. Flags say nothing here:
/// templates are told by their state and client port.
///
/// NULL: `connections`, when `length` is 0; `error`.
/// Fails with IPVS_MODULE_MISSING; IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_namespace_set_connections(
    space: *const ipvs_fake_namespace,
    connections: *const ipvs_connection,
    length: usize,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let rows = c.inputs(connections, length, "connections")?;
        let rows: Outcome<Vec<Connection>> = rows.into_iter().map(Connection::try_from).collect();
        Ok(c.borrow(space, "space")?.0.set_connections(rows?)?)
    })
}

/// Frees what stands for the namespace; that stays.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_fake_namespace_free(space: *mut ipvs_fake_namespace) {
    ffi!(else (), |c| c.free(space));
}
