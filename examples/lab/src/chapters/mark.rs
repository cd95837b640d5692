//! A service by firewall mark: whatever nftables marks, here two ports as one
//! service.

use std::time::Duration;

use ipvs_core::{Family, Scheduler, Service, ServiceKey};
use lab::{Result, Site, Story};

use super::{SERVERS, translated, turns, vip};

const RULES: &str = "\
add table ip lab
add chain ip lab marking { type filter hook prerouting priority mangle; }
add rule ip lab marking ip daddr 10.0.2.100 tcp dport { 80, 8080 } meta mark set 7";

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let mut site = Site::lab1()?;
    site.serve_web(80)?;
    let Site {
        director,
        client,
        client2,
        ..
    } = &site;
    story.picture(&site);
    story.step("The director marks what comes for ports 80 and 8080.");
    site.set_up_translation()?;
    site.forget_typed();
    director.nft(RULES)?;
    story.typed(&[director]);

    story.step("A service for the mark; its servers keep each packet's own port.");
    let ipvs = director.ipvs()?;
    let marked =
        Service::new(ServiceKey::firewall_mark(7, Family::V4)).with_scheduler(Scheduler::RR);
    story.stands_for(director, "ipvsadm -A -f 7 -s rr");
    ipvs.add_service(&marked)?;
    for server in SERVERS {
        story.stands_for(director, &format!("ipvsadm -a -f 7 -r {server} -m"));
        ipvs.add_dest(&marked.key, &translated(server, 0))?;
    }
    let mut answers = client.get_times(vip(80), 3)?;
    answers.extend(client.get_times(vip(8080), 3)?);
    story.check(
        "both ports share the turns",
        "2, 1, 2, 1, 2, 1",
        turns(&answers),
    );
    let refused = client.is_refused(vip(81))?;
    story.check("a port without a mark is not served", true, refused);
    story.table(
        &ipvs,
        &[
            "FWM  7 rr",
            "  -> 10.0.3.100:0                 Masq    1      0          3",
            "  -> 10.0.3.150:0                 Masq    1      0          3",
        ],
    )?;

    story.step("Persistent by mark: a client's two ports lead to one server.");
    story.stands_for(director, "ipvsadm -E -f 7 -s rr -p 600");
    ipvs.update_service(&marked.with_persistence(Duration::from_secs(600)))?;
    let answers = [
        client.get(vip(80))?,
        client.get(vip(8080))?,
        client.get(vip(80))?,
    ];
    story.check("the client stays with server 2", "2, 2, 2", turns(&answers));
    let answers = [client2.get(vip(8080))?, client2.get(vip(80))?];
    story.check(
        "the second client stays with server 1",
        "1, 1",
        turns(&answers),
    );
    let connections = director.connections()?;
    let templates: Vec<_> = connections.iter().filter(|it| it.is_template()).collect();
    story.show(&templates);
    let leads = templates
        .iter()
        .map(|it| format!("{} {}", it.service, it.dest));
    story.check(
        "the templates are the mark's",
        "fwmark 7 10.0.3.150:0\nfwmark 7 10.0.3.100:0",
        leads.collect::<Vec<_>>().join("\n"),
    );
    Ok(())
}
