//! Counters and rates.

/// The counters of a service or a real server, since it was made or last zeroed.
///
/// The kernel takes a sample every two seconds; these are samples, not live
/// values, and they stand still while its estimation is switched off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[doc(alias = "IPVS_SVC_ATTR_STATS")]
#[doc(alias = "IPVS_DEST_ATTR_STATS")]
#[doc(alias = "IPVS_SVC_ATTR_STATS64")]
#[doc(alias = "IPVS_DEST_ATTR_STATS64")]
#[doc(alias = "ipvsadm --stats")]
pub struct Stats {
    /// Connections scheduled.
    #[doc(alias = "IPVS_STATS_ATTR_CONNS")]
    pub connections: u64,
    /// Packets from clients.
    #[doc(alias = "IPVS_STATS_ATTR_INPKTS")]
    pub incoming_packets: u64,
    /// Packets to clients; only those that come back through the director.
    #[doc(alias = "IPVS_STATS_ATTR_OUTPKTS")]
    pub outgoing_packets: u64,
    /// Bytes from clients.
    #[doc(alias = "IPVS_STATS_ATTR_INBYTES")]
    pub incoming_bytes: u64,
    /// Bytes to clients; only those that come back through the director.
    #[doc(alias = "IPVS_STATS_ATTR_OUTBYTES")]
    pub outgoing_bytes: u64,
    /// The present rates.
    pub rates: Rates,
    /// How wide the kernel's numbers were.
    pub width: StatsWidth,
}

/// Rates per second: a running mean over some eight seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[doc(alias = "ipvsadm --rate")]
pub struct Rates {
    /// Connections a second.
    #[doc(alias = "IPVS_STATS_ATTR_CPS")]
    pub connections: u64,
    /// Packets from clients a second.
    #[doc(alias = "IPVS_STATS_ATTR_INPPS")]
    pub incoming_packets: u64,
    /// Packets to clients a second.
    #[doc(alias = "IPVS_STATS_ATTR_OUTPPS")]
    pub outgoing_packets: u64,
    /// Bytes from clients a second.
    #[doc(alias = "IPVS_STATS_ATTR_INBPS")]
    pub incoming_bytes: u64,
    /// Bytes to clients a second.
    #[doc(alias = "IPVS_STATS_ATTR_OUTBPS")]
    pub outgoing_bytes: u64,
}

/// Where [`Stats`] come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StatsWidth {
    /// 64-bit numbers, from every kernel since 4.1.
    #[default]
    Bits64,
    /// The 32-bit numbers of older kernels: connections, packets and rates wrap
    /// around at 2^32; bytes do not.
    Bits32,
}
