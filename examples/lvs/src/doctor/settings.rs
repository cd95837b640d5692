//! Sysctls: what they are, and the lines that set them.

use std::collections::BTreeMap;

/// Numbers of `/proc/sys`, by their paths below it: `net/ipv4/ip_forward`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(pub BTreeMap<String, i64>);

impl Settings {
    /// The number at a path; `None` where this kernel has none.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<i64> {
        self.0.get(path).copied()
    }

    /// Whether the number is there and is 0.
    #[must_use]
    pub fn is_off(&self, path: &str) -> bool {
        self.get(path) == Some(0)
    }

    /// What holds on an IPv4 interface of those settings where the higher one of `all` and
    /// the interface's own counts: `rp_filter`, `arp_ignore`, `arp_announce`, `accept_local`.
    #[must_use]
    pub fn on(&self, interface: &str, setting: &str) -> i64 {
        let of = |place: &str| self.get(&of_interface(place, setting)).unwrap_or(0);
        of("all").max(of(interface))
    }
}

/// The path of an IPv4 setting of an interface.
#[must_use]
pub(super) fn of_interface(interface: &str, setting: &str) -> String {
    format!("net/ipv4/conf/{interface}/{setting}")
}

/// The line that sets a path: `sysctl -w net.ipv4.conf.eth0/100.rp_filter=2`.
#[must_use]
pub(super) fn line(path: &str, value: i64) -> String {
    // Between dots, a dot of an interface's name is written as a slash.
    let name = path.chars().map(|letter| match letter {
        '/' => '.',
        '.' => '/',
        other => other,
    });
    format!("sysctl -w {}={value}", name.collect::<String>())
}
