//! Timeouts
//!
//! How long an idle connection is kept. They hold for the whole network namespace and take
//! effect at a connection's next change of state. Every other timeout is fixed in the kernel.

use ipvs_core::{Timeouts, TimeoutsEdit};

use crate::address::zero;
use crate::client::ipvs_client;
use crate::failure::{Failure, Outcome};
use crate::ffi::{ffi, growing, plain};
use crate::service::{Bits, seconds, whole_seconds};
use crate::status::{ipvs_error, ipvs_status};

/// The three timeouts.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_timeouts {
    /// sizeof(ipvs_timeouts), by IPVS_TIMEOUTS_INIT.
    pub size: usize,
    /// Established TCP connections. The kernel's default: 900.
    pub tcp_seconds: u32,
    /// TCP connections after a FIN. The kernel's default: 120.
    pub tcp_fin_seconds: u32,
    /// UDP. The kernel's default: 300.
    pub udp_seconds: u32,
    /// Zero.
    pub reserved: u32,
}

plain!(ipvs_timeouts {
    size,
    tcp_seconds,
    tcp_fin_seconds,
    udp_seconds,
    reserved,
});
growing!(ipvs_timeouts to reserved);

/// `tcp_seconds` is to change.
pub const IPVS_TIMEOUTS_EDIT_TCP: u32 = 1;
/// `tcp_fin_seconds` is to change.
pub const IPVS_TIMEOUTS_EDIT_TCP_FIN: u32 = 2;
/// `udp_seconds` is to change.
pub const IPVS_TIMEOUTS_EDIT_UDP: u32 = 4;

/// The timeouts to change; the others stay as they are.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ipvs_timeouts_edit {
    /// sizeof(ipvs_timeouts_edit), by IPVS_TIMEOUTS_EDIT_INIT.
    pub size: usize,
    /// Which of the fields below are to change: IPVS_TIMEOUTS_EDIT bits.
    pub set: u32,
    /// Established TCP connections: 1 to 2,147,483.
    pub tcp_seconds: u32,
    /// TCP connections after a FIN: 1 to 2,147,483.
    pub tcp_fin_seconds: u32,
    /// UDP: 1 to 2,147,483.
    pub udp_seconds: u32,
}

plain!(ipvs_timeouts_edit {
    size,
    set,
    tcp_seconds,
    tcp_fin_seconds,
    udp_seconds,
});
growing!(ipvs_timeouts_edit to udp_seconds);

impl From<Timeouts> for ipvs_timeouts {
    fn from(timeouts: Timeouts) -> Self {
        ipvs_timeouts {
            size: 0,
            tcp_seconds: whole_seconds(timeouts.tcp),
            tcp_fin_seconds: whole_seconds(timeouts.tcp_fin),
            udp_seconds: whole_seconds(timeouts.udp),
            reserved: 0,
        }
    }
}

impl TryFrom<ipvs_timeouts> for Timeouts {
    type Error = Failure;

    fn try_from(given: ipvs_timeouts) -> Outcome<Timeouts> {
        zero(given.reserved, "reserved")?;
        Ok(Timeouts::new(
            seconds(given.tcp_seconds),
            seconds(given.tcp_fin_seconds),
            seconds(given.udp_seconds),
        ))
    }
}

impl TryFrom<ipvs_timeouts_edit> for TimeoutsEdit {
    type Error = Failure;

    fn try_from(given: ipvs_timeouts_edit) -> Outcome<TimeoutsEdit> {
        let mut set = Bits(given.set);
        let mut edit = TimeoutsEdit::new();
        if set.take(IPVS_TIMEOUTS_EDIT_TCP) {
            edit.tcp = Some(seconds(given.tcp_seconds));
        }
        if set.take(IPVS_TIMEOUTS_EDIT_TCP_FIN) {
            edit.tcp_fin = Some(seconds(given.tcp_fin_seconds));
        }
        if set.take(IPVS_TIMEOUTS_EDIT_UDP) {
            edit.udp = Some(seconds(given.udp_seconds));
        }
        set.end()?;
        Ok(edit)
    }
}

/// The timeouts in force.
///
/// NULL: only `error` may be.
/// Fails as any.
/// Kernel: IPVS_CMD_GET_CONFIG; ipvsadm: -L --timeout.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_timeouts(
    client: *const ipvs_client,
    timeouts: *mut ipvs_timeouts,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let slot = c.output(timeouts, "timeouts")?;
        slot.write(c.borrow(client, "client")?.0.timeouts()?.into());
        Ok(())
    })
}

/// Sets the given timeouts, all or none, and keeps the others.
///
/// NULL: only `error` may be.
/// Fails with IPVS_INVALID_INPUT.
/// Kernel: IPVS_CMD_SET_CONFIG; ipvsadm: --set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_set_timeouts(
    client: *const ipvs_client,
    edit: *const ipvs_timeouts_edit,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let edit = TimeoutsEdit::try_from(c.input(edit, "edit")?)?;
        Ok(c.borrow(client, "client")?.0.set_timeouts(&edit)?)
    })
}
