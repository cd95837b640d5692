//! The connection table, read from `/proc/net/ip_vs_conn` for display.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::{Host, Result};

/// One line of the connection table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// TCP, UDP…; IP for the template of a firewall mark.
    pub protocol: String,
    /// Who connected; port 0 in a template, which stands for all of a client's
    /// connections while a service is persistent.
    pub client: SocketAddr,
    /// What it connected to.
    pub service: SocketAddr,
    /// The real server.
    pub server: SocketAddr,
    /// The state's name, as the kernel spells it.
    pub state: String,
    /// How long it lives on without another packet, in whole seconds.
    pub expires: Duration,
    /// LOCAL, or SYNC when a sync daemon learned of it.
    pub origin: String,
}

impl Connection {
    /// Whether this is a persistence template.
    pub fn is_template(&self) -> bool {
        self.client.port() == 0
    }
}

/// A line as `ipvsadm -Lnc` lays it out.
impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.expires.as_secs();
        write!(
            f,
            "{:<3} {:02}:{:02}  {:<11} {:<18} {:<18} {}",
            self.protocol,
            seconds / 60,
            seconds % 60,
            self.state,
            self.client.to_string(),
            self.service.to_string(),
            self.server
        )
    }
}

impl Host {
    /// This host's connections: templates first, then by client.
    ///
    /// # Errors
    /// When IPVS is not there, or a line is none of a connection.
    pub fn connections(&self) -> Result<Vec<Connection>> {
        // The file of the sync daemons is the same table, with the origin.
        let text = self.proc_net("ip_vs_conn_sync")?;
        let mut connections = text
            .lines()
            .skip(1)
            .map(|line| parse(line).ok_or(format!("not a connection: {line:?}")))
            .collect::<std::result::Result<Vec<_>, _>>()?;
        connections.sort_by_key(|connection| (!connection.is_template(), connection.client));
        Ok(connections)
    }
}

fn parse(line: &str) -> Option<Connection> {
    let mut words = line.split_whitespace();
    Some(Connection {
        protocol: words.next()?.to_owned(),
        client: socket(words.next()?, words.next()?)?,
        service: socket(words.next()?, words.next()?)?,
        server: socket(words.next()?, words.next()?)?,
        state: words.next()?.to_owned(),
        origin: words.next()?.to_owned(),
        expires: Duration::from_secs(words.next()?.parse().ok()?),
    })
}

/// IPv4 is eight hexadecimal digits, IPv6 its eight groups; the port is four.
fn socket(address: &str, port: &str) -> Option<SocketAddr> {
    let address: IpAddr = match address.parse() {
        Ok(address) => IpAddr::V6(address),
        Err(_) => Ipv4Addr::from(u32::from_str_radix(address, 16).ok()?).into(),
    };
    Some(SocketAddr::new(
        address,
        u16::from_str_radix(port, 16).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_over_ipv4_is_read() {
        let line = "TCP 0A00020F 0000 0A000264 0050 0A000396 1F90 ASSURED     LOCAL      595";
        let connection = parse(line).expect("a connection");
        assert!(connection.is_template());
        assert_eq!(
            connection.to_string(),
            "TCP 09:55  ASSURED     10.0.2.15:0        10.0.2.100:80      10.0.3.150:8080"
        );
    }

    #[test]
    fn a_learned_connection_over_ipv6_is_read() {
        let line = "TCP fd00:0002:0000:0000:0000:0000:0000:0015 ABCD \
                    fd00:0002:0000:0000:0000:0000:0000:0100 0050 \
                    fd00:0003:0000:0000:0000:0000:0000:0150 1F90 ESTABLISHED SYNC       899";
        let connection = parse(line).expect("a connection");
        assert_eq!(connection.origin, "SYNC");
        assert_eq!(
            connection.client,
            "[fd00:2::15]:43981".parse().expect("an address")
        );
    }

    #[test]
    fn a_line_cut_short_is_none() {
        assert_eq!(parse("TCP 0A00020F 0000 0A000264"), None);
    }
}
