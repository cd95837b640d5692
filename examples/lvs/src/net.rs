//! What the kernel knows about this host's network: interfaces, addresses with their
//! labels, and routes, by rtnetlink.
//!
//! ```
//! let mut net = lvs::net::Net::open()?;
//! let links = net.links()?;
//! let lo = links.iter().find(|link| link.name == "lo").unwrap();
//! assert_eq!((lo.mac, lo.kind, lo.arp), (Some([0; 6]), 772, true));
//! # Ok::<(), std::io::Error>(())
//! ```

mod broadcast;
mod changes;
mod exchange;
mod read;

pub use changes::Changes;

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;

use netlink_packet_core::{NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::RouteNetlinkMessage as Message;
use netlink_packet_route::address::{
    AddressAttribute, AddressFlags, AddressHeaderFlags, AddressMessage,
};
use netlink_packet_route::{AddressFamily, link::LinkMessage, route::RouteMessage};

use exchange::Exchange;

/// The hardware address of an Ethernet card; zeros on `lo`.
pub type Mac = [u8; 6];

/// A network interface.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Link {
    /// Its name, such as `eth0`.
    pub name: String,
    /// The kernel's number for it, from 1 on.
    pub index: u32,
    /// Whether it was switched on (`ip link set … up`).
    pub up: bool,
    /// Whether it has a link to its other end: the cable is in. Never while it is not up.
    pub carrier: bool,
    /// Its hardware address, if that is an Ethernet one.
    pub mac: Option<Mac>,
    /// The longest packet that it takes, in bytes.
    pub mtu: u32,
    /// What it carries, as one of the kernel's ARPHRD numbers: 1 is Ethernet, 772 is `lo`,
    /// 768 a tunnel of IP in IP.
    pub kind: u16,
    /// Whether neighbours on it ask for each other's hardware addresses.
    pub arp: bool,
}

/// An address that is on an interface.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// The address itself.
    pub address: IpAddr,
    /// The length of its network's prefix: 0 to 32, or 0 to 128.
    pub prefix: u8,
    /// The name of its interface.
    pub interface: String,
    /// The kernel's number for that interface.
    pub index: u32,
    /// Its label, such as `eth0:0`. The kernel labels every IPv4 address, by the
    /// interface's name when nobody says more, and no IPv6 address.
    pub label: Option<String>,
    /// Whether another address of the same IPv4 network came first.
    pub secondary: bool,
    /// Whether it can't be used yet, or not at all: IPv6 still asks whether it is
    /// another's, or found that it is.
    pub tentative: bool,
}

/// A way out of this host, or an address that a table calls local.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    /// The network that it leads to; unspecified for a default route.
    pub destination: IpAddr,
    /// The length of that network's prefix; 0 for a default route.
    pub prefix: u8,
    /// The next router; none when the network is on the link.
    pub gateway: Option<IpAddr>,
    /// The name of the interface that it leaves by.
    pub interface: Option<String>,
    /// The table that it is in: 254 is `main`, 255 is `local`.
    pub table: u32,
    /// Which of several goes first: the lowest.
    pub metric: u32,
    /// Whether packets to it are this host's own.
    pub local: bool,
}

impl Route {
    /// Whether it leads everywhere.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.prefix == 0
    }
}

/// A door to the kernel's tables, in the network namespace that it was opened in.
///
/// What is read is a state of one moment: tables that change meanwhile are read again.
pub struct Net {
    exchange: Exchange,
}

