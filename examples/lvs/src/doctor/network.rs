//! Where packets go, as the tables of this host say.

use std::net::IpAddr;

use ipvs_core::Family;

use crate::net::{Address, Link, Route};

/// The kernel's table of its own addresses, which it asks first.
const LOCAL_TABLE: u32 = 255;
const MAIN_TABLE: u32 = 254;

/// This host's interfaces, addresses and routes. Rules that choose other tables are not
/// looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// Every interface.
    pub links: Vec<Link>,
    /// Every address.
    pub addresses: Vec<Address>,
    /// Every route of every table.
    pub routes: Vec<Route>,
}

impl Network {
    /// The route that a packet to `address` takes.
    #[must_use]
    pub fn route(&self, address: IpAddr) -> Option<&Route> {
        let leading = |table| {
            let routes = self.routes.iter().filter(move |route| route.table == table);
            routes.filter(|route| contains(route.destination, route.prefix, address))
        };
        // The longest prefix, and of several such the lowest metric.
        let best = |table| leading(table).max_by_key(|route| (route.prefix, !route.metric));
        best(LOCAL_TABLE).or_else(|| best(MAIN_TABLE))
    }

    /// Whether packets to `address` are this host's own.
    #[must_use]
    pub fn is_local(&self, address: IpAddr) -> bool {
        self.route(address).is_some_and(|route| route.local)
    }

    /// The interface of that name.
    #[must_use]
    pub fn link(&self, name: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.name == name)
    }

    /// Where `address` is configured as it is, on whatever interface.
    #[must_use]
    pub fn holder(&self, address: IpAddr) -> Option<&Address> {
        self.addresses.iter().find(|held| held.address == address)
    }

    /// Whether any of these is configured here, or there are none.
    pub(super) fn holds_any(&self, addresses: &[IpAddr]) -> bool {
        let mut addresses = addresses.iter();
        addresses.len() == 0 || addresses.any(|address| self.holder(*address).is_some())
    }

    /// Whether a route of any table leads to `address`; where there is no route at all,
    /// nobody looked.
    #[must_use]
    pub fn is_reachable(&self, address: IpAddr) -> bool {
        let leads = |route: &Route| contains(route.destination, route.prefix, address);
        self.routes.is_empty() || self.routes.iter().any(leads)
    }

    /// The gateway of every route of a family that has one, if they all have the same.
    pub(super) fn only_router(&self, v4: bool) -> Option<IpAddr> {
        let routers = self.routes.iter().filter_map(|route| route.gateway);
        let mut routers = routers.filter(|router| router.is_ipv4() == v4);
        let router = routers.next()?;
        routers.all(|other| other == router).then_some(router)
    }

    /// The address of this host whose network `address` is in, the smallest such network.
    #[must_use]
    pub fn neighbour(&self, address: IpAddr) -> Option<&Address> {
        let near = self.addresses.iter().filter(|own| {
            own.prefix < host_prefix(own.address) && contains(own.address, own.prefix, address)
        });
        near.max_by_key(|own| own.prefix)
    }

    /// Whether the way to `address` is by its link alone.
    #[must_use]
    pub fn is_on_link(&self, address: IpAddr) -> bool {
        self.route(address)
            .is_some_and(|route| !route.local && route.gateway.is_none())
    }
}

/// Whether an address is in a network.
#[must_use]
pub(super) fn contains(network: IpAddr, prefix: u8, address: IpAddr) -> bool {
    Family::of(network) == Family::of(address) && masked(network, prefix) == masked(address, prefix)
}

/// The first address of a network.
#[must_use]
pub(super) fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let hosts = u32::MAX.checked_shr(prefix.into()).unwrap_or(0);
            IpAddr::V4((v4.to_bits() & !hosts).into())
        }
        IpAddr::V6(v6) => {
            let hosts = u128::MAX.checked_shr(prefix.into()).unwrap_or(0);
            IpAddr::V6((v6.to_bits() & !hosts).into())
        }
    }
}

/// The prefix of a network of one: 32 or 128.
#[must_use]
pub(super) fn host_prefix(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}
