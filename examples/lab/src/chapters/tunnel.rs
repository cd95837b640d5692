//! Tunnels: the director wraps each packet and sends it to a server wherever
//! that is; the servers answer by another router.

use ipvs_core::{
    Client, Dest, DestEdit, DestKey, ForwardMethod, Scheduler, Service, ServiceKey, Tunnel,
};
use lab::{Host, Result, Site, Story};

use super::{SERVERS, VIP, turns, vip};

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let mut site = Site::lab1()?;
    site.serve_web(80)?;
    let router = site.add_router()?;
    story.picture(&site);
    story.step("Beside the director, a router 10.0.2.2/10.0.3.2 takes the servers' answers.");
    site.director.sysctl("net.ipv4.ip_forward", 0)?;
    site.director
        .ip(&["addr add 10.0.2.100/24 brd + dev eth0 label eth0:0"])?;
    for (server, address) in site.servers.iter().zip(SERVERS) {
        set_up_server(server, &address.to_string())?;
    }
    story.typed(&[&site.director, &router]);
    story.typed_alike(&site.servers);

    let ipvs = site.director.ipvs()?;
    by_ipip(story, &site, &ipvs)?;
    by_gue(story, &site, &ipvs)?;
    by_gre(story, &site, &ipvs)
}

/// The service of all three tunnels.
fn key() -> ServiceKey {
    ServiceKey::tcp(VIP, 80)
}

/// An end for each kind of tunnel, and the virtual address at one of them.
fn set_up_server(server: &Host, address: &str) -> Result<()> {
    server.ip(&[
        &format!("link add ipip1 type ipip local {address}"),
        "link set ipip1 up",
        &format!("link add gre1 type gre local {address}"),
        "link set gre1 up",
        "addr add 10.0.2.100/32 dev ipip1",
    ])?;
    // The client's address comes out of a tunnel that no route to it goes into.
    for interface in ["all", "eth0", "ipip1", "gre1"] {
        server.sysctl(&format!("net.ipv4.conf.{interface}.rp_filter"), 0)?;
    }
    server.sysctl("net.ipv4.conf.all.arp_ignore", 1)?;
    server.sysctl("net.ipv4.conf.all.arp_announce", 2)
}

fn by_ipip(story: &mut Story, site: &Site, ipvs: &Client) -> Result<()> {
    story.step("IP in IP.");
    story.stands_for(&site.director, "ipvsadm -A -t 10.0.2.100:80 -s rr");
    ipvs.add_service(&Service::new(key()).with_scheduler(Scheduler::RR))?;
    for address in SERVERS {
        let command = format!("ipvsadm -a -t 10.0.2.100:80 -r {address}:80 -i");
        story.stands_for(&site.director, &command);
        ipvs.add_dest(&key(), &Dest::new(address, 80, ForwardMethod::TUNNEL))?;
    }
    balance(story, site, ipvs, "ipip", |server| {
        received(server, "ipip1")
    })?;
    story.table(
        ipvs,
        &[
            "TCP  10.0.2.100:80 rr",
            "  -> 10.0.3.100:80                Tunnel  1      0          3",
            "  -> 10.0.3.150:80                Tunnel  1      0          3",
        ],
    )
}

fn by_gue(story: &mut Story, site: &Site, ipvs: &Client) -> Result<()> {
    story.step("GUE: IP in IP in UDP, to a port that the servers open.");
    for server in &site.servers {
        server.modprobe("fou")?;
        server.ip(&["fou add port 6080 gue"])?;
    }
    story.typed_alike(&site.servers);
    let options = "--tun-type gue --tun-port 6080 --tun-nocsum";
    change(story, site, ipvs, options, Tunnel::gue(6080))?;
    balance(story, site, ipvs, "gue:6080", datagrams)
}

fn by_gre(story: &mut Story, site: &Site, ipvs: &Client) -> Result<()> {
    story.step("GRE.");
    change(
        story,
        site,
        ipvs,
        "--tun-type gre --tun-nocsum",
        Tunnel::gre(),
    )?;
    balance(story, site, ipvs, "gre", |server| received(server, "gre1"))
}

/// Another tunnel to both servers.
fn change(
    story: &mut Story,
    site: &Site,
    ipvs: &Client,
    options: &str,
    tunnel: Tunnel,
) -> Result<()> {
    for address in SERVERS {
        let command = format!("ipvsadm -e -t 10.0.2.100:80 -r {address}:80 -i {options}");
        story.stands_for(&site.director, &command);
        let edit = DestEdit::new().with_tunnel(tunnel);
        ipvs.edit_dest(&key(), &DestKey::new(address, 80), &edit)?;
    }
    Ok(())
}

/// Six requests, and what each server's end of the tunnel has to say of them.
fn balance(
    story: &mut Story,
    site: &Site,
    ipvs: &Client,
    tunnel: &str,
    count: impl Fn(&Host) -> Result<u64>,
) -> Result<()> {
    let tunnels = ipvs.dests(&key())?;
    let tunnels: Vec<String> = tunnels
        .iter()
        .map(|entry| entry.dest.tunnel.to_string())
        .collect();
    story.check(
        "the tunnels are read back",
        format!("{tunnel}, {tunnel}"),
        tunnels.join(", "),
    );

    let before = [count(&site.servers[0])?, count(&site.servers[1])?];
    let answers = site.client.get_times(vip(80), 6)?;
    story.check(
        "the servers take turns",
        "2, 1, 2, 1, 2, 1",
        turns(&answers),
    );
    for (server, before) in site.servers.iter().zip(before) {
        // At least SYN, request and FIN of three connections.
        let arrived = count(server)? - before >= 9;
        let what = format!("the packets came to {} through the tunnel", server.name());
        story.check(&what, true, arrived);
    }
    Ok(())
}

/// How many packets an interface has received.
fn received(host: &Host, interface: &str) -> Result<u64> {
    let devices = host.proc_net("dev")?;
    let counters = devices
        .lines()
        .find_map(|line| line.trim_start().strip_prefix(interface)?.strip_prefix(':'));
    let packets = counters.and_then(|counters| counters.split_whitespace().nth(1)?.parse().ok());
    packets.ok_or_else(|| format!("{} has no interface {interface}", host.name()).into())
}

/// How many UDP datagrams a host has received.
fn datagrams(host: &Host) -> Result<u64> {
    let counters = host.proc_net("snmp")?;
    let values = counters
        .lines()
        .filter_map(|line| line.strip_prefix("Udp: "))
        .nth(1);
    let received = values.and_then(|values| values.split(' ').next()?.parse().ok());
    received.ok_or_else(|| format!("{} counts no datagrams", host.name()).into())
}
