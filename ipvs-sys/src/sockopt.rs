//! The older interface to IPVS: numbers for `getsockopt` and `setsockopt`, and their structs.
//!
//! It manages IPv4 services only, on any IPv4 socket at level `IPPROTO_IP`. Fields named `addr`,
//! `port` and `netmask` are in network byte order, all others in the machine's; names end in a
//! NUL. These are words: [`crate::legacy`] asks the questions among them, and this crate has no
//! function that speaks the others.
#![allow(non_camel_case_types)]

use crate::uapi::{IP_VS_IFNAME_MAXLEN, IP_VS_SCHEDNAME_MAXLEN};

/// The number of the first option.
pub const IP_VS_BASE_CTL: i32 = 64 + 1024 + 64;

// --- setsockopt; the length must be exact ---

/// Nothing; refused.
pub const IP_VS_SO_SET_NONE: i32 = IP_VS_BASE_CTL;
/// Unused; refused.
pub const IP_VS_SO_SET_INSERT: i32 = IP_VS_BASE_CTL + 1;
/// Adds a service: [`ip_vs_service_user`].
pub const IP_VS_SO_SET_ADD: i32 = IP_VS_BASE_CTL + 2;
/// Replaces a service: [`ip_vs_service_user`].
pub const IP_VS_SO_SET_EDIT: i32 = IP_VS_BASE_CTL + 3;
/// Removes a service: [`ip_vs_service_user`].
pub const IP_VS_SO_SET_DEL: i32 = IP_VS_BASE_CTL + 4;
/// Removes all services: nothing.
pub const IP_VS_SO_SET_FLUSH: i32 = IP_VS_BASE_CTL + 5;
/// Unused; refused.
pub const IP_VS_SO_SET_LIST: i32 = IP_VS_BASE_CTL + 6;
/// Adds a destination: [`ip_vs_service_user`], then [`ip_vs_dest_user`].
pub const IP_VS_SO_SET_ADDDEST: i32 = IP_VS_BASE_CTL + 7;
/// Removes a destination: [`ip_vs_service_user`], then [`ip_vs_dest_user`].
pub const IP_VS_SO_SET_DELDEST: i32 = IP_VS_BASE_CTL + 8;
/// Replaces a destination: [`ip_vs_service_user`], then [`ip_vs_dest_user`].
pub const IP_VS_SO_SET_EDITDEST: i32 = IP_VS_BASE_CTL + 9;
/// Sets connection timeouts: [`ip_vs_timeout_user`].
pub const IP_VS_SO_SET_TIMEOUT: i32 = IP_VS_BASE_CTL + 10;
/// Starts a sync daemon: [`ip_vs_daemon_user`].
pub const IP_VS_SO_SET_STARTDAEMON: i32 = IP_VS_BASE_CTL + 11;
/// Stops a sync daemon: [`ip_vs_daemon_user`].
pub const IP_VS_SO_SET_STOPDAEMON: i32 = IP_VS_BASE_CTL + 12;
/// Unused; refused.
pub const IP_VS_SO_SET_RESTORE: i32 = IP_VS_BASE_CTL + 13;
/// Unused; refused.
pub const IP_VS_SO_SET_SAVE: i32 = IP_VS_BASE_CTL + 14;
/// Zeroes counters: [`ip_vs_service_user`], all zero for everything.
pub const IP_VS_SO_SET_ZERO: i32 = IP_VS_BASE_CTL + 15;
/// The highest option to set.
pub const IP_VS_SO_SET_MAX: i32 = IP_VS_SO_SET_ZERO;

// --- getsockopt ---

/// Version as text: 64 bytes.
pub const IP_VS_SO_GET_VERSION: i32 = IP_VS_BASE_CTL;
/// Version, table size, number of services: [`ip_vs_getinfo`].
pub const IP_VS_SO_GET_INFO: i32 = IP_VS_BASE_CTL + 1;
/// All services: [`ip_vs_get_services`].
pub const IP_VS_SO_GET_SERVICES: i32 = IP_VS_BASE_CTL + 2;
/// One service: [`ip_vs_service_entry`].
pub const IP_VS_SO_GET_SERVICE: i32 = IP_VS_BASE_CTL + 3;
/// The destinations of a service: [`ip_vs_get_dests`].
pub const IP_VS_SO_GET_DESTS: i32 = IP_VS_BASE_CTL + 4;
/// Unused; refused.
pub const IP_VS_SO_GET_DEST: i32 = IP_VS_BASE_CTL + 5;
/// The connection timeouts: [`ip_vs_timeout_user`].
pub const IP_VS_SO_GET_TIMEOUT: i32 = IP_VS_BASE_CTL + 6;
/// Both sync daemons, master first: two [`ip_vs_daemon_user`].
pub const IP_VS_SO_GET_DAEMON: i32 = IP_VS_BASE_CTL + 7;
/// The highest option to get.
pub const IP_VS_SO_GET_MAX: i32 = IP_VS_SO_GET_DAEMON;

