//! What `-L` prints.

mod connections;
mod daemons;
mod dest;
mod mode;
mod numbers;
mod service;

use std::io::{self, Write};

use ipvs_core::rules::{List, Listing};
use ipvs_core::{
    Client, DestEntry, Error, ErrorKind, Family, Info, ServiceEntry, ServiceKey, Timeouts,
};

use crate::endpoints::Endpoints;
use crate::failure::Failure;
use crate::names::Resolver;
use mode::Mode;

/// The kernel's table as `-L` shows it.
pub(crate) struct Lister<'a> {
    pub(crate) client: &'a Client,
    pub(crate) info: Info,
    pub(crate) names: &'a Resolver,
}

/// How one listing looks.
struct Style<'a> {
    mode: Mode,
    exact: bool,
    endpoints: Endpoints<'a>,
}

impl Lister<'_> {
    pub(crate) fn print(&self, list: &List, out: &mut dyn Write) -> Result<(), Failure> {
        match list.what {
            Listing::Service(key) => self.service(list, &key, out),
            Listing::Connections => {
                let endpoints = Endpoints::new(self.names, list.numeric);
                connections::print(self.client, &endpoints, list.persistent_connections, out)
            }
            Listing::Timeouts => {
                let timeouts = self.client.timeouts().map_err(|_| Failure::silent(1))?;
                Ok(print_timeouts(&timeouts, out)?)
            }
            Listing::Daemons => {
                let daemons = self.client.daemons().map_err(|_| Failure::silent(1))?;
                Ok(daemons::print(&daemons, out)?)
            }
            _ => self.table(list, out),
        }
    }

    fn table(&self, list: &List, out: &mut dyn Write) -> Result<(), Failure> {
        let Info {
            version,
            connection_table_size: size,
            ..
        } = self.info;
        writeln!(out, "IP Virtual Server version {version} (size={size})")?;
        let style = self.style(list);
        style.mode.print_title(out)?;
        if list.nosort {
            // One by one, in the kernel's order.
            for entry in self.client.stream_services().map_err(of_listing)? {
                self.print_service(list, &style, &entry.map_err(of_listing)?, out)?;
            }
        } else {
            for entry in sorted_services(self.client).map_err(of_listing)? {
                self.print_service(list, &style, &entry, out)?;
            }
        }
        Ok(())
    }

    fn service(&self, list: &List, key: &ServiceKey, out: &mut dyn Write) -> Result<(), Failure> {
        let entry = self.client.service(key).map_err(of_listing)?;
        let style = self.style(list);
        style.mode.print_title(out)?;
        self.print_service(list, &style, &entry, out)
    }

    fn print_service(
        &self,
        list: &List,
        style: &Style<'_>,
        entry: &ServiceEntry,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        service::print(style, entry, out)?;
        let key = &entry.service.key;
        let dests = if list.nosort {
            self.client.stream_dests(key).and_then(Iterator::collect)
        } else {
            self.client.dests(key)
        };
        for dest in unless_gone(dests).map_err(of_listing)? {
            dest::print(style, key, &dest, out)?;
        }
        Ok(())
    }

    fn style(&self, list: &List) -> Style<'_> {
        Style {
            mode: Mode::of(list),
            exact: list.exact,
            endpoints: Endpoints::new(self.names, list.numeric),
        }
    }
}

/// Services as they are listed and saved: those by address first, then the
/// firewall marks; IPv4 before IPv6 within both.
pub(crate) fn sorted_services(client: &Client) -> Result<Vec<ServiceEntry>, Error> {
    let mut services = client.services()?;
    services.sort_by_key(|entry| {
        let key = entry.service.key;
        let mark = match key {
            ServiceKey::Address { .. } => 0,
            ServiceKey::FirewallMark { mark, .. } => mark,
        };
        (mark, key.family() == Family::V6, key)
    });
    Ok(services)
}

/// A service's dests; none of one that was removed since it was listed.
pub(crate) fn unless_gone(dests: Result<Vec<DestEntry>, Error>) -> Result<Vec<DestEntry>, Error> {
    match dests {
        Err(error) if error.kind() == ErrorKind::ServiceNotFound => Ok(Vec::new()),
        dests => dests,
    }
}

fn of_listing(error: Error) -> Failure {
    Failure::of_listing(&error)
}

fn print_timeouts(timeouts: &Timeouts, out: &mut dyn Write) -> io::Result<()> {
    let [tcp, tcp_fin, udp] =
        [timeouts.tcp, timeouts.tcp_fin, timeouts.udp].map(|timeout| timeout.as_secs());
    writeln!(out, "Timeout (tcp tcpfin udp): {tcp} {tcp_fin} {udp}")
}
