//! The timeouts of connections.

use ipvs_sys::errno::EINVAL;
use ipvs_sys::uapi::*;

use super::Errno;
use crate::fake::netlink::policy::{Attributes, Value};

/// Timeouts in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fake) struct Timeouts {
    pub(in crate::fake) tcp: u32,
    pub(in crate::fake) tcp_fin: u32,
    pub(in crate::fake) udp: u32,
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts {
            tcp: 900,
            tcp_fin: 120,
            udp: 300,
        }
    }
}

impl Timeouts {
    /// Sets those that are given and not 0: all of them, or none.
    ///
    /// # Errors
    ///
    /// `EINVAL` for more seconds than fit an `int` once they are ticks of the clock.
    pub(super) fn set(&mut self, attributes: &Attributes<'_>, hz: u32) -> Result<(), Errno> {
        let longest = i32::MAX.unsigned_abs() / hz.max(1);
        let given = [
            (IPVS_CMD_ATTR_TIMEOUT_TCP, &mut self.tcp),
            (IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, &mut self.tcp_fin),
            (IPVS_CMD_ATTR_TIMEOUT_UDP, &mut self.udp),
        ];
        let given =
            given.map(|(kind, timeout)| (attributes.get(kind).map_or(0, Value::u32), timeout));
        if given.iter().any(|(seconds, _)| *seconds > longest) {
            return Err(EINVAL);
        }
        for (seconds, timeout) in given {
            if seconds > 0 {
                *timeout = seconds;
            }
        }
        Ok(())
    }
}