/// A service as asked for.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ip_vs_service_user {
    /// IP protocol number: TCP, UDP or SCTP, for a firewall mark too.
    pub protocol: u16,
    /// Virtual address.
    pub addr: u32,
    /// Virtual port.
    pub port: u16,
    /// Firewall mark; not 0 in place of address and port.
    pub fwmark: u32,
    /// Scheduler.
    pub sched_name: [u8; IP_VS_SCHEDNAME_MAXLEN],
    /// `IP_VS_SVC_F_*`.
    pub flags: u32,
    /// Persistence timeout in seconds.
    pub timeout: u32,
    /// Persistence mask.
    pub netmask: u32,
}

/// A destination as asked for.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ip_vs_dest_user {
    /// Address of the real server.
    pub addr: u32,
    /// Port of the real server.
    pub port: u16,
    /// Bits of `IP_VS_CONN_F_DEST_MASK`, among them the forwarding method.
    pub conn_flags: u32,
    /// Weight, not negative.
    pub weight: i32,
    /// Connections at which new ones stop; 0 is no limit.
    pub u_threshold: u32,
    /// Connections below which new ones resume.
    pub l_threshold: u32,
}

/// Counters, and rates a second.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ip_vs_stats_user {
    /// Connections scheduled.
    pub conns: u32,
    /// Incoming packets.
    pub inpkts: u32,
    /// Outgoing packets.
    pub outpkts: u32,
    /// Incoming bytes.
    pub inbytes: u64,
    /// Outgoing bytes.
    pub outbytes: u64,
    /// Connections a second.
    pub cps: u32,
    /// Incoming packets a second.
    pub inpps: u32,
    /// Outgoing packets a second.
    pub outpps: u32,
    /// Incoming bytes a second.
    pub inbps: u32,
    /// Outgoing bytes a second.
    pub outbps: u32,
}

/// What IPVS says of itself.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ip_vs_getinfo {
    /// Version, made as `IP_VS_VERSION_CODE` is.
    pub version: u32,
    /// Buckets of the connection table.
    pub size: u32,
    /// Number of IPv4 services.
    pub num_services: u32,
}

/// A service as reported.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ip_vs_service_entry {
    /// IP protocol number.
    pub protocol: u16,
    /// Virtual address.
    pub addr: u32,
    /// Virtual port.
    pub port: u16,
    /// Firewall mark; 0 for a service with an address.
    pub fwmark: u32,
    /// Scheduler.
    pub sched_name: [u8; IP_VS_SCHEDNAME_MAXLEN],
    /// `IP_VS_SVC_F_*`.
    pub flags: u32,
    /// Persistence timeout in seconds.
    pub timeout: u32,
    /// Persistence mask.
    pub netmask: u32,
    /// Number of destinations.
    pub num_dests: u32,
    /// Counters and rates.
    pub stats: ip_vs_stats_user,
}

/// A destination as reported.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ip_vs_dest_entry {
    /// Address of the real server.
    pub addr: u32,
    /// Port of the real server.
    pub port: u16,
    /// `IP_VS_CONN_F_*`.
    pub conn_flags: u32,
    /// Weight.
    pub weight: i32,
    /// Connections at which new ones stop; 0 is no limit.
    pub u_threshold: u32,
    /// Connections below which new ones resume.
    pub l_threshold: u32,
    /// Active connections.
    pub activeconns: u32,
    /// Inactive connections.
    pub inactconns: u32,
    /// Persistence templates.
    pub persistconns: u32,
    /// Counters and rates.
    pub stats: ip_vs_stats_user,
}

/// Head of the list of a service's destinations; the caller fills it in.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ip_vs_get_dests {
    /// IP protocol number of the service.
    pub protocol: u16,
    /// Virtual address of the service.
    pub addr: u32,
    /// Virtual port of the service.
    pub port: u16,
    /// Firewall mark of the service.
    pub fwmark: u32,
    /// Number of entries that follow; the buffer must be exactly as long.
    pub num_dests: u32,
    /// Where the entries begin.
    pub entrytable: [ip_vs_dest_entry; 0],
}

/// Head of the list of services; the caller fills it in.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ip_vs_get_services {
    /// Number of entries that follow; the buffer must be exactly as long.
    pub num_services: u32,
    /// Where the entries begin.
    pub entrytable: [ip_vs_service_entry; 0],
}

/// Connection timeouts in seconds; setting 0 keeps one as it is.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ip_vs_timeout_user {
    /// Established TCP.
    pub tcp_timeout: i32,
    /// TCP after a FIN.
    pub tcp_fin_timeout: i32,
    /// UDP.
    pub udp_timeout: i32,
}

/// A sync daemon.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ip_vs_daemon_user {
    /// `IP_VS_STATE_*`.
    pub state: i32,
    /// Multicast interface.
    pub mcast_ifn: [u8; IP_VS_IFNAME_MAXLEN],
    /// Sync id.
    pub syncid: i32,
}
