//! `-L -c`.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipvs_core::procfs::Connection;
use ipvs_core::{Client, Family, Protocol, ServiceKey};

use crate::connections::Connections;
use crate::endpoints::Endpoints;
use crate::failure::Failure;

pub(super) fn print(
    client: &Client,
    endpoints: &Endpoints<'_>,
    with_engines: bool,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut connections = Connections::open(client)?;
    writeln!(out, "IPVS connection entries")?;
    writeln!(out, "{}", head(with_engines))?;
    for connection in &mut connections {
        row(&connection, endpoints, with_engines, out)?;
    }
    connections.outcome()
}

fn head(with_engines: bool) -> String {
    let left = format!(
        "pro expire {:<11} {:<18} {:<18}",
        "state", "source", "virtual"
    );
    if with_engines {
        format!("{left} {:<18} {:<16} pe_data", "destination", "pe name")
    } else {
        format!("{left} destination")
    }
}

fn row(
    connection: &Connection,
    endpoints: &Endpoints<'_>,
    with_engines: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (protocol, address, port) = place(&connection.service);
    let client = endpoints.listed(connection.client, connection.client_port, protocol);
    let service = endpoints.listed(address, port, protocol);
    let dest = endpoints.listed(connection.dest.address, connection.dest.port, protocol);
    let seconds = connection.expires.as_secs();
    let expires = format!("{:02}:{:02}", seconds / 60, seconds % 60);
    let (protocol, state) = (protocol_name(protocol), connection.state);
    write!(
        out,
        "{protocol:<3} {expires:<6} {state:<11} {client:<18} {service:<18} "
    )?;
    match connection.persistence.as_ref().filter(|_| with_engines) {
        Some(persistence) => {
            write!(out, "{dest:<16} {:<18} ", persistence.engine)?;
            out.write_all(&persistence.data)?;
            writeln!(out)
        }
        None => writeln!(out, "{dest}"),
    }
}

/// The virtual address and port as the kernel's file has them: a firewall
/// mark's template has the mark in the address's first four bytes.
fn place(service: &ServiceKey) -> (Protocol, IpAddr, u16) {
    match *service {
        ServiceKey::Address {
            protocol,
            address,
            port,
        } => (protocol, address, port),
        ServiceKey::FirewallMark { mark, family } => {
            let address = match family {
                Family::V4 => Ipv4Addr::from_bits(mark).into(),
                Family::V6 => Ipv6Addr::from_bits(u128::from(mark) << 96).into(),
            };
            (Protocol::new(0), address, 0)
        }
    }
}

/// As the kernel's file has it.
fn protocol_name(protocol: Protocol) -> String {
    match protocol.number() {
        0 => "IP".to_owned(),
        1 => "ICMP".to_owned(),
        58 => "ICMPv6".to_owned(),
        6 | 17 | 132 => protocol.to_string().to_uppercase(),
        number => format!("IP_{number}"),
    }
}
