//! How an address and a port are shown.

use std::net::IpAddr;

use ipvs_core::Protocol;

use crate::names::Resolver;

/// The longest endpoint of a listing, in bytes: longer ones are cut.
const LISTED: usize = 59;

/// Shows addresses and ports: by their names, or as numbers under `-n`.
pub(crate) struct Endpoints<'a> {
    names: Option<&'a Resolver>,
}

impl<'a> Endpoints<'a> {
    pub(crate) fn new(names: &'a Resolver, numeric: bool) -> Self {
        Endpoints {
            names: (!numeric).then_some(names),
        }
    }

    /// As a listing has it: `host:port`, `[host]:port` for IPv6, and at most 59 bytes.
    pub(crate) fn listed(&self, address: IpAddr, port: u16, protocol: Protocol) -> String {
        let host = self.names.and_then(|names| names.host(address));
        cut(self.joined(address, host, port, protocol), LISTED)
    }

    /// As a rule has it, so that it can be read back: whole, and an IPv6 address
    /// always as a number, since no rule takes the name of one.
    pub(crate) fn saved(&self, address: IpAddr, port: u16, protocol: Protocol) -> String {
        let names = self.names.filter(|_| address.is_ipv4());
        let host = names.and_then(|names| names.host(address));
        self.joined(address, host, port, protocol)
    }

    fn joined(
        &self,
        address: IpAddr,
        host: Option<String>,
        port: u16,
        protocol: Protocol,
    ) -> String {
        let host = host.unwrap_or_else(|| address.to_string());
        let service = self.names.and_then(|names| names.service(port, protocol));
        let service = service.unwrap_or_else(|| port.to_string());
        match address {
            IpAddr::V4(_) => format!("{host}:{service}"),
            IpAddr::V6(_) => format!("[{host}]:{service}"),
        }
    }
}

/// The first bytes of a text, to the end of a character.
pub(crate) fn cut(mut text: String, bytes: usize) -> String {
    let end = (0..=bytes.min(text.len())).rfind(|&end| text.is_char_boundary(end));
    text.truncate(end.unwrap_or(0));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_family_has_them() {
        let names = Resolver::default();
        let numeric = Endpoints::new(&names, true);
        let show = |address: &str| numeric.listed(address.parse().unwrap(), 80, Protocol::TCP);
        assert_eq!(show("192.0.2.1"), "192.0.2.1:80");
        assert_eq!(show("2001:db8::1"), "[2001:db8::1]:80");
    }

    #[test]
    fn a_cut_keeps_to_characters() {
        assert_eq!(cut("abc".into(), 5), "abc");
        assert_eq!(cut("abc".into(), 2), "ab");
        assert_eq!(cut("aé".into(), 2), "a");
        assert_eq!(cut("é".into(), 1), "");
    }
}
