//! The student lab: the virtual address is a labelled secondary one, the
//! servers answer on the service's own port, on a /16.

use ipvs_core::{Scheduler, Service, ServiceKey};
use lab::{Result, Site, Story};

use super::{translated, turns};

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let site = Site::student()?;
    let Site {
        director,
        client,
        client2,
        ..
    } = &site;
    story.picture(&site);
    story.step("The virtual address is an alias of ens192.");
    director.sysctl("net.ipv4.ip_forward", 1)?;
    director.ip(&[
        "link property add dev ens192 altname enp11s0",
        "addr add 192.16.193.30/24 brd + dev ens192 label ens192:30",
    ])?;
    story.typed(&[director]);
    story.typed_alike(&site.servers);
    // By its other name, as the lab's `ip a` shows it.
    let addresses = director.command("ip", &["-4", "addr", "show", "dev", "enp11s0"])?;
    story.show(addresses.lines());
    let alias = addresses
        .lines()
        .find(|line| line.contains("192.16.193.30/24"));
    story.check(
        "it is secondary and carries its label",
        "inet 192.16.193.30/24 brd 192.16.193.255 scope global secondary ens192:30",
        alias.unwrap_or("no such address").trim(),
    );

    story.step("One service, two servers, port 80 to port 80.");
    let ipvs = director.ipvs()?;
    let key = ServiceKey::tcp([192, 16, 193, 30], 80);
    story.stands_for(director, "ipvsadm -A -t 192.16.193.30:80 -s rr");
    ipvs.add_service(&Service::new(key).with_scheduler(Scheduler::RR))?;
    story.stands_for(
        director,
        "ipvsadm -a -t 192.16.193.30:80 -r 172.16.193.10:80 -m",
    );
    ipvs.add_dest(&key, &translated([172, 16, 193, 10].into(), 80))?;
    story.stands_for(
        director,
        "ipvsadm -a -t 192.16.193.30:80 -r 172.16.193.20:80 -m",
    );
    ipvs.add_dest(&key, &translated([172, 16, 193, 20].into(), 80))?;

    let address = "192.16.193.30:80".parse()?;
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(client.get(address)?);
        answers.push(client2.get(address)?);
    }
    let what = "in turn, the client gets server 2 and the second client server 1";
    story.check(what, "2, 1, 2, 1, 2, 1", turns(&answers));
    story.table(
        &ipvs,
        &[
            "TCP  192.16.193.30:80 rr",
            "  -> 172.16.193.10:80             Masq    1      0          3",
            "  -> 172.16.193.20:80             Masq    1      0          3",
        ],
    )
}
