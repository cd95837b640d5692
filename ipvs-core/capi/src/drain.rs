//! Draining a dest
//!
//! A real server that leaves without breaking a connection: weight 0, so that new connections
//! go elsewhere; then waiting until those it has are gone; then its removal. The caller takes
//! the steps, as often as it likes: nothing happens in between. What it has come to is in the
//! kernel, so a program that was restarted begins anew with the same values and goes on.
//!
//! It waits for the established connections of TCP and SCTP services; of every other service,
//! firewall marks included, for all connections, since the kernel never counts a UDP flow as
//! established; of a persistent service for its templates too, unless the sysctl
//! expire_quiescent_template is set; and for nothing any more when the deadline is past.

use std::time::{Duration, UNIX_EPOCH};

use ipvs_core::{DestKey, Drain, DrainLeft, DrainStep, ServiceKey};

use crate::client::ipvs_client;
use crate::failure::{Failure, Outcome};
use crate::ffi::{ffi, growing, plain};
use crate::key::{ipvs_dest_key, ipvs_service_key};
use crate::status::{ipvs_error, ipvs_status};

/// Waits for every connection, those that are closing too.
pub const IPVS_DRAIN_UNTIL_EMPTY: u64 = 1;

/// It has connections that are waited for.
pub const IPVS_DRAIN_WAITING: u32 = 1;
/// It is removed; the connections it had were cut off.
pub const IPVS_DRAIN_REMOVED: u32 = 2;
/// It is not there any more: somebody else removed it, or its service.
pub const IPVS_DRAIN_GONE: u32 = 3;
/// Somebody gave it a weight again since the first step: it stays.
pub const IPVS_DRAIN_RESTORED: u32 = 4;

/// How a real server leaves. Zeros are the defaults.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_drain_options {
    /// sizeof(ipvs_drain_options), by IPVS_DRAIN_OPTIONS_INIT.
    pub size: usize,
    /// IPVS_DRAIN_UNTIL_EMPTY, or 0.
    pub flags: u64,
    /// When it is removed whatever connections it has, in seconds since 1970 as time() has
    /// them; 0 for never.
    pub deadline_unix_seconds: u64,
}

plain!(ipvs_drain_options {
    size,
    flags,
    deadline_unix_seconds
});
growing!(ipvs_drain_options to deadline_unix_seconds);

/// What a step came to.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct ipvs_drain_state {
    /// sizeof(ipvs_drain_state), by IPVS_DRAIN_STATE_INIT.
    pub size: usize,
    /// IPVS_DRAIN_WAITING, _REMOVED, _GONE, _RESTORED, or a later version's: 0 is none.
    pub state: u32,
    /// Waiting, removed: established connections.
    pub active_connections: u32,
    /// Waiting, removed: connections in every other state, and every UDP flow.
    pub inactive_connections: u32,
    /// Waiting, removed: persistence templates, clients that would come back.
    pub persistent_connections: u32,
    /// Restored: the weight.
    pub weight: u32,
    /// Zero.
    pub reserved: u32,
}

plain!(ipvs_drain_state {
    size,
    state,
    active_connections,
    inactive_connections,
    persistent_connections,
    weight,
    reserved,
});
growing!(ipvs_drain_state to reserved);

/// A real server that is leaving. One thread at a time may use it.
pub struct ipvs_drain(Drain);

impl ipvs_drain_options {
    fn with(self, mut drain: Drain) -> Outcome<Drain> {
        match self.flags {
            0 => {}
            IPVS_DRAIN_UNTIL_EMPTY => drain = drain.until_empty(),
            _ => return Err(Failure::argument("flags", "IPVS_DRAIN flags")),
        }
        let deadline = UNIX_EPOCH.checked_add(Duration::from_secs(self.deadline_unix_seconds));
        // One that no clock can show never comes.
        Ok(match deadline.filter(|deadline| *deadline != UNIX_EPOCH) {
            Some(deadline) => drain.with_deadline(deadline),
            None => drain,
        })
    }
}

impl From<DrainStep> for ipvs_drain_state {
    fn from(step: DrainStep) -> Self {
        let left = |state, left: DrainLeft| ipvs_drain_state {
            state,
            active_connections: left.active,
            inactive_connections: left.inactive,
            persistent_connections: left.persistent,
            ..Self::default()
        };
        match step {
            DrainStep::Waiting(it) => left(IPVS_DRAIN_WAITING, it),
            DrainStep::Removed(it) => left(IPVS_DRAIN_REMOVED, it),
            DrainStep::Gone => left(IPVS_DRAIN_GONE, DrainLeft::default()),
            DrainStep::Restored { weight } => ipvs_drain_state {
                weight,
                ..left(IPVS_DRAIN_RESTORED, DrainLeft::default())
            },
            _ => Self::default(),
        }
    }
}

/// The leaving of a real server; nothing is done before the first step.
///
/// Free `*drain` with ipvs_drain_free(), whatever it has come to.
/// NULL: `options` stands for no deadline, and the usual connections; `error` may be.
/// Fails with IPVS_INVALID_INPUT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_drain_new(
    service: *const ipvs_service_key,
    dest: *const ipvs_dest_key,
    options: *const ipvs_drain_options,
    drain: *mut *mut ipvs_drain,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(drain, "drain")?;
        let service = ServiceKey::try_from(c.read(service, "service")?)?;
        let dest = DestKey::try_from(c.read(dest, "dest")?)?;
        let drain = Drain::new(service, dest);
        let drain = match c.optional(options)? {
            Some(options) => options.with(drain)?,
            None => drain,
        };
        place.give(ipvs_drain(drain));
        Ok(())
    })
}

/// Takes a step: quiesces the dest, looks whether its connections are gone, or removes it. The
/// first step that removes is never the one that quiesces, unless the deadline is past: a packet
/// may be under way. After IPVS_DRAIN_WAITING wait a while and take another one.
///
/// NULL: only `error` may be.
/// Fails as ipvs_client_dest(), ipvs_client_edit_dest(), ipvs_client_remove_dest() and
/// ipvs_client_sysctl(), except that a dest that is not there is IPVS_DRAIN_GONE. The step can be
/// taken again.
/// Kernel: IPVS_CMD_GET_DEST, IPVS_CMD_SET_DEST, IPVS_CMD_DEL_DEST; ipvsadm: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_drain_step(
    drain: *mut ipvs_drain,
    client: *const ipvs_client,
    state: *mut ipvs_drain_state,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(state, "state")?;
        let client = &c.borrow(client, "client")?.0;
        slot.write(c.change(drain, "drain")?.0.step(client)?.into());
        Ok(())
    })
}

/// Gives the dest back the weight that it had before the first step; nothing if there was none.
///
/// NULL: only `error` may be.
/// Fails as ipvs_client_edit_dest(). It can be tried again.
/// Kernel: IPVS_CMD_SET_DEST; ipvsadm: -e with -w.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_drain_cancel(
    drain: *mut ipvs_drain,
    client: *const ipvs_client,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let client = &c.borrow(client, "client")?.0;
        Ok(c.change(drain, "drain")?.0.cancel(client)?)
    })
}

/// Frees it; the dest stays as it is.
///
/// NULL: does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_drain_free(drain: *mut ipvs_drain) {
    ffi!(else (), |c| c.free(drain));
}
