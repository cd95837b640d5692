//! The words of `linux/ip_vs.h`, spelled as there and with the same values.
//!
//! Attributes are numbered anew in each nest. "Host" is the machine's own byte order, "be"
//! network order; a word is for requests and replies unless it says otherwise. The numbers and
//! structs of the older socket-option interface are in [`crate::sockopt`].

// --- The family ---

/// Name under which the kernel's generic netlink controller knows IPVS.
pub const IPVS_GENL_NAME: &str = "IPVS";
/// Version of the family, for the generic netlink header; the kernel does not look at it.
pub const IPVS_GENL_VERSION: u8 = 1;
/// Version of IPVS as one number, `major << 16 | minor << 8 | patch`: 1.2.1 in every kernel from 5.10 to 7.3.
pub const IP_VS_VERSION_CODE: u32 = 0x01_0201;

// --- Commands: the first byte of the generic netlink header ---

/// No command; the kernel refuses it.
pub const IPVS_CMD_UNSPEC: u8 = 0;
/// Adds a service; also the command of every service in a reply.
pub const IPVS_CMD_NEW_SERVICE: u8 = 1;
/// Replaces a service's scheduler, flags, timeout, netmask and persistence engine.
pub const IPVS_CMD_SET_SERVICE: u8 = 2;
/// Removes a service and its destinations.
pub const IPVS_CMD_DEL_SERVICE: u8 = 3;
/// Asks for one service, or as a dump for all of them.
pub const IPVS_CMD_GET_SERVICE: u8 = 4;
/// Adds a destination to a service; also the command of every destination in a reply.
pub const IPVS_CMD_NEW_DEST: u8 = 5;
/// Replaces a destination's forwarding, weight, thresholds and tunnel.
pub const IPVS_CMD_SET_DEST: u8 = 6;
/// Removes a destination from a service.
pub const IPVS_CMD_DEL_DEST: u8 = 7;
/// Asks for the destinations of one service; a dump only.
pub const IPVS_CMD_GET_DEST: u8 = 8;
/// Starts a sync daemon; also the command of every daemon in a reply.
pub const IPVS_CMD_NEW_DAEMON: u8 = 9;
/// Stops a sync daemon.
pub const IPVS_CMD_DEL_DAEMON: u8 = 10;
/// Asks for the running sync daemons, none to two of them; a dump only.
pub const IPVS_CMD_GET_DAEMON: u8 = 11;
/// Sets connection timeouts; also the command of the reply to [`IPVS_CMD_GET_CONFIG`].
pub const IPVS_CMD_SET_CONFIG: u8 = 12;
/// Asks for the connection timeouts.
pub const IPVS_CMD_GET_CONFIG: u8 = 13;
/// The command of the reply to [`IPVS_CMD_GET_INFO`]; refused as a request.
pub const IPVS_CMD_SET_INFO: u8 = 14;
/// Asks for the version and the size of the connection table.
pub const IPVS_CMD_GET_INFO: u8 = 15;
/// Zeroes the counters of one service, or of everything.
pub const IPVS_CMD_ZERO: u8 = 16;
/// Removes all services and destinations of the network namespace.
pub const IPVS_CMD_FLUSH: u8 = 17;
/// The highest command.
pub const IPVS_CMD_MAX: u8 = 17;

// --- Attributes of a message ---

/// No attribute.
pub const IPVS_CMD_ATTR_UNSPEC: u16 = 0;
/// Nest of `IPVS_SVC_ATTR_*`.
pub const IPVS_CMD_ATTR_SERVICE: u16 = 1;
/// Nest of `IPVS_DEST_ATTR_*`.
pub const IPVS_CMD_ATTR_DEST: u16 = 2;
/// Nest of `IPVS_DAEMON_ATTR_*`.
pub const IPVS_CMD_ATTR_DAEMON: u16 = 3;
/// Timeout of established TCP connections: `u32` host, seconds; 0 keeps it as it is.
pub const IPVS_CMD_ATTR_TIMEOUT_TCP: u16 = 4;
/// Timeout of TCP connections after a FIN: `u32` host, seconds; 0 keeps it as it is.
pub const IPVS_CMD_ATTR_TIMEOUT_TCP_FIN: u16 = 5;
/// Timeout of UDP connections: `u32` host, seconds; 0 keeps it as it is.
pub const IPVS_CMD_ATTR_TIMEOUT_UDP: u16 = 6;
/// The highest attribute of a message.
pub const IPVS_CMD_ATTR_MAX: u16 = 6;

