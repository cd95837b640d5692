//! The daemons that copy connections to other directors.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::Error;
use crate::name::name_type;

name_type! {
    /// A network interface's name, as the kernel has it.
    #[doc(alias = "IPVS_DAEMON_ATTR_MCAST_IFN")]
    #[doc(alias = "ipvsadm --mcast-interface")]
    InterfaceName, 15, "interface"
}

/// Which way a sync daemon copies. As text: `master`, `backup`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "IPVS_DAEMON_ATTR_STATE")]
pub enum DaemonRole {
    /// Sends this director's connections.
    #[doc(alias = "IP_VS_STATE_MASTER")]
    Master,
    /// Takes in another director's connections.
    #[doc(alias = "IP_VS_STATE_BACKUP")]
    Backup,
}

impl fmt::Display for DaemonRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            DaemonRole::Master => "master",
            DaemonRole::Backup => "backup",
        })
    }
}

impl FromStr for DaemonRole {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        [DaemonRole::Master, DaemonRole::Backup]
            .into_iter()
            .find(|role| text.eq_ignore_ascii_case(&role.to_string()))
            .ok_or_else(|| Error::parse("daemon role", text, "master or backup"))
    }
}

/// A connection sync daemon. A namespace runs at most one of each role.
///
/// `None` in a field leaves it to the kernel; a daemon that is read back has
/// every field, with the value in force.
///
/// ```
/// # use ipvs_core::{DaemonRole, SyncDaemon};
/// let daemon = SyncDaemon::new(DaemonRole::Master, "eth1".parse()?).with_sync_id(7);
/// assert_eq!(daemon.port, None);
/// # Ok::<(), ipvs_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[doc(alias = "IPVS_CMD_ATTR_DAEMON")]
pub struct SyncDaemon {
    /// Which way it copies.
    pub role: DaemonRole,
    /// The interface it speaks on.
    pub interface: InterfaceName,
    /// The number that a master and its backups share, 0 to 255; a backup with
    /// 0 takes in every master's connections. Default: 0. (The kernel stores
    /// 32 bits and sends 8.)
    #[doc(alias = "IPVS_DAEMON_ATTR_SYNC_ID")]
    #[doc(alias = "ipvsadm --syncid")]
    pub sync_id: u32,
    /// The longest message in bytes, without its IP and UDP headers (28 bytes
    /// for IPv4, 48 for IPv6). The kernel clamps it to 1 (a backup's to 1,024)
    /// up to 65,535 less the headers. Its default is 1,500 less the headers, for
    /// a backup the interface's MTU if that is more.
    #[doc(alias = "IPVS_DAEMON_ATTR_SYNC_MAXLEN")]
    #[doc(alias = "ipvsadm --sync-maxlen")]
    pub max_length: Option<u16>,
    /// The multicast group. The kernel's default is 224.0.0.81.
    #[doc(alias = "IPVS_DAEMON_ATTR_MCAST_GROUP")]
    #[doc(alias = "IPVS_DAEMON_ATTR_MCAST_GROUP6")]
    #[doc(alias = "ipvsadm --mcast-group")]
    pub group: Option<IpAddr>,
    /// The UDP port, from 1. The kernel's default is 8848.
    #[doc(alias = "IPVS_DAEMON_ATTR_MCAST_PORT")]
    #[doc(alias = "ipvsadm --mcast-port")]
    pub port: Option<u16>,
    /// The multicast time to live, from 1. The kernel's default is 1.
    #[doc(alias = "IPVS_DAEMON_ATTR_MCAST_TTL")]
    #[doc(alias = "ipvsadm --mcast-ttl")]
    pub ttl: Option<u8>,
}

impl SyncDaemon {
    /// A daemon with every default.
    #[must_use]
    pub fn new(role: DaemonRole, interface: InterfaceName) -> Self {
        SyncDaemon {
            role,
            interface,
            sync_id: 0,
            max_length: None,
            group: None,
            port: None,
            ttl: None,
        }
    }

    /// With a sync id, 0 to 255.
    #[must_use]
    pub fn with_sync_id(mut self, sync_id: u32) -> Self {
        self.sync_id = sync_id;
        self
    }

    /// With a longest message, in bytes from 1.
    #[must_use]
    pub fn with_max_length(mut self, bytes: u16) -> Self {
        self.max_length = Some(bytes);
        self
    }

    /// With a multicast group.
    #[must_use]
    pub fn with_group(mut self, group: impl Into<IpAddr>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// With a UDP port, from 1.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// With a multicast time to live, from 1.
    #[must_use]
    pub fn with_ttl(mut self, ttl: u8) -> Self {
        self.ttl = Some(ttl);
        self
    }
}
