//! LAB #1 over IPv6, with persistence by network.

use std::net::Ipv6Addr;
use std::time::Duration;

use ipvs_core::{Netmask, Scheduler, Service, ServiceKey};
use lab::{Result, Site, Story};

use super::{translated, turns};

const VIP: Ipv6Addr = Ipv6Addr::new(0xfd00, 2, 0, 0, 0, 0, 0, 0x100);
const SERVERS: [Ipv6Addr; 2] = [
    Ipv6Addr::new(0xfd00, 3, 0, 0, 0, 0, 0, 0x100),
    Ipv6Addr::new(0xfd00, 3, 0, 0, 0, 0, 0, 0x150),
];

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let site = Site::lab1()?;
    let Site {
        director,
        client,
        client2,
        ..
    } = &site;
    story.picture(&site);
    story
        .step("Every host has an IPv6 address as well: fd00:2:: for Intnet, fd00:3:: for Intnet1.");
    set_up(&site)?;
    story.typed(&[client, director]);
    story.typed_alike(&site.servers);

    story.step("The service, round robin.");
    let ipvs = director.ipvs()?;
    let web = Service::new(ServiceKey::tcp(VIP, 80)).with_scheduler(Scheduler::RR);
    story.stands_for(director, "ipvsadm -A -t [fd00:2::100]:80 -s rr");
    ipvs.add_service(&web)?;
    for server in SERVERS {
        let command = format!("ipvsadm -a -t [fd00:2::100]:80 -r [{server}]:8080 -m");
        story.stands_for(director, &command);
        ipvs.add_dest(&web.key, &translated(server.into(), 8080))?;
    }
    let address = (VIP, 80).into();
    let answers = client.get_times(address, 6)?;
    story.check(
        "the servers take turns",
        "2, 1, 2, 1, 2, 1",
        turns(&answers),
    );
    story.table(
        &ipvs,
        &[
            "TCP  [fd00:2::100]:80 rr",
            "  -> [fd00:3::100]:8080           Masq    1      0          3",
            "  -> [fd00:3::150]:8080           Masq    1      0          3",
        ],
    )?;

    story.step("Whole networks stay with their server: a persistence mask of 64 bits.");
    story.stands_for(
        director,
        "ipvsadm -E -t [fd00:2::100]:80 -s rr -p 600 -M 64",
    );
    let by_network = web
        .with_persistence(Duration::from_secs(600))
        .with_persistence_netmask(Netmask::V6(64));
    ipvs.update_service(&by_network)?;
    let answers = [
        client.get(address)?,
        client2.get(address)?,
        client.get(address)?,
    ];
    story.check("both clients share a server", "2, 2, 2", turns(&answers));
    story.table(
        &ipvs,
        &[
            "TCP  [fd00:2::100]:80 rr persistent 600 mask 64",
            "  -> [fd00:3::100]:8080           Masq    1      0          3",
            "  -> [fd00:3::150]:8080           Masq    1      0          6",
        ],
    )?;
    let connections = director.connections()?;
    let template = connections
        .first()
        .filter(|connection| connection.is_template());
    story.show(&connections);
    story.check(
        "they share a template: their network's",
        "fd00:2:: -> [fd00:3::150]:8080",
        template.map_or("none".to_owned(), |it| {
            format!("{} -> {}", it.client, it.dest)
        }),
    );
    Ok(())
}

/// IPv6 on LAB #1. No address waits for duplicates of it: there are none.
fn set_up(site: &Site) -> Result<()> {
    site.client.ip(&["addr add fd00:2::15/64 dev eth0 nodad"])?;
    site.client2
        .ip(&["addr add fd00:2::16/64 dev eth0 nodad"])?;
    site.director.sysctl("net.ipv6.conf.all.forwarding", 1)?;
    site.director.ip(&[
        "addr add fd00:2::100/64 dev eth0 nodad",
        "addr add fd00:3::200/64 dev eth1 nodad",
    ])?;
    for (server, address) in site.servers.iter().zip(SERVERS) {
        server.ip(&[
            &format!("addr add {address}/64 dev eth0 nodad"),
            "route add default via fd00:3::200",
        ])?;
    }
    Ok(())
}
