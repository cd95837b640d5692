//! The chapters, and what several of them say.

mod direct;
mod ipv6;
mod mark;
mod nat;
mod student;
mod sync;
mod tunnel;
mod udp;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipvs_core::{Client, Dest, ForwardMethod, Scheduler, Service, ServiceKey};
use lab::book::Chapter;
use lab::site::turns;
use lab::{Host, Result, Story};

/// Every chapter, in the order of telling.
#[rustfmt::skip]
pub(crate) const CHAPTERS: &[Chapter] = &[
    Chapter { name: "nat", title: "LAB #1: HTTP by address translation", tell: nat::tell },
    Chapter { name: "student", title: "The student lab: two clients, port 80 to 80", tell: student::tell },
    Chapter { name: "direct", title: "The same service by direct routing", tell: direct::tell },
    Chapter { name: "tunnel", title: "The same service by tunnel: ipip, gue, gre", tell: tunnel::tell },
    Chapter { name: "ipv6", title: "The same service over IPv6", tell: ipv6::tell },
    Chapter { name: "udp", title: "A UDP service", tell: udp::tell },
    Chapter { name: "mark", title: "A service by firewall mark", tell: mark::tell },
    Chapter { name: "sync", title: "A backup director that knows the connections", tell: sync::tell },
];

/// The virtual address of LAB #1.
const VIP: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 2, 100));

/// LAB #1's real servers.
const SERVERS: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(10, 0, 3, 100)),
    IpAddr::V4(Ipv4Addr::new(10, 0, 3, 150)),
];

/// A port of the virtual address.
const fn vip(port: u16) -> SocketAddr {
    SocketAddr::new(VIP, port)
}

/// A real server reached by address translation, of weight 1.
fn translated(address: IpAddr, port: u16) -> Dest {
    Dest::new(address, port, ForwardMethod::MASQUERADE)
}

/// A service in turns on LAB #1's servers, by address translation; `option` and
/// the ports as one would type them.
fn serve(
    story: &mut Story,
    host: &Host,
    ipvs: &Client,
    (option, key): (&str, ServiceKey),
    port: u16,
) -> Result<()> {
    story.stands_for(host, &format!("ipvsadm -A {option} -s rr"));
    ipvs.add_service(&Service::new(key).with_scheduler(Scheduler::RR))?;
    for server in SERVERS {
        let command = format!("ipvsadm -a {option} -r {server}:{port} -m");
        story.stands_for(host, &command);
        ipvs.add_dest(&key, &translated(server, port))?;
    }
    Ok(())
}
