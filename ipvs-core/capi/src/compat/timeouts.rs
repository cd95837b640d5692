//! Timeouts.

use std::ffi::c_int;

use ipvs_core::TimeoutsEdit;

use super::block;
use super::call::old;
use super::given::bits;
use super::session;
use super::structs::ip_vs_timeout_user;
use crate::service::seconds;

/// Sets the timeouts that are not 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_set_timeout(to: *mut ip_vs_timeout_user) -> c_int {
    old!(SetTimeout, |c| {
        let given = c.borrow(to, "to")?;
        let timeout = |given: c_int| (given != 0).then(|| seconds(bits(given)));
        let mut edit = TimeoutsEdit::new();
        edit.tcp = timeout(given.tcp_timeout);
        edit.tcp_fin = timeout(given.tcp_fin_timeout);
        edit.udp = timeout(given.udp_timeout);
        session::with(|client| client.set_timeouts(&edit))
    })
}

/// The timeouts in force.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_get_timeout() -> *mut ip_vs_timeout_user {
    old!(GetTimeout, |_| {
        let timeouts = session::with(|client| client.timeouts())?;
        block::give_one(|told: &mut ip_vs_timeout_user| told.fill(&timeouts))
    })
}