// --- Attributes in IPVS_CMD_ATTR_SERVICE ---

/// No attribute.
pub const IPVS_SVC_ATTR_UNSPEC: u16 = 0;
/// Address family: `u16` host, `AF_INET` or `AF_INET6`.
pub const IPVS_SVC_ATTR_AF: u16 = 1;
/// IP protocol number: `u16` host; absent for a firewall mark.
pub const IPVS_SVC_ATTR_PROTOCOL: u16 = 2;
/// Virtual address: 16 bytes in replies and at most 16 in requests, be; an IPv4 address is the
/// first four. Absent for a firewall mark.
pub const IPVS_SVC_ATTR_ADDR: u16 = 3;
/// Virtual port: `u16` be; absent for a firewall mark.
pub const IPVS_SVC_ATTR_PORT: u16 = 4;
/// Firewall mark: `u32` host, not 0; stands in place of protocol, address and port.
pub const IPVS_SVC_ATTR_FWMARK: u16 = 5;
/// Scheduler: NUL-terminated, shorter than [`IP_VS_SCHEDNAME_MAXLEN`].
pub const IPVS_SVC_ATTR_SCHED_NAME: u16 = 6;
/// Flags: an [`ip_vs_flags`] of `IP_VS_SVC_F_*`, 8 bytes.
pub const IPVS_SVC_ATTR_FLAGS: u16 = 7;
/// Persistence timeout: `u32` host, seconds.
pub const IPVS_SVC_ATTR_TIMEOUT: u16 = 8;
/// Persistence granularity: for IPv4 a mask, `u32` be; for IPv6 a prefix length of 1 to 128,
/// `u32` host.
pub const IPVS_SVC_ATTR_NETMASK: u16 = 9;
/// Reply only: nest of `IPVS_STATS_ATTR_*`, counts and rates in 32 bits.
pub const IPVS_SVC_ATTR_STATS: u16 = 10;
/// Persistence engine: NUL-terminated, at most [`IP_VS_PENAME_MAXLEN`] bytes before the NUL.
pub const IPVS_SVC_ATTR_PE_NAME: u16 = 11;
/// Reply only, since 4.1: nest of `IPVS_STATS_ATTR_*`, everything in 64 bits.
pub const IPVS_SVC_ATTR_STATS64: u16 = 12;
/// The highest attribute of a service.
pub const IPVS_SVC_ATTR_MAX: u16 = 12;

// --- Attributes in IPVS_CMD_ATTR_DEST ---

