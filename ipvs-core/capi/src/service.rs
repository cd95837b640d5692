//! Virtual services
//!
//! An ipvs_service is what one asks for, an ipvs_service_entry what the kernel lists: the
//! service, which can be sent back as it is, and its counters.

use std::ffi::c_char;
use std::mem::offset_of;
use std::time::Duration;

use ipvs_core::{PersistenceEngine, Scheduler, Service, ServiceEdit, ServiceEntry, ServiceFlags};

use crate::address::{ipvs_netmask, zero};
use crate::failure::{Failure, Outcome};
use crate::ffi::{Slot, ffi, growing, plain};
use crate::key::ipvs_service_key;
use crate::name;
use crate::stats::ipvs_stats;
use crate::status::{ipvs_error, ipvs_status};

/// A client stays with its real server for the persistence timeout.
pub const IPVS_SERVICE_PERSISTENT: u32 = 1;
/// Each UDP datagram is scheduled by itself; no connection is kept.
pub const IPVS_SERVICE_ONE_PACKET: u32 = 4;
/// The scheduler's first flag: "fallback" under sh and mh.
pub const IPVS_SERVICE_SCHEDULER_1: u32 = 8;
/// The scheduler's second flag: "port" under sh and mh.
pub const IPVS_SERVICE_SCHEDULER_2: u32 = 16;
/// The scheduler's third flag, which no scheduler uses.
pub const IPVS_SERVICE_SCHEDULER_3: u32 = 32;

/// A virtual service as it is asked for. Zeros are the defaults, the key apart. As text:
/// "tcp 192.0.2.1:80 scheduler wrr flags persistent timeout 300".
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_service {
    /// sizeof(ipvs_service), by IPVS_SERVICE_INIT.
    pub size: usize,
    /// What identifies it.
    pub key: ipvs_service_key,
    /// IPVS_SERVICE flags. Bits that this library does not know are kept. By default none.
    pub flags: u32,
    /// How long a client stays with its real server, 1 to 4,294,967 seconds; used with
    /// IPVS_SERVICE_PERSISTENT only.
    pub persistence_timeout_seconds: u32,
    /// Which clients count as one. By default each address by itself.
    pub persistence_netmask: ipvs_netmask,
    /// How it chooses a real server: a kernel module's name without "ip_vs_", with a NUL
    /// behind it. By default "wlc".
    pub scheduler: [c_char; 16],
    /// What recognises a client beyond its address, such as "sip", with a NUL behind it. By
    /// default nothing.
    pub persistence_engine: [c_char; 20],
}

plain!(ipvs_service {
    size,
    key,
    flags,
    persistence_timeout_seconds,
    persistence_netmask,
    scheduler,
    persistence_engine,
});
growing!(ipvs_service to persistence_engine);

/// A virtual service as the kernel lists it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_service_entry {
    /// sizeof(ipvs_service_entry), by IPVS_SERVICE_ENTRY_INIT.
    pub size: usize,
    /// Its counters and rates.
    pub stats: ipvs_stats,
    /// Its configuration, with its size. It can be sent back as it is, under
    /// IPVS_CHECKS_KERNEL whatever another program made of it.
    pub service: ipvs_service,
}

plain!(ipvs_service_entry {
    size,
    stats,
    service
});
growing!(ipvs_service_entry to service);

/// `scheduler` is to change. The kernel takes some 20 ms for it.
pub const IPVS_SERVICE_EDIT_SCHEDULER: u32 = 1;
/// `persistence_timeout_seconds` is to change.
pub const IPVS_SERVICE_EDIT_PERSISTENCE_TIMEOUT: u32 = 2;
/// `persistence_netmask` is to change.
pub const IPVS_SERVICE_EDIT_PERSISTENCE_NETMASK: u32 = 4;
/// `persistence_engine` is to change; to none, if that is empty.
pub const IPVS_SERVICE_EDIT_PERSISTENCE_ENGINE: u32 = 8;

/// What to change of a virtual service; the rest stays as it is.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_service_edit {
    /// sizeof(ipvs_service_edit), by IPVS_SERVICE_EDIT_INIT.
    pub size: usize,
    /// Which of the fields behind `clear_flags` are to change: IPVS_SERVICE_EDIT bits.
    pub set: u32,
    /// Flags to switch on.
    pub set_flags: u32,
    /// Flags to switch off. One that is in both is switched on.
    pub clear_flags: u32,
    /// As in ipvs_service. By itself it makes no service persistent.
    pub persistence_timeout_seconds: u32,
    /// As in ipvs_service, of the service's family.
    pub persistence_netmask: ipvs_netmask,
    /// As in ipvs_service, and not empty.
    pub scheduler: [c_char; 16],
    /// As in ipvs_service.
    pub persistence_engine: [c_char; 20],
    /// Zero.
    pub reserved: u32,
}

plain!(ipvs_service_edit {
    size,
    set,
    set_flags,
    clear_flags,
    persistence_timeout_seconds,
    persistence_netmask,
    scheduler,
    persistence_engine,
    reserved,
});
growing!(ipvs_service_edit to reserved);

fn scheduler(array: &[c_char; 16]) -> Outcome<Option<Scheduler>> {
    name::given(array, "scheduler", Scheduler::from_bytes)
}

pub(crate) fn engine(array: &[c_char; 20]) -> Outcome<Option<PersistenceEngine>> {
    name::given(array, "persistence_engine", PersistenceEngine::from_bytes)
}

impl TryFrom<ipvs_service> for Service {
    type Error = Failure;

