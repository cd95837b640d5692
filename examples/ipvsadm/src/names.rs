//! Names for addresses and ports, and back, as this host's resolver has them.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use dns_lookup::{AddrInfoHints, getaddrinfo, getnameinfo};
use ipvs_core::Protocol;
use ipvs_core::rules;

/// The system's resolver: hosts and services files, DNS, whatever
/// `/etc/nsswitch.conf` says. Each address and port is looked up once.
#[derive(Default)]
pub(crate) struct Resolver {
    hosts: Memory<IpAddr>,
    services: Memory<(u16, Protocol)>,
    sctp: OnceCell<Vec<(String, u16)>>,
}

type Memory<K> = RefCell<HashMap<K, Option<String>>>;

impl Resolver {
    /// The name of an address.
    pub(crate) fn host(&self, address: IpAddr) -> Option<String> {
        remember(&self.hosts, address, || {
            let flags = libc::NI_NAMEREQD | libc::NI_NUMERICSERV;
            let found = getnameinfo(&SocketAddr::new(address, 0), flags);
            found.ok().map(|(host, _)| host)
        })
    }

    /// The name of a port of TCP, UDP or SCTP.
    pub(crate) fn service(&self, port: u16, protocol: Protocol) -> Option<String> {
        remember(&self.services, (port, protocol), || match protocol {
            Protocol::TCP => self.service_of_socket(port, 0),
            Protocol::UDP => self.service_of_socket(port, libc::NI_DGRAM),
            Protocol::SCTP => {
                let mut known = self.sctp().iter();
                let found = known.find(|(_, number)| *number == port);
                found.map(|(name, _)| name.clone())
            }
            _ => None,
        })
    }

    fn service_of_socket(&self, port: u16, flags: i32) -> Option<String> {
        let socket = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port);
        let (_, service) = getnameinfo(&socket, flags | libc::NI_NUMERICHOST).ok()?;
        (service != port.to_string()).then_some(service)
    }

    /// SCTP's services, first their names and then their aliases, in the file's
    /// order: the resolver's calls know of TCP and UDP only.
    fn sctp(&self) -> &[(String, u16)] {
        self.sctp.get_or_init(|| {
            let file = std::fs::read("/etc/services").unwrap_or_default();
            services(&String::from_utf8_lossy(&file), "sctp")
        })
    }
}

impl rules::Names for Resolver {
    /// IPv4 only, as `gethostbyname` has it.
    fn address(&self, host: &str) -> Option<IpAddr> {
        let hints = AddrInfoHints {
            address: libc::AF_INET,
            socktype: libc::SOCK_STREAM,
            ..AddrInfoHints::default()
        };
        let mut found = getaddrinfo(Some(host), None, Some(hints)).ok()?;
        Some(found.next()?.ok()?.sockaddr.ip())
    }

    fn port(&self, service: &str, protocol: Protocol) -> Option<u16> {
        // The resolver takes numbers too, and cuts those that are too large.
        if !service.contains(|letter: char| letter.is_ascii_alphabetic()) {
            return None;
        }
        let socktype = match protocol {
            Protocol::TCP => libc::SOCK_STREAM,
            Protocol::UDP => libc::SOCK_DGRAM,
            _ => {
                let mut known = self.sctp().iter();
                return known.find(|(name, _)| name == service).map(|found| found.1);
            }
        };
        let hints = AddrInfoHints {
            address: libc::AF_INET,
            socktype,
            ..AddrInfoHints::default()
        };
        let mut found = getaddrinfo(None, Some(service), Some(hints)).ok()?;
        Some(found.next()?.ok()?.sockaddr.port())
    }
}

fn remember<K: Copy + Eq + Hash>(
    memory: &Memory<K>,
    key: K,
    look_up: impl FnOnce() -> Option<String>,
) -> Option<String> {
    let mut memory = memory.borrow_mut();
    memory.entry(key).or_insert_with(look_up).clone()
}

/// The names and aliases of a protocol's services in the text of
/// `/etc/services`: lines such as `http 80/tcp www # World Wide Web`.
fn services(file: &str, protocol: &str) -> Vec<(String, u16)> {
    let mut found = Vec::new();
    for line in file.lines() {
        let mut words = line.split('#').next().unwrap_or("").split_whitespace();
        let (Some(name), Some(place)) = (words.next(), words.next()) else {
            continue;
        };
        let Some((port, of)) = place.split_once('/') else {
            continue;
        };
        if let (Ok(port), true) = (port.parse(), of == protocol) {
            let names = std::iter::once(name).chain(words);
            found.extend(names.map(|name| (name.to_owned(), port)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::Names;

    #[test]
    fn a_services_file_is_read() {
        let file = "# Network services\n\nhttp\t80/tcp www # WWW\nhttp 80/sctp web\nbad\nx y\nz x/sctp\nlast 9/sctp";
        let expected = [("http", 80), ("web", 80), ("last", 9)];
        let found = services(file, "sctp");
        assert!(
            found
                .iter()
                .map(|(name, port)| (name.as_str(), *port))
                .eq(expected)
        );
    }

    #[test]
    fn a_name_with_a_nul_in_it_is_unknown() {
        let resolver = Resolver::default();
        assert_eq!(resolver.address("local\0host"), None);
        assert_eq!(resolver.port("ht\0tp", Protocol::TCP), None);
        assert_eq!(resolver.port("ht\0tp", Protocol::SCTP), None);
    }

    #[test]
    fn what_is_no_service_has_no_name_and_no_port() {
        let resolver = Resolver::default();
        assert_eq!(resolver.service(0, Protocol::TCP), None);
        assert_eq!(resolver.service(80, Protocol::new(50)), None);
        assert_eq!(resolver.port("70000", Protocol::TCP), None);
    }
}