/// No attribute.
pub const IPVS_DEST_ATTR_UNSPEC: u16 = 0;
/// Address of the real server, laid out as in [`IPVS_SVC_ATTR_ADDR`].
pub const IPVS_DEST_ATTR_ADDR: u16 = 1;
/// Port of the real server: `u16` be.
pub const IPVS_DEST_ATTR_PORT: u16 = 2;
/// Forwarding method: `u32` host, a value under [`IP_VS_CONN_F_FWD_MASK`].
pub const IPVS_DEST_ATTR_FWD_METHOD: u16 = 3;
/// Weight: `u32` host, at most `i32::MAX`; 0 takes no new connections.
pub const IPVS_DEST_ATTR_WEIGHT: u16 = 4;
/// Connections at which new ones stop: `u32` host; 0 is no limit.
pub const IPVS_DEST_ATTR_U_THRESH: u16 = 5;
/// Connections below which new ones resume: `u32` host; 0 is three quarters of the upper one.
pub const IPVS_DEST_ATTR_L_THRESH: u16 = 6;
/// Reply only: active connections, `u32` host.
pub const IPVS_DEST_ATTR_ACTIVE_CONNS: u16 = 7;
/// Reply only: inactive connections, `u32` host.
pub const IPVS_DEST_ATTR_INACT_CONNS: u16 = 8;
/// Reply only: persistence templates, `u32` host.
pub const IPVS_DEST_ATTR_PERSIST_CONNS: u16 = 9;
/// Reply only: nest of `IPVS_STATS_ATTR_*`, counts and rates in 32 bits.
pub const IPVS_DEST_ATTR_STATS: u16 = 10;
/// Address family, since 3.18: `u16` host; absent or 0 is the service's.
pub const IPVS_DEST_ATTR_ADDR_FAMILY: u16 = 11;
/// Reply only, since 4.1: nest of `IPVS_STATS_ATTR_*`, everything in 64 bits.
pub const IPVS_DEST_ATTR_STATS64: u16 = 12;
/// Tunnel type, since 5.2: `u8`, one of `IP_VS_CONN_F_TUNNEL_TYPE_*`.
pub const IPVS_DEST_ATTR_TUN_TYPE: u16 = 13;
/// UDP port of a GUE tunnel, since 5.2: `u16` be.
pub const IPVS_DEST_ATTR_TUN_PORT: u16 = 14;
/// Tunnel flags, since 5.3: `u16` host of `IP_VS_TUNNEL_ENCAP_FLAG_*`.
pub const IPVS_DEST_ATTR_TUN_FLAGS: u16 = 15;
/// The highest attribute of a destination.
pub const IPVS_DEST_ATTR_MAX: u16 = 15;

// --- Attributes in IPVS_CMD_ATTR_DAEMON ---

/// No attribute.
pub const IPVS_DAEMON_ATTR_UNSPEC: u16 = 0;
/// Role: `u32` host, [`IP_VS_STATE_MASTER`] or [`IP_VS_STATE_BACKUP`].
pub const IPVS_DAEMON_ATTR_STATE: u16 = 1;
/// Multicast interface: NUL-terminated, shorter than [`IP_VS_IFNAME_MAXLEN`].
pub const IPVS_DAEMON_ATTR_MCAST_IFN: u16 = 2;
/// Sync id: `u32` host, of which 8 bits travel.
pub const IPVS_DAEMON_ATTR_SYNC_ID: u16 = 3;
/// Longest UDP payload, since 4.3: `u16` host, bytes; 0 derives it from the interface.
pub const IPVS_DAEMON_ATTR_SYNC_MAXLEN: u16 = 4;
/// IPv4 multicast group, since 4.3: 4 bytes be.
pub const IPVS_DAEMON_ATTR_MCAST_GROUP: u16 = 5;
/// IPv6 multicast group, since 4.3: 16 bytes; ignored beside an IPv4 group.
pub const IPVS_DAEMON_ATTR_MCAST_GROUP6: u16 = 6;
/// First UDP port, since 4.3: `u16` host, unlike every other port; 0 is 8848.
pub const IPVS_DAEMON_ATTR_MCAST_PORT: u16 = 7;
/// Multicast time to live, since 4.3: `u8` hops; 0 is 1.
pub const IPVS_DAEMON_ATTR_MCAST_TTL: u16 = 8;
/// The highest attribute of a daemon.
pub const IPVS_DAEMON_ATTR_MAX: u16 = 8;

// --- Attributes in the STATS and STATS64 nests, reply only ---
// Counts and rates are `u32` host in STATS and `u64` host in STATS64; byte counts are `u64` in both.

