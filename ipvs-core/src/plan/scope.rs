//! What of a kernel's table is ours.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use crate::{Family, ServiceKey};

/// What of a network namespace's IPVS a [`Plan`](crate::Plan) may touch: nothing outside
/// of it is ever changed, whoever put it there.
///
/// [`everything`](Self::everything) or [`nothing`](Self::nothing) to begin with;
/// a service is ours when any of what was added since says so. A service is ours
/// with all of its dests.
///
/// ```
/// # use ipvs_core::{Family, Scope, ServiceKey};
/// let ours = Scope::nothing()
///     .with_service("tcp 198.51.100.1:443".parse()?)
///     .with_prefix([192, 0, 2, 0], 24)
///     .with_marks(100..=199, Family::V4);
/// assert!(ours.contains(&"udp 192.0.2.7:53".parse()?));
/// assert!(ours.contains(&"fwmark 123".parse()?));
/// assert!(!ours.contains(&"fwmark 123 ipv6".parse()?));
/// # Ok::<(), ipvs_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    every_service: bool,
    services: BTreeSet<ServiceKey>,
    prefixes: Vec<Prefix>,
    marks: Vec<(RangeInclusive<u32>, Family)>,
    timeouts: bool,
    daemons: bool,
}

/// The addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Prefix {
    network: IpAddr,
    length: u8,
}

impl Scope {
    /// Every service, the timeouts and the daemons.
    #[must_use]
    pub fn everything() -> Self {
        Scope {
            every_service: true,
            timeouts: true,
            daemons: true,
            ..Self::nothing()
        }
    }

    /// Nothing yet.
    #[must_use]
    pub fn nothing() -> Self {
        Scope {
            every_service: false,
            services: BTreeSet::new(),
            prefixes: Vec::new(),
            marks: Vec::new(),
            timeouts: false,
            daemons: false,
        }
    }

    /// With every service.
    #[must_use]
    pub fn with_every_service(mut self) -> Self {
        self.every_service = true;
        self
    }

    /// With one service.
    #[must_use]
    pub fn with_service(mut self, key: ServiceKey) -> Self {
        self.services.insert(key);
        self
    }

    /// With the services of every virtual address that begins with the first
    /// `length` bits of `network`. A length above 32 (IPv4) or 128 (IPv6) is
    /// taken for that.
    #[must_use]
    pub fn with_prefix(mut self, network: impl Into<IpAddr>, length: u8) -> Self {
        let network = network.into();
        self.prefixes.push(Prefix { network, length });
        self
    }

    /// With the services of these firewall marks, of one family.
    #[must_use]
    pub fn with_marks(mut self, marks: RangeInclusive<u32>, family: Family) -> Self {
        self.marks.push((marks, family));
        self
    }

    /// With the timeouts.
    #[must_use]
    pub fn with_timeouts(mut self) -> Self {
        self.timeouts = true;
        self
    }

    /// With the sync daemons, both roles.
    #[must_use]
    pub fn with_daemons(mut self) -> Self {
        self.daemons = true;
        self
    }

    /// Whether a service is ours.
    #[must_use]
    pub fn contains(&self, key: &ServiceKey) -> bool {
        self.every_service
            || self.services.contains(key)
            || match *key {
                ServiceKey::Address { address, .. } => {
                    self.prefixes.iter().any(|prefix| prefix.holds(address))
                }
                ServiceKey::FirewallMark { mark, family } => {
                    let ours = |(marks, of): &(RangeInclusive<u32>, Family)| {
                        *of == family && marks.contains(&mark)
                    };
                    self.marks.iter().any(ours)
                }
            }
    }

    /// Whether the timeouts are ours.
    #[must_use]
    pub fn contains_timeouts(&self) -> bool {
        self.timeouts
    }

    /// Whether the sync daemons are ours.
    #[must_use]
    pub fn contains_daemons(&self) -> bool {
        self.daemons
    }
}

impl Prefix {
    fn holds(&self, address: IpAddr) -> bool {
        // The bits beyond the prefix are shifted out; a shift by all of them is none left.
        match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let beyond = 32_u32.saturating_sub(self.length.into());
                let differing = network.to_bits() ^ address.to_bits();
                differing.checked_shr(beyond).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let beyond = 128_u32.saturating_sub(self.length.into());
                let differing = network.to_bits() ^ address.to_bits();
                differing.checked_shr(beyond).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(network: &str, length: u8, address: &str) -> bool {
        let scope = Scope::nothing().with_prefix(network.parse::<IpAddr>().unwrap(), length);
        let address: IpAddr = address.parse().unwrap();
        scope.contains(&ServiceKey::tcp(address, 80))
    }

    #[test]
    fn a_prefix_holds_what_begins_like_it() {
        assert!(holds("192.0.2.0", 24, "192.0.2.255"));
        assert!(holds("192.0.2.99", 24, "192.0.2.1"));
        assert!(!holds("192.0.2.0", 24, "192.0.3.0"));
        assert!(holds("192.0.2.1", 32, "192.0.2.1"));
        assert!(!holds("192.0.2.1", 32, "192.0.2.0"));
        assert!(holds("192.0.2.1", 0, "1.1.1.1"));
        assert!(!holds("192.0.2.1", 0, "2001:db8::1"));
        assert!(holds("2001:db8::", 32, "2001:db8:ffff::1"));
        assert!(!holds("2001:db8::", 33, "2001:db8:ffff::1"));
        assert!(holds("::", 0, "2001:db8:ffff::1"));
        assert!(holds("::1", 200, "::1"));
    }

    #[test]
    fn nothing_holds_nothing() {
        let nothing = Scope::nothing();
        assert!(!nothing.contains(&"tcp 192.0.2.1:80".parse().unwrap()));
        assert!(!nothing.contains(&"fwmark 1".parse().unwrap()));
        assert!(!nothing.contains_timeouts() && !nothing.contains_daemons());
        let all = Scope::everything();
        assert!(all.contains(&"fwmark 1 ipv6".parse().unwrap()));
        assert!(all.contains_timeouts() && all.contains_daemons());
    }
}
