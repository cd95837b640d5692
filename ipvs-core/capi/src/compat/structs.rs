//! The structs of libipvs.h. Its comments say what their fields are; `__be16` and `__be32`
//! there are in the network's byte order.

use std::ffi::{c_char, c_int};
use std::net::IpAddr;
use std::sync::atomic::AtomicU32;

use crate::address;

/// A struct that memory full of zeros, or of anything else, is a value of.
///
/// # Safety
///
/// It is `repr(C)`, and its fields are integers, arrays of them, and structs like it.
pub(super) unsafe trait Old: Copy + 'static {}

macro_rules! structs {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty,)+ })+) => {$(
        $(#[$doc])*
        #[repr(C)]
        #[derive(Clone, Copy, Debug)]
        #[allow(missing_docs, reason = "libipvs.h says what they are")]
        pub struct $name { $(pub $field: $type,)+ }

        // SAFETY: look at them.
        unsafe impl Old for $name {}
    )+};
}

structs! {
    /// `union nf_inet_addr`: the bytes of an IPv4 address, with anything behind them, or of an
    /// IPv6 one. Words, as it is aligned to them and goes through registers.
    nf_inet_addr { all: [u32; 4], }

    /// A service that is asked for: `ipvs_service_t`.
    ip_vs_service_user {
        protocol: u16,
        __addr_v4: u32,
        port: u16,
        fwmark: u32,
        sched_name: [c_char; 16],
        flags: u32,
        timeout: u32,
        netmask: u32,
        af: u16,
        addr: nf_inet_addr,
        pe_name: [c_char; 17],
    }

    /// A dest that is asked for: `ipvs_dest_t`.
    ip_vs_dest_user {
        __addr_v4: u32,
        port: u16,
        conn_flags: u32,
        weight: c_int,
        u_threshold: u32,
        l_threshold: u32,
        af: u16,
        addr: nf_inet_addr,
        tun_type: u16,
        tun_port: u16,
        tun_flags: u16,
    }

    /// Counters that wrap around.
    ip_vs_stats_user {
        conns: u32,
        inpkts: u32,
        outpkts: u32,
        inbytes: u64,
        outbytes: u64,
        cps: u32,
        inpps: u32,
        outpps: u32,
        inbps: u32,
        outbps: u32,
    }

    /// Counters.
    ip_vs_stats64 {
        conns: u64,
        inpkts: u64,
        outpkts: u64,
        inbytes: u64,
        outbytes: u64,
        cps: u64,
        inpps: u64,
        outpps: u64,
        inbps: u64,
        outbps: u64,
    }

    /// A service that the kernel lists: `ipvs_service_entry_t`.
    ip_vs_service_entry {
        protocol: u16,
        __addr_v4: u32,
        port: u16,
        fwmark: u32,
        sched_name: [c_char; 16],
        flags: u32,
        timeout: u32,
        netmask: u32,
        num_dests: u32,
        stats: ip_vs_stats_user,
        af: u16,
        addr: nf_inet_addr,
        pe_name: [c_char; 17],
        stats64: ip_vs_stats64,
    }

    /// A dest that the kernel lists: `ipvs_dest_entry_t`.
    ip_vs_dest_entry {
        __addr_v4: u32,
        port: u16,
        conn_flags: u32,
        weight: c_int,
        u_threshold: u32,
        l_threshold: u32,
        activeconns: u32,
        inactconns: u32,
        persistconns: u32,
        stats: ip_vs_stats_user,
        af: u16,
        addr: nf_inet_addr,
        stats64: ip_vs_stats64,
        tun_type: u16,
        tun_port: u16,
        tun_flags: u16,
    }

    /// What the dests of a service stand behind.
    ip_vs_get_dests {
        protocol: u16,
        __addr_v4: u32,
        port: u16,
        fwmark: u32,
        num_dests: u32,
        af: u16,
        addr: nf_inet_addr,
        entrytable: [ip_vs_dest_entry; 0],
    }

    /// What the services stand behind.
    ip_vs_get_services {
        num_services: u32,
        entrytable: [ip_vs_service_entry; 0],
    }

    /// The timeouts: `ipvs_timeout_t`.
    ip_vs_timeout_user {
        tcp_timeout: c_int,
        tcp_fin_timeout: c_int,
        udp_timeout: c_int,
    }

    /// A sync daemon: `ipvs_daemon_t`.
    ip_vs_daemon_user {
        state: c_int,
        mcast_ifn: [c_char; 16],
        syncid: c_int,
        sync_maxlen: c_int,
        mcast_port: u16,
        mcast_ttl: u16,
        mcast_af: u16,
        mcast_group: nf_inet_addr,
    }
}

/// What `ipvs_info` is: C reads plain numbers, while any thread may write them.
#[repr(C)]
#[derive(Debug)]
#[allow(missing_docs, reason = "libipvs.h says what they are")]
pub struct ip_vs_getinfo {
    pub version: AtomicU32,
    pub size: AtomicU32,
    pub num_services: AtomicU32,
}

/// `IP_VS_SVC_F_HASHED`: on every service that the kernel lists. The core does not show it.
pub(super) const HASHED: u32 = 0x2;
/// `IP_VS_CONN_F_FWD_MASK`: the forwarding methods.
pub(super) const METHODS: u32 = 0x7;
/// `IP_VS_STATE_MASTER`.
pub(super) const MASTER: c_int = 1;
/// `IP_VS_STATE_BACKUP`.
pub(super) const BACKUP: c_int = 2;

impl nf_inet_addr {
    /// The bytes as they are in memory.
    pub(super) fn bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        let from = self.all.iter().flat_map(|word| word.to_ne_bytes());
        for (to, from) in bytes.iter_mut().zip(from) {
            *to = from;
        }
        bytes
    }

    /// An IPv4 address of it.
    pub(super) fn ip(self) -> u32 {
        let [ip, ..] = self.all;
        ip
    }
}

impl From<IpAddr> for nf_inet_addr {
    fn from(address: IpAddr) -> Self {
        let mut all = [0; 4];
        let bytes = address::to_bytes(address);
        for (word, bytes) in all.iter_mut().zip(bytes.chunks_exact(4)) {
            *word = u32::from_ne_bytes(bytes.try_into().unwrap_or_default());
        }
        nf_inet_addr { all }
    }
}
