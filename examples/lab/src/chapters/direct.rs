//! Direct routing: the servers hold the virtual address themselves and answer
//! the clients without the director.

use ipvs_core::procfs::ConnectionState;
use ipvs_core::{Dest, ForwardMethod, Scheduler, Service, ServiceKey};
use lab::{Host, Result, Site, Story};

use super::{VIP, turns, vip};

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let site = Site::flat()?;
    let Site {
        director,
        client,
        servers,
        ..
    } = &site;
    story.picture(&site);
    story.step("Everyone holds the virtual address, but only the director answers ARP for it.");
    // It hands frames on; it routes nothing.
    director.sysctl("net.ipv4.ip_forward", 0)?;
    director.ip(&["addr add 10.0.2.100/24 brd + dev eth0 label eth0:0"])?;
    for server in servers {
        server.sysctl("net.ipv4.conf.all.arp_ignore", 1)?;
        server.sysctl("net.ipv4.conf.all.arp_announce", 2)?;
        server.ip(&["addr add 10.0.2.100/32 dev lo"])?;
    }
    story.typed(&[director]);
    story.typed_alike(servers);

    story.step("The service, by direct routing; the port can't change on the way.");
    let ipvs = director.ipvs()?;
    let key = ServiceKey::tcp(VIP, 80);
    story.stands_for(director, "ipvsadm -A -t 10.0.2.100:80 -s rr");
    ipvs.add_service(&Service::new(key).with_scheduler(Scheduler::RR))?;
    story.stands_for(director, "ipvsadm -a -t 10.0.2.100:80 -r 10.0.2.101:80 -g");
    ipvs.add_dest(
        &key,
        &Dest::new([10, 0, 2, 101], 80, ForwardMethod::DIRECT_ROUTE),
    )?;
    story.stands_for(director, "ipvsadm -a -t 10.0.2.100:80 -r 10.0.2.151:80 -g");
    ipvs.add_dest(
        &key,
        &Dest::new([10, 0, 2, 151], 80, ForwardMethod::DIRECT_ROUTE),
    )?;

    let answers = client.get_times(vip(80), 6)?;
    story.check(
        "the servers take turns",
        "2, 1, 2, 1, 2, 1",
        turns(&answers),
    );
    story.table(
        &ipvs,
        &[
            "TCP  10.0.2.100:80 rr",
            "  -> 10.0.2.101:80                Route   1      0          3",
            "  -> 10.0.2.151:80                Route   1      0          3",
        ],
    )?;
    let neighbour = client.command("ip", &["neigh", "show", "10.0.2.100"])?;
    let known = neighbour
        .split_whitespace()
        .skip_while(|word| *word != "lladdr")
        .nth(1);
    let what = "the client knows the virtual address as the director's";
    story.check(
        what,
        hardware_address(director, "eth0")?,
        known.unwrap_or("nobody's"),
    );

    story.step("The director sees the clients' half of each conversation only.");
    let connections = director.connections()?;
    story.show(&connections);
    let half = connections
        .iter()
        .filter(|connection| connection.state == ConnectionState::FIN_WAIT);
    story.check(
        "the finished connections wait for a FIN that went another way",
        6,
        half.count(),
    );
    story.eventually(
        "it counts packets in and none out",
        "in: yes, out: 0",
        || {
            let stats = ipvs.service(&key)?.stats;
            let arrived = if stats.incoming_packets > 0 {
                "yes"
            } else {
                "no"
            };
            Ok(format!("in: {arrived}, out: {}", stats.outgoing_packets))
        },
    )
}

/// The hardware address of a host's interface.
fn hardware_address(host: &Host, interface: &str) -> Result<String> {
    let link = host.command("ip", &["-o", "link", "show", "dev", interface])?;
    let address = link
        .split_whitespace()
        .skip_while(|word| *word != "link/ether")
        .nth(1);
    Ok(address
        .ok_or("an interface without a hardware address")?
        .to_owned())
}