    fn try_from(given: ipvs_service) -> Outcome<Service> {
        let mut service = Service::new(given.key.try_into()?);
        if let Some(scheduler) = scheduler(&given.scheduler)? {
            service.scheduler = scheduler;
        }
        service.flags = ServiceFlags::from_bits_retain(given.flags);
        service.persistence_timeout = seconds(given.persistence_timeout_seconds);
        if let Some(netmask) = given.persistence_netmask.given()? {
            service.persistence_netmask = netmask;
        }
        service.persistence_engine = engine(&given.persistence_engine)?;
        Ok(service)
    }
}

/// Whole seconds, as the kernel has them.
pub(crate) fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(seconds.into())
}

/// Whole seconds for C; no kernel has more of them.
pub(crate) fn whole_seconds(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}

impl ipvs_service {
    /// For a caller who knows `size` bytes of it.
    pub(crate) fn new(service: &Service, size: usize) -> Self {
        let engine = service.persistence_engine.as_ref();
        ipvs_service {
            size,
            key: service.key.into(),
            flags: service.flags.bits(),
            persistence_timeout_seconds: whole_seconds(service.persistence_timeout),
            persistence_netmask: service.persistence_netmask.into(),
            scheduler: name::array(service.scheduler.as_bytes()),
            persistence_engine: name::array(engine.map_or(&[], |engine| engine.as_bytes())),
        }
    }
}

impl Slot<ipvs_service_entry> {
    pub(crate) fn fill(self, entry: &ServiceEntry) {
        let size = self.known_from(offset_of!(ipvs_service_entry, service));
        self.write(ipvs_service_entry {
            size: 0,
            stats: entry.stats.into(),
            service: ipvs_service::new(&entry.service, size),
        });
    }
}

impl TryFrom<ipvs_service_edit> for ServiceEdit {
    type Error = Failure;

    fn try_from(given: ipvs_service_edit) -> Outcome<ServiceEdit> {
        zero(given.reserved, "reserved")?;
        let mut edit = ServiceEdit::new();
        edit.set_flags = ServiceFlags::from_bits_retain(given.set_flags);
        edit.clear_flags = ServiceFlags::from_bits_retain(given.clear_flags);
        let mut set = Bits(given.set);
        if set.take(IPVS_SERVICE_EDIT_SCHEDULER) {
            let empty = || Failure::argument("scheduler", "it is empty");
            edit.scheduler = Some(scheduler(&given.scheduler)?.ok_or_else(empty)?);
        }
        if set.take(IPVS_SERVICE_EDIT_PERSISTENCE_TIMEOUT) {
            edit.persistence_timeout = Some(seconds(given.persistence_timeout_seconds));
        }
        if set.take(IPVS_SERVICE_EDIT_PERSISTENCE_NETMASK) {
            edit.persistence_netmask = Some(given.persistence_netmask.try_into()?);
        }
        if set.take(IPVS_SERVICE_EDIT_PERSISTENCE_ENGINE) {
            edit.persistence_engine = Some(engine(&given.persistence_engine)?);
        }
        set.end()?;
        Ok(edit)
    }
}

/// The presence bits of an edit, taken one after the other.
pub(crate) struct Bits(pub(crate) u32);

impl Bits {
    pub(crate) fn take(&mut self, bit: u32) -> bool {
        let there = self.0 & bit != 0;
        self.0 &= !bit;
        there
    }

    /// None may be left over.
    pub(crate) fn end(self) -> Outcome {
        match self.0 {
            0 => Ok(()),
            bits => Err(Failure::argument(
                "set",
                format!("{bits:#x} is no bit of it"),
            )),
        }
    }
}

/// Reads a service: its key, and what is said of it.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_service_parse(
    text: *const c_char,
    service: *mut ipvs_service,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(service, "service")?;
        slot.write(ipvs_service::new(&c.parse(text)?, 0));
        Ok(())
    })
}

/// Writes a service: see the section on addresses. 256 bytes hold it.
///
/// NULL: `service` gives the empty text, `buffer` is only measured.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_service_format(
    service: *const ipvs_service,
    buffer: *mut c_char,
    length: usize,
) -> usize {
    ffi!(else 0, |c| {
        let service = c.input(service, "service").and_then(Service::try_from);
        c.format_valid(buffer, length, service)
    })
}

/// Writes the scheduler flags in `flags` by their names under a scheduler, such as
/// "sh-fallback,sh-port": see the section on addresses. Empty when there are none.
///
/// NULL: `scheduler` gives the empty text, `buffer` is only measured.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_scheduler_flags_format(
    scheduler: *const c_char,
    flags: u32,
    buffer: *mut c_char,
    length: usize,
) -> usize {
    ffi!(else 0, |c| {
        let flags = ServiceFlags::from_bits_retain(flags);
        let scheduler = c.parse::<Scheduler>(scheduler);
        let text = scheduler.map(|scheduler| scheduler.format_flags(flags));
        c.format_valid(buffer, length, text)
    })
}

/// Reads a comma list of scheduler flags: "sh-port" and such for their scheduler, or
/// "flag-1" to "flag-3". No names are no flags.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_scheduler_flags_parse(
    scheduler: *const c_char,
    text: *const c_char,
    flags: *mut u32,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(flags, "flags")?;
        let scheduler: Scheduler = c.text(scheduler, "scheduler")?.parse()?;
        place.write(scheduler.parse_flags(c.text(text, "text")?)?.bits());
        Ok(())
    })
}
