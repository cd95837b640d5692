//! A UDP service: what counts as a connection when there is none.

use std::time::Duration;

use ipvs_core::procfs::ConnectionState;
use ipvs_core::{ServiceKey, TimeoutsEdit};
use lab::site::ANSWERS;
use lab::{Result, Site, Story};

use super::{VIP, serve, turns, vip};

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let site = Site::lab1()?;
    let Site {
        director, client, ..
    } = &site;
    story.picture(&site);
    site.set_up_translation()?;
    let _servers = [
        site.servers[0].serve_datagrams(5353, ANSWERS[0])?,
        site.servers[1].serve_datagrams(5353, ANSWERS[1])?,
    ];

    story.step("A UDP service on the same addresses.");
    let ipvs = director.ipvs()?;
    let key = ServiceKey::udp(VIP, 53);
    serve(story, director, &ipvs, ("-u 10.0.2.100:53", key), 5353)?;
    let ask = |_| client.datagram_client(vip(53))?.ask();
    let answers = (0..6).map(ask).collect::<Result<Vec<_>>>()?;
    story.check(
        "six clients' ports take turns",
        "2, 1, 2, 1, 2, 1",
        turns(&answers),
    );

    story.step("A port that asks again within the UDP timeout stays where it was.");
    let asker = client.datagram_client(vip(53))?;
    let answers = [asker.ask()?, asker.ask()?, asker.ask()?];
    story.check("three questions from one port", "2, 2, 2", turns(&answers));
    story.table(
        &ipvs,
        &[
            "UDP  10.0.2.100:53 rr",
            "  -> 10.0.3.100:5353              Masq    1      0          3",
            "  -> 10.0.3.150:5353              Masq    1      0          4",
        ],
    )?;
    let expiries = || -> Result<Vec<u64>> {
        let connections = director.connections()?;
        let udp = connections
            .iter()
            .filter(|it| it.state == ConnectionState::UDP);
        Ok(udp.map(|connection| connection.expires.as_secs()).collect())
    };
    let seconds = expiries()?;
    story.show(director.connections()?);
    story.check("each port is a connection", 7, seconds.len());
    let longest = seconds.iter().max().copied().unwrap_or(0);
    story.within("it is forgotten after 300 seconds", 290..=300, longest);

    story.step("A shorter timeout holds from the next packet on.");
    story.stands_for(director, "ipvsadm --set 0 0 20");
    ipvs.set_timeouts(&TimeoutsEdit::new().with_udp(Duration::from_secs(20)))?;
    asker.ask()?;
    let shortest = expiries()?.iter().min().copied().unwrap_or(0);
    story.within("the one that asked again has 20 seconds", 15..=20, shortest);
    Ok(())
}