impl Net {
    /// Opens the door.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn open() -> io::Result<Net> {
        let exchange = Exchange::open()?;
        Ok(Net { exchange })
    }

    /// Every interface, by number.
    ///
    /// # Errors
    /// Those of the socket, and an answer that can't be read.
    pub fn links(&mut self) -> io::Result<Vec<Link>> {
        let answers = self
            .exchange
            .dump(&Message::GetLink(LinkMessage::default()))?;
        let mut links: Vec<Link> = answers.iter().filter_map(read::link).collect();
        links.sort_unstable_by_key(|link| link.index);
        Ok(links)
    }

    /// Every address, by interface; those of one in the order in which the kernel has
    /// them, IPv4 first.
    ///
    /// # Errors
    /// Those of the socket, and an answer that can't be read.
    pub fn addresses(&mut self) -> io::Result<Vec<Address>> {
        let names = self.names()?;
        let answers = self
            .exchange
            .dump(&Message::GetAddress(AddressMessage::default()))?;
        let read = answers
            .iter()
            .filter_map(|answer| read::address(answer, &names));
        let mut addresses: Vec<Address> = read.collect();
        addresses.sort_by_key(|found| (found.index, found.address.is_ipv6()));
        Ok(addresses)
    }

    /// Every route to a unicast or local network, of every table; one with several next
    /// hops comes once for each.
    ///
    /// # Errors
    /// Those of the socket, and an answer that can't be read.
    pub fn routes(&mut self) -> io::Result<Vec<Route>> {
        let names = self.names()?;
        let mut routes = Vec::new();
        for family in [AddressFamily::Inet, AddressFamily::Inet6] {
            let mut request = RouteMessage::default();
            request.header.address_family = family;
            let answers = self.exchange.dump(&Message::GetRoute(request))?;
            routes.extend(
                answers
                    .iter()
                    .flat_map(|answer| read::routes(answer, &names)),
            );
        }
        Ok(routes)
    }

    /// Puts an address on an interface. An IPv4 one gets the broadcast address of its
    /// network; an IPv6 one can be used at once, without asking whether it is another's.
    ///
    /// `label` is for IPv4 alone: the interface's name, and more behind it, 15 bytes in
    /// all.
    ///
    /// # Errors
    /// `AlreadyExists` when it is there, `NotFound` without such an interface, what the
    /// kernel refuses else, and those of the socket.
    pub fn add_address(
        &mut self,
        address: IpAddr,
        prefix: u8,
        interface: &str,
        label: Option<&str>,
    ) -> io::Result<()> {
        let mut message = address_message(address, prefix, self.index(interface)?);
        match address {
            IpAddr::V4(v4) => {
                let broadcast = broadcast::of(v4, prefix).map(AddressAttribute::Broadcast);
                message.attributes.extend(broadcast);
                let label = label.map(|label| AddressAttribute::Label(label.to_owned()));
                message.attributes.extend(label);
            }
            IpAddr::V6(_) => {
                let flags = AddressAttribute::Flags(AddressFlags::Nodad);
                message.header.flags = AddressHeaderFlags::Nodad;
                message.attributes.push(flags);
            }
        }
        let request = Message::NewAddress(message);
        self.exchange
            .ask(&request, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL)
    }

    /// Takes an address from an interface, whatever its label is. Where the kernel is not
    /// told to promote secondary addresses, those go with the primary one of their network.
    ///
    /// # Errors
    /// `AddrNotAvailable` when it is not there, `NotFound` without such an interface, what
    /// the kernel refuses else, and those of the socket.
    pub fn remove_address(
        &mut self,
        address: IpAddr,
        prefix: u8,
        interface: &str,
    ) -> io::Result<()> {
        let message = address_message(address, prefix, self.index(interface)?);
        self.exchange.ask(&Message::DelAddress(message), NLM_F_ACK)
    }

    fn index(&mut self, interface: &str) -> io::Result<u32> {
        let link = self
            .links()?
            .into_iter()
            .find(|link| link.name == interface);
        link.map(|link| link.index).ok_or_else(|| {
            io::Error::new(io::ErrorKind::NotFound, format!("no interface {interface}"))
        })
    }

    fn names(&mut self) -> io::Result<HashMap<u32, String>> {
        let links = self.links()?.into_iter();
        Ok(links.map(|link| (link.index, link.name)).collect())
    }
}

fn address_message(address: IpAddr, prefix: u8, index: u32) -> AddressMessage {
    let mut message = AddressMessage::default();
    message.header.family = match address {
        IpAddr::V4(_) => AddressFamily::Inet,
        IpAddr::V6(_) => AddressFamily::Inet6,
    };
    message.header.prefix_len = prefix;
    message.header.index = index;
    let both = [AddressAttribute::Local, AddressAttribute::Address];
    message.attributes = both.map(|attribute| attribute(address)).into();
    message
}
