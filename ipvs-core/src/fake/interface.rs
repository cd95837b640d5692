//! The network interfaces of a namespace.

use std::net::IpAddr;

/// A network interface, as far as IPVS asks for one: whether an address is this host's, and
/// where a sync daemon speaks.
///
/// ```
/// use ipvs_core::fake::Interface;
///
/// let eth0 = Interface::new("eth0").with_address([192, 0, 2, 7], 24);
/// assert!(eth0.up && eth0.mtu == 1500);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// Whether it is up. Default: yes.
    pub up: bool,
    /// The longest packet it sends, in bytes. Default: 1500.
    pub mtu: u32,
    /// Its addresses, each with the length of its network's prefix.
    pub addresses: Vec<(IpAddr, u8)>,
}

impl Interface {
    /// An interface that is up and has no address.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Interface {
            name: name.to_owned(),
            up: true,
            mtu: 1500,
            addresses: Vec::new(),
        }
    }

    /// `lo` with its two addresses, up.
    #[must_use]
    pub fn loopback() -> Self {
        Interface::new("lo")
            .with_mtu(65_536)
            .with_address([127, 0, 0, 1], 8)
            .with_address([0, 0, 0, 0, 0, 0, 0, 1], 128)
    }

    /// With one more address, in a network of this prefix length.
    #[must_use]
    pub fn with_address(mut self, address: impl Into<IpAddr>, prefix: u8) -> Self {
        self.addresses.push((address.into(), prefix));
        self
    }

    /// With another `mtu`.
    #[must_use]
    pub fn with_mtu(mut self, mtu: u32) -> Self {
        self.mtu = mtu;
        self
    }

    /// Down.
    #[must_use]
    pub fn down(mut self) -> Self {
        self.up = false;
        self
    }
}
