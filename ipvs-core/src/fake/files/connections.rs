//! `ip_vs_conn` and `ip_vs_conn_sync`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::words;
use crate::ServiceKey;
use crate::procfs::{Connection, Origin};

const HEADER: &str =
    "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n";
const SYNC_HEADER: &str =
    "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Origin Expires\n";

/// `ip_vs_conn`
pub(super) fn all(connections: &[Connection]) -> Vec<u8> {
    let mut file = HEADER.as_bytes().to_vec();
    for connection in connections {
        let expires = connection.expires.as_secs();
        file.extend(format!("{} {expires:7}", up_to_state(connection)).bytes());
        if let Some(persistence) = &connection.persistence {
            file.extend(format!(" {} ", persistence.engine).bytes());
            file.extend(&persistence.data);
        }
        file.push(b'\n');
    }
    file
}

/// `ip_vs_conn_sync`
pub(super) fn synced(connections: &[Connection]) -> String {
    let mut file = SYNC_HEADER.to_owned();
    for connection in connections {
        let origin = match connection.origin {
            Some(Origin::Synced) => "SYNC",
            Some(Origin::Local) | None => "LOCAL",
        };
        let expires = connection.expires.as_secs();
        file += &format!("{} {origin:<6} {expires:7}\n", up_to_state(connection));
    }
    file
}

/// The columns that both begin with.
fn up_to_state(connection: &Connection) -> String {
    let (protocol, address, port) = to(&connection.service);
    format!(
        "{:<3} {} {:04X} {} {port:04X} {} {:04X} {:<11}",
        words::protocol(protocol),
        words::address(connection.client),
        connection.client_port,
        words::address(address),
        words::address(connection.dest.address),
        connection.dest.port,
        connection.state,
    )
}

/// What was connected to. The template of a firewall mark has that in place of an address.
fn to(service: &ServiceKey) -> (u16, IpAddr, u16) {
    match *service {
        ServiceKey::Address {
            protocol,
            address,
            port,
        } => (protocol.number(), address, port),
        ServiceKey::FirewallMark {
            mark,
            family: crate::Family::V4,
        } => (0, Ipv4Addr::from_bits(mark).into(), 0),
        ServiceKey::FirewallMark { mark, .. } => {
            (0, Ipv6Addr::from_bits(u128::from(mark) << 96).into(), 0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procfs::{Connections, SyncedConnections};

    /// As Linux 7.2 printed it.
    const REAL: &str = "\
Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
UDP 0A010001 0000 0A010001 13C4 0A020002 13C4 NONE             58 sip ab(<>:\"/[]?{}~%1)@ho-st.example
TCP fd01:0000:0000:0000:0000:0000:0000:0001 AD90 fd01:0000:0000:0000:0000:0000:0000:0001 0050 fd02:0000:0000:0000:0000:0000:0000:0002 1F90 ESTABLISHED     899
SCTP 0A010001 94A3 0A010001 0063 0A020002 0063 ESTABLISHED     898
UDP 0A010001 A616 0A010001 0036 fd02:0000:0000:0000:0000:0000:0000:0002 0036 UDP             298
IP  0A010000 0000 00000007 0000 0A020002 0000 NONE             59
IP  fd01:0000:0000:0000:0000:0000:0000:0000 0000 0000:0abc:0000:0000:0000:0000:0000:0000 0000 fd02:0000:0000:0000:0000:0000:0000:0002 0000 NONE             59
";
    const REAL_SYNC: &str = "\
Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Origin Expires
TCP 0A010001 E884 0A010001 0050 0A020002 1F90 ESTABLISHED LOCAL      898
TCP 0A010001 0000 0A010001 0050 0A020002 1F90 ASSURED     SYNC       298
";

    #[test]
    fn what_a_kernel_printed_is_printed_again() {
        let rows: Result<Vec<_>, _> = Connections::new(REAL.as_bytes()).collect();
        assert_eq!(String::from_utf8(all(&rows.unwrap())).unwrap(), REAL);
        let rows: Result<Vec<_>, _> = SyncedConnections::new(REAL_SYNC.as_bytes()).collect();
        assert_eq!(synced(&rows.unwrap()), REAL_SYNC);
    }
}