/// No attribute.
pub const IPVS_STATS_ATTR_UNSPEC: u16 = 0;
/// Connections scheduled.
pub const IPVS_STATS_ATTR_CONNS: u16 = 1;
/// Incoming packets.
pub const IPVS_STATS_ATTR_INPKTS: u16 = 2;
/// Outgoing packets; counted for masquerading only, since other answers bypass the director.
pub const IPVS_STATS_ATTR_OUTPKTS: u16 = 3;
/// Incoming bytes: `u64` host, aligned to 4 only.
pub const IPVS_STATS_ATTR_INBYTES: u16 = 4;
/// Outgoing bytes: `u64` host, aligned to 4 only.
pub const IPVS_STATS_ATTR_OUTBYTES: u16 = 5;
/// Connections a second.
pub const IPVS_STATS_ATTR_CPS: u16 = 6;
/// Incoming packets a second.
pub const IPVS_STATS_ATTR_INPPS: u16 = 7;
/// Outgoing packets a second.
pub const IPVS_STATS_ATTR_OUTPPS: u16 = 8;
/// Incoming bytes a second.
pub const IPVS_STATS_ATTR_INBPS: u16 = 9;
/// Outgoing bytes a second.
pub const IPVS_STATS_ATTR_OUTBPS: u16 = 10;
/// Empty filler before a `u64`, on machines that cannot read an unaligned one.
pub const IPVS_STATS_ATTR_PAD: u16 = 11;
/// The highest attribute of statistics.
pub const IPVS_STATS_ATTR_MAX: u16 = 11;

// --- Attributes of the reply to IPVS_CMD_GET_INFO, on the level of the message ---

/// No attribute.
pub const IPVS_INFO_ATTR_UNSPEC: u16 = 0;
/// Version of IPVS: `u32` host, made as [`IP_VS_VERSION_CODE`] is.
pub const IPVS_INFO_ATTR_VERSION: u16 = 1;
/// Buckets of the connection table: `u32` host; since 7.1 it grows from 0 with use.
pub const IPVS_INFO_ATTR_CONN_TAB_SIZE: u16 = 2;
/// The highest attribute of the info reply.
pub const IPVS_INFO_ATTR_MAX: u16 = 2;

// --- Service flags ---

/// Persistent service.
pub const IP_VS_SVC_F_PERSISTENT: u32 = 0x01;
/// The kernel's own mark, set in every reply.
pub const IP_VS_SVC_F_HASHED: u32 = 0x02;
/// One-packet scheduling, for UDP.
pub const IP_VS_SVC_F_ONEPACKET: u32 = 0x04;
/// First flag for the scheduler.
pub const IP_VS_SVC_F_SCHED1: u32 = 0x08;
/// Second flag for the scheduler.
pub const IP_VS_SVC_F_SCHED2: u32 = 0x10;
/// Third flag for the scheduler; none uses it.
pub const IP_VS_SVC_F_SCHED3: u32 = 0x20;
/// `sh` and `mh`: take another server when the chosen one is unusable.
pub const IP_VS_SVC_F_SCHED_SH_FALLBACK: u32 = IP_VS_SVC_F_SCHED1;
/// `sh` and `mh`: hash the source port too.
pub const IP_VS_SVC_F_SCHED_SH_PORT: u32 = IP_VS_SVC_F_SCHED2;

// --- Destination flags: historic, never part of a message, gone from newer headers ---

/// The destination is available.
pub const IP_VS_DEST_F_AVAILABLE: u32 = 0x01;
/// The destination is overloaded.
pub const IP_VS_DEST_F_OVERLOAD: u32 = 0x02;

// --- Sync daemon states ---

/// Stopped; the state of both daemons until started.
pub const IP_VS_STATE_NONE: u32 = 0;
/// Master: sends connections.
pub const IP_VS_STATE_MASTER: u32 = 1;
/// Backup: receives connections.
pub const IP_VS_STATE_BACKUP: u32 = 2;

// --- Connection flags ---
// In a destination, in /proc/net/ip_vs_conn and (the lower 16 bits) in sync messages.

