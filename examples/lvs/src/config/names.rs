//! What this host's resolver knows.

use std::net::{IpAddr, ToSocketAddrs};

use dns_lookup::{AddrInfoHints, getaddrinfo};
use ipvs_core::Protocol;
use ipvs_core::rules::Names;

/// The system's resolver: hosts and services files, DNS, whatever `/etc/nsswitch.conf` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemNames;

impl Names for SystemNames {
    /// The first address, an IPv4 one when there is any.
    fn address(&self, host: &str) -> Option<IpAddr> {
        let found: Vec<_> = (host, 0).to_socket_addrs().ok()?.collect();
        let address = found.iter().find(|address| address.is_ipv4());
        address.or(found.first()).map(|address| address.ip())
    }

    fn port(&self, service: &str, protocol: Protocol) -> Option<u16> {
        // The resolver takes numbers too, and cuts those that are too large.
        if !service.contains(|letter: char| letter.is_ascii_alphabetic()) {
            return None;
        }
        let socktype = match protocol {
            Protocol::UDP => libc::SOCK_DGRAM,
            _ => libc::SOCK_STREAM,
        };
        let hints = AddrInfoHints {
            socktype,
            ..AddrInfoHints::default()
        };
        let mut found = getaddrinfo(None, Some(service), Some(hints)).ok()?;
        Some(found.next()?.ok()?.sockaddr.port())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_have_names_and_numbers_have_none() {
        assert_eq!(SystemNames.port("http", Protocol::TCP), Some(80));
        assert_eq!(SystemNames.port("domain", Protocol::UDP), Some(53));
        assert_eq!(SystemNames.port("80", Protocol::TCP), None);
        assert_eq!(SystemNames.port("no-such-service", Protocol::TCP), None);
        assert_eq!(
            SystemNames.address("127.0.0.1"),
            Some([127, 0, 0, 1].into())
        );
    }
}
