//! The sync daemons.

use std::ffi::c_int;

use super::block;
use super::call::old;
use super::session;
use super::structs::ip_vs_daemon_user;

/// Starts the sync daemon of a role.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_start_daemon(dm: *mut ip_vs_daemon_user) -> c_int {
    old!(StartDaemon, |c| {
        let daemon = c.borrow(dm, "dm")?.daemon()?;
        session::with(|client| client.start_daemon(&daemon))
    })
}

/// Stops the sync daemon of a role.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_stop_daemon(dm: *mut ip_vs_daemon_user) -> c_int {
    old!(StopDaemon, |c| {
        let role = c.borrow(dm, "dm")?.role()?;
        session::with(|client| client.stop_daemon(role))
    })
}

/// Two daemons: those that run, and nothing but zeros for those that do not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_get_daemon() -> *mut ip_vs_daemon_user {
    old!(GetDaemon, |_| {
        let daemons = session::with(|client| client.daemons())?;
        block::give(1, |first: &mut ip_vs_daemon_user, second| {
            for (told, daemon) in [first].into_iter().chain(second).zip(&daemons) {
                told.fill(daemon);
            }
        })
    })
}
