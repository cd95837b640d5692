//! A virtual service's line.

use std::io::{self, Write};

use ipvs_core::{Family, Netmask, Protocol, Service, ServiceEntry, ServiceKey};

use super::Style;
use super::mode::Mode;
use super::numbers::{columns, counters, rates};
use crate::endpoints::cut;

/// The columns of a service's name; one of IPv4 is cut to them.
const NAME: usize = 33;

pub(super) fn print(
    style: &Style<'_>,
    entry: &ServiceEntry,
    out: &mut dyn Write,
) -> io::Result<()> {
    let name = name(style, &entry.service.key);
    let numbers = match style.mode {
        Mode::Stats => counters(&entry.stats),
        Mode::Rate => rates(&entry.stats.rates),
        _ => return writeln!(out, "{name} {}", settings(&entry.service)),
    };
    writeln!(out, "{name:<NAME$}{}", columns(numbers, style.exact))
}

fn name(style: &Style<'_>, key: &ServiceKey) -> String {
    match *key {
        ServiceKey::Address {
            protocol,
            address,
            port,
        } => {
            let endpoint = style.endpoints.listed(address, port, protocol);
            let name = format!("{:<4} {endpoint}", protocol_name(protocol));
            if address.is_ipv4() {
                cut(name, NAME)
            } else {
                name
            }
        }
        ServiceKey::FirewallMark {
            mark,
            family: Family::V4,
        } => format!("FWM  {mark}"),
        ServiceKey::FirewallMark {
            mark,
            family: Family::V6,
        } => format!("FWM  {mark} IPv6"),
    }
}

fn protocol_name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::TCP => "TCP",
        Protocol::UDP => "UDP",
        Protocol::SCTP => "SCTP",
        _ => "?",
    }
}

/// The scheduler and whatever isn't as usual.
fn settings(service: &Service) -> String {
    let mut text = service.scheduler.to_string();
    let flags = service.scheduler.format_flags(service.flags);
    if !flags.is_empty() {
        text += &format!(" ({flags})");
    }
    if service.is_persistent() {
        text += &format!(" persistent {}", service.persistence_timeout.as_secs());
        if service.persistence_netmask != Netmask::host(service.key.family()) {
            text += &format!(" mask {}", service.persistence_netmask);
        }
        if let Some(engine) = service.persistence_engine {
            text += &format!(" pe {engine}");
        }
    }
    if service.is_one_packet() {
        text += " ops";
    }
    text
}
