//! Real servers.

use std::net::IpAddr;

use crate::{DestKey, ForwardMethod, Stats, Tunnel};

/// A real server ("dest") of a virtual service as it is asked for: what one writes.
///
/// ```
/// # use ipvs_core::{Dest, ForwardMethod, Tunnel};
/// # use std::net::Ipv4Addr;
/// let web = Dest::new(Ipv4Addr::new(10, 0, 3, 100), 8080, ForwardMethod::MASQUERADE);
/// let far = Dest::new(Ipv4Addr::new(10, 9, 9, 9), 80, ForwardMethod::TUNNEL)
///     .with_tunnel(Tunnel::gue(6080))
///     .with_weight(3);
/// assert_eq!((web.weight, far.weight), (1, 3));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[doc(alias = "IPVS_CMD_ATTR_DEST")]
pub struct Dest {
    /// What identifies it within its service.
    pub key: DestKey,
    /// How packets reach it.
    pub forward: ForwardMethod,
    /// The encapsulation, for [`ForwardMethod::TUNNEL`]. Default: IP in IP.
    pub tunnel: Tunnel,
    /// Its share of the connections, 0 to 2,147,483,647. 0 is quiesced: it keeps
    /// the connections it has and gets no new ones. Default: 1.
    #[doc(alias = "IPVS_DEST_ATTR_WEIGHT")]
    #[doc(alias = "ipvsadm -w")]
    pub weight: u32,
    /// The number of connections, active and inactive together, at which it gets
    /// no new ones; up to 2,147,483,647. Default: 0, no limit.
    #[doc(alias = "IPVS_DEST_ATTR_U_THRESH")]
    #[doc(alias = "ipvsadm -x")]
    pub upper_threshold: u32,
    /// The number of connections below which a full server gets new ones again; at
    /// most the upper threshold. Default: 0, which means three quarters of the upper one.
    #[doc(alias = "IPVS_DEST_ATTR_L_THRESH")]
    #[doc(alias = "ipvsadm -y")]
    pub lower_threshold: u32,
}

impl Dest {
    /// A real server at an address and port, with weight 1 and no thresholds.
    #[must_use]
    pub fn new(address: impl Into<IpAddr>, port: u16, forward: ForwardMethod) -> Self {
        Dest {
            key: DestKey::new(address, port),
            forward,
            tunnel: Tunnel::default(),
            weight: 1,
            upper_threshold: 0,
            lower_threshold: 0,
        }
    }

    /// With another weight, 0 to 2,147,483,647.
    #[must_use]
    pub fn with_weight(mut self, weight: u32) -> Self {
        self.weight = weight;
        self
    }

    /// With an upper and a lower threshold, in connections.
    #[must_use]
    pub fn with_thresholds(mut self, upper: u32, lower: u32) -> Self {
        self.upper_threshold = upper;
        self.lower_threshold = lower;
        self
    }

    /// With an encapsulation; the forwarding method stays what it is.
    #[must_use]
    pub fn with_tunnel(mut self, tunnel: Tunnel) -> Self {
        self.tunnel = tunnel;
        self
    }
}

/// A real server as the kernel lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DestEntry {
    /// Its configuration. It can be sent back as it is, under
    /// [`Checks::Kernel`](crate::Checks::Kernel) whatever another program made of it.
    pub dest: Dest,
    /// Connections that are established or being set up.
    #[doc(alias = "IPVS_DEST_ATTR_ACTIVE_CONNS")]
    pub active_connections: u32,
    /// Connections in every other state.
    #[doc(alias = "IPVS_DEST_ATTR_INACT_CONNS")]
    pub inactive_connections: u32,
    /// Persistence templates: clients that stay with this server.
    #[doc(alias = "IPVS_DEST_ATTR_PERSIST_CONNS")]
    pub persistent_connections: u32,
    /// Its counters and rates.
    pub stats: Stats,
}

impl DestEntry {
    /// A real server without connections: for tests of what reads entries.
    #[must_use]
    pub fn new(dest: Dest) -> Self {
        DestEntry {
            dest,
            active_connections: 0,
            inactive_connections: 0,
            persistent_connections: 0,
            stats: Stats::default(),
        }
    }
}

/// The fields of a real server to change; what is `None` stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DestEdit {
    /// Another forwarding method, for new connections.
    #[doc(alias = "ipvsadm -m")]
    pub forward: Option<ForwardMethod>,
    /// Another encapsulation, all three parts of it.
    #[doc(alias = "ipvsadm --tun-type")]
    pub tunnel: Option<Tunnel>,
    /// Another weight, 0 (no new connections) to 2,147,483,647.
    #[doc(alias = "ipvsadm -w")]
    pub weight: Option<u32>,
    /// Another upper threshold, in connections up to 2,147,483,647; 0 for no limit.
    #[doc(alias = "ipvsadm -x")]
    pub upper_threshold: Option<u32>,
    /// Another lower threshold, in connections up to the upper one; 0 for three
    /// quarters of it.
    #[doc(alias = "ipvsadm -y")]
    pub lower_threshold: Option<u32>,
}

impl DestEdit {
    /// An edit that changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Changes the forwarding method.
    #[must_use]
    pub fn with_forward(mut self, forward: ForwardMethod) -> Self {
        self.forward = Some(forward);
        self
    }

    /// Changes the encapsulation.
    #[must_use]
    pub fn with_tunnel(mut self, tunnel: Tunnel) -> Self {
        self.tunnel = Some(tunnel);
        self
    }

    /// Changes the weight, to 0 to 2,147,483,647.
    #[must_use]
    pub fn with_weight(mut self, weight: u32) -> Self {
        self.weight = Some(weight);
        self
    }

    /// Changes the upper threshold, in connections up to 2,147,483,647.
    #[must_use]
    pub fn with_upper_threshold(mut self, connections: u32) -> Self {
        self.upper_threshold = Some(connections);
        self
    }

    /// Changes the lower threshold, in connections up to the upper one.
    #[must_use]
    pub fn with_lower_threshold(mut self, connections: u32) -> Self {
        self.lower_threshold = Some(connections);
        self
    }

    /// The dest with this edit made.
    #[must_use]
    pub fn apply(&self, dest: Dest) -> Dest {
        Dest {
            key: dest.key,
            forward: self.forward.unwrap_or(dest.forward),
            tunnel: self.tunnel.unwrap_or(dest.tunnel),
            weight: self.weight.unwrap_or(dest.weight),
            upper_threshold: self.upper_threshold.unwrap_or(dest.upper_threshold),
            lower_threshold: self.lower_threshold.unwrap_or(dest.lower_threshold),
        }
    }
}
