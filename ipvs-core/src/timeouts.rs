//! The connection timeouts that can be set.

use std::time::Duration;

/// How long an idle connection is kept, in whole seconds.
///
/// They hold for the whole network namespace and take effect at a connection's
/// next change of state. Every other timeout is fixed in the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[doc(alias = "IPVS_CMD_GET_CONFIG")]
pub struct Timeouts {
    /// Established TCP connections. The kernel's default: 900 s.
    #[doc(alias = "IPVS_CMD_ATTR_TIMEOUT_TCP")]
    pub tcp: Duration,
    /// TCP connections after a FIN. The kernel's default: 120 s.
    #[doc(alias = "IPVS_CMD_ATTR_TIMEOUT_TCP_FIN")]
    pub tcp_fin: Duration,
    /// UDP. The kernel's default: 300 s.
    #[doc(alias = "IPVS_CMD_ATTR_TIMEOUT_UDP")]
    pub udp: Duration,
}

impl Timeouts {
    /// The three timeouts.
    #[must_use]
    pub const fn new(tcp: Duration, tcp_fin: Duration, udp: Duration) -> Self {
        Timeouts { tcp, tcp_fin, udp }
    }
}

/// The kernel's defaults.
impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Timeouts::new(seconds(900), seconds(120), seconds(300))
    }
}

/// The timeouts to change; `None` keeps what is in force. Whole seconds, 1 to 2,147,483.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TimeoutsEdit {
    /// Established TCP connections: 1 to 2,147,483 s.
    pub tcp: Option<Duration>,
    /// TCP connections after a FIN: 1 to 2,147,483 s.
    pub tcp_fin: Option<Duration>,
    /// UDP: 1 to 2,147,483 s.
    pub udp: Option<Duration>,
}

impl TimeoutsEdit {
    /// An edit that changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Changes the timeout of established TCP connections, in whole seconds from 1 to 2,147,483.
    #[must_use]
    pub fn with_tcp(mut self, timeout: Duration) -> Self {
        self.tcp = Some(timeout);
        self
    }

    /// Changes the timeout of TCP connections after a FIN, in whole seconds from 1 to 2,147,483.
    #[must_use]
    pub fn with_tcp_fin(mut self, timeout: Duration) -> Self {
        self.tcp_fin = Some(timeout);
        self
    }

    /// Changes the timeout of UDP, in whole seconds from 1 to 2,147,483.
    #[must_use]
    pub fn with_udp(mut self, timeout: Duration) -> Self {
        self.udp = Some(timeout);
        self
    }

    /// The timeouts with this edit made.
    #[must_use]
    pub fn apply(&self, timeouts: Timeouts) -> Timeouts {
        Timeouts {
            tcp: self.tcp.unwrap_or(timeouts.tcp),
            tcp_fin: self.tcp_fin.unwrap_or(timeouts.tcp_fin),
            udp: self.udp.unwrap_or(timeouts.udp),
        }
    }
}

/// All three.
impl From<Timeouts> for TimeoutsEdit {
    fn from(timeouts: Timeouts) -> Self {
        TimeoutsEdit {
            tcp: Some(timeouts.tcp),
            tcp_fin: Some(timeouts.tcp_fin),
            udp: Some(timeouts.udp),
        }
    }
}
