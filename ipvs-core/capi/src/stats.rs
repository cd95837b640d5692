//! Counters
//!
//! The kernel takes a sample every two seconds; these are samples, not live values, and they
//! stand still while its estimation is switched off. The struct never grows.

use ipvs_core::{Stats, StatsWidth};

use crate::client::ipvs_client;
use crate::failure::{Failure, Outcome};
use crate::ffi::{ffi, plain};
use crate::status::{ipvs_error, ipvs_status};

/// Counters since a service or a dest was made or last zeroed, and present rates: running
/// means over some eight seconds.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ipvs_stats {
    /// Connections scheduled.
    pub connections: u64,
    /// Packets from clients.
    pub incoming_packets: u64,
    /// Packets to clients; only those that come back through the director.
    pub outgoing_packets: u64,
    /// Bytes from clients.
    pub incoming_bytes: u64,
    /// Bytes to clients; only those that come back through the director.
    pub outgoing_bytes: u64,
    /// Connections a second.
    pub connections_per_second: u64,
    /// Packets from clients a second.
    pub incoming_packets_per_second: u64,
    /// Packets to clients a second.
    pub outgoing_packets_per_second: u64,
    /// Bytes from clients a second.
    pub incoming_bytes_per_second: u64,
    /// Bytes to clients a second.
    pub outgoing_bytes_per_second: u64,
    /// How wide the kernel's numbers were: 64, or 32 before Linux 4.1, where connections,
    /// packets and rates wrap around.
    pub width: u64,
}

plain!(ipvs_stats {
    connections,
    incoming_packets,
    outgoing_packets,
    incoming_bytes,
    outgoing_bytes,
    connections_per_second,
    incoming_packets_per_second,
    outgoing_packets_per_second,
    incoming_bytes_per_second,
    outgoing_bytes_per_second,
    width,
});

impl From<Stats> for ipvs_stats {
    fn from(stats: Stats) -> Self {
        ipvs_stats {
            connections: stats.connections,
            incoming_packets: stats.incoming_packets,
            outgoing_packets: stats.outgoing_packets,
            incoming_bytes: stats.incoming_bytes,
            outgoing_bytes: stats.outgoing_bytes,
            connections_per_second: stats.rates.connections,
            incoming_packets_per_second: stats.rates.incoming_packets,
            outgoing_packets_per_second: stats.rates.outgoing_packets,
            incoming_bytes_per_second: stats.rates.incoming_bytes,
            outgoing_bytes_per_second: stats.rates.outgoing_bytes,
            width: match stats.width {
                StatsWidth::Bits64 => 64,
                StatsWidth::Bits32 => 32,
            },
        }
    }
}

impl TryFrom<ipvs_stats> for Stats {
    type Error = Failure;

    fn try_from(given: ipvs_stats) -> Outcome<Stats> {
        let mut stats = Stats::default();
        stats.connections = given.connections;
        stats.incoming_packets = given.incoming_packets;
        stats.outgoing_packets = given.outgoing_packets;
        stats.incoming_bytes = given.incoming_bytes;
        stats.outgoing_bytes = given.outgoing_bytes;
        stats.rates.connections = given.connections_per_second;
        stats.rates.incoming_packets = given.incoming_packets_per_second;
        stats.rates.outgoing_packets = given.outgoing_packets_per_second;
        stats.rates.incoming_bytes = given.incoming_bytes_per_second;
        stats.rates.outgoing_bytes = given.outgoing_bytes_per_second;
        stats.width = match given.width {
            0 | 64 => StatsWidth::Bits64,
            32 => StatsWidth::Bits32,
            _ => return Err(Failure::argument("width", "0, 32 or 64")),
        };
        Ok(stats)
    }
}

/// The counters of the whole namespace, of services that are gone too, since the last
/// ipvs_client_zero(). It takes no privilege in the calling thread's own namespace, elsewhere
/// CAP_SYS_ADMIN.
///
/// NULL: only `error` may be.
/// Fails with IPVS_MODULE_MISSING; IPVS_PROTOCOL for a file that is not what the kernel prints;
/// IPVS_PERMISSION_DENIED, IPVS_IO, IPVS_FORKED.
/// Kernel: /proc/net/ip_vs_stats; ipvsadm: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipvs_client_total_stats(
    client: *const ipvs_client,
    stats: *mut ipvs_stats,
    error: *mut *mut ipvs_error,
) -> ipvs_status {
    ffi!(error, |c| {
        let place = c.place(stats, "stats")?;
        place.write(c.borrow(client, "client")?.0.total_stats()?.into());
        Ok(())
    })
}
