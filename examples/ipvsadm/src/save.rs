//! `-S`: the table as rules, for `-R`.

use std::io::Write;
use std::net::IpAddr;

use ipvs_core::rules::Format;
use ipvs_core::{Change, Client, Dest, ForwardMethod, Protocol, ServiceKey};

use crate::endpoints::Endpoints;
use crate::failure::Failure;
use crate::listing::{sorted_services, unless_gone};
use crate::names::Resolver;

pub(crate) fn print(
    client: &Client,
    names: &Resolver,
    numeric: bool,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let endpoints = Endpoints::new(names, numeric);
    let show =
        |address: IpAddr, port: u16, protocol: Protocol| endpoints.saved(address, port, protocol);
    // A mark has no protocol, and its dests' ports no names.
    let show_marked =
        |address: IpAddr, port: u16, _| endpoints.saved(address, port, Protocol::new(0));
    let format = Format::new().with_endpoints(&show);
    let marked = Format::new().with_endpoints(&show_marked);
    let mut saver = Saver {
        out,
        outcome: Ok(()),
    };
    for entry in sorted_services(client).map_err(|error| Failure::of_listing(&error))? {
        let service = entry.service;
        let format = match service.key {
            ServiceKey::Address { .. } => &format,
            ServiceKey::FirewallMark { .. } => &marked,
        };
        if !saver.print(format, &Change::AddService(service))? {
            continue;
        }
        let dests = unless_gone(client.dests(&service.key));
        for entry in dests.map_err(|error| Failure::of_listing(&error))? {
            saver.print(format, &Change::AddDest(service.key, sayable(entry.dest)))?;
        }
    }
    saver.outcome
}

struct Saver<'a> {
    out: &'a mut dyn Write,
    outcome: Result<(), Failure>,
}

impl Saver<'_> {
    /// Whether there is a rule for it. What no rule can say is told on stderr,
    /// and the rest goes on.
    fn print(&mut self, format: &Format<'_>, change: &Change) -> Result<bool, Failure> {
        let line = format.line(change);
        match &line {
            Ok(line) => writeln!(self.out, "{line}")?,
            Err(error) => {
                Failure::new(1, error.to_string()).tell();
                self.outcome = Err(Failure::silent(1));
            }
        }
        Ok(line.is_ok())
    }
}

/// A dest as a rule can have it: one that is this host itself is reached
/// directly, which comes to the same.
fn sayable(mut dest: Dest) -> Dest {
    if dest.forward == ForwardMethod::LOCAL {
        dest.forward = ForwardMethod::DIRECT_ROUTE;
    }
    dest
}
