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
    file: OnceCell<Vec<Entry>>,
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
        remember(&self.services, (port, protocol), || {
            let asked = match protocol {
                Protocol::TCP => service_of_socket(port, 0),
                Protocol::UDP => service_of_socket(port, libc::NI_DGRAM),
                _ => Asked::InVain,
            };
            match asked {
                Asked::Told(name) => name,
                Asked::InVain => {
                    self.filed(|entry| (entry.port, entry.protocol) == (port, protocol))
                }
            }
        })
    }

    /// A name of the services file, for what the resolver's calls don't tell:
    /// SCTP's, and those longer than they have room for.
    fn filed(&self, wanted: impl Fn(&Entry) -> bool) -> Option<String> {
        let mut entries = self.file().iter();
        entries
            .find(|entry| wanted(entry))
            .map(|entry| entry.name.clone())
    }

    fn file(&self) -> &[Entry] {
        self.file.get_or_init(|| {
            let file = std::fs::read("/etc/services").unwrap_or_default();
            entries(&String::from_utf8_lossy(&file))
        })
    }
}

/// What came of asking the resolver for a name.
enum Asked {
    Told(Option<String>),
    InVain,
}

fn service_of_socket(port: u16, flags: i32) -> Asked {
    let socket = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port);
    match getnameinfo(&socket, flags | libc::NI_NUMERICHOST) {
        Ok((_, service)) => Asked::Told((service != port.to_string()).then_some(service)),
        Err(_) => Asked::InVain,
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
                let mut entries = self.file().iter();
                let found =
                    entries.find(|entry| entry.name == service && entry.protocol == protocol);
                return found.map(|entry| entry.port);
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

/// A name or an alias in the services file.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    name: String,
    port: u16,
    protocol: Protocol,
}

/// The text of `/etc/services`: lines such as `http 80/tcp www # World Wide Web`.
fn entries(file: &str) -> Vec<Entry> {
    let mut found = Vec::new();
    for line in file.lines() {
        let mut words = line.split('#').next().unwrap_or("").split_whitespace();
        let (Some(name), Some(place)) = (words.next(), words.next()) else {
            continue;
        };
        let Some((port, protocol)) = place.split_once('/') else {
            continue;
        };
        if let (Ok(port), Ok(protocol)) = (port.parse(), protocol.parse()) {
            let names = std::iter::once(name).chain(words);
            found.extend(names.map(|name| Entry {
                name: name.to_owned(),
                port,
                protocol,
            }));
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
        let file = "# Network services\n\nhttp\t80/tcp www # WWW\nhttp 80/sctp web\n\
                    bad\nx y\nz x/sctp\nv 1/vines\nlast 9/udp";
        let entry = |name: &str, port, protocol| Entry {
            name: name.to_owned(),
            port,
            protocol,
        };
        let expected = [
            entry("http", 80, Protocol::TCP),
            entry("www", 80, Protocol::TCP),
            entry("http", 80, Protocol::SCTP),
            entry("web", 80, Protocol::SCTP),
            entry("last", 9, Protocol::UDP),
        ];
        assert_eq!(entries(file), expected);
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
