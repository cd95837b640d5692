//! The connection table, laid out as `ipvsadm -Lnc` does.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Deref;

use ipvs_core::procfs::Connection;
use ipvs_core::{Family, ServiceKey};

use crate::{Host, Result};

/// A connection, which prints as its line.
#[derive(Debug)]
pub struct Line(Connection);

impl Deref for Line {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.expires.as_secs();
        let (protocol, service) = service(self.service);
        let client = SocketAddr::new(self.client, self.client_port);
        write!(
            f,
            "{protocol:<3} {:02}:{:02}  {:<11} {:<18} {:<18} {}",
            seconds / 60,
            seconds % 60,
            self.state,
            client.to_string(),
            service.to_string(),
            self.dest
        )
    }
}

/// The protocol and the address that the kernel shows: a firewall mark is an
/// address too.
fn service(key: ServiceKey) -> (String, SocketAddr) {
    let (protocol, address, port) = match key {
        ServiceKey::Address {
            protocol,
            address,
            port,
        } => (protocol.to_string().to_uppercase(), address, port),
        ServiceKey::FirewallMark { mark, family } => {
            let address = match family {
                Family::V4 => IpAddr::V4(Ipv4Addr::from_bits(mark)),
                Family::V6 => IpAddr::V6(Ipv6Addr::from_bits(u128::from(mark) << 96)),
            };
            ("IP".to_owned(), address, 0)
        }
    };
    (protocol, SocketAddr::new(address, port))
}

impl Host {
    /// This host's connections: templates first, then by client.
    ///
    /// # Errors
    /// When IPVS is not there, or a line is none of a connection.
    pub fn connections(&self) -> Result<Vec<Line>> {
        // The file of the sync daemons is the same table, with the origin.
        let rows = self.ipvs()?.synced_connections()?;
        let mut lines = rows.map(|row| Ok(Line(row?))).collect::<Result<Vec<_>>>()?;
        lines.sort_by_key(|line| (!line.is_template(), line.client, line.client_port));
        Ok(lines)
    }
}

#[cfg(test)]
mod tests {
    use ipvs_core::procfs::SyncedConnections;

    use super::*;

    #[test]
    fn a_connection_prints_as_ipvsadm_would() {
        let file = "\
Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Origin Expires
TCP 0A00020F 0000 0A000264 0050 0A000396 1F90 ASSURED     LOCAL      595
IP  0A00020F 0000 00000007 0000 0A000396 0000 NONE        LOCAL       59
";
        let rows = SyncedConnections::new(file.as_bytes());
        let lines = rows.map(|row| Line(row.expect("a connection")).to_string());
        assert_eq!(
            lines.collect::<Vec<_>>(),
            [
                "TCP 09:55  ASSURED     10.0.2.15:0        10.0.2.100:80      10.0.3.150:8080",
                "IP  00:59  NONE        10.0.2.15:0        0.0.0.7:0          10.0.3.150:0",
            ]
        );
    }
}