/// The bits that hold the forwarding method.
pub const IP_VS_CONN_F_FWD_MASK: u32 = 0x0007;
/// Forwarding: masquerade (NAT).
pub const IP_VS_CONN_F_MASQ: u32 = 0x0000;
/// Forwarding: to this very host.
pub const IP_VS_CONN_F_LOCALNODE: u32 = 0x0001;
/// Forwarding: through a tunnel.
pub const IP_VS_CONN_F_TUNNEL: u32 = 0x0002;
/// Forwarding: direct routing.
pub const IP_VS_CONN_F_DROUTE: u32 = 0x0003;
/// Forwarding: to the original address, past the cache servers.
pub const IP_VS_CONN_F_BYPASS: u32 = 0x0004;
/// The connection came from a master's sync message.
pub const IP_VS_CONN_F_SYNC: u32 = 0x0020;
/// The connection is in the hash table.
pub const IP_VS_CONN_F_HASHED: u32 = 0x0040;
/// Packets from the server do not pass this host.
pub const IP_VS_CONN_F_NOOUTPUT: u32 = 0x0080;
/// Not established: counted as inactive.
pub const IP_VS_CONN_F_INACTIVE: u32 = 0x0100;
/// Sequence numbers of outgoing packets are adjusted.
pub const IP_VS_CONN_F_OUT_SEQ: u32 = 0x0200;
/// Sequence numbers of incoming packets are adjusted.
pub const IP_VS_CONN_F_IN_SEQ: u32 = 0x0400;
/// Both sequence bits.
pub const IP_VS_CONN_F_SEQ_MASK: u32 = 0x0600;
/// The client's port is not known yet.
pub const IP_VS_CONN_F_NO_CPORT: u32 = 0x0800;
/// A persistence template, not a connection.
pub const IP_VS_CONN_F_TEMPLATE: u32 = 0x1000;
/// Forgotten after one packet.
pub const IP_VS_CONN_F_ONE_PACKET: u32 = 0x2000;
/// Tracked by netfilter too; never synced.
pub const IP_VS_CONN_F_NFCT: u32 = 1 << 16;
/// What a backup accepts for a new connection.
pub const IP_VS_CONN_F_BACKUP_MASK: u32 = IP_VS_CONN_F_FWD_MASK
    | IP_VS_CONN_F_NOOUTPUT
    | IP_VS_CONN_F_INACTIVE
    | IP_VS_CONN_F_SEQ_MASK
    | IP_VS_CONN_F_NO_CPORT
    | IP_VS_CONN_F_TEMPLATE;
/// What a backup accepts for a connection that it knows.
pub const IP_VS_CONN_F_BACKUP_UPD_MASK: u32 = IP_VS_CONN_F_INACTIVE | IP_VS_CONN_F_SEQ_MASK;
/// What a destination may set for its connections; socket options only.
pub const IP_VS_CONN_F_DEST_MASK: u32 =
    IP_VS_CONN_F_FWD_MASK | IP_VS_CONN_F_ONE_PACKET | IP_VS_CONN_F_NFCT;

// --- Tunnels ---

/// Tunnel type: IP in IP.
pub const IP_VS_CONN_F_TUNNEL_TYPE_IPIP: u8 = 0;
/// Tunnel type, since 5.2: generic UDP encapsulation; needs a port.
pub const IP_VS_CONN_F_TUNNEL_TYPE_GUE: u8 = 1;
/// Tunnel type, since 5.3: GRE.
pub const IP_VS_CONN_F_TUNNEL_TYPE_GRE: u8 = 2;
/// One more than the highest tunnel type.
pub const IP_VS_CONN_F_TUNNEL_TYPE_MAX: u8 = 3;
/// Tunnel flags: none, so no outer checksum.
pub const IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM: u16 = 0;
/// Tunnel flag for GUE and GRE: checksum the outer header.
pub const IP_VS_TUNNEL_ENCAP_FLAG_CSUM: u16 = 1;
/// Tunnel flag for GUE: remote checksum offload.
pub const IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM: u16 = 1 << 1;

// --- Lengths, in bytes ---

/// A scheduler's name with its NUL.
pub const IP_VS_SCHEDNAME_MAXLEN: usize = 16;
/// A persistence engine's name, its NUL not counted.
pub const IP_VS_PENAME_MAXLEN: usize = 16;
/// An interface's name with its NUL.
pub const IP_VS_IFNAME_MAXLEN: usize = 16;
/// A persistence engine's data in a sync message.
pub const IP_VS_PEDATA_MAXLEN: usize = 255;

/// Payload of [`IPVS_SVC_ATTR_FLAGS`]: sets the bits of `mask` to those of `flags`.
///
/// A reply's mask has every bit set.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(non_camel_case_types)]
pub struct ip_vs_flags {
    /// The bits' values: host order.
    pub flags: u32,
    /// Which of the bits count: host order.
    pub mask: u32,
}
