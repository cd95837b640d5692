//! Rows as the kernel prints them.

use std::net::IpAddr;

use super::*;
use crate::{Protocol, ServiceKey};

/// A row of `ip_vs_conn`, or of `ip_vs_conn_sync` when the origin is known.
pub(super) fn connection(connection: &Connection) -> Vec<u8> {
    let (protocol, service) = match connection.service {
        ServiceKey::Address {
            protocol,
            address,
            port,
        } => (name(protocol), format!("{} {port:04X}", digits(address))),
        ServiceKey::FirewallMark { mark, .. } => (
            "IP".to_owned(),
            match connection.client {
                IpAddr::V4(_) => format!("{mark:08X} 0000"),
                IpAddr::V6(_) => format!(
                    "{:04x}:{:04x}{} 0000",
                    mark >> 16,
                    mark & 0xFFFF,
                    ":0000".repeat(6)
                ),
            },
        ),
    };
    let mut row = format!(
        "{protocol:<3} {} {:04X} {service} {} {:04X} ",
        digits(connection.client),
        connection.client_port,
        digits(connection.dest.address),
        connection.dest.port,
    )
    .into_bytes();
    row.extend(connection.state.as_bytes());
    row.resize(
        row.len() + 11_usize.saturating_sub(connection.state.as_bytes().len()),
        b' ',
    );
    let origin = connection.origin.map(|origin| match origin {
        Origin::Local => " LOCAL ",
        Origin::Synced => " SYNC  ",
    });
    row.extend(origin.unwrap_or("").bytes());
    row.extend(format!(" {:7}", connection.expires.as_secs()).bytes());
    if let Some(PersistenceData { engine, data }) = &connection.persistence {
        row.extend([b" ", engine.as_bytes(), b" ", data].concat());
    }
    row.push(b'\n');
    row
}

fn name(protocol: Protocol) -> String {
    match protocol.number() {
        0 => "IP".to_owned(),
        1 => "ICMP".to_owned(),
        6 => "TCP".to_owned(),
        17 => "UDP".to_owned(),
        58 => "ICMPv6".to_owned(),
        132 => "SCTP".to_owned(),
        number => format!("IP_{number}"),
    }
}

pub(super) fn digits(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("{:08X}", address.to_bits()),
        IpAddr::V6(address) => address
            .segments()
            .map(|group| format!("{group:04x}"))
            .join(":"),
    }
}
